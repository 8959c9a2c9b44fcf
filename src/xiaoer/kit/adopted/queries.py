"""Changes of figures: adopted ones, those that wait, and all of them with their persons."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from xiaoer.kit.adopted.models import FigureStep
from xiaoer.kit.adopted.terms import Change, Held, Step, in_force
from xiaoer.kit.scope import Scope


def changes(subject: str) -> list[Change]:  # unscoped: a policy holds for all
    """Every adopted change of a subject, whoever looks."""
    rows = FigureStep.objects.filter(subject=subject, step=Step.APPROVED).order_by("pk")
    return [Change(one.figures, one.from_date, one.pk) for one in rows]


def held(subject: str, on: date) -> dict[str, Held]:  # unscoped: a policy holds for all
    """The adopted figures of a day."""
    return in_force(changes(subject), on)


def cases(scope: Scope, subject: str, *, at_most: int = 50) -> list[list[FigureStep]]:
    """Changes with their steps in order, the latest first."""
    rows = FigureStep.objects.filter(subject=subject).order_by("pk") if scope.staff_id else ()
    return sorted(_by_case(rows).values(), key=lambda steps: -steps[0].pk)[:at_most]


def case(scope: Scope, number: UUID) -> list[FigureStep]:
    """The steps of one change in order; none where there is no such change."""
    return list(FigureStep.objects.filter(case=number).order_by("pk")) if scope.staff_id else []


def _by_case(rows: Iterable[Any]) -> dict[UUID, list[FigureStep]]:
    found: dict[UUID, list[FigureStep]] = defaultdict(list)
    for row in rows:
        found[row.case].append(row)
    return found
