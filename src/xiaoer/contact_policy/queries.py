"""Who is not to be approached, and the policy with what two persons changed of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xiaoer.contact_policy.models import Suppression
from xiaoer.contact_policy.terms import Policy
from xiaoer.kit.adopted.queries import changes
from xiaoer.kit.adopted.terms import Change, in_force, values
from xiaoer.kit.scope import Scope

SUBJECT = "contact_policy"


@dataclass(frozen=True)
class Policies:
    """The policy of any day: the parameters file, with the changes adopted for it."""

    changes: tuple[Change, ...]

    @classmethod
    def now(cls) -> "Policies":
        """With every change adopted so far."""
        return cls(tuple(changes(SUBJECT)))

    def figures(self, day: date) -> dict[str, int]:
        """What was changed, as it holds on a day."""
        return values(in_force(self.changes, day))

    def on(self, day: date) -> Policy:
        """The policy that holds on a day."""
        return Policy.in_force(day).with_figures(self.figures(day))


def standing(scope: Scope, customer_ids: Collection[str], today: date) -> QuerySet[Suppression]:
    """Stops that hold for some firms today, newest first."""
    holds = Q(until_date__isnull=True) | Q(until_date__gte=today)
    rows = Suppression.objects.seen_by(scope).filter(holds, customer_id__in=customer_ids)
    return rows.order_by("-since_at", "-pk")


def stopped(scope: Scope, customer_ids: set[str], today: date) -> set[str]:
    """Those of these firms with a stop on every channel."""
    holds = Q(until_date__isnull=True) | Q(until_date__gte=today)
    rows = Suppression.objects.seen_by(scope).filter(holds, channel="", customer_id__in=customer_ids)
    return set(rows.values_list("customer_id", flat=True))
