"""Where time goes: office time per stage, work of survey and form, days of the bank's own applications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, FloatField, Q, QuerySet

from xiaoer.applications.models import Step
from xiaoer.applications.queries import brought
from xiaoer.applications.terms import OPEN, Clocks
from xiaoer.kit.scope import Scope

By = Literal["branch", "product"]
WITHIN = timedelta(days=180)
WORK_OF = {"survey": "surveyed", "form": "submit"}  # the step that states a stage's minutes


class Median(Aggregate):
    """The middle value, by PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Waited:
    """A group's stage: how many steps left it, the median office minutes, how many were beyond plan."""

    count: int
    median_minutes: float
    late: int

    @property
    def late_share(self) -> float:
        return self.late / self.count if self.count else 0.0


@dataclass(frozen=True)
class Told:
    """What the bank's files tell of a group: medians in minutes and days, None where nobody told."""

    count: int
    survey_minutes: float | None
    form_minutes: float | None
    days_to_decision: float | None
    days_to_drawdown: float | None


def waiting_by_stage(scope: Scope, today: date, clocks: Clocks) -> Mapping[str, Waited]:
    """Per stage, of the last half year."""
    return {key[0]: one for key, one in _waited(scope, today, clocks, ("from_stage",)).items()}


def waiting_by(scope: Scope, today: date, clocks: Clocks, by: By) -> Mapping[tuple[str, str], Waited]:
    """Per branch or product, and stage."""
    group = {"branch": "branch_id", "product": "application__product"}[by]
    return {
        (key[0], key[1]): one for key, one in _waited(scope, today, clocks, (group, "from_stage")).items()
    }


def work_by_stage(scope: Scope, today: date) -> Mapping[str, tuple[int, float]]:
    """survey, form: how many and the median minutes of work stated, here and in the bank's files together."""
    told = brought(scope).filter(received_date__gt=today - WITHIN)
    found = {}
    for stage, verb in WORK_OF.items():
        here = _steps(scope, today).filter(verb=verb, minutes__isnull=False).values_list("minutes", flat=True)
        column = f"{stage}_minutes"
        theirs = told.filter(**{f"{column}__gt": 0}).values_list(column, flat=True)
        minutes = sorted([*here, *theirs])
        if minutes:
            middle = len(minutes) // 2
            found[stage] = (len(minutes), (minutes[middle] + minutes[-middle - 1]) / 2)
    return found


def told_by(scope: Scope, today: date, by: By) -> Mapping[str, Told]:
    """Per branch or product: the bank's own applications of the last half year."""
    group = {"branch": "branch_id", "product": "product_name"}[by]
    rows = brought(scope).filter(received_date__gt=today - WITHIN).order_by().values(group)
    figures = rows.annotate(
        n=Count("pk"),
        survey=_median("survey_minutes", survey_minutes__gt=0),
        form=_median("form_minutes", form_minutes__gt=0),
        decided=_days("decided_date", "received_date"),
        drawn=_days("drawn_date", "decided_date"),
    )
    return {
        row[group]: Told(
            row["n"], row["survey"], row["form"], _in_days(row["decided"]), _in_days(row["drawn"])
        )
        for row in figures
    }


def _waited(scope: Scope, today: date, clocks: Clocks, by: tuple[str, ...]) -> dict[tuple[str, ...], Waited]:
    late = Q(pk__in=[])
    for stage, planned in clocks.planned_minutes.items():
        late |= Q(from_stage=stage, waited_minutes__gt=planned)
    rows = _steps(scope, today).filter(from_stage__in=list(OPEN)).order_by().values(*by)
    figures = rows.annotate(n=Count("pk"), middle=_median("waited_minutes"), late=Count("pk", filter=late))
    return {tuple(row[name] for name in by): Waited(row["n"], row["middle"], row["late"]) for row in figures}


def _steps(scope: Scope, today: date) -> QuerySet[Step]:
    return Step.objects.seen_by(scope).filter(day__gt=today - WITHIN)


def _median(column: str, **only: Any) -> Median:
    return Median(column, filter=Q(**only) if only else None, output_field=FloatField())


def _days(until: str, since: str) -> Median:
    span = ExpressionWrapper(F(until) - F(since), output_field=DurationField())
    both = Q(**{f"{until}__isnull": False, f"{since}__isnull": False})
    return Median(span, filter=both, output_field=DurationField())


def _in_days(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(days=1)
