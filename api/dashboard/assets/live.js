// Keeps a page up to date: fetches it again and puts its live parts in the place of the old ones.
// Everything else (forms, selections, open details) is left as it is.

export async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.reload(); // the session is over
  if (!answer.ok) throw new Error(`${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const later = new Map([...fresh.querySelectorAll("[data-live]")].map((one) => [one.dataset.live, one]));
  for (const now of document.querySelectorAll("[data-live]")) {
    const then = later.get(now.dataset.live);
    if (then && then.innerHTML !== now.innerHTML) swap(now, then);
  }
  return fresh;
}

function swap(now, then) {
  const focused = now.contains(document.activeElement) ? document.activeElement.id : "";
  const atEnd = now.scrollTop + now.clientHeight >= now.scrollHeight - 4;
  now.replaceChildren(...then.childNodes);
  if (focused) document.getElementById(focused)?.focus();
  if (atEnd) now.scrollTop = now.scrollHeight;
}

// Calls `work` soon after `ask()`, never twice at once, at most every `pause` ms, less often while
// it fails, and not while the page is out of sight.
export function paced(work, pause) {
  let wanted = false, busy = false, failures = 0;
  const run = async () => {
    if (busy || !wanted || document.hidden) return;
    busy = true;
    wanted = false;
    try {
      await work();
      failures = 0;
    } catch {
      wanted = true; // the service is away
      failures += 1;
    }
    setTimeout(() => { busy = false; run(); }, Math.min(60_000, pause * 2 ** failures));
  };
  document.addEventListener("visibilitychange", run);
  return () => { wanted = true; run(); };
}

export function say(text) {
  const place = document.getElementById("said");
  if (place.textContent !== text) place.textContent = text;
}
