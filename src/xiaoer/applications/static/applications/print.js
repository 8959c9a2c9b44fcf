// The browser's own print: a PDF is a printer, too.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
