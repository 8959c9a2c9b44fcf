"""Scores with their reasons, the shelf, and promotions on their way."""

from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from xiaoer.features.terms import catalogue
from xiaoer.kit.scope import Scope
from xiaoer.scores.models import Card, ModelToday, PromotionStep, Score, ShelfScore, Shelved
from xiaoer.scores.rules import moved
from xiaoer.scores.terms import Step

READ = "models.read"
STANDING = ("live", "challenger", "small_sample", "refused")


def scores(scope: Scope, customer_id: str) -> list[Score]:
    """Every model's word on a firm, with what moved it."""
    card = Card.objects.at(scope.edition).filter(model=OuterRef("model"), version=OuterRef("version"))
    rows = Score.objects.seen_by(scope).filter(customer_id=customer_id).order_by("model")
    found = list(rows.annotate(inputs=Subquery(card.values("inputs")[:1])))
    units = {name: one.unit for name, one in catalogue().items()}
    for one in found:
        one.all_points = moved(one.inputs or (), units, one.seen, one.parts)
    return found


def score(scope: Scope, customer_id: str, model: str = "risk") -> Score | None:
    """One model's word on a firm."""
    return next((one for one in scores(scope, customer_id) if one.model == model), None)


def shelf_scores(scope: Scope, customer_id: str) -> QuerySet[ShelfScore]:
    """What each model of the shelf in use says of a firm."""
    return ShelfScore.objects.seen_by(scope).filter(customer_id=customer_id).order_by("model")


def models_today(scope: Scope) -> dict[str, ModelToday]:
    """What each model of the shelf is today, by name; empty before the first night."""
    return {one.model: one for one in ModelToday.objects.at(scope.edition)}


def numbers(scope: Scope, models: tuple[str, str]) -> dict[str, tuple[float, float]]:
    """What two models say of each firm in scope that both have scored, by the firm's number."""
    rows = (
        ShelfScore.objects.seen_by(scope)
        .filter(model__in=models)
        .values_list("customer_id", "model", "value")
    )
    found: dict[str, dict[str, float]] = {}
    for customer_id, model, value in rows:
        found.setdefault(customer_id, {})[model] = value
    one, other = models
    return {firm: (told[one], told[other]) for firm, told in found.items() if len(told) == len(models)}


def shelf(scope: Scope) -> QuerySet[Shelved]:
    """Every model, for posts that read models; for others none. `standing` puts those in use first."""
    rows = Shelved.objects.all() if scope.may(READ) else Shelved.objects.none()
    places = [When(state=state, then=Value(place)) for place, state in enumerate(STANDING)]
    return rows.annotate(standing=Case(*places, default=Value(len(places)), output_field=IntegerField()))


def shelved(scope: Scope, model: str) -> Shelved | None:
    """One model of the shelf."""
    return shelf(scope).filter(model=model).first()


def promotion(scope: Scope, case: UUID) -> list[PromotionStep]:
    """The steps of a promotion in their order; none for posts that do not read models."""
    return list(PromotionStep.objects.filter(case=case).order_by("pk")) if scope.may(READ) else []


def promotions(scope: Scope, model: str = "") -> list[list[PromotionStep]]:
    """Promotions by case, each with its steps in order, the latest begun first; of one model where named."""
    if not scope.may(READ):
        return []
    rows = PromotionStep.objects.filter(model=model) if model else PromotionStep.objects.all()
    return _by_case(rows.order_by("pk"))


def waiting(scope: Scope, model: str = "") -> list[list[PromotionStep]]:
    """Those that wait for a second person."""
    return [steps for steps in promotions(scope, model) if steps[-1].step == Step.ASKED]


def _by_case(rows: Iterable[PromotionStep]) -> list[list[PromotionStep]]:
    placed = sorted(rows, key=lambda one: str(one.case))
    cases = [list(steps) for _, steps in groupby(placed, key=lambda one: str(one.case))]
    return sorted(cases, key=lambda steps: -steps[0].pk)
