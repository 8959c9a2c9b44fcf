"""The shelf over the bridge: what lies in the folder of models, as the desk's rows; and back, what two persons decided.

The desk's role reads no folder. So the rows are written whole by whoever changed the folder: the night, a training.
"""

from __future__ import annotations

import logging
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.life import Life
from xiaoer.scores.models import PromotionStep, Shelved
from xiaoer.scores.registry import Registry
from xiaoer.scores.sheets import row
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import Step
from xiaoer.scores.undated import undated_row

log = logging.getLogger(__name__)


def tell_desk(models: Path, using: str = "owner") -> int:
    """Show the shelf as it lies in a folder; all rows or none. Gives their number."""
    registry = Registry(models)
    rows = [undated_row(registry), *(row(registry, model) for model in the_shelf().values())]
    with transaction.atomic(using=using):
        Shelved.objects.using(using).all().delete()
        Shelved.objects.using(using).bulk_create(Shelved(**one) for one in rows)
    return len(rows)


def take_promotions(models: Path, day: date, using: str = "owner") -> int:
    """Put to use what one person asked for and another approved up to a day; gives how many.

    Each approval is taken once: its instant stands in the model's life. A version that may no longer be used is left,
    and the desk goes on showing what is in use.
    """
    steps = PromotionStep.objects.using(using).filter(day__lte=day).order_by("case", "pk")
    cases = [list(found) for _, found in groupby(steps, key=lambda one: one.case)]
    approved = [pair for pair in map(_pair, cases) if pair]
    return sum(_taken(Registry(models), *pair) for pair in sorted(approved, key=lambda pair: pair[1].pk))


def _pair(steps: list[Any]) -> tuple[Any, Any] | None:
    """Who asked and who approved the same version; nothing less puts anything to use."""
    by_step = {one.step: one for one in steps}
    asked, approved = by_step.get(Step.ASKED), by_step.get(Step.APPROVED)
    if asked is None or approved is None or asked.staff_id == approved.staff_id:
        return None
    same = (asked.model, asked.version) == (approved.model, approved.version)
    return (asked, approved) if same else None


def _taken(registry: Registry, asked: Any, approved: Any) -> bool:
    life, at = Life(registry, asked.model), approved.at
    if any(turn.at == at.isoformat() for turn in life.turns()):
        return False
    try:
        life.promote(asked.staff_id, approved.staff_id, at, asked.version)
    except Refusal as refusal:
        log.warning("promotion of %s %s was not taken: %s", asked.model, asked.version, refusal)
        return False
    return True
