"""Where time goes: by stage against plan, by branch or product, and what the bank's files tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.applications.measuring import By, Told, Waited
from xiaoer.applications.reader import tongue
from xiaoer.applications.shown.words import hours, word
from xiaoer.applications.terms import OPEN, PRODUCTS, Clocks
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series


@dataclass(frozen=True)
class Row:
    """A stage, or a group's cell of one: steps counted, median hours, hours planned, share beyond plan."""

    title: str
    count: int
    median: str
    planned: str
    late_share: float
    is_late: bool


@dataclass(frozen=True)
class Group:
    """A branch or product over the stages; None where nothing left that stage."""

    title: str
    cells: tuple[Row | None, ...]


@dataclass(frozen=True)
class Bottleneck:
    """The page."""

    clocks: Clocks
    by: By
    stages: Mapping[str, Waited]
    groups: Mapping[tuple[str, str], Waited]
    work: Mapping[str, tuple[int, float]]
    told: Mapping[str, Told]
    names: Mapping[str, str]

    @property
    def worst(self) -> str | None:
        """The stage furthest beyond its plan; None when none is."""
        over = {
            stage: one.median_minutes / self.clocks.planned_minutes[stage]
            for stage, one in self.stages.items()
            if one.median_minutes > self.clocks.planned_minutes[stage]
        }
        return max(over, key=lambda stage: (over[stage], stage)) if over else None

    @property
    def sentence(self) -> str:
        if not self.stages:
            return _("No stage has been passed yet")
        if self.worst is None:
            return _("Every stage keeps to its plan")
        told = self.stages[self.worst]
        return _("Time goes at %(stage)s: %(median)s, planned %(planned)s") % {
            "stage": word("stage", self.worst),
            "median": hours(told.median_minutes),
            "planned": hours(self.clocks.planned_minutes[self.worst]),
        }

    @property
    def lede(self) -> str:
        passed = sum(one.count for one in self.stages.values())
        told = ngettext("%(n)s stage passed in half a year.", "%(n)s stages passed in half a year.", passed)
        apart = "" if formats.chinese(tongue()) else " "
        return apart.join([told % {"n": formats.count(passed)}, _("Office hours, medians.")])

    @property
    def rows(self) -> list[Row]:
        return [
            self._row(word("stage", stage), stage, self.stages[stage])
            for stage in OPEN
            if stage in self.stages
        ]

    @property
    def chart(self) -> Chart | None:
        if not self.stages:
            return None
        usual = tuple(self.clocks.planned_minutes[stage] / 60 for stage in OPEN)
        median = tuple(self.stages[s].median_minutes / 60 if s in self.stages else None for s in OPEN)
        return Chart(
            kind="months",
            title=_("Hours in each stage, against plan"),
            labels=tuple(word("stage", stage) for stage in OPEN),
            series=(
                Series(gettext_lazy("Median hours"), median, "bar"),
                Series(gettext_lazy("Planned hours"), usual, "usual"),
            ),
            after=gettext_lazy(" h"),
            head=gettext_lazy("Stage"),
        )

    @property
    def heads(self) -> list[str]:
        return [word("stage", stage) for stage in OPEN]

    @property
    def matrix(self) -> list[Group]:
        found = sorted({group for group, _stage in self.groups})
        return [
            Group(self._name(group), tuple(self._cell(group, stage) for stage in OPEN)) for group in found
        ]

    @property
    def work_rows(self) -> list[dict[str, Any]]:
        return [
            self._work(stage, *self.work[stage]) for stage in self.clocks.work_minutes if stage in self.work
        ]

    @property
    def told_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "title": self._name(group) or _("not told"),
                "count": one.count,
                "survey": hours(one.survey_minutes),
                "form": hours(one.form_minutes),
                "decision": one.days_to_decision,
                "drawdown": one.days_to_drawdown,
            }
            for group, one in sorted(self.told.items())
        ]

    def sheet(self) -> tuple[list[str], list[list[object]]]:
        """Heads and rows for Excel, minutes as whole numbers."""
        heads = [_("Branch") if self.by == "branch" else _("Product"), _("Stage"), _("Steps"),
                 _("Median minutes"), _("Planned minutes"), _("Share beyond plan")]  # fmt: skip
        rows: list[list[object]] = [
            [self._name(group), word("stage", stage), one.count, one.median_minutes,
             self.clocks.planned_minutes[stage], one.late_share]
            for (group, stage), one in sorted(self.groups.items())
        ]  # fmt: skip
        return heads, rows

    def _row(self, title: str, stage: str, one: Waited) -> Row:
        planned = self.clocks.planned_minutes[stage]
        return Row(
            title,
            one.count,
            hours(one.median_minutes),
            hours(planned),
            one.late_share,
            one.median_minutes > planned,
        )

    def _cell(self, group: str, stage: str) -> Row | None:
        one = self.groups.get((group, stage))
        return self._row("", stage, one) if one else None

    def _work(self, stage: str, count: int, median: float) -> dict[str, Any]:
        low, high = self.clocks.work_minutes[stage]
        return {
            "title": word("stage", stage),
            "count": count,
            "median": hours(median),
            "planned": f"{formats.hours(low)}–{hours(high)}",
            "is_late": median > high,
        }

    def _name(self, group: str) -> str:
        return (
            word("product", group)
            if self.by == "product" and group in PRODUCTS
            else self.names.get(group, group)
        )
