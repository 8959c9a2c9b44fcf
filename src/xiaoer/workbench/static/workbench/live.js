// Lines that come while the morning page is open: each slides in on top, once, whatever the line does in between.
// The list is found anew each time, because the page behind a sheet is renewed after something was written.

const list = () => document.querySelector("#arrivals ol");
const block = document.querySelector("#arrivals[data-live]");
const waiting = [];
let drawing = false;

function newest() {
  const numbers = [...document.querySelectorAll("#arrivals [data-number]")].map((line) => Number(line.dataset.number));
  return Math.max(0, ...numbers);
}

function listen() {
  const line = new EventSource(`${block.dataset.live}?after=${newest()}`);
  line.addEventListener("noticed", (event) => arrive(event.data));
  window.addEventListener("pagehide", () => line.close(), { once: true });
}

function arrive(html) {
  waiting.push(html);
  if (drawing) return;
  drawing = true;
  setTimeout(draw, 50); // a burst is drawn at once
}

function draw() {
  drawing = false;
  const lines = list(), most = Number(block.dataset.most);
  if (!lines) return;
  for (const html of waiting.splice(0).slice(-most)) put(lines, html);
  [...lines.children].slice(most).forEach((line) => line.remove());
}

function put(lines, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const line = made.content.querySelector("li");
  if (!line || document.getElementById(line.id)) return;
  lines.prepend(line);
}

if (block && window.EventSource) {
  listen();
  window.addEventListener("pageshow", (event) => event.persisted && listen());
}
