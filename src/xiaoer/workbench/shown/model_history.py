"""Where a model comes from, in words: its versions, who put them to use, champion against challenger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.scores import explaining
from xiaoer.workbench.shown import model_words as words


def versions(page: Mapping[str, Any], metric: str) -> list[dict[str, Any]]:
    """Every version that was kept, the latest first."""
    return [_figures(one, metric) | _told(one) for one in page["versions"]]


def _told(one: Mapping[str, Any]) -> dict[str, Any]:
    form = str(words.FORMS.get(one.get("form") or "", ""))
    return {"form_words": form, "place": one["place"], "why": explaining.why(one.get("refused_because"))}


def turns(page: Mapping[str, Any], people: Mapping[str, str]) -> list[dict[str, Any]]:
    """Who put a version to use or took it back, the latest first."""
    return [
        one | {"title": str(words.TURNS.get(one["what"], one["what"])), "day": _date(one["at"][:10]),
               "who": people.get(one["by"], one["by"]),
               "approver": people.get(one["approved_by"], one["approved_by"])}
        for one in page["turns"]
    ]  # fmt: skip


def duel(page: Mapping[str, Any], shelved: Any) -> list[dict[str, Any]]:
    """Champion and challenger side by side; nothing where only one of them is there."""
    waits = page["challenger"]
    if not waits or not shelved.version or waits["version"] == shelved.version:
        return []
    both = ((_("In use"), page["judgement"]), (_("Challenger"), waits))
    return [_figures(one, shelved.metric) | {"title": title, "n": one.get("n")} for title, one in both]


def _figures(one: Mapping[str, Any], metric: str) -> dict[str, Any]:
    return {
        "version": one["version"],
        "day": _date(one.get("trained_on")),
        "measure": words.measured(metric, one.get("value"), one.get("low"), one.get("high")),
        "rival": words.figure(metric, one.get("rival_value")),
    }


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
