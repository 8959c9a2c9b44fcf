"""Facts a firm's page asks for: those the bank's files are silent on and a decision hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.customers.terms import Asked
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

OF_SIZE = {
    "staff": Asked.STAFF, "revenue": Asked.REVENUE, "assets": Asked.ASSETS, "industry": Asked.INDUSTRY,
}  # fmt: skip
TITLES = {
    Asked.STAFF: gettext_lazy("People employed"),
    Asked.REVENUE: gettext_lazy("Revenue of the last year (10,000 yuan)"),
    Asked.ASSETS: gettext_lazy("Total assets (10,000 yuan)"),
    Asked.INDUSTRY: gettext_lazy("Industry code (as F51)"),
}
FILED = {
    "credit_code": gettext_lazy("credit code"), "phone": gettext_lazy("telephone"),
    "owner_name": gettext_lazy("legal representative"), "industry_code": gettext_lazy("industry"),
    "opened_date": gettext_lazy("since when it is with us"),
}  # fmt: skip
BY_HAND = "text"


@dataclass(frozen=True)
class Line:
    """One fact; `answer` is what somebody found out since."""

    fact: Asked
    answer: Any
    who: str
    today: date

    @property
    def title(self) -> str:
        return str(TITLES[self.fact])

    @property
    def mode(self) -> str:
        """Which keys a phone shows."""
        return BY_HAND if self.fact is Asked.INDUSTRY else "decimal"

    @property
    def told(self) -> str:
        if self.answer is None:
            return ""
        if self.fact is Asked.INDUSTRY:
            value = self.answer.text
        elif self.fact is Asked.STAFF:
            value = formats.count(self.answer.number)
        else:
            value = formats.money(self.answer.number, tongue())
        return " · ".join(
            filter(None, (value, formats.near_day(self.answer.day, tongue(), self.today), self.who))
        )


@dataclass(frozen=True)
class Facts:
    """The block of a firm's page."""

    firm: Any
    lines: Sequence[Line]

    @property
    def passed(self) -> str:
        """For a firm passed over from another line: from which, and as what it was placed."""
        if not self.firm.passed_from:
            return ""
        told = {
            "line": wordings.word(wordings.LINES, self.firm.passed_from),
            "tier": wordings.word(wordings.TIERS, self.firm.tier),
        }
        return _("Passed over from %(line)s, placed by our own standard as %(tier)s.") % told

    @property
    def unfiled(self) -> list[str]:
        """What else such a firm's file leaves open; the bank's own files fill it."""
        return [
            str(title)
            for name, title in FILED.items()
            if self.firm.passed_from and not getattr(self.firm, name)
        ]

    @property
    def address(self) -> str:
        return reverse("fact", args=[self.firm.customer_id])

    @property
    def open(self) -> int:
        return sum(not line.told for line in self.lines)

    @property
    def why(self) -> str:
        """By how much the decision could move."""
        if not self.lines:
            return _("Nothing is missing that the tier hangs on.")
        if not self.firm.tier_low or self.firm.tier_low == self.firm.tier_high:
            return _("Without them the size is open; the tier would stay %(tier)s.") % {
                "tier": wordings.word(wordings.TIERS, self.firm.tier)
            }
        low, high = (wordings.word(wordings.TIERS, one) for one in (self.firm.tier_low, self.firm.tier_high))
        return _("With them the tier may be anything from %(low)s to %(high)s; today %(tier)s is assumed.") % {
            "low": low, "high": high, "tier": wordings.word(wordings.TIERS, self.firm.tier),
        }  # fmt: skip


def facts(firm: Any, answers: Mapping[str, Any], people: Mapping[str, str], today: date) -> Facts | None:
    """What is missing of a firm; None where nothing is, unless it was passed over from another line."""
    open_ = firm.size_class == "undetermined"
    wanted = [OF_SIZE[name] for name in firm.size_missing if name in OF_SIZE and open_]
    if not wanted and not firm.passed_from:
        return None
    held = {fact: answers.get(fact.value) for fact in wanted}
    return Facts(
        firm,
        [Line(fact, one, people.get(one.staff_id, "") if one else "", today) for fact, one in held.items()],
    )
