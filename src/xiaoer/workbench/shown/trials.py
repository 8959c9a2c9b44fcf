"""Trials in words: what either arm does, how far the answer has come, what a firm's record says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xiaoer.kit.scope import Scope
from xiaoer.kit.screens import formats
from xiaoer.trials.queries import Standing
from xiaoer.trials.terms import Arm, Order, TrialState
from xiaoer.workbench.shown import model_words

ARMS = {Arm.FIRST: gettext_lazy("first arm"), Arm.SECOND: gettext_lazy("second arm")}
ORDERS = {
    Order.NOBODY: pgettext_lazy("trial", "Nobody is approached"),
    Order.LOT: pgettext_lazy("trial", "By lot"),
    Order.RESPONSE: pgettext_lazy("trial", "The likeliest to take"),
    Order.UPLIFT: pgettext_lazy("trial", "Those whom asking changes most"),
}
STATES = {
    TrialState.COLLECTING: (gettext_lazy("collecting"), "plain"),
    TrialState.INCONCLUSIVE: (gettext_lazy("inconclusive"), "warn"),
    TrialState.SEPARATED: (gettext_lazy("separated"), "good"),
}


def model_name(shelved: Any) -> str:
    return model_words.name(shelved)


def strategy(order: str, share: float) -> str:
    """What an arm does, in words."""
    title = str(ORDERS[Order(order)])
    if order == Order.NOBODY:
        return title
    return _("%(order)s, %(share)s of the firms") % {"order": title, "share": formats.percent(share, 0)}


@dataclass(frozen=True)
class Offered:
    """Something a form lets one choose."""

    code: str
    title: str


@dataclass(frozen=True)
class Row:
    """One arm's line."""

    title: str
    does: str
    firms: str
    approached: str
    took: str
    share: str
    better: bool


@dataclass(frozen=True)
class TrialShown:
    """A trial as a page shows it."""

    standing: Standing
    people: Mapping[str, str]
    reader: Scope

    @property
    def trial(self) -> Any:
        return self.standing.trial

    @property
    def address(self) -> str:
        return reverse("trial", args=[self.trial.trial])

    @property
    def who(self) -> str:
        return self.people.get(self.trial.staff_id, self.trial.staff_id)

    @property
    def state(self) -> dict[str, Any]:
        words, tone = STATES[self.standing.compared.state]
        return {"words": words, "tone": tone}

    @property
    def rows(self) -> list[Row]:
        trial, better = self.trial, self.standing.compared.better
        does = {Arm.FIRST: strategy(trial.first_order, trial.first_share),
                Arm.SECOND: strategy(trial.second_order, trial.second_share)}  # fmt: skip
        return [
            Row(str(ARMS[arm]), does[arm], formats.count(seen.firms), formats.count(seen.approached),
                formats.count(seen.took), formats.percent(seen.share) if seen.firms else "—", arm is better)
            for arm, seen in self.standing.arms.items()
        ]  # fmt: skip

    @property
    def done(self) -> int:
        return sum(seen.firms for seen in self.standing.arms.values())

    @property
    def sentence(self) -> str:
        """What a colleague would say of it."""
        found = self.standing.compared
        if found.state is TrialState.COLLECTING:
            return _("%(done)s of %(planned)s outcomes are in; nothing is concluded before the last") % {
                "done": formats.count(self.done), "planned": formats.count(self.trial.planned),
            }  # fmt: skip
        if found.state is TrialState.INCONCLUSIVE:
            return _("Chance explains the difference: neither arm is better")
        better = self.rows[0] if found.better is Arm.FIRST else self.rows[1]
        return _("%(arm)s does better: %(does)s") % {"arm": better.title, "does": better.does}

    @property
    def difference(self) -> str:
        """Second less first in points of a percent, with its interval."""
        found = self.standing.compared
        if found.difference is None or found.low is None or found.high is None:
            return "—"
        points = [
            f"{100 * value:+.1f}".replace("-", "−") for value in (found.difference, found.low, found.high)
        ]
        return _("%(d)s points (95 %%: %(low)s to %(high)s)") % dict(
            zip(("d", "low", "high"), points, strict=True)
        )

    @property
    def runs(self) -> bool:
        return self.reader.may("trials.run") and self.standing.compared.state is TrialState.COLLECTING

    @property
    def adopts(self) -> bool:
        return (
            self.reader.may("trials.run")
            and self.standing.compared.better is not None
            and self.standing.adopted is None
        )

    @property
    def adopted(self) -> str:
        """Who decided for which arm."""
        found = self.standing.adopted
        if found is None:
            return ""
        row = self.rows[0] if found.arm == Arm.FIRST else self.rows[1]
        who = self.people.get(found.staff_id, found.staff_id)
        return _("Adopted by %(who)s: %(does)s") % {"who": who, "does": row.does}

    @property
    def versions(self) -> list[str]:
        return [f"{model} {version}" for model, version in sorted(self.trial.versions.items())]


@dataclass(frozen=True)
class Trials:
    """The page: trials, and what the form offers."""

    trials: Sequence[TrialShown]
    products: Sequence[Offered]
    groups: Sequence[Offered]

    @property
    def orders(self) -> list[Offered]:
        return [Offered(code.value, str(title)) for code, title in ORDERS.items()]

    @property
    def sentence(self) -> str:
        running = sum(one.standing.compared.state is TrialState.COLLECTING for one in self.trials)
        if not self.trials:
            return _("No trial has begun")
        return _("%(n)s trials, %(running)s still collecting") % {"n": len(self.trials), "running": running}


@dataclass(frozen=True)
class InTrial:
    """A trial as a firm's record tells it."""

    trial: Any
    firm: Any
    adopted: str

    @property
    def told(self) -> str:
        """Which arm, and what that means for the firm."""
        arm = str(ARMS[Arm(self.firm.arm)])
        return _("%(arm)s, to be approached") % {"arm": arm} if self.firm.approached else (
            _("%(arm)s, left alone") % {"arm": arm}
        )  # fmt: skip

    @property
    def decision(self) -> str:
        if not self.adopted:
            return ""
        order = self.trial.first_order if self.adopted == Arm.FIRST else self.trial.second_order
        share = self.trial.first_share if self.adopted == Arm.FIRST else self.trial.second_share
        return _("Adopted since: %(does)s") % {"does": strategy(order, share)}
