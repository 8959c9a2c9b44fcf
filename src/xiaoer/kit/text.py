"""Reasons into sentences, names into pinyin, identifiers checked.

A reason travels and is stored as a code with parameters; each room words its own codes in both languages
in `wording.toml`. This is the only place that turns one into a sentence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Literal, TypedDict

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg as words
from stdnum.cn import uscc

from xiaoer.kit.money import short_amount

ROOMS = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh", "en")
_SOURCES: list[Callable[[str], Mapping[str, str] | None]] = []
Tone = Literal["bad", "warn", "good", "plain"]


class Reason(TypedDict):
    """A code, what fills it, and how it should strike the reader; JSON all through."""

    code: str
    params: dict[str, object]
    tone: Tone


def reason(code: str, /, tone: Tone = "plain", **params: object) -> Reason:
    """A reason ready to be stored. Dates become ISO text; amounts are fen; shares are fractions."""
    return Reason(code=code, params={name: _storable(value) for name, value in params.items()}, tone=tone)


def say(told: Mapping[str, object], language: str, today: date | None = None) -> str:
    """The sentence for a reason, in "zh…" or "en…".

    Parameters are shown by the end of their name: `_amount` (fen), `_share` (fraction), `_rate` (fraction
    per year), `_date` (ISO; the year is named when it is not today's), `_words` (codes, worded in turn).
    A code without wording, or a parameter left out, is a fault: LookupError says which.
    """
    code, params = str(told["code"]), told.get("params") or {}
    if not isinstance(params, Mapping):
        message = f"reason {code}: params must be a mapping"
        raise TypeError(message)
    tongue = _tongue(language)
    return _filled(code, _pattern(code, tongue), params, tongue, today)


def filled(
    patterns: Mapping[str, str], params: Mapping[str, object], language: str, today: date | None = None
) -> str:
    """A sentence of words that stand in no wording yet ("zh" and "en"), filled as `say` fills a reason's."""
    tongue = _tongue(language)
    return _filled("", patterns[tongue], params, tongue, today)


def _filled(code: str, pattern: str, params: Mapping[str, object], tongue: str, today: date | None) -> str:
    return pattern.format_map(
        {name: _shown(code, name, params, tongue, today) for name in parameters(pattern)}
    )


def parameters(pattern: str) -> set[str]:
    """The names a wording's braces ask for."""
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


@cache
def wording() -> dict[str, dict[str, str]]:
    """Every room's wording by code. A code worded in two rooms is a fault (ValueError)."""
    gathered: dict[str, dict[str, str]] = {}
    for path in sorted(ROOMS.glob("*/wording.toml")):
        with path.open("rb") as file:
            entries = tomllib.load(file)
        if twice := gathered.keys() & entries.keys():
            message = f"{path.parent.name}/wording.toml words codes another room owns: {sorted(twice)}"
            raise ValueError(message)
        gathered |= entries
    return gathered


def words_from(source: Callable[[str], Mapping[str, str] | None]) -> None:
    """Where to ask for the words of a code no room words: rules the bank wrote itself carry their own."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def pinyin(name: str) -> tuple[str, str]:
    """A name's full pinyin without spaces, and its initials, both lower case.

    重庆ABC贸易 → ("chongqingabcmaoyi", "cqabcmy"). Latin letters and digits stay whole in both.
    """
    syllables = _syllables(name)
    return "".join(full for full, _ in syllables), "".join(initial for _, initial in syllables)


def valid_credit_code(code: str) -> bool:
    """Whether this is a unified social credit code (统一社会信用代码) with a right check character."""
    return bool(uscc.is_valid(code))


def _tongue(language: str) -> str:
    return "zh" if language.lower().startswith("zh") else "en"


def _pattern(code: str, tongue: str) -> str:
    held = wording().get(code) or next((found for ask in _SOURCES if (found := ask(code))), {})
    if tongue not in held:
        message = f"no {tongue} wording for reason {code!r}: add it to its room's wording.toml"
        raise LookupError(message)
    return held[tongue]


def _shown(code: str, name: str, params: Mapping[str, object], tongue: str, today: date | None) -> str:
    if name not in params:
        message = f"reason {code!r} is worded with {{{name}}} but carries only {sorted(params)}"
        raise LookupError(message)
    value = params[name]
    if value is None:
        return "—"
    for suffix, show in _SHOWN_BY_SUFFIX.items():
        if name == suffix[1:] or name.endswith(suffix):
            return show(value, tongue, today)
    return _plain(value, tongue)


def _amount(value: object, tongue: str, _today: date | None) -> str:
    return _signed(short_amount(int(str(value)), tongue))


def _share(value: object, _tongue: str, _today: date | None) -> str:
    percent = round(float(str(value)) * 100, 1)
    whole = abs(percent) >= 10 or percent == int(percent)
    return _signed(f"{percent:.0f}%" if whole else f"{percent:.1f}%")


def _rate(value: object, _tongue: str, _today: date | None) -> str:
    return _signed(f"{float(str(value)) * 100:.2f}%")


def _day(value: object, tongue: str, today: date | None) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    other_year = today is not None and day.year != today.year
    if tongue == "zh":
        return f"{day.year}年{day.month}月{day.day}日" if other_year else f"{day.month}月{day.day}日"
    short = f"{day.day} {_ENGLISH_MONTHS[day.month - 1]}"
    return f"{short} {day.year}" if other_year else short


def _words(value: object, tongue: str, _today: date | None) -> str:
    codes = [value] if isinstance(value, str) else value
    if not isinstance(codes, list | tuple):
        return str(value)
    return ("、" if tongue == "zh" else ", ").join(_pattern(str(code), tongue) for code in codes)


def _plain(value: object, tongue: str) -> str:
    if isinstance(value, float):
        return _signed(f"{value:.1f}".removesuffix(".0"))
    if isinstance(value, int) and not isinstance(value, bool):
        return _signed(f"{value:,}")
    if isinstance(value, list | tuple):
        return ("、" if tongue == "zh" else ", ").join(_plain(item, tongue) for item in value)
    return str(value)


def _signed(figure: str) -> str:
    """A figure with a true minus sign, as wide as the digits beside it."""
    return figure.replace("-", "−")


_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHOWN_BY_SUFFIX: dict[str, Callable[[object, str, date | None], str]] = {
    "_amount": _amount,
    "_share": _share,
    "_rate": _rate,
    "_date": _day,
    "_words": _words,
}


def _storable(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _syllables(name: str) -> tuple[tuple[str, str], ...]:
    spelt = []
    for chunk in (chunk for word in words.cut(name) for chunk in _sounds(word)):
        kept = "".join(letter for letter in chunk.lower() if letter.isalnum())
        if kept:
            spelt.append((kept, kept if kept in name.lower() else kept[0]))
    return tuple(spelt)


@lru_cache(maxsize=65_536)
def _sounds(word: str) -> tuple[str, ...]:
    """A word's syllables; a bank's firms share few thousand words, and spelling one is slow."""
    return tuple(lazy_pinyin(word))
