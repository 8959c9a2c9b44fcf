"""Effects in words and pictures: what each family of decisions brings against the firms it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.trials.comparing import Compared
from xiaoer.trials.effects import Effect
from xiaoer.trials.families import Family
from xiaoer.trials.terms import TrialState
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.trials import STATES

FAMILIES = {
    "offers": gettext_lazy("New business"),
    "retention": gettext_lazy("Keeping firms"),
    "renewals": gettext_lazy("Renewals"),
    "win_back": gettext_lazy("Winning back"),
    "care": gettext_lazy("Care"),
    "life": gettext_lazy("Life of the firm"),
    "contact_plan": gettext_lazy("Contact plan"),
    "campaigns": gettext_lazy("Campaign lists"),
}
WON = {
    "took": gettext_lazy("opened a product or drew a loan"),
    "took_it": gettext_lazy("opened the product proposed"),
    "kept": gettext_lazy("kept most of their deposits"),
    "borrowed": gettext_lazy("drew a loan"),
}
CUTS = {
    "item": gettext_lazy("By rule or product"),
    "tier": gettext_lazy("By tier"),
    "branch_id": gettext_lazy("By branch"),
}
RULES = wordings.RULES | {"contact_due": gettext_lazy("Its turn by the contact plan")}


@dataclass(frozen=True)
class Interval:
    """An effect with its interval as drawn: places from 0 to 100, no effect at 50."""

    low: str
    width: str
    at: str
    tone: str


@dataclass(frozen=True)
class Figure:
    """An effect in words, and drawn where it has an interval."""

    words: str
    between: str
    drawn: Interval | None
    effect: Effect


@dataclass(frozen=True)
class Line:
    """One comparison as the table shows it."""

    code: str
    title: str
    found: Compared
    today: date
    widest: float
    widest_profit: float
    address: str = ""
    firms_address: Callable[[str], str] | None = None
    share: float | None = None  # left alone now, where this is a family of the house

    @property
    def state(self) -> dict[str, Any]:
        words, tone = STATES[self.found.state]
        worse = self.found.state is TrialState.SEPARATED and (self.found.share.difference or 0) < 0
        return {"words": words, "tone": "bad" if worse else tone}

    @property
    def arms(self) -> list[dict[str, Any]]:
        """Both arms: how many entered, how many are judged, met, come true."""
        sides = (
            ("treated", _("treated"), self.found.treated),
            ("holdout", _("left alone"), self.found.held_out),
        )
        return [
            {"code": code, "title": title, "side": side, "met": formats.percent(side.met_share, 0),
             "won": formats.percent(side.counted.share) if side.counted.firms else formats.NOTHING,
             "address": self.firms_address(code) if self.firms_address else ""}
            for code, title, side in sides
        ]  # fmt: skip

    @property
    def wins(self) -> Figure:
        return _figure(self.found.share, points, _("points"), self.widest)

    @property
    def profit(self) -> Figure:
        return _figure(self.found.profit, yuan, "", self.widest_profit)

    @property
    def balance(self) -> Figure:
        return _figure(self.found.balance, yuan, "", 0)

    @property
    def forgone(self) -> Figure:
        return _figure(self.found.forgone, yuan, "", 0)

    @property
    def when(self) -> str:
        """How long until it can tell, by its own pace."""
        if not (self.found.treated.entered and self.found.held_out.entered):
            return _("Nobody of one arm yet: there is nothing to compare")
        if self.found.state is TrialState.SEPARATED:
            return ""
        if self.found.tells_on is None:
            return _("Not within three years at this pace")
        return _("Can tell about %(day)s at this pace") % {
            "day": formats.day(self.found.tells_on, tongue(), self.today)
        }


def points(value: float) -> str:
    """A share as points of a percent with its sign."""
    return f"{100 * value:+.1f}".replace("-", formats.MINUS)


def yuan(much: float) -> str:
    """A mean of amounts in fen, as money."""
    return formats.money(round(much), tongue())


def _figure(one: Effect, words: Callable[[float], str], unit: str, widest: float) -> Figure:
    if one.difference is None:
        return Figure(formats.NOTHING, "", None, one)
    told = f"{words(one.difference)} {unit}".strip()
    if one.low is None or one.high is None:
        return Figure(told, _("no interval yet"), None, one)
    between = _("%(low)s to %(high)s") % {"low": words(one.low), "high": words(one.high)}
    return Figure(told, between, _drawn(one, widest) if widest else None, one)


def _drawn(one: Effect, widest: float) -> Interval:
    low, at, high = (50 + 48 * (value or 0) / widest for value in (one.low, one.difference, one.high))
    apart = one.state is TrialState.SEPARATED
    tone = ("good" if (one.difference or 0) > 0 else "bad") if apart else ""
    return Interval(f"{low:.1f}", f"{max(high - low, 0.8):.1f}", f"{at:.1f}", tone)


def widest(found: Sequence[Effect]) -> float:
    """How far the longest interval reaches from no effect."""
    return max((max(abs(one.low), abs(one.high)) for one in found if one.low is not None and one.high is not None),
               default=0.0)  # fmt: skip


def lines(found: Mapping[str, Compared], titles: Mapping[str, Any], today: date, **more: Any) -> list[Line]:
    """Comparisons in the order of their titles, drawn on one scale."""
    wins, profit = (widest([getattr(one, name) for one in found.values()]) for name in ("share", "profit"))
    return [
        Line(code, str(titles.get(code, code)), found[code], today, wins, profit, **_of(code, more))
        for code in titles if code in found
    ]  # fmt: skip


def _of(code: str, more: Mapping[str, Any]) -> dict[str, Any]:
    return {name: make(code) for name, make in more.items()}


def telling_first(lines: Iterable[Line]) -> list[Line]:
    """What is told apart from chance stands before what is not yet; else in the order given."""
    order = (TrialState.SEPARATED, TrialState.INCONCLUSIVE, TrialState.COLLECTING)
    return sorted(lines, key=lambda one: order.index(one.found.state))


@dataclass(frozen=True)
class Page:
    """All families side by side."""

    lines: Sequence[Line]
    without: Sequence[str]  # families that leave nobody alone, or that no decision was of yet
    today: date
    changes: Sequence[Any] = ()

    @property
    def sentence(self) -> str:
        apart = [one for one in self.lines if one.found.state is TrialState.SEPARATED]
        if not self.lines:
            return _("Nobody was left alone yet, so nothing can be compared")
        if not apart:
            return _("No effect can be told from chance yet")
        told = ngettext("%(n)s family of %(of)s is told apart from leaving alone",
                        "%(n)s families of %(of)s are told apart from leaving alone", len(apart))  # fmt: skip
        return told % {"n": len(apart), "of": len(self.lines)}

    @property
    def lede(self) -> str:
        best = [one for one in self.lines if one.found.state is TrialState.SEPARATED]
        told = [
            _("%(family)s: %(points)s points more come true (%(between)s).") % {
                "family": one.title, "points": points(one.found.share.difference or 0), "between": one.wins.between}
            for one in best
        ]  # fmt: skip
        rest = _("Firms treated less firms left alone by lot. Whoever met a firm all the same, it counts in the arm it "
                 "was dealt, so an effect is rather too small than too large.")  # fmt: skip
        return ("" if formats.chinese(tongue()) else " ").join([*told, rest])


@dataclass(frozen=True)
class FamilyPage:
    """One family: whole, and by what tells its firms apart; its hold-out, and who changed it."""

    line: Line | None
    family: Family
    lines: Sequence[Line]
    cut: str
    held_now: int
    today: date
    may_ask: bool = False
    changes: Sequence[Any] = field(default=())

    @property
    def title(self) -> str:
        return str(FAMILIES[self.family.name])

    @property
    def whole(self) -> list[Line]:
        return [self.line] if self.line else []

    @property
    def sentence(self) -> str:
        if self.line is None:
            return _("No decision of this family was dealt an arm yet")
        return self.line.when or _("The difference is told apart from chance")

    @property
    def lede(self) -> str:
        apart = "。" if formats.chinese(tongue()) else ". "
        return self.sentence + apart + self.judged_by

    @property
    def judged_by(self) -> str:
        told = {"n": self.family.horizon_days, "won": WON[self.family.won]}
        return _("Counted are firms that %(won)s within %(n)s days of entering, treated or not.") % told

    @property
    def holdout_words(self) -> str:
        if self.family.by_bank:
            return _("The bank draws these arms itself and delivers them with its campaign lists.")
        if not self.family.share:
            return _("This family leaves nobody alone: its effect cannot be told. Set a share to find out.")
        told = {"share": formats.percent(self.family.share, 0), "n": formats.count(self.held_now)}
        whom = _("whole groups by lot") if self.family.by_group else _("firms by lot")
        return _("%(share)s are left alone, %(whom)s; now %(n)s firms.") % (told | {"whom": whom})

    @property
    def planned_cost(self) -> str:
        """What the firms left alone were taken to bring, when they entered."""
        return (
            yuan(self.line.found.held_out.expected) if self.line and self.line.found.held_out.expected else ""
        )

    @property
    def cuts(self) -> list[dict[str, Any]]:
        address = reverse("effect", args=[self.family.name])
        return [{"title": title, "address": f"{address}?by={code}", "here": code == self.cut}
                for code, title in CUTS.items()]  # fmt: skip

    @property
    def change_address(self) -> str:
        return reverse("figures-ask", args=["hold_outs"]) + f"?family={self.family.name}"
