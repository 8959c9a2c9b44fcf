"""Scores with their reasons."""

from django.db.models import QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.scores.models import Score


def scores(scope: Scope, customer_id: str) -> QuerySet[Score]:
    """Every model's word on a firm."""
    return Score.objects.seen_by(scope).filter(customer_id=customer_id).order_by("model")


def score(scope: Scope, customer_id: str, model: str = "risk") -> Score | None:
    """One model's word on a firm."""
    return scores(scope, customer_id).filter(model=model).first()
