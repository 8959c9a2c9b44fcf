"""Collects the texts of the screens and compiles their translations with Babel; no system gettext needed.

python tools/translations.py            compile every catalogue (.mo, never committed)
python tools/translations.py collect    read the sources and add new texts to the catalogues
python tools/translations.py missing    list texts without a Chinese translation; fails when there are any
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCES = CHECKOUT / "src/xiaoer"
LOCALE = SOURCES / "locale"
TONGUES = ("zh_Hans",)
KEYWORDS = dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_", "text")) | {
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Text = tuple[str | None, str | tuple[str, ...], str]


def texts() -> Iterator[Text]:
    """Every (context, text or (one, many), file) that the sources ask to have translated."""
    for path in sorted(SOURCES.rglob("*.py")):
        yield from from_python(path)
    for path in sorted([*SOURCES.rglob("*.html"), *SOURCES.rglob("templates/**/*.txt")]):
        yield from from_template(path)


def from_python(path: Path) -> Iterator[Text]:
    for _line, text, _comments, context in extract_from_file("python", path, keywords=KEYWORDS):
        if isinstance(text, tuple):
            parts = tuple(part for part in text if part)
            yield context, parts if len(parts) > 1 else parts[0], str(path.relative_to(CHECKOUT))
        elif text:
            yield context, text, str(path.relative_to(CHECKOUT))


STRING = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')"""
TRANSLATE = re.compile(r"\{%\s*trans(?:late)?\s+" + STRING + r"(?:\s+context\s+" + STRING + r")?")
UNDERSCORE = re.compile(r"_\(" + STRING + r"\)")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
CONTEXT = re.compile(r"context\s+" + STRING)


def from_template(path: Path) -> Iterator[Text]:
    source, name = path.read_text(encoding="utf-8"), str(path.relative_to(CHECKOUT))
    for found in TRANSLATE.finditer(source):
        yield found[3] or found[4], found[1] or found[2], name
    for found in UNDERSCORE.finditer(source):
        yield None, found[1] or found[2], name
    for options, body in BLOCK.findall(source):
        context = CONTEXT.search(options)
        parts = tuple(block_text(part, trimmed="trimmed" in options) for part in PLURAL.split(body))
        yield (context[1] or context[2]) if context else None, parts if len(parts) > 1 else parts[0], name


def block_text(body: str, *, trimmed: bool) -> str:
    """The message id Django looks up for the body of a blocktranslate tag."""
    body = body.replace("%", "%%") if "%" in re.sub(r"\{\{.*?\}\}", "", body) else body
    body = re.sub(r"\{\{\s*([\w.]+)\s*\}\}", r"%(\1)s", body)
    return " ".join(line.strip() for line in body.strip().splitlines()) if trimmed else body


def catalogue(tongue: str) -> Catalog:
    with place(tongue).open("rb") as file:
        return read_po(file, locale=tongue)


def place(tongue: str) -> Path:
    return LOCALE / tongue / "LC_MESSAGES" / "django.po"


def collect() -> None:
    """Add new texts to the catalogues and drop texts nobody asks for any more."""
    for tongue in TONGUES:
        known = catalogue(tongue) if place(tongue).exists() else Catalog(locale=tongue)
        fresh = Catalog(locale=tongue, project="xiaoer", fuzzy=False)
        for context, text, name in texts():
            message = known.get(text if isinstance(text, str) else text[0], context)
            fresh.add(text, message.string if message else "", locations=[(name, 0)], context=context)
        place(tongue).parent.mkdir(parents=True, exist_ok=True)
        with place(tongue).open("wb") as file:
            write_po(file, fresh, width=110, sort_output=True, include_lineno=False, omit_header=False)


def missing() -> list[str]:
    """Texts the sources use that a catalogue does not translate, as 'file: text'."""
    gaps = []
    for tongue in TONGUES:
        known = catalogue(tongue)
        for context, text, name in texts():
            message = known.get(text if isinstance(text, str) else text[0], context)
            if message is None or not all(
                message.string if isinstance(message.string, tuple) else (message.string,)
            ):
                gaps.append(f"{name}: {text if isinstance(text, str) else text[0]}")
    return sorted(set(gaps))


def compile_all() -> None:
    for tongue in TONGUES:
        with place(tongue).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue(tongue))


def main(what: str) -> int:
    if what == "collect":
        collect()
    if what == "missing":
        print("\n".join(missing()) or "Every text has a translation.")
        return 1 if missing() else 0
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "compile"))
