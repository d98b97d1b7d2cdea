// Shows a plan and the errors of a specification.

const amount = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const count = new Intl.NumberFormat("en");

export function made(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

export function showPlan(plan) {
  const sums = [
    ["Candidates", count.format(plan.candidates.length), `${count.format(plan.points_within)} of ${count.format(plan.points)} points satisfy the constraint`],
    ["Trials", count.format(plan.training.trials), plan.training.strategy === "grid" ? `${plan.training.seeds.length} per candidate` : `at most; ${plan.training.strategy} decides after ${amount.format(plan.training.first_images)} images`],
    ["Training images", amount.format(plan.training.images), "of all trials, including repeats"],
    ["Baseline", `${amount.format(plan.base_flops)} FLOPs`, `${plan.baseline} at ${plan.resolution_px} px, ${plan.classes} classes`],
  ];
  document.getElementById("sums").replaceChildren(
    ...sums.map(([name, value, more]) => made("div", "", made("dt", "", name), made("dd", "", value, made("span", "under", more)))),
  );
  document.getElementById("warnings").replaceChildren(
    ...(plan.dataset ? [] : [notice("No data set is selected: the plan uses the baseline's own channels and classes.")]),
    ...plan.warnings.map(notice),
  );
  document.getElementById("candidates").replaceChildren(...plan.candidates.map(row));
  document.getElementById("plan").hidden = false;
  document.getElementById("submit").hidden = !plan.dataset;
  document.getElementById("plan-title").focus();
}

const notice = (text) => made("p", "notice", text);

function row(one) {
  const numbers = [
    ...one.representative.map(String),
    one.spec.resolution_px, amount.format(one.flops), one.measured_ratio.toFixed(2),
    amount.format(one.params), count.format(one.coefficients.length),
  ];
  const roles = one.roles.map((role) => role.replaceAll("_", " ")).join(", ");
  const first = made("th", "number", String(one.index));
  first.scope = "row";
  return made("tr", "", first, ...numbers.map((value) => made("td", "number", String(value))),
    made("td", "", roles + (one.eligible || roles === "baseline" ? "" : " (not eligible)")), made("td", "wraps", one.notes.join("; ")));
}

export function clearProblem(form) {
  document.getElementById("problem").replaceChildren();
  for (const field of form.querySelectorAll("[data-path][aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const message of form.querySelectorAll(".wrong")) message.remove();
}

export function showProblem(form, problem) {
  const rest = [];
  for (const [place, one] of problem.errors.entries()) {
    const text = one.remedy ? `${one.rule}; ${one.remedy}` : one.rule;
    const field = form.querySelector(`[data-path="${CSS.escape(one.field)}"]`);
    if (!field) {
      rest.push(made("li", "", one.field ? `${one.field}: ${text}` : text));
      continue;
    }
    const message = made("span", "wrong", text);
    message.id = `wrong-${place}`;
    field.after(message);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", message.id);
  }
  const invalid = form.querySelector("[data-path][aria-invalid]");
  const summary = !problem.errors.length ? problem.detail : invalid ? "Fix the highlighted fields." : "The specification is invalid.";
  document.getElementById("problem").replaceChildren(
    made("div", "notice bad", made("p", "", summary), ...(rest.length ? [made("ul", "", ...rest)] : [])),
  );
  (invalid ?? document.getElementById("problem")).focus();
}
