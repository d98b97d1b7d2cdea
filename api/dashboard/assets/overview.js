// The list of sweeps, kept up to date: often while something happens, now and then otherwise.
import { paced, refresh } from "./live.js";

const ACTIVE = ".badge.running, .badge.queued, .badge.interrupted";
const numbers = (page) => [...page.querySelectorAll("[name=sweep]")].map((one) => one.value).join();
const ask = paced(async () => {
  const fresh = await refresh();
  if (fresh) document.getElementById("news").hidden = numbers(fresh) === numbers(document);
}, 4000);

setInterval(() => { if (document.querySelector(ACTIVE)) ask(); }, 5000);
setInterval(ask, 30_000);
