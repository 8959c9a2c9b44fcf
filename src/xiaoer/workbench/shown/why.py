"""Why this, why now, why not the others: a proposal in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.workbench.proposed import rule_of, worth_of
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

HOUR = 60  # minutes


@dataclass(frozen=True)
class Factor:
    """One step of the weighing: what, how much, and a word on it."""

    title: str
    value: str
    note: str


@dataclass(frozen=True)
class Why:
    """One proposal; None where there is none."""

    proposal: Any
    events: tuple[Any, ...] = ()
    today: date | None = None

    @property
    def now(self) -> str:
        """Why today: when it was seen and by when somebody should act; for a contact of the plan, its turn."""
        rule = rule_of(self.proposal.goal) if self.proposal else ""
        seen = next((one for one in self.events if one.rule == rule), None)
        if seen is None:
            return ""
        told = [_("seen %(day)s") % {"day": formats.day(seen.event_date, tongue(), self.today)}]
        if seen.due_date:
            told.append(_("act by %(day)s") % {"day": formats.day(seen.due_date, tongue(), self.today)})
        return " · ".join(told)

    @property
    def weighed(self) -> list[Factor]:
        """How it was weighed, step by step, with the figures of the night; see docs/rules/morning-list.md."""
        one = self.proposal
        if not one or not one.priority:
            return []
        time = Factor(_("Cost of the time"), _amount(-one.cost), _minutes(one))
        counts = Factor(_("Counts for"), _amount(round(one.priority)), _("what the list is ordered by"))
        return [*self._return(), time, *self._patience(), *self._lever(), counts, *self._hour()]

    def _return(self) -> list[Factor]:
        one, worth = self.proposal, worth_of(self.proposal)
        whole = Factor(_("Expected return"), _amount(one.expected_return), "")
        if worth is None or not one.chance:
            return [whole]
        told = (
            _("%(chance)s by the model %(model)s, × %(context)s for the occasion") % {
                "chance": formats.percent(one.propensity, 1), "model": one.told_by, "context": f"{one.context:g}"}
            if one.told_by else _("the bank's figure for this rule")
        )  # fmt: skip
        return [Factor(_("Where it succeeds"), _amount(worth), ""),
                Factor(_("Chance of that"), formats.percent(one.chance, 1), told), whole]  # fmt: skip

    def _patience(self) -> list[Factor]:
        """What one more offer uses up of the firm's patience."""
        much = self.proposal.patience
        return [Factor(_("Cost of the firm's patience"), _amount(-much), "")] if much else []

    def _lever(self) -> list[Factor]:
        lever = self.proposal.lever
        return [Factor(_("Urgent or promised"), f"× {lever:g}", "")] if lever != 1 else []

    def _hour(self) -> list[Factor]:
        """What the same minutes would bring at the margin of the manager's day."""
        one = self.proposal
        if not one.hour_price:
            return [
                Factor(
                    _("The same time elsewhere"), _amount(0), _("the day is not full: the time has no price")
                )
            ]
        elsewhere = round(one.hour_price * one.minutes / HOUR)
        much = {"much": formats.money(one.hour_price, tongue())}
        left = Factor(_("More than elsewhere"), _amount(round(one.priority) - elsewhere), "")
        return [Factor(_("The same time elsewhere"), _amount(elsewhere), _("%(much)s an hour") % much), left]

    @property
    def place(self) -> str:
        """Where it stands on its manager's list."""
        one = self.proposal
        return _("number %(n)s of its manager's list") % {"n": one.rank} if one and one.rank else ""

    @property
    def tone(self) -> str:
        tones = {one.get("tone") for one in (self.proposal.because if self.proposal else [])}
        return "bad" if "bad" in tones else "warn" if "warn" in tones else ""

    @property
    def worth(self) -> str:
        """What it brings, risks, costs and takes, and what an hour brings elsewhere where the day is full."""
        one = self.proposal
        told = [_("expected return %(amount)s") % {"amount": formats.money(one.expected_return, tongue())}]
        if one.at_stake:
            told.append(_("at stake %(amount)s") % {"amount": formats.money(one.at_stake, tongue())})
        told.append(wordings.word(wordings.RISKS, one.risk))
        if one.cost:
            told.append(_("cost %(cost)s") % {"cost": formats.money(one.cost, tongue())})
        told.append(f"{wordings.word(wordings.CHANNELS, one.kind)} " + _("%(n)s min") % {"n": one.minutes})
        if one.hour_price:
            hour = formats.money(one.hour_price, tongue())
            told.append(_("an hour brings %(amount)s elsewhere") % {"amount": hour})
        return " · ".join(told)

    @property
    def others(self) -> list[dict[str, Any]]:
        """The firm's other occasions, each with why it is not this one."""
        return [
            one
            | {
                "channel": wordings.word(wordings.CHANNELS, one["kind"]),
                "counts_for": _amount(one["priority"]) if "priority" in one else "",
            }
            for one in (self.proposal.others if self.proposal else [])
        ]


def _amount(much: int) -> str:
    return formats.money(much, tongue())


def _minutes(one: Any) -> str:
    return f"{wordings.word(wordings.CHANNELS, one.kind)} " + _("%(n)s min") % {"n": one.minutes}
