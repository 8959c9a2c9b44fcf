// Facts for the condition and the sentences: a click puts one where the cursor is, typing offers some.
// Everything works as a plain form without this file.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const areas = all("[data-facts-in]");
const facts = [...new Map(all(".fact").map((one) => [one.dataset.insert, {
  name: one.dataset.insert, title: one.querySelector(".title").textContent, sought: one.dataset.sought,
}])).values()];
const MOST = 6;
let last = areas[0];

// What is chosen of a folded menu is said beside its name.
all(".goods").forEach((menu) => {
  const said = menu.querySelector("[data-chosen]");
  menu.addEventListener("change", () => {
    said.textContent = all("input:checked + span", menu).map((one) => one.textContent).join(said.dataset.apart) || said.dataset.none;
  });
});

areas.forEach((area) => {
  area.addEventListener("focus", () => { last = area; });
  area.addEventListener("input", () => offer(area));
  area.addEventListener("keydown", (event) => walk(event, area));
  area.addEventListener("blur", () => setTimeout(() => hide(area), 150));
});

// The word before the cursor: letters, digits, or Chinese; in a sentence only behind an open brace.
function word(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = area.dataset.factsIn === "braces" ? /\{([^{}\s]*)$/.exec(before) : /([A-Za-z_][A-Za-z0-9_]*|[\u4e00-\u9fff]+)$/.exec(before);
  return found ? found[1] : null;
}

function offer(area) {
  const typed = word(area), list = listOf(area);
  const enough = typed !== null && (area.dataset.factsIn === "braces" || typed.length > 1);
  const wanted = enough ? near(typed.toLowerCase()) : [];
  if (!wanted.length || (wanted.length === 1 && wanted[0].name === typed)) return hide(area);
  list.replaceChildren(...wanted.map((one, at) => line(one, at, area)));
  list.hidden = false;
}

// Names that begin so stand first.
function near(typed) {
  const rank = (one) => (one.name.startsWith(typed) ? 0 : one.title.toLowerCase().startsWith(typed) ? 1 : 2);
  return facts.filter((one) => one.sought.includes(typed)).sort((one, other) => rank(one) - rank(other)).slice(0, MOST);
}

function line(one, at, area) {
  const made = document.createElement("li"), code = document.createElement("code");
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", String(at === 0));
  code.textContent = one.name;
  made.append(one.title, code);
  made.addEventListener("mousedown", (event) => { event.preventDefault(); take(area, one.name); });
  made.dataset.name = one.name;
  return made;
}

function walk(event, area) {
  const list = listOf(area), lines = all("li", list);
  if (list.hidden || !lines.length) return;
  const at = lines.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length;
    lines.forEach((one, place) => one.setAttribute("aria-selected", String(place === next)));
  }
  if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(area, lines[at].dataset.name); }
  if (event.key === "Escape") { event.stopPropagation(); hide(area); }
}

// What was typed of the word goes; the fact stands in its place.
function take(area, name) {
  const from = area.selectionStart - (word(area) ?? "").length;
  const braces = area.dataset.factsIn === "braces" && area.value[from - 1] === "{" ? `${name}}` : name;
  area.setRangeText(braces, from, area.selectionStart, "end");
  hide(area);
  tell(area);
}

document.addEventListener("click", (event) => {
  const fact = event.target.closest("[data-insert]");
  if (!fact || !last) return;
  const name = fact.dataset.insert;
  last.setRangeText(last.dataset.factsIn === "braces" ? `{${name}}` : spaced(last, name), last.selectionStart, last.selectionEnd, "end");
  last.focus();
  tell(last);
});

function spaced(area, name) {
  const before = area.value[area.selectionStart - 1];
  return before && !/[\s(]/.test(before) ? ` ${name}` : name;
}

const listOf = (area) => area.parentElement.querySelector(".offered");
const hide = (area) => { listOf(area).hidden = true; };
const tell = (area) => area.dispatchEvent(new Event("input", { bubbles: true }));

all("[data-seek]").forEach((field) => {
  field.addEventListener("input", (event) => { event.stopPropagation(); seek(field); });
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
});

function seek(field) {
  const typed = field.value.trim().toLowerCase(), box = field.closest("[data-facts]");
  all("details", box).forEach((theme) => {
    const shown = all(".fact", theme).filter((one) => {
      const fits = one.dataset.sought.includes(typed);
      one.parentElement.hidden = !fits;
      return fits;
    });
    theme.hidden = !shown.length;
    theme.open = Boolean(typed) && shown.length > 0;
  });
  box.querySelector("[data-none]").hidden = all("details", box).some((theme) => !theme.hidden);
}
