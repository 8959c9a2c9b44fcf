"""Tags and filters of the screens: figures formatted for the reader, and the parts pages are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from xiaoer.kit.screens import charts, figures, formats
from xiaoer.kit.screens.charts import Chart
from xiaoer.kit.screens.listing import Cell, Listing

register = template.Library()
_numbers = count(1)


def tongue() -> str:
    return get_language() or "zh-hans"


@register.filter
def money(fen: int | None) -> str:
    return formats.money(fen, tongue())


@register.filter
def wan(fen: int | None) -> str:
    return formats.column_money(fen, tongue())


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    return formats.percent(share, digits)


@register.filter
def change(share: float | None) -> str:
    return formats.change(share)


@register.filter
def points(value: float | None) -> str:
    return formats.points(value)


@register.filter
def counted(value: float | None) -> str:
    return formats.count(value)


@register.filter
def hours(minutes: float | None) -> str:
    return formats.hours(minutes)


@register.filter
def day(value: date | None, today: date | None = None) -> str:
    return formats.day(value, tongue(), today)


@register.filter
def near(value: date | None, today: date) -> str:
    return formats.near_day(value, tongue(), today)


@register.filter
def ago(value: date | None, today: date) -> str:
    return formats.ago(value, tongue(), today)


@register.filter
def weekday(value: date) -> str:
    return formats.weekday(value, tongue())


@register.filter
def said(reason: Mapping[str, Any] | None, today: date | None = None) -> str:
    return formats.told(reason, tongue(), today) if reason else ""


@register.filter
def plotted(value: float, digits: int) -> str:
    """A figure of a chart as its table shows it."""
    return f"{value:,.{digits}f}".replace("-", formats.MINUS)


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> object:
    return mapping.get(key)


@register.filter
def spark(values: list[float | None] | None, alarming: bool = False) -> SafeString | str:
    shape = charts.spark(values or [])
    if shape is None:
        return ""
    return format_html(
        '<svg class="spark{}" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="area" d="{}"/><path class="line" d="{}"/></svg>',
        " down" if alarming else "",
        shape.area,
        shape.line,
    )


@register.filter
def sheets(names: str) -> list[str]:
    return [f"screens/{name}.css" for name in names.split()]


@register.filter
def as_json(value: object) -> SafeString:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate({ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}))  # noqa: S308


@register.filter
def points_bar(value: float, widest: float) -> SafeString:
    """A bar left (fewer points) or right (more points) of a middle line."""
    width = 48 * min(abs(value) / (widest or 1), 1)
    return format_html(
        '<svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        '<line x1="50" x2="50" y1="0" y2="14"/>'
        '<rect class="{}" x="{}" y="2" width="{}" height="10" rx="2"/></svg>',
        "up" if value < 0 else "down",
        f"{50 - width if value < 0 else 50:.1f}",
        f"{width:.1f}",
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("screens/icons.svg"), name
    )


@register.inclusion_tag("screens/parts/meter.html")
def meter(value: float, whole: float) -> dict[str, object]:
    share = value / whole if whole else 0
    return {"width": f"{min(share, 1) * 100:.1f}", "over": share > 1, "share": share}


@register.inclusion_tag("screens/parts/term.html", takes_context=True)
def term(context: Context, code: str) -> dict[str, object]:
    """The small button that opens a figure's definition, formula, source and date."""
    return {
        "figure": figures.figure(code, tongue()),
        "number": next(_numbers),
        "as_of": context.get("as_of"),
        "today": context.get("today"),
    }


@register.inclusion_tag("screens/parts/chart.html")
def chart(drawn: Chart) -> dict[str, object]:
    return {"chart": drawn, "data": drawn.drawn(), "name": f"chart-{next(_numbers)}", "language": tongue()}


@register.inclusion_tag("screens/parts/chips.html", takes_context=True)
def chips(context: Context, reasons: list[Mapping[str, Any]] | None, most: int = 9) -> dict[str, object]:
    return {"reasons": (reasons or [])[:most], "today": context.get("today")}


@register.inclusion_tag("screens/parts/reasons.html", takes_context=True)
def reasons(context: Context, told: list[Mapping[str, Any]] | None, most: int = 9) -> dict[str, object]:
    """Reasons as quiet lines, for lists where a chip per sentence would shout."""
    return {"reasons": (told or [])[:most], "today": context.get("today")}


@register.inclusion_tag("screens/parts/table.html", takes_context=True)
def table(context: Context, listing: Listing) -> dict[Any, object]:
    return context.flatten() | {"listing": listing}


@register.inclusion_tag("screens/parts/tools.html", takes_context=True)
def tools(context: Context, listing: Listing) -> dict[Any, object]:
    return context.flatten() | {"listing": listing, "number": next(_numbers)}


@register.inclusion_tag("screens/parts/cell.html", takes_context=True)
def cell(context: Context, shown: Cell) -> dict[str, object]:
    return {
        "cell": shown,
        "kind": shown.column.kind,
        "value": shown.value,
        "today": context.get("today"),
        "wan_short": "万" if formats.chinese(tongue()) else "k",
    }


@register.inclusion_tag("screens/parts/empty.html")
def empty(title: str, why: str = "", *, inline: bool = False) -> dict[str, object]:
    apart = "" if formats.chinese(tongue()) else " "
    return {"title": title, "why": why, "inline": inline, "apart": apart}


@register.inclusion_tag("screens/parts/tier.html")
def tier(code: str, before: str = "") -> dict[str, object]:
    """A tier as a chip; `before` is named when it was another one the night before."""
    return {"tier": code, "before": before if before != code else ""}
