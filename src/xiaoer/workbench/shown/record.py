"""A firm's page: what is said about it, worked out from its published rows and its contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart
from xiaoer.workbench.shown import absences, drawings, lists, money, timeline, wordings
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.why import Why

HIGH_RISK = 0.05
MOST_REASONS = 5
TABS = ("overview", "money", "loans", "score", "contacts", "events")


@dataclass(frozen=True)
class Tab:
    title: str
    address: str
    here: bool
    count: int = 0


@dataclass(frozen=True)
class FirmPage:
    """Everything a firm's page shows. `people` are names by staff number."""

    firm: Any
    profile: Any
    score: Any
    events: Sequence[Any]
    proposal: Any
    stop: Any
    contacts: Sequence[Any]
    tasks: Sequence[Any]
    people: Mapping[str, str]
    branch: str
    today: date
    tab: str = "overview"
    loans: Any = None
    shelf: Any = None
    absence: Any = None  # of the firm's manager, today

    unit = property(lambda _self: unit())

    @property
    def here(self) -> str:
        return reverse("firm", args=[self.firm.customer_id])

    @property
    def about(self) -> list[str]:
        firm, who = self.firm, self.people.get(self.firm.manager_id, "")
        parts = [
            wordings.word(wordings.KINDS, firm.kind) if firm.kind != "enterprise" else "",
            lists.size(firm),
            _("with us since %(year)s") % {"year": firm.opened_date.year} if firm.opened_date else "",
            _("owner %(name)s") % {"name": firm.owner_name} if firm.owner_name else "",
            ngettext("%(n)s person", "%(n)s people", firm.staff_count) % {"n": firm.staff_count}
            if firm.staff_count
            else "",
            _("answered for by %(name)s") % {"name": who} if who else _("no manager assigned"),
            absences.represented(self.absence, self.people, self.today),
            self.branch,
            lists.passed_from(firm),
        ]
        return [part for part in parts if part]

    @property
    def most_pressing(self) -> Any:
        reasons = [one for event in self.events for one in event.because]
        reasons += self.proposal.because if self.proposal else []
        return next((one for one in reasons if one.get("tone") == "bad"), None)

    @property
    def stage(self) -> dict[str, str] | None:
        """How far the firm is on its way out, and since when; None for one that is not."""
        if self.firm.stage in ("", "active"):
            return None
        since = formats.day(self.firm.stage_date, tongue(), self.today) if self.firm.stage_date else ""
        words = wordings.word(wordings.STAGES, self.firm.stage)
        told = _("%(stage)s since %(day)s") % {"stage": words, "day": since} if since else words
        return {"tone": wordings.STAGE_TONES[self.firm.stage], "words": told}

    @property
    def tabs(self) -> list[Tab]:
        titles = {
            "overview": _("Overview"),
            "money": _("Money"),
            "loans": pgettext("place", "Loans"),
            "score": _("Score"),
            "contacts": _("Contacts"),
            "events": _("Events"),
        }
        counts = {"contacts": len(self.timeline), "events": len(self.events)}
        return [
            Tab(
                titles[name],
                self.here if name == "overview" else f"{self.here}?tab={name}",
                name == self.shown_tab,
                counts.get(name, 0),
            )
            for name in TABS
            if name != "loans" or (self.loans and self.loans.known)
        ]

    @property
    def shown_tab(self) -> str:
        lends = self.loans and self.loans.known
        return self.tab if self.tab in TABS and (lends or self.tab != "loans") else "overview"

    @property
    def tab_template(self) -> str:
        return f"workbench/parts/tab_{self.shown_tab}.html"

    @property
    def record_address(self) -> str:
        offer = f"?offer={self.proposal.offer_id}" if self.proposal else ""
        return reverse("record", args=[self.firm.customer_id]) + offer

    @property
    def postpone_address(self) -> str:
        return reverse("postpone", args=[self.proposal.offer_id])

    @property
    def plan_address(self) -> str:
        return reverse("plan", args=[self.firm.customer_id])

    @property
    def score_address(self) -> str:
        return f"{self.here}?tab=score"

    @property
    def money_address(self) -> str:
        return f"{self.here}?tab=money"

    @property
    def contacts_address(self) -> str:
        return f"{self.here}?tab=contacts"

    # Numbers

    @property
    def knows_products(self) -> bool:
        return bool(
            self.firm.products
            or self.firm.holdings
            or self.firm.balance is not None
            or self.firm.loan_balance is not None
        )

    @property
    def products_note(self) -> str:
        return (
            _("deposits %(amount)s") % {"amount": formats.money(self.firm.balance, tongue())}
            if self.firm.balance is not None
            else ""
        )

    @property
    def risk_high(self) -> bool:
        return self.firm.pd is not None and self.firm.pd >= HIGH_RISK

    @property
    def risk_note(self) -> str:
        if self.firm.pd is None:
            return _("invoices or accounts fill this")
        if self.firm.score_state == "small_sample":
            return _("small sample, for orientation only")
        if self.firm.score_state == "refused":
            return _("unproven, for orientation only")
        if self.firm.score_state == "rule":
            return _("by rule, no model yet")
        if self.score and self.score.previous is not None:
            return _("%(before)s before") % {"before": formats.percent(self.score.previous)}
        return (
            ngettext("%(n)s reason", "%(n)s reasons", len(self.reasons)) % {"n": len(self.reasons)}
            if self.reasons
            else ""
        )

    @property
    def turnover_note(self) -> str:
        change = lists.growth(self.firm)
        return (
            _("%(change)s on the year before") % {"change": formats.change(change)}
            if change is not None
            else _("no year before to compare")
        )

    @property
    def contribution_note(self) -> str:
        if self.firm.turnover_12m is None:
            return ""
        return _("turnover %(amount)s") % {"amount": formats.money(self.firm.turnover_12m, tongue())}

    @property
    def money_lines(self) -> list[dict[str, str]]:
        return money.lines(self.firm, self.today)

    # Why, score

    @property
    def why(self) -> Why:
        return Why(self.proposal, tuple(self.events), self.today)

    @property
    def score_said(self) -> str:
        return str(wordings.SCORE_STATES.get(self.firm.score_state, "")) if self.firm.pd is not None else ""

    @property
    def reasons(self) -> list[Any]:
        return list(self.score.reasons[:MOST_REASONS]) if self.score else []

    @property
    def reasons_title(self) -> str:
        if self.score.previous is None:
            return _("What makes the risk")
        return _("Why the risk rose") if self.score.value > self.score.previous else _("Why the risk fell")

    @property
    def score_title(self) -> str:
        return (
            _("%(points)s points") % {"points": self.score.points}
            if self.score.points is not None
            else _("Risk %(pd)s") % {"pd": formats.percent(self.score.value)}
        )

    @property
    def score_line(self) -> str:
        told = _(
            "Chance of default %(pd)s, by how much it looks like known defaults. Those carry no date: "
            "this says how alike, not by when."
        ) % {"pd": formats.percent(self.score.value)}
        return f"{told} {self.score_said}".strip()

    @cached_property
    def all_points(self) -> list[Any]:
        return sorted(self.score.all_points, key=lambda one: (-abs(one["points"]), one["code"]))

    @property
    def widest(self) -> float:
        return max((abs(one["points"]) for one in self.all_points), default=1)

    @property
    def waterfall(self) -> Chart | None:
        return drawings.waterfall(self.score)

    # Trade

    @cached_property
    def trade(self) -> Chart | None:
        return drawings.trade(self.profile)

    @cached_property
    def cash(self) -> Chart | None:
        return drawings.cash(self.profile)

    @property
    def buyers(self) -> list[dict[str, Any]]:
        return money.partners(self.profile.buyers if self.profile else None, self.today)

    @property
    def suppliers(self) -> list[dict[str, Any]]:
        return money.partners(self.profile.suppliers if self.profile else None, self.today)

    @property
    def buyers_title(self) -> str:
        return _("Buyers, 12 months")

    @property
    def suppliers_title(self) -> str:
        return _("Suppliers, 12 months")

    @property
    def similar(self) -> list[dict[str, Any]]:
        return list(self.profile.similar) if self.profile else []

    @property
    def similar_grew(self) -> bool:
        return any(one.get("growth") is not None for one in self.similar)

    @property
    def holdings(self) -> list[str]:
        return [wordings.holding(one) for one in self.firm.holdings]

    @cached_property
    def timeline(self) -> list[timeline.Entry]:
        return timeline.entries(
            self.contacts, self.tasks, self.people, self.profile.contacts if self.profile else ()
        )
