"""The morning list."""

from django.db.models import QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.offers.models import Proposal


def proposals(scope: Scope) -> QuerySet[Proposal]:
    """Every proposal in scope, in each manager's order."""
    return Proposal.objects.seen_by(scope).order_by("manager_id", "rank", "offer_id")


def morning(scope: Scope, manager_ids: tuple[str, ...] = ()) -> list[Proposal]:
    """What to do this morning, in order: one's own list, or these managers'."""
    return list(_of(scope, manager_ids).filter(fits=True))


def left_out(scope: Scope, manager_ids: tuple[str, ...] = ()) -> list[Proposal]:
    """What would have been worth doing and found no hour, in order."""
    return list(_of(scope, manager_ids).filter(fits=False, stopped__isnull=True))


def left_alone(scope: Scope, manager_ids: tuple[str, ...] = ()) -> list[Proposal]:
    """Firms a rule keeps off the list today, each with the rule: contacted just now, planned, stopped."""
    return list(_of(scope, manager_ids).filter(stopped__isnull=False))


def proposals_for(scope: Scope, customer_id: str) -> QuerySet[Proposal]:
    """What is proposed for one firm, the best first."""
    rows = Proposal.objects.seen_by(scope).filter(customer_id=customer_id, stopped__isnull=True)
    return rows.order_by("rank", "offer_id")


def stop_for(scope: Scope, customer_id: str) -> Proposal | None:
    """The proposal a rule keeps off the list for one firm, with the rule; None when nothing is stopped."""
    return Proposal.objects.seen_by(scope).filter(customer_id=customer_id, stopped__isnull=False).first()


def proposal(scope: Scope, offer_id: str) -> Proposal | None:
    """One proposal by its key."""
    return Proposal.objects.seen_by(scope).filter(offer_id=offer_id).first()


def _of(scope: Scope, manager_ids: tuple[str, ...]) -> QuerySet[Proposal]:
    wanted = manager_ids or scope.managers
    rows = proposals(scope)
    return rows.filter(manager_id__in=wanted) if wanted else rows
