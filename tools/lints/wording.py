"""Every reason in code is worded, in both languages, with the parameters it carries."""

import ast
import tomllib
from collections.abc import Iterator
from string import Formatter

from tools.lints.checkout import Checkout, Finding, calls, text_of

LANGUAGES = ("zh", "en")


def check(checkout: Checkout) -> Iterator[Finding]:
    """Entries of wording.toml against each other, and `reason("code", …)` in code against them."""
    known: dict[str, set[str]] = {}
    for path in checkout.paths("src/xiaoer", "/wording.toml"):
        for code, entry in tomllib.loads(checkout.texts[path]).items():
            yield from _entry(path, code, entry)
            known[code] = _parameters(entry.get("zh", ""))
    for path, tree in checkout.python():
        for call, name in calls(tree):
            code = text_of(call.args[0]) if name == "reason" and call.args else None
            if code is not None:
                yield from _used(path, call, code, known)


def _entry(path: str, code: str, entry: dict[str, str]) -> Iterator[Finding]:
    if missing := [language for language in LANGUAGES if not entry.get(language)]:
        yield Finding(path, 1, f"[{code}] is not worded in {', '.join(missing)}")
    elif _parameters(entry["zh"]) != _parameters(entry["en"]):
        odd = sorted(_parameters(entry["zh"]) ^ _parameters(entry["en"]))
        yield Finding(path, 1, f"[{code}] names {odd} in one language only: both say the same")


def _used(path: str, call: ast.Call, code: str, known: dict[str, set[str]]) -> Iterator[Finding]:
    if code not in known:
        yield Finding(path, call.lineno, f"[{code}] is not worded: add it to its room's wording.toml")
        return
    given = {keyword.arg for keyword in call.keywords}
    if None not in given and (missing := known[code] - given):
        yield Finding(path, call.lineno, f"[{code}] is worded with {sorted(missing)}: pass them")


def _parameters(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}
