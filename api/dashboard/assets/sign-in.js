const form = document.getElementById("sign-in");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = form.token.value.trim();
  const answer = await fetch("/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ token }),
  });
  if (answer.ok) return location.replace(form.dataset.next);
  const problem = await answer.json();
  document.getElementById("wrong").textContent = problem.detail;
  form.token.setAttribute("aria-invalid", "true");
  form.token.select();
});
