"""Firms by arm as the desk compares them: counted in the reader's scope, whole or by what tells them apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from xiaoer.kit.scope import Scope
from xiaoer.trials.comparing import Compared, Parts, Side, compared
from xiaoer.trials.effects import Caution, Counted
from xiaoer.trials.families import HOLDOUT, TREATED
from xiaoer.trials.models import Measured

READS = "effects.read"
CUTS = ("item", "tier", "branch_id")


def rows(scope: Scope) -> QuerySet[Measured]:
    """Every firm that entered a family, in scope; none for posts that read no effects."""
    return Measured.objects.seen_by(scope) if scope.may(READS) else Measured.objects.none()


def came_of(scope: Scope, customer_id: str) -> list[Measured]:
    """What is measured of one firm that was not left alone, for whoever sees the firm; nothing of who was."""
    return list(Measured.objects.seen_by(scope).filter(customer_id=customer_id, arm=TREATED))


def by_family(scope: Scope, today: date) -> dict[str, Compared]:
    """Each family compared."""
    return _compared(rows(scope), "family", today)


def by(scope: Scope, family: str, cut: str, today: date) -> dict[str, Compared]:
    """A family's firms compared within each item, tier or branch."""
    return _compared(rows(scope).filter(family=family), cut, today)


def held_now(scope: Scope, today: date) -> dict[str, int]:
    """Firms left alone just now, by family: entered and not yet due."""
    found = rows(scope).filter(arm=HOLDOUT, due_date__gt=today).order_by().values("family")
    return {one["family"]: one["n"] for one in found.annotate(n=Count("pk"))}


@dataclass
class _Gathered:
    """Sums of one arm, added up part by part."""

    entered: int = 0
    ripe: int = 0
    met: int = 0
    judged: int = 0
    won: int = 0
    expected: int = 0
    money: dict[str, tuple[list[int], list[int]]] = field(
        default_factory=lambda: {"profit": ([], []), "balance_change": ([], [])}
    )
    waiting: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, one: Mapping[str, Any]) -> None:
        for name in ("entered", "ripe", "met", "judged", "won"):
            setattr(self, name, getattr(self, name) + one[f"n_{name}"])
        self.expected += one["s_expected"] or 0
        for name, (firms, sums) in self.money.items():
            if one[f"n_{name}"]:
                firms.append(one[f"n_{name}"])
                sums.append(one[f"s_{name}"])

    @property
    def side(self) -> Side:
        profit, balance = (Parts(tuple(firms), tuple(sums)) for firms, sums in self.money.values())
        return Side(self.entered, self.ripe, self.met, Counted(self.judged, self.won), profit, balance,
                    tuple(sorted(self.waiting.items())), self.expected)  # fmt: skip


def _compared(found: QuerySet[Measured], cut: str, today: date) -> dict[str, Compared]:
    sides: dict[tuple[str, str], _Gathered] = defaultdict(_Gathered)
    for one in _by_part(found, cut):
        sides[one[cut], one["arm"]].add(one)
    waiting = found.filter(ripe=False).order_by().values(cut, "arm", "due_date").annotate(n=Count("pk"))
    for one in waiting.order_by("due_date"):
        sides[one[cut], one["arm"]].waiting[one["due_date"]] += one["n"]
    caution = Caution.in_force(today)
    return {
        value: compared(
            f"{cut} {value}", sides[value, TREATED].side, sides[value, HOLDOUT].side, caution, today
        )
        for value in sorted({key for key, _ in sides})
    }


def _by_part(found: QuerySet[Measured], cut: str) -> Iterable[Mapping[str, Any]]:
    grouped = found.order_by().values(cut, "arm", "part")
    return grouped.annotate(
        n_entered=Count("pk"),
        n_ripe=Count("pk", filter=Q(ripe=True)),
        n_met=Count("pk", filter=Q(met=True)),
        n_judged=Count("won"),
        n_won=Count("pk", filter=Q(won=True)),
        s_expected=Sum("expected"),
        n_profit=Count("profit"),
        s_profit=Sum("profit"),
        n_balance_change=Count("balance_change"),
        s_balance_change=Sum("balance_change"),
    ).order_by(cut, "arm", "part")
