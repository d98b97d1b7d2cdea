// The form that extends a sweep: only fields with a value are sent.
import { clearProblem, showProblem } from "./plan.js";

const form = document.getElementById("extension");

function extension() {
  const given = {};
  for (const field of form.querySelectorAll("[data-path]")) {
    if (field.value === "") continue;
    const parts = field.dataset.path.split("."), last = parts.pop();
    const place = parts.reduce((value, part) => (value[part] ??= {}), given);
    place[last] = field.type === "number" ? Number(field.value) : field.value;
  }
  return given;
}

async function send() {
  try {
    const answer = await fetch(form.dataset.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(extension()),
    });
    const body = await answer.json();
    if (answer.ok) return body;
    showProblem(form, body);
  } catch {
    showProblem(form, { detail: "The service does not respond. Try again.", errors: [] });
  }
  return null;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  clearProblem(form);
  const sweep = await send();
  button.disabled = false;
  // A longer budget is another sweep; this one's page says that it waits.
  if (sweep) location.assign(`/sweeps/${sweep.id}`);
});

// It can be extended while nobody trains it, which the page hears of as it goes.
const state = document.querySelector('[data-live="state"]');
new MutationObserver(() => {
  form.closest("details").hidden = !document.getElementById("state").hasAttribute("data-extendable");
}).observe(form ? state : document.createElement("p"), { childList: true });
