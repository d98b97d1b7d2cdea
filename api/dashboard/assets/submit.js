// The form for a new sweep. The specification is one object; fields and text are views of it.
import { say } from "./live.js";
import { clearProblem, showPlan, showProblem } from "./plan.js";

const form = document.getElementById("spec");
const text = document.getElementById("text");
const starts = JSON.parse(form.dataset.starts);
const start = document.getElementById("start");
let spec = {};
let key = ""; // of the plan that is shown: submitting it twice makes one sweep

const fields = () => form.querySelectorAll("[data-path]");
const inside = (path) => path.split(".");
const read = (path) => inside(path).reduce((value, part) => value?.[part], spec);

function write(path, value) {
  const parts = inside(path), last = parts.pop();
  const place = parts.reduce((value, part) => (value[part] ??= {}), spec);
  if (value === "") delete place[last];
  else place[last] = value;
  if (path === "proxy.images") delete place.steps; // the budget is one or the other
  if (path === "space.lattice.divisions" && value !== "") delete spec.space.axes;
  if (path === "space.lattice.divisions" && value === "" && !Object.keys(place).length) delete spec.space.lattice;
}

function shown(path) {
  const value = read(path);
  if (path === "seeds" && Array.isArray(value)) return value.length;
  return value ?? "";
}

function fill({ except } = {}) {
  for (const field of fields()) if (field !== except) field.value = shown(field.dataset.path);
  if (except !== text) text.value = JSON.stringify(spec, null, 2);
  const { axes, lattice } = spec.space ?? {};
  const listed = lattice?.directions?.length;
  document.getElementById("where").textContent = [
    axes && "A grid over α, β, γ, defined in the full specification below.",
    listed && `${listed} directions, listed in the full specification below.`,
  ].filter(Boolean).join(" ");
}

function changed(except) {
  fill({ except });
  history.replaceState({ spec }, "");
  document.getElementById("plan").hidden = true; // it was the plan of something else
  clearProblem(form);
}

form.addEventListener("input", ({ target }) => {
  if (target === text) {
    try {
      spec = JSON.parse(text.value);
      text.removeAttribute("aria-invalid");
    } catch {
      text.setAttribute("aria-invalid", "true");
      return;
    }
  } else if (target.dataset.path) {
    const number = target.type === "number" && target.value !== "";
    write(target.dataset.path, number ? Number(target.value) : target.value);
  } else return;
  changed(target);
});

start.addEventListener("change", () => {
  spec = structuredClone(starts[start.value]);
  changed();
});

async function send(address, headers = {}) {
  const busy = document.getElementById("busy");
  const buttons = [document.getElementById("plan-it"), document.getElementById("submit")];
  for (const button of buttons) button.disabled = true;
  busy.textContent = "Working …";
  clearProblem(form);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(spec),
    });
    const body = await answer.json();
    if (answer.ok) return body;
    showProblem(form, body);
  } catch {
    showProblem(form, { detail: "The service does not respond. Try again.", errors: [] });
  } finally {
    for (const button of buttons) button.disabled = false;
    busy.textContent = "";
  }
  return null;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (text.getAttribute("aria-invalid")) {
    document.getElementById("whole").open = true;
    showProblem(form, { detail: "The specification is not valid JSON.", errors: [] });
    return;
  }
  if (spec.data && !spec.data.name) delete spec.data; // a plan does without, a sweep does not
  const plan = await send("/v1/plan");
  if (!plan) return;
  key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  showPlan(plan);
  say(`The plan has ${plan.candidates.length} candidates and ${plan.training.trials} trials.`);
});

document.getElementById("submit").addEventListener("click", async () => {
  const sweep = await send("/v1/sweeps", { "Idempotency-Key": key });
  if (sweep) location.assign(`/sweeps/${sweep.id}`);
});

spec = history.state?.spec ?? structuredClone(starts[start.value]);
fill();
