// A sweep's page: follows its events, keeps text and figures up to date, cancels and resumes.
import { watchFigures } from "./figures.js";
import { paced, refresh, say } from "./live.js";

const KINDS = ["created", "claimed", "released", "state", "cancel_requested", "trial_started", "epochs",
  "trial_finished", "trial_stopped", "trial_failed", "trials_added", "extended", "retried", "decision",
  "checkpoint", "checkpoint_lost", "outcome", "edge_measured", "images", "calibrated", "execution"];
const place = document.getElementById("sweep");
const draw = watchFigures();
const ask = paced(async () => {
  const before = standing();
  await refresh();
  tell(before, standing());
}, 1000);

let seen = Number(place.dataset.event);

// A stream that breaks off is taken up again by the browser; one that is refused (the session is
// over, or too many are open) is not.
function follow() {
  const events = new EventSource(`/v1/sweeps/${place.dataset.sweep}/events?after=${seen}`);
  for (const kind of KINDS) {
    events.addEventListener(kind, ({ lastEventId }) => {
      seen = Number(lastEventId);
      ask();
      draw(seen);
    });
  }
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return;
    ask();
    setTimeout(follow, 15_000);
  });
}

follow();
draw(seen);
setInterval(() => { if (standing().state === "running") ask(); }, 15000); // its log and the time left are no events

const log = document.querySelector(".log");
log.scrollTop = log.scrollHeight;

function standing() {
  const { done, total } = document.getElementById("progress").dataset;
  return { state: document.getElementById("state").dataset.state, quarter: Math.floor((4 * done) / total), done, total };
}

// Not each trial, which would never let a screen reader finish a sentence.
function tell(before, after) {
  if (before.state !== after.state) say(`The sweep is ${after.state}.`);
  else if (before.quarter !== after.quarter) say(`${after.done} of ${after.total} trials are done.`);
}

place.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-post]");
  if (!button) return;
  button.disabled = true;
  const answer = await fetch(button.dataset.post, { method: "POST", headers: { Accept: "application/json" } });
  const notice = document.createElement("p");
  notice.className = `notice ${answer.ok ? "good" : "bad"}`;
  notice.textContent = answer.ok ? button.dataset.done : (await answer.json()).detail;
  document.getElementById("answer").replaceChildren(notice);
  button.disabled = false;
  ask();
});
