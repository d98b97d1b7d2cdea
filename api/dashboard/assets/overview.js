// Updates the list of sweeps: often while a sweep is active, else every 30 seconds.
import { paced, refresh } from "./live.js";

const ACTIVE = ".badge.running, .badge.queued, .badge.interrupted";
const numbers = (page) => [...page.querySelectorAll("[name=sweep]")].map((one) => one.value).join();
const update = paced(async () => {
  const fresh = await refresh();
  if (fresh) document.getElementById("news").hidden = numbers(fresh) === numbers(document);
}, 4000);

setInterval(() => { if (document.querySelector(ACTIVE)) update(); }, 5000);
setInterval(update, 30_000);
