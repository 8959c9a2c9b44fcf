"""Scores with their reasons."""

from django.db.models import QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.scores.models import ModelToday, Score, ShelfScore


def scores(scope: Scope, customer_id: str) -> QuerySet[Score]:
    """Every model's word on a firm."""
    return Score.objects.seen_by(scope).filter(customer_id=customer_id).order_by("model")


def score(scope: Scope, customer_id: str, model: str = "risk") -> Score | None:
    """One model's word on a firm."""
    return scores(scope, customer_id).filter(model=model).first()


def shelf_scores(scope: Scope, customer_id: str) -> QuerySet[ShelfScore]:
    """What each model of the shelf in use says of a firm."""
    return ShelfScore.objects.seen_by(scope).filter(customer_id=customer_id).order_by("model")


def models_today(scope: Scope) -> dict[str, ModelToday]:
    """What each model of the shelf is today, by name; empty before the first night."""
    return {one.model: one for one in ModelToday.objects.at(scope.edition)}
