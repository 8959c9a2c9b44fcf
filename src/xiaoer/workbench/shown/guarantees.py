"""Guarantees: on a firm's page who stands for it and whom it stands for; on the risk desk rings and the largest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.money import short_amount
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.drawings import tongue

KINDS = {
    "customer": gettext_lazy("firm here"),
    "person": gettext_lazy("person"),
    "company": gettext_lazy("company"),
    "guarantee_company": gettext_lazy("guarantee company"),
    "insurer": gettext_lazy("insurer"),
}


@dataclass(frozen=True)
class Tie:
    """One guarantee as a firm's page shows it."""

    row: Any
    seen: bool

    @property
    def address(self) -> str:
        """The other firm's page, where the reader may see it."""
        return reverse("firm", args=[self.row.other_id]) + "?tab=loans" if self.seen else ""

    @property
    def kind(self) -> str:
        return str(KINDS.get(self.row.other_kind, ""))

    @property
    def named(self) -> bool:
        """Whether the guarantee names an amount."""
        return self.row.amount is not None

    @property
    def chip(self) -> dict[str, Any] | None:
        """The other's own class; None for who owes nothing here."""
        return lending.class_chip(self.row.other_class) if self.row.other_class else None

    @property
    def late(self) -> str:
        n = self.row.other_days_past_due or 0
        return ngettext("%(n)s day past due", "%(n)s days past due", n) % {"n": n} if n else ""


@dataclass(frozen=True)
class Guarantees:
    """A firm's place among guarantees; `seen` are the numbers of firms the reader may see."""

    standing: Any
    rows: Sequence[Any]
    seen: Collection[str]

    @property
    def taken(self) -> list[Tie]:
        """Who stands for the firm, the largest first."""
        return self._of("debtor")

    @property
    def given(self) -> list[Tie]:
        """Whom the firm stands for."""
        return self._of("guarantor")

    @property
    def coverage(self) -> str:
        """What is guaranteed of what the firm owes."""
        one = self.standing
        if not one.balance or not one.guarantors:
            return ""
        told = _("%(covered)s of %(owed)s owed is guaranteed (%(share)s)")
        return told % {
            "covered": short_amount(one.covered_amount, tongue()),
            "owed": short_amount(one.balance, tongue()),
            "share": formats.percent(one.covered_amount / one.balance, 0),
        }

    @property
    def stands_for(self) -> str:
        one = self.standing
        if not one.debtors:
            return ""
        told = ngettext("stands for %(n)s firm, %(sum)s", "stands for %(n)s firms, %(sum)s", one.debtors)
        return told % {"n": one.debtors, "sum": short_amount(one.stands_for_amount, tongue())}

    @property
    def place(self) -> list[str]:
        """Ring, circle and chain in words."""
        one, told = self.standing, []
        if one.ring:
            told.append(_("in a ring of %(n)s firms that stand for one another") % {"n": one.ring_size})
        if one.circle_size > max(one.ring_size, 2):
            told.append(_("in a circle of %(n)s firms tied by guarantees") % {"n": one.circle_size})
        if one.chain > 1:
            told.append(_("%(n)s guarantors behind one another") % {"n": one.chain})
        return told

    def _of(self, side: str) -> list[Tie]:
        held = [one for one in self.rows if one.side == side]
        held.sort(key=lambda one: (-one.counted_amount, one.guarantee_id))
        return [Tie(one, one.other_id in self.seen) for one in held]


@dataclass(frozen=True)
class Ring:
    """A ring with those of its firms the reader sees."""

    members: Sequence[Any]
    names: Mapping[str, str]

    @property
    def size(self) -> int:
        return int(self.members[0].ring_size)

    @property
    def hidden(self) -> int:
        """Members of other portfolios."""
        return self.size - len(self.members)

    @property
    def balance(self) -> int:
        return sum(one.balance for one in self.members)

    @property
    def worst(self) -> dict[str, Any] | None:
        """The worst class among them."""
        codes = list(lending.CLASSES)
        held = [codes.index(one.rule_class) for one in self.members if one.rule_class]
        return lending.class_chip(codes[max(held)]) if held else None

    @property
    def firms(self) -> list[Member]:
        return [Member(one, self.names.get(one.customer_id, one.customer_id)) for one in self.members]


@dataclass(frozen=True)
class Member:
    """A firm of a ring, or one that stands for many."""

    row: Any
    name: str

    @property
    def address(self) -> str:
        return reverse("firm", args=[self.row.customer_id]) + "?tab=loans"

    @property
    def chip(self) -> dict[str, Any] | None:
        return lending.class_chip(self.row.rule_class) if self.row.rule_class else None

    @property
    def late(self) -> str:
        n = self.row.days_past_due or 0
        return ngettext("%(n)s day past due", "%(n)s days past due", n) % {"n": n} if n else ""


@dataclass(frozen=True)
class Weak:
    """A guarantee whose guarantor is in trouble itself."""

    tie: Tie
    firm: str

    @property
    def address(self) -> str:
        return reverse("firm", args=[self.tie.row.customer_id]) + "?tab=loans"


@dataclass(frozen=True)
class GuaranteeDesk:
    """The risk desk's page; sums over the reader's firms."""

    totals: Mapping[str, int]
    rings: Sequence[Ring]
    weak: Sequence[Weak]
    weak_count: int
    largest: Sequence[Member]

    @property
    def sentence(self) -> str:
        if not self.totals["firms"]:
            return _("Nobody stands for anybody yet")
        if not self.rings and not self.weak_count:
            return _("No rings, and every guarantor pays its own debts")
        weak, rings = self.weak_count, len(self.rings)
        told = [
            ngettext("%(n)s ring of mutual guarantees", "%(n)s rings of mutual guarantees", rings)
            % {"n": f"{rings:,}"},
            ngettext(
                "%(n)s guarantee by somebody in trouble", "%(n)s guarantees by somebody in trouble", weak
            )
            % {"n": f"{weak:,}"},
        ]
        return " · ".join(words for words, n in zip(told, (rings, weak), strict=True) if n)

    @property
    def coverage(self) -> str:
        one = self.totals
        if not one["balance"]:
            return ""
        told = _("%(firms)s guaranteed firms owe %(owed)s; %(covered)s of it is guaranteed (%(share)s).")
        return told % {
            "firms": f"{one['firms']:,}",
            "owed": short_amount(one["balance"], tongue()),
            "covered": short_amount(one["covered"], tongue()),
            "share": formats.percent(one["covered"] / one["balance"], 0),
        }

    @property
    def concentration(self) -> str:
        """What the largest guarantors stand for, of all that firms here stand for."""
        whole, top = self.totals["stands_for"], sum(one.row.stands_for_amount for one in self.largest)
        if not whole:
            return ""
        told = _("The %(n)s largest stand for %(share)s of what firms here stand for.")
        return told % {"n": len(self.largest), "share": formats.percent(top / whole, 0)}


def rings(members: Iterable[Any], names: Mapping[str, str]) -> list[Ring]:
    """Rings of firms sorted by ring, the one that owes most first."""
    by_ring = groupby(members, key=lambda one: one.ring)
    found = [Ring(list(held), names) for _ring, held in by_ring]
    return sorted(found, key=lambda one: (-one.balance, one.members[0].ring))
