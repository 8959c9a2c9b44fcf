"""The four flows of a firm: index, components, in words."""

from __future__ import annotations

from typing import Any

from xiaoer.applications.models import FourFlows
from xiaoer.applications.shown.words import word
from xiaoer.kit.screens import formats

FLOWS = ("credit", "funds", "cash", "information")
WHOLE = frozenset({"days_past_due", "known_days"})
PLAIN = frozenset({"cover_months"})
WEAK, STRONG = 40, 70


def shown(found: FourFlows | None) -> list[dict[str, Any]]:
    """One entry per flow: title, index, tone, components; nothing before a night has made them."""
    if found is None:
        return []
    return [_flow(found, flow) for flow in FLOWS]


def _flow(found: FourFlows, flow: str) -> dict[str, Any]:
    index = getattr(found, flow)
    return {
        "title": word("flow", flow),
        "index": index,
        "tone": "" if index is None else "bad" if index < WEAK else "good" if index >= STRONG else "",
        "components": [_component(*one) for one in found.parts.get(flow, [])],
    }


def _component(code: str, value: float | None, points: int | None) -> dict[str, Any]:
    if code in WHOLE:
        said = formats.count(None if value is None else round(value))
    elif code in PLAIN:
        said = formats.count(None if value is None else round(value, 1))
    else:
        said = formats.percent(value)
    return {"title": word("component", code), "said": said, "points": points}
