// A family's page: shows a member in a format, copies it, and draws the figure.
import { watchFigures } from "./figures.js";
import { say } from "./live.js";

watchFigures();
const [member, format, written, download] = ["member", "format", "written", "download"].map((id) => document.getElementById(id));

async function show() {
  const { href, dataset } = document.querySelector(`#addresses [data-of="${member.value} ${format.value}"]`);
  download.href = href;
  download.download = `${member.value}${dataset.suffix}`;
  const answer = await fetch(href);
  const text = await answer.text();
  if (!answer.ok) written.textContent = JSON.parse(text).detail; // the format cannot express a field
  else written.textContent = format.value === "json" ? JSON.stringify(JSON.parse(text), null, 2) : text;
}

async function copy(text, button) {
  const name = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied.");
  } catch {
    button.textContent = "Press Ctrl+C to copy"; // no clipboard without HTTPS or permission
    getSelection().selectAllChildren(written);
  }
  setTimeout(() => { button.textContent = name; }, 2500);
}

for (const choice of [member, format]) choice.addEventListener("change", show);
for (const link of document.querySelectorAll("[data-member]")) {
  link.addEventListener("click", () => { member.value = link.dataset.member; show(); });
}
document.getElementById("copy").addEventListener("click", ({ target }) => copy(written.textContent, target));
document.getElementById("copy-table").addEventListener("click", ({ target }) => {
  const rows = [...document.querySelectorAll(".plain tr")];
  copy(rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n"), target);
});
show();
