// What every page can do: sheets and panels, definitions, search, notices, a line while waiting.
// Everything works as plain links and forms without this file; it only saves steps.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const phone = window.matchMedia("(max-width: 860px)");

// Definitions and menus sit beside what opened them and stay inside the window.
document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLElement) || !box.hasAttribute("popover") || event.newState !== "open") return;
  const opener = one(`[popovertarget="${box.id}"]`);
  if (opener) place(box, opener.getBoundingClientRect());
}, true);

function place(box, near) {
  const gap = 6, edge = 12, { width, height } = box.getBoundingClientRect();
  const left = Math.max(edge, Math.min(near.left, window.innerWidth - width - edge));
  const below = near.bottom + gap + height <= window.innerHeight - edge;
  const top = below ? near.bottom + gap : Math.max(edge, near.top - gap - height);
  Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
}

// A link with data-over opens what it points at in the named dialog; on a phone a panel is a page of its own.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-over]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) return openOver(event, link);
  if (event.target.closest("[data-close]")) close(event.target.closest("dialog"));
  if (event.target instanceof HTMLDialogElement) event.target.close();
  const row = event.target.closest("tr.open");
  if (row && !event.target.closest("a, button, input, label, [popover]") && !getSelection().toString()) one("a.name", row)?.click();
});

function openOver(event, link) {
  const dialog = one(`#${link.dataset.over}`);
  if (!dialog || (dialog.classList.contains("panel") && phone.matches)) return;
  event.preventDefault();
  show(dialog, (link.dataset.href || link.href) + (link.hasAttribute("data-picked") ? picked() : ""));
}

// A sheet opened as a page of its own leads back to where one came from.
function close(dialog) {
  if (dialog) dialog.close();
  else if (history.length > 1) history.back();
  else location.assign("/");
}

// The rows that are picked, as parameters of an address.
const picked = () => all("td.pick input:checked").map((box) => `&key=${encodeURIComponent(box.value)}`).join("");

export async function show(dialog, address) {
  const inside = one(".inside", dialog);
  await window.htmx.ajax("GET", address, { target: inside, swap: "innerHTML" });
  if (!dialog.open) dialog.showModal();
  (one("[autofocus]", dialog) || one("button, a, input", dialog))?.focus({ preventScroll: true });
}

// Something was written: close what lay above, bring the page behind up to date, say what was done.
document.body.addEventListener("done-over", async (event) => {
  all("dialog[open]").forEach((dialog) => dialog.close());
  await window.htmx.ajax("GET", location.href, { target: "#page", select: "#page", swap: "outerHTML" });
  say(event.detail.told);
});

// What a field holds, taken along; where the browser keeps the clipboard to itself the text stands selected.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  one(`#${button.dataset.copy}`).select();
  await navigator.clipboard?.writeText(one(`#${button.dataset.copy}`).value).then(() => say(button.dataset.told));
});

document.addEventListener("click", (event) => event.target.closest("[data-keys]") && one("#keys").showModal());

// Search: Ctrl-K anywhere.
const search = one("#search");
export function find() {
  if (!search || search.open) return;
  search.showModal();
  one("input", search).select();
}
document.addEventListener("click", (event) => event.target.closest("[data-find]") && find());
search?.addEventListener("keydown", (event) => {
  const links = all(".found a", search);
  const at = links.findIndex((link) => link.classList.contains("at"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = links[(at + (event.key === "ArrowDown" ? 1 : -1) + links.length) % links.length];
    links.forEach((link) => link.classList.toggle("at", link === next));
    next?.scrollIntoView({ block: "nearest" });
  }
  if (event.key === "Enter") { event.preventDefault(); (links[Math.max(at, 0)])?.click(); }
});

// A picked date stands for the chip beside it.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches?.("[data-picks]") && input.value) {
    const radio = one(`#${input.dataset.picks}`);
    radio.checked = true;
    radio.value = input.value;
  }
  if (input.matches?.("[data-shows]") || input.name === one("[data-shows]")?.name) {
    all("[data-shows]").forEach((radio) => one(`#${radio.dataset.shows}`)?.toggleAttribute("hidden", !radio.checked));
  }
});

// Waiting, going wrong, and notices that leave by themselves.
const waiting = one(".waiting");
document.body.addEventListener("htmx:beforeRequest", () => waiting?.classList.add("on"));
document.body.addEventListener("htmx:afterRequest", () => waiting?.classList.remove("on"));
for (const kind of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(kind, (event) => say(event.detail.xhr?.responseText?.length < 300
    ? event.detail.xhr.responseText || document.body.dataset.unreachable : document.body.dataset.unreachable));
}
export function say(text) {
  const notice = one("#notice");
  notice.textContent = text;
  leave(notice);
}
function leave(notice) {
  clearTimeout(leave.timer);
  raise(notice);
  leave.timer = setTimeout(() => { notice.replaceChildren(); notice.hidePopover(); }, 7000);
}
// An open sheet lies over everything that is not shown after it.
function raise(notice) {
  notice.popover = "manual";
  notice.hidePopover();
  notice.showPopover();
}
document.body.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target.id === "notice" && leave(one("#notice")));
document.addEventListener("submit", (event) => event.target.closest("dialog.sheet") && event.submitter?.classList.add("main"));
