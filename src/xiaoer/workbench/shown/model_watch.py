"""The watch over a model in words: how far what it reads and says moved, and what came of what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart
from xiaoer.scores.terms import Watch
from xiaoer.workbench.shown import model_charts


@dataclass(frozen=True)
class WatchShown:
    """The last night's line of the watch, with the nights before it."""

    line: Mapping[str, Any]
    today: date

    @property
    def rows(self) -> int:
        return int(self.line["rows"])

    @property
    def usual_rows(self) -> int:
        return int(self.line["usual_rows"])

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """Each with its first day."""
        return [one | {"since_date": date.fromisoformat(one["since"])} for one in self.line["alarms"]]

    @property
    def chart(self) -> Chart | None:
        return model_charts.drift(self.line["nights"], self._watch_from)

    @property
    def moved(self) -> list[dict[str, Any]]:
        """Sectors and inputs by how far they moved."""
        sectors = [
            self._moved(one, f"{model_charts.called(one['sector'])} · {model_charts.called(one['name'])}")
            for one in self.line["sectors"]
        ]
        inputs = [self._moved(one, model_charts.called(one["name"])) for one in self.line["inputs"]]
        return [
            {"title": _("Sectors against the rest"), "rows": sectors},
            {"title": _("Inputs"), "rows": inputs},
        ]

    @property
    def climate(self) -> list[dict[str, Any]]:
        """How each sector's firms fared beside the others, the furthest first."""
        from_here = Watch.in_force(self.today).climate[0]
        found = sorted(self.line.get("climate", []), key=lambda one: -abs(one["change"]))
        return [
            {
                "title": model_charts.called(one["sector"]),
                "firms": one["firms"],
                "change": f"{one['change']:+.0%}",
                "range": f"{one['low']:+.0%} … {one['high']:+.0%}",
                "loud": one["distance"] >= from_here,
            }
            for one in found
        ]

    @property
    def came(self) -> str:
        told = self.line.get("told")
        if not told:
            return _("No outcome of what it said since is known yet.")
        return _("%(expected)s expected, %(came)s came, of %(n)s rows known by now.") % {
            "expected": formats.count(round(told["expected"])),
            "came": formats.count(round(told["came"])),
            "n": formats.count(told["rows"]),
        }

    @property
    def _watch_from(self) -> float:
        return Watch.in_force(self.today).psi[0]

    def _moved(self, one: Mapping[str, Any], title: str) -> dict[str, Any]:
        loud = one["psi"] > one["chance"] and one["beyond"] >= self._watch_from
        return {"title": title, "psi": f"{one['psi']:.2f}", "chance": f"{one['chance']:.2f}", "loud": loud}
