// The keyboard: j k walk, Enter opens, x picks, r records, h handles what is picked, / filters, Ctrl-K searches, ? tells.
import { find } from "./screens.js";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const busy = (target) => target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
let at = -1;

function walk(step) {
  const list = rows();
  if (!list.length) return;
  at = Math.max(0, Math.min(list.length - 1, at + step));
  list.forEach((row, index) => {
    row.classList.toggle("at", index === at);
    row.toggleAttribute("data-at", index === at);
  });
  list[at].scrollIntoView({ block: "nearest" });
}
const press = (selector) => rows()[at]?.querySelector(selector)?.click();

// What can be done with picked rows; with none picked, with the row one stands on.
function handle() {
  const button = document.querySelector(".picked [data-picked]");
  if (!button) return;
  if (!document.querySelector("td.pick input:checked")) press(".pick input");
  if (document.querySelector("td.pick input:checked")) button.click();
}

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  Enter: () => press("a.name, a.who"),
  x: () => press(".pick input"),
  r: () => press("[data-record]"),
  p: () => press("[data-postpone]"),
  o: () => { const link = rows()[at]?.querySelector("a.name, a.who"); if (link) location.href = link.href; },
  h: () => handle(),
  "/": () => (document.querySelector("[data-filter]") ?? { focus: find }).focus(),
  "?": () => document.querySelector("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return find();
  }
  const sheet = document.querySelector("dialog.sheet[open]");
  if (sheet && /^[1-9]$/.test(event.key) && !event.target.closest("input[type=text], textarea, input[type=date]")) {
    return sheet.querySelector(`[data-key="${event.key}"]`)?.click();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target) || !(event.key in KEYS)) return undefined;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return undefined;
  event.preventDefault();
  return KEYS[event.key]();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "listing") at = -1;
});

// Picking rows: a bar says how many and what can be done with them.
document.addEventListener("change", (event) => {
  if (!event.target.closest(".pick")) return;
  const boxes = [...document.querySelectorAll("td.pick input")];
  if (event.target.closest("th")) boxes.forEach((box) => { box.checked = event.target.checked; });
  const picked = boxes.filter((box) => box.checked);
  const bar = document.querySelector(".picked");
  if (!bar) return;
  bar.classList.toggle("on", picked.length > 0);
  bar.querySelector("[data-count]").textContent = picked.length;
});
