"""Figures, days and reasons as a reader of either language expects them. Nothing missing is ever 0."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from xiaoer.kit.dates import CHINA
from xiaoer.kit.money import in_wan, short_amount
from xiaoer.kit.text import say

log = logging.getLogger(__name__)
NOTHING = "—"
MINUS = "−"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def chinese(language: str) -> bool:
    return language.startswith("zh")


def money(fen: int | None, language: str) -> str:
    """Fen as one says it: "12.3 万元", "¥123k"; under ten thousand yuan "¥4,260" in both."""
    if fen is None:
        return NOTHING
    text = short_amount(fen, language)
    return (
        f"¥{text.removesuffix(' 元')}".replace("¥-", f"{MINUS}¥")
        if text.endswith(" 元")
        else text.replace("-", MINUS)
    )


def column_money(fen: int | None, language: str) -> str:
    """Fen for a column whose head names the unit: 万元 in Chinese, thousands of yuan in English."""
    if fen is None:
        return NOTHING
    return (in_wan(fen) if chinese(language) else f"{round(fen / 100_000):,}").replace("-", MINUS)


def percent(share: float | None, digits: int = 1) -> str:
    return NOTHING if share is None else f"{share * 100:.{digits}f}%".replace("-", MINUS)


def change(share: float | None) -> str:
    """A change with its sign, in whole percent: "+62%"."""
    if share is None:
        return NOTHING
    whole = round(share * 100)
    return "0%" if whole == 0 else f"{whole:+,}%".replace("-", MINUS)


def points(value: float | None) -> str:
    return NOTHING if value is None else f"{round(value):+d}".replace("-", MINUS).replace("+0", "0")


def count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def day(value: date | str | None, language: str, today: date | None = None) -> str:
    """11月20日 or 20 Nov; the year is named when it is not today's."""
    when = as_date(value)
    if when is None:
        return NOTHING
    other = today is not None and when.year != today.year
    if chinese(language):
        return f"{when.year}年{when.month}月{when.day}日" if other else f"{when.month}月{when.day}日"
    return f"{when.day} {MONTHS[when.month - 1]}" + (f" {when.year}" if other else "")


def weekday(value: date, language: str) -> str:
    return f"周{WEEKDAYS['zh'][value.weekday()]}" if chinese(language) else WEEKDAYS["en"][value.weekday()]


def near_day(value: date | str | None, language: str, today: date) -> str:
    """A day near today in words: today, tomorrow, yesterday; else the date."""
    when = as_date(value)
    if when is None:
        return NOTHING
    near = {0: ("今天", "today"), 1: ("明天", "tomorrow"), -1: ("昨天", "yesterday")}.get((when - today).days)
    return near[0 if chinese(language) else 1] if near else day(when, language, today)


def ago(value: date | str | None, language: str, today: date) -> str:
    """How long since a day: "38 天前", "38 days ago"; months beyond a hundred days."""
    when = as_date(value)
    if when is None:
        return NOTHING
    days = (today - when).days
    if days <= 1:
        return near_day(when, language, today)
    many, unit = (
        (days, ("天前", "days ago")) if days <= 100 else (round(days / 30.4), ("个月前", "months ago"))
    )
    return f"{many} {unit[0 if chinese(language) else 1]}"


def month(label: str, language: str) -> str:
    """The month 2025-11 as 11月 or Nov."""
    number = int(label[5:7])
    return f"{number}月" if chinese(language) else MONTHS[number - 1]


def long_month(label: str, language: str) -> str:
    year, number = int(label[:4]), int(label[5:7])
    return f"{year}年{number}月" if chinese(language) else f"{MONTHS[number - 1]} {year}"


def hours(minutes: float | None) -> str:
    return NOTHING if minutes is None else f"{minutes / 60:.1f}".removesuffix(".0")


def told(reason: Mapping[str, Any], language: str, today: date | None = None) -> str:
    """The reason's sentence. A code without wording is our fault: logged, and shown readable."""
    try:
        return say(reason, language, today)
    except LookupError:
        log.exception("A reason could not be worded")
        return str(reason.get("code", "")).replace("_", " ")


def as_date(value: date | str | None) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).date() if value.tzinfo else value.date()
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else value or None
