// Draws the figures of a page when they become visible, and redraws them after new events.
import { paced } from "./live.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const CONFIG = { responsive: true, displaylogo: false, showSendToCloud: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
const NARROW_PX = 480;
const TITLE_PX = 62; // height of title and note of a figure, which the page shows as text

// Watches all figures of the page. Returns a function that takes the `seq` of the newest event:
// visible figures are then redrawn at once, the others when they become visible.
export function watchFigures(pause = 2500) {
  const cards = new Map();
  let newest = 0, wanted = 0;
  for (const card of document.querySelectorAll("[data-figure]")) {
    cards.set(card, { seen: false, known: -1, theme: "", webgl: false, busy: false });
  }
  const stale = (one) => one.seen && (one.known < wanted || one.theme !== theme());
  const drawOne = async ([card, one]) => {
    one.busy = true;
    try {
      await draw(card, one, wanted);
    } finally {
      one.busy = false;
    }
  };
  const drawSeen = () => Promise.all([...cards].filter(([, one]) => stale(one) && !one.busy).map(drawOne));
  const redraw = paced(async () => {
    wanted = newest;
    await drawSeen();
    // The service redraws slow figures less often: request them again.
    if ([...cards.values()].some(stale)) redraw();
  }, pause);
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const one = cards.get(target);
      one.seen = isIntersecting;
      if (!isIntersecting) release(target, one);
    }
    drawSeen().catch(redraw);
  }, { rootMargin: "300px" });
  for (const card of cards.keys()) sight.observe(card);
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", () => { for (const one of cards.values()) one.seen = true; redraw(); });
  return (seq) => { newest = Math.max(newest, seq); redraw(); };
}

const theme = () => (dark.matches ? "dark" : "light");

async function draw(card, one, event) {
  const current = theme();
  const address = new URL(card.dataset.figure, location.href);
  address.searchParams.set("theme", current);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`${answer.status}`); // again later
  const figure = await answer.json();
  const plot = card.querySelector(".plot");
  one.theme = current;
  one.known = answer.ok ? figure.layout.meta.event : event;
  if (!answer.ok) return bare(card, plot, figure.detail);
  const { title, height, ...layout } = figure.layout;
  card.querySelector("h3").textContent = title.text;
  card.querySelector(".note").textContent = title.subtitle?.text ?? "";
  plot.setAttribute("aria-label", `${title.text}: ${title.subtitle?.text ?? ""}`);
  if (!figure.data.length) return bare(card, plot, layout.annotations[0].text);
  plot.classList.remove("bare");
  plot.style.height = height ? `${height}px` : "";
  const top = layout.margin?.t ?? layout.template.layout.margin.t;
  layout.margin = { ...layout.margin, t: Math.max(20, top - TITLE_PX) };
  if (plot.clientWidth < NARROW_PX) narrow(figure.data, layout);
  layout.uirevision = "kept"; // keeps zoom and hidden traces when data change
  if (!plot.querySelector(".main-svg")) plot.replaceChildren();
  one.webgl = figure.data.some((trace) => /gl$|^parcoords$/.test(trace.type ?? ""));
  await Plotly.react(plot, figure.data, layout, CONFIG);
  card.dataset.event = figure.layout.meta.event;
  if (!one.seen) release(card, one);
}

// On a phone, axes are closer to the edge and a colour bar is above the plot.
function narrow(data, layout) {
  Object.assign(layout.margin, { l: 52, r: 14 });
  for (const axis of [layout.xaxis, layout.yaxis]) {
    if (axis?.title?.text) axis.title.font = { size: 11 };
  }
  for (const { marker } of data) {
    if (!marker?.colorbar) continue;
    Object.assign(marker.colorbar, { orientation: "h", x: 0.5, len: 1, y: 1, yanchor: "bottom", thickness: 10 });
    marker.colorbar.title = { ...marker.colorbar.title, side: "top" };
    Object.assign(layout.margin, { t: layout.margin.t + 34, r: 40 });
  }
}

// A text instead of a figure.
function bare(card, plot, text) {
  if (plot.querySelector(".main-svg")) Plotly.purge(plot);
  plot.classList.add("bare");
  plot.style.height = "";
  plot.textContent = text;
  card.dataset.event = "";
}

// A browser has few WebGL contexts: figures release theirs when they are not visible.
function release(card, one) {
  const plot = card.querySelector(".plot");
  if (!one.webgl || !plot.querySelector(".main-svg")) return;
  plot.style.height = `${plot.clientHeight}px`;
  Plotly.purge(plot);
  one.known = -1;
}
