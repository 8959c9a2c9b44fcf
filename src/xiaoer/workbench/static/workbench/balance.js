// Drag a firm to whoever takes it, or choose it on the card; the sum is asked of the server each time.
let held = null;
const stage = (target) => target.closest?.("[data-stage]");

document.addEventListener("dragstart", (event) => { held = event.target.closest?.("[data-card]"); });
document.addEventListener("dragover", (event) => {
  if (!held || !stage(event.target)) return;
  event.preventDefault();
  mark(stage(event.target));
});
document.addEventListener("dragend", () => { held = null; mark(null); });
document.addEventListener("drop", (event) => {
  const choice = held?.querySelector("select"), place = stage(event.target);
  if (!choice || !place) return;
  event.preventDefault();
  if (![...choice.options].some((one) => one.value === place.dataset.stage)) return;
  choice.value = place.dataset.stage;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("change", (event) => {
  const card = event.target.closest("[data-card]");
  const place = card && [...document.querySelectorAll("[data-stage]")].find((one) => one.dataset.stage === event.target.value);
  if (!place) return;
  place.querySelector(".cards").append(card);
  document.querySelectorAll("[data-stage]").forEach((one) => {
    one.querySelector("[data-count]").textContent = one.querySelectorAll("[data-card]").length;
  });
});

function mark(place) {
  document.querySelectorAll(".stage.target").forEach((one) => one.classList.remove("target"));
  place?.classList.add("target");
}
