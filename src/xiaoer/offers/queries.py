"""The morning list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Max, QuerySet, Sum

from xiaoer.kit.scope import Scope
from xiaoer.offers.models import PlannedDay, Proposal, ShadowPrice


@dataclass(frozen=True)
class Sums:
    """A whole list in figures: its lines and their minutes, the best expected return (fen), whose lines they are."""

    lines: int
    minutes: int
    best: int
    managers: frozenset[str]

    @classmethod
    def of(cls, rows: Collection[Proposal]) -> "Sums":
        """The figures of a list at hand."""
        best = max((one.expected_return for one in rows), default=0)
        managers = frozenset(one.manager_id for one in rows)
        return cls(len(rows), sum(one.minutes for one in rows), best, managers)


def proposals(scope: Scope) -> QuerySet[Proposal]:
    """Every proposal in scope, in each manager's order."""
    return Proposal.objects.seen_by(scope).order_by("manager_id", "rank", "offer_id")


def morning(scope: Scope, *, at_most: int | None = None) -> list[Proposal]:
    """What to do this morning, in order: one's own list, or those of the managers in scope."""
    return list(_fitting(scope)[:at_most])


def left_out(scope: Scope, *, at_most: int | None = None) -> list[Proposal]:
    """What would have been worth doing and found no hour, in order."""
    return list(_without_hour(scope)[:at_most])


def left_alone(scope: Scope, *, at_most: int | None = None) -> list[Proposal]:
    """Firms a rule keeps off the list today, each with the rule: contacted just now, planned, stopped."""
    return list(_stopped(scope)[:at_most])


def morning_sums(scope: Scope) -> Sums:
    """The whole morning list, counted where it lies."""
    return _counted(_fitting(scope))


def left_out_sums(scope: Scope) -> Sums:
    """All that found no hour."""
    return _counted(_without_hour(scope))


def left_alone_sums(scope: Scope) -> Sums:
    """All that a rule keeps off the list."""
    return _counted(_stopped(scope))


def proposals_for(scope: Scope, customer_id: str) -> QuerySet[Proposal]:
    """What is proposed for one firm, the best first."""
    rows = Proposal.objects.seen_by(scope).filter(customer_id=customer_id, stopped__isnull=True)
    return rows.order_by("rank", "offer_id")


def best_of_each(scope: Scope, customer_ids: Collection[str]) -> list[Proposal]:
    """What is proposed for some firms, the best of each."""
    rows = proposals(scope).filter(customer_id__in=customer_ids, stopped__isnull=True)
    return list(rows.order_by("customer_id", "rank", "offer_id").distinct("customer_id"))


def best_of_branches(scope: Scope, branch_ids: Collection[str]) -> list[Proposal]:
    """What is proposed for the firms of some branches, the best of each."""
    rows = proposals(scope).filter(branch_id__in=branch_ids, stopped__isnull=True)
    return list(rows.order_by("customer_id", "rank", "offer_id").distinct("customer_id"))


def proposed_and_stopped(scope: Scope, customer_id: str) -> tuple[Proposal | None, Proposal | None]:
    """The best that is proposed for one firm, and what a rule keeps off the list; None where there is none."""
    rows = list(Proposal.objects.seen_by(scope).filter(customer_id=customer_id).order_by("rank", "offer_id"))
    proposed = next((one for one in rows if one.stopped is None), None)
    return proposed, next((one for one in rows if one.stopped is not None), None)


def proposal(scope: Scope, offer_id: str) -> Proposal | None:
    """One proposal by its key."""
    return Proposal.objects.seen_by(scope).filter(offer_id=offer_id).first()


def planned_between(scope: Scope, first: date, last: date) -> QuerySet[PlannedDay]:
    """What was on the lists of a span of days, both ends included."""
    return PlannedDay.objects.seen_by(scope).filter(day__range=(first, last)).order_by("day", "manager_id")


def left_out_minutes(scope: Scope) -> dict[str, float]:
    """By manager how many minutes the contacts ask for that found no hour, on average over those known by name."""
    rows = Proposal.objects.seen_by(scope).filter(fits=False, stopped__isnull=True).order_by()
    return dict(rows.values_list("manager_id").annotate(Avg("minutes")))


def shadow_prices(scope: Scope) -> QuerySet[ShadowPrice]:
    """What one more of each place in scope would bring, the dearest first."""
    return ShadowPrice.objects.seen_by(scope).order_by("-price", "kind", "place")


def hours_of(scope: Scope, managers: Collection[str]) -> dict[str, int]:
    """Minutes of the day the night planned some managers, or pools, with."""
    rows = ShadowPrice.objects.seen_by(scope).filter(kind="hours", manager_id__in=managers)
    return dict(rows.values_list("manager_id", "capacity"))


def _mine(scope: Scope) -> QuerySet[Proposal]:
    rows = proposals(scope)
    return rows.filter(manager_id__in=scope.managers) if scope.managers else rows


def _fitting(scope: Scope) -> QuerySet[Proposal]:
    return _mine(scope).filter(fits=True)


def _without_hour(scope: Scope) -> QuerySet[Proposal]:
    return _mine(scope).filter(fits=False, stopped__isnull=True)


def _stopped(scope: Scope) -> QuerySet[Proposal]:
    return _mine(scope).filter(stopped__isnull=False)


def _counted(rows: QuerySet[Proposal]) -> Sums:
    found = rows.order_by().aggregate(
        lines=Count("pk"), minutes=Sum("minutes", default=0), best=Max("expected_return", default=0)
    )
    managers = rows.order_by().values_list("manager_id", flat=True).distinct()
    return Sums(**found, managers=frozenset(managers))
