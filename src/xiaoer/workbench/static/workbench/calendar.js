// Drag a promise to another day, or walk to it with j k and move it with the arrow keys with Shift.
import { say } from "../screens/screens.js";

let held = null;
const days = document.querySelector("#days");

document.addEventListener("dragstart", (event) => { held = event.target.closest("[data-task]"); });
document.addEventListener("dragover", (event) => {
  const day = event.target.closest("[data-day]");
  if (!held || !day) return;
  event.preventDefault();
  mark(day);
});
document.addEventListener("dragend", () => { held = null; mark(null); });
document.addEventListener("drop", (event) => {
  const day = event.target.closest("[data-day]");
  if (held && day && !day.contains(held)) move(held, day.dataset.day);
});
document.addEventListener("keydown", (event) => {
  const slot = document.querySelector("[data-task][data-at]");
  if (!slot || !event.shiftKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  slot.querySelectorAll("button[name=day]")[event.key === "ArrowLeft" ? 0 : 1].click();
});

function mark(day) {
  days.querySelectorAll(".target").forEach((one) => one.classList.remove("target"));
  day?.classList.add("target");
}

function move(slot, day) {
  const form = slot.querySelector("form");
  const button = form?.querySelectorAll("button[name=day]")[1];
  if (!button) return say(document.body.dataset.unreachable);
  button.value = day;
  button.disabled = false;
  return button.click();
}
