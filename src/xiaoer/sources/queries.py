"""What the bank delivered."""

from django.db.models import QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.sources.models import Delivery, Disabled


def deliveries(scope: Scope) -> QuerySet[Delivery]:
    """How each table arrived last."""
    return Delivery.objects.at(scope.edition).order_by("table", "feed")


def disabled(scope: Scope) -> QuerySet[Disabled]:
    """Tables nobody delivers, and what they would enable."""
    return Disabled.objects.at(scope.edition).order_by("table")
