import { paced, refresh } from "./live.js";

const ask = paced(refresh, 4000);
setInterval(() => {
  if (document.querySelector(".badge.running, .badge.queued, .badge.interrupted")) ask();
}, 5000);
