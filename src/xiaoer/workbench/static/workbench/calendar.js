// Drag a thing to another day, or walk to it with j k and move it with Shift and the arrow keys.
let held = null;

document.addEventListener("dragstart", (event) => { held = event.target.closest?.("[data-move]"); });
document.addEventListener("dragover", (event) => {
  const day = event.target.closest("[data-day]");
  if (!held || !day) return;
  event.preventDefault();
  mark(day);
});
document.addEventListener("dragend", () => { held = null; mark(null); });
document.addEventListener("drop", (event) => {
  const day = event.target.closest("[data-day]");
  if (!held || !day) return;
  event.preventDefault();
  if (!day.contains(held)) move(held, day.dataset.day);
});
document.addEventListener("keydown", (event) => {
  const slot = document.querySelector("[data-move][data-at]");
  const day = { ArrowLeft: slot?.dataset.earlier, ArrowRight: slot?.dataset.later }[event.key];
  if (!slot || !event.shiftKey || !day || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  move(slot, day);
});

function mark(day) {
  document.querySelectorAll("#days .target").forEach((one) => one.classList.remove("target"));
  day?.classList.add("target");
}

// The form's own button, so that a refusal is told like any other.
function move(slot, day) {
  const button = slot.querySelector("form [data-drop]");
  if (!button) return;
  button.value = day;
  button.click();
}
