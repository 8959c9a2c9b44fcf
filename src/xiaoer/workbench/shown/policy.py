"""The page on which a change of the contact policy is tried: figures now and tried, who would be stopped or freed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings

FIGURES = {
    "cap_email": gettext_lazy("E-mail, in 7 days"),
    "cap_message": gettext_lazy("Text messages, in 7 days"),
    "cap_call": gettext_lazy("Calls, in 7 days"),
    "cap_visit": gettext_lazy("Visits, in 7 days"),
    "cap_any": gettext_lazy("All ways together, in 30 days"),
    "cap_collection": gettext_lazy("Collection, in 7 days"),
    "group_cap_call": gettext_lazy("Calls to the circle, in 7 days"),
    "group_cap_visit": gettext_lazy("Visits to the circle, in 7 days"),
    "group_cap_any": gettext_lazy("Circle, all ways, in 30 days"),
    "pause_2_in_7": gettext_lazy("Days of pause after 2 refusals in 7 days, 0 = none"),
    "pause_3_in_30": gettext_lazy("Days of pause after 3 refusals in 30 days, 0 = none"),
    "complaint_days": gettext_lazy("Days of peace after a complaint"),
    "rest_days": gettext_lazy("Days of rest after a firm was reached"),
}
STOPS = {
    "contacted_recently": gettext_lazy("reached just now, at rest"),
    "planned_already": gettext_lazy("already planned"),
    "policy_cap": gettext_lazy("cap reached"),
    "policy_group_cap": gettext_lazy("cap of the circle reached"),
    "policy_paused": gettext_lazy("pause after refusals"),
    "policy_complained": gettext_lazy("peace after a complaint"),
    "policy_stopped": gettext_lazy("stopped for a time"),
    "policy_complaint_open": gettext_lazy("a complaint is not closed"),
    "policy_stopped_for_good": gettext_lazy("stopped for good"),
    "policy_consent_refused": gettext_lazy("consent refused"),
    "policy_consent_missing": gettext_lazy("no consent yet"),
    "policy_firm_unknown": gettext_lazy("too little is known"),
}


@dataclass(frozen=True)
class Field:
    """A figure with its name, what holds and what is tried."""

    code: str
    title: str
    now: int
    tried: int
    least: int = 1

    @property
    def changed(self) -> bool:
        return self.now != self.tried


@dataclass(frozen=True)
class Line:
    """A rule or a way, with the candidates newly stopped and newly free."""

    words: str
    stopped: int
    freed: int


@dataclass(frozen=True)
class Page:
    """The worksheet and its result."""

    fields: tuple[Field, ...]
    trial: Any
    today: date
    refused: str = ""
    may_ask: bool = False
    changes: tuple[Any, ...] = ()

    @property
    def changed(self) -> list[Field]:
        return [one for one in self.fields if one.changed]

    @property
    def ask_address(self) -> str:
        """The sheet that asks for what is tried."""
        asked = "&".join(f"{one.code}={one.tried}" for one in self.changed)
        return reverse("figures-ask", args=["contact_policy"]) + f"?{asked}"

    @property
    def sentence(self) -> str:
        if not self.trial.asked:
            return _("No candidate was handed over last night")
        if not self.changed:
            told = {"open": self.trial.open_now, "n": formats.count(self.trial.asked)}
            return _("%(open)s of %(n)s candidates are open today") % told
        told = {"stopped": self.trial.stopped, "freed": self.trial.freed}
        return _("%(stopped)s more would be left alone, %(freed)s would be free") % told

    @property
    def remark(self) -> str:
        told = {"now": self.trial.open_now, "then": self.trial.open_then, "n": self.trial.asked}
        return (
            ngettext(
                "Of %(n)s candidate, %(now)s open now and %(then)s then.",
                "Of %(n)s candidates, %(now)s are open now and %(then)s then.",
                self.trial.asked,
            )
            % told
        )

    @property
    def by_rule(self) -> list[Line]:
        codes = sorted({*self.trial.stopped_by, *self.trial.freed_of})
        lines = [
            Line(str(STOPS.get(code, code)), self.trial.stopped_by[code], self.trial.freed_of[code])
            for code in codes
        ]
        return sorted(lines, key=lambda line: (-line.stopped - line.freed, line.words))

    @property
    def by_way(self) -> list[Line]:
        ways: Mapping[str, Counter[str]] = self.trial.by_way
        return [
            Line(wordings.word(wordings.CHANNELS, way), told["stopped"], told["freed"])
            for way, told in sorted(ways.items())
        ]
