document.getElementById("sign-out")?.addEventListener("click", async () => {
  await fetch("/v1/session", { method: "DELETE" });
  location.assign("/sign-in");
});
