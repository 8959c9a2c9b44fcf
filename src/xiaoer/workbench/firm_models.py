"""What the models of the shelf say of a firm, read in the reader's scope."""

from __future__ import annotations

from xiaoer.scores import queries as scores
from xiaoer.scores.specifications import the_shelf
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import models_said


def of_firm(desk: Desk, customer_id: str) -> models_said.Shelf:
    """What the models in use say of the firm, and what stands in the others' place."""
    today = desk.remembered("models today", lambda: scores.models_today(desk.scope))
    return models_said.shelf(list(scores.shelf_scores(desk.scope, customer_id)), today, the_shelf())
