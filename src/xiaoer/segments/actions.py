"""Adopting another rule of who is an ideal firm."""

from datetime import date

from django.db import transaction

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.segments import queries
from xiaoer.segments.ideal import Criteria
from xiaoer.segments.models import IdealRule

RIGHT = "segments.write"


@transaction.atomic
def adopt(scope: Scope, criteria: Criteria, today: date) -> IdealRule:
    """Let these criteria hold from today. Raises Refusal for a post without the right, or when they hold already."""
    if not scope.may(RIGHT):
        raise Refusal(
            "your post does not set who is an ideal firm", expected="an analyst or a product manager"
        )
    if criteria == queries.criteria(scope, today):
        raise Refusal("this rule holds already", next_step="Change a criterion first")
    _, found = queries.steps(scope, criteria, today)
    return IdealRule.objects.create(
        staff_id=scope.staff_id, from_date=today, criteria=criteria, kept=[one.kept for one in found]
    )
