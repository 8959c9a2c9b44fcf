"""Codes of the room in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from xiaoer.applications.reader import tongue
from xiaoer.kit.screens import formats
from xiaoer.kit.text import reason


def word(kind: str, code: str) -> str:
    """The word for a code: kind is stage, verb, part, paper, state, line, check …; "" for none."""
    return formats.told(reason(f"application_{kind}_{code}"), tongue()) if code else ""


def listed(kind: str, codes: Iterable[str]) -> str:
    """Several of them in one sentence."""
    return ("、" if formats.chinese(tongue()) else ", ").join(word(kind, code) for code in codes)


def hours(minutes: float | None) -> str:
    """Minutes as hours with their unit."""
    if minutes is None:
        return formats.NOTHING
    return f"{formats.hours(minutes)} 小时" if formats.chinese(tongue()) else f"{formats.hours(minutes)} h"
