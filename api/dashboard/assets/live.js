// Updates a page: fetches it again and replaces the elements with `data-live`.
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

// Returns a function that requests a call of `work`: never two calls at once, at most one every
// `pause` ms, fewer while it fails, and none while the page is hidden.
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
