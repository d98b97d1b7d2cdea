"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const templates = read("templates");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = document.documentElement.dataset.theme;
  const template = () => templates[chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen];
  const config = { responsive: true, displaylogo: false, showSendToCloud: false,
    modeBarButtonsToRemove: ["lasso2d", "select2d"] };
  const drawn = new Set();

  const draw = (plot) => {
    if (drawn.has(plot)) return;
    drawn.add(plot);
    const figure = read(plot.dataset.figure);
    // A browser keeps few WebGL contexts: figures that need one give it back when out of sight.
    plot.dataset.webgl = figure.data.some((trace) => /gl$|^parcoords$/.test(trace.type ?? ""));
    Plotly.newPlot(plot, figure.data, { ...figure.layout, template: template() }, config);
  };
  const release = (plot) => {
    if (plot.dataset.webgl !== "true" || !drawn.delete(plot)) return;
    for (const canvas of plot.querySelectorAll("canvas")) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
    Plotly.purge(plot);
  };
  const plots = [...document.querySelectorAll(".plot")];
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) (entry.isIntersecting ? draw : release)(entry.target);
    },
    { rootMargin: "400px" },
  );
  for (const plot of plots) seen.observe(plot);
  dark.addEventListener("change", () => {
    for (const plot of drawn) Plotly.relayout(plot, { template: template() });
  });
  addEventListener("beforeprint", () => plots.forEach(draw));
})();
