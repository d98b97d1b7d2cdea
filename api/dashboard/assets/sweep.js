// A sweep's page: follows its events, keeps text and figures up to date, cancels and resumes.
import { watchFigures } from "./figures.js";
import { paced, refresh, say } from "./live.js";

const KINDS = ["created", "claimed", "released", "state", "cancel_requested", "trial_started", "epochs",
  "trial_finished", "trial_stopped", "trial_failed", "trials_added", "extended", "retried", "decision",
  "checkpoint", "checkpoint_lost", "outcome", "edge_measured", "images", "calibrated", "execution"];
const place = document.getElementById("sweep");
const draw = watchFigures();
const update = paced(async () => {
  const before = standing();
  await refresh();
  announce(before, standing());
}, 1000);

let seen = Number(place.dataset.event);

// The browser reconnects a broken stream, but not a refused one (no session, or too many streams).
function follow() {
  const events = new EventSource(`/v1/sweeps/${place.dataset.sweep}/events?after=${seen}`);
  for (const kind of KINDS) {
    events.addEventListener(kind, ({ lastEventId }) => {
      seen = Number(lastEventId);
      update();
      draw(seen);
    });
  }
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return;
    update();
    setTimeout(follow, 15_000);
  });
}

follow();
draw(seen);
setInterval(() => { if (standing().state === "running") update(); }, 15000); // log and time left have no events

const log = document.querySelector(".log");
log.scrollTop = log.scrollHeight;

function standing() {
  const { done, total } = document.getElementById("progress").dataset;
  return { state: document.getElementById("state").dataset.state, quarter: Math.floor((4 * done) / total), done, total };
}

// Not for each trial: a screen reader would never finish a sentence.
function announce(before, after) {
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
  update();
});
