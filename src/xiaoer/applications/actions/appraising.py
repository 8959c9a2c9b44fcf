"""A version of the worksheet, kept with all that went in; and computing one again."""

from datetime import date, datetime

from django.db import transaction

from xiaoer.applications.actions.acting import actor_of, belonging, on_its_way, refuse
from xiaoer.applications.appraisal.rules import appraised
from xiaoer.applications.appraisal.terms import Bounds, Inputs
from xiaoer.applications.models import Appraisal
from xiaoer.applications.queries import appraisals, deeds, joins
from xiaoer.applications.rules import separated
from xiaoer.applications.terms import Part
from xiaoer.applications.tracks import carried
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import reason
from xiaoer.kit.typed import typed


@transaction.atomic
def appraise(
    scope: Scope, application_id: int, inputs: Inputs, day: date, *, now: datetime, words: str = ""
) -> Appraisal:
    """Keep the next version. Raises Refusal to whoever has another part in the application."""
    found = on_its_way(scope, application_id)
    part = Part.INVESTIGATION
    joined = joins(found)
    wrong = separated(deeds(scope, found.pk), scope.staff_id, part, joined)
    if not carried(part, actor_of(scope, day).rights, joined):
        wrong.append(reason("application_not_your_post", tone="bad", part_words=f"application_part_{part}"))
    refuse(wrong)
    bounds = Bounds.in_force(day)
    last = appraisals(scope, {found.pk}).last()
    return Appraisal.objects.create(
        **belonging(found, scope),
        version=last.version + 1 if last else 1,
        rules_date=bounds.from_date,
        inputs=inputs.stored(),
        result=appraised(inputs, bounds),
        at=now,
        day=day,
        words=typed(words),
    )


def replayed(kept: Appraisal) -> dict[str, object]:
    """The version's result computed again from what it keeps, by the rules it names."""
    return appraised(Inputs.restored(kept.inputs), Bounds.in_force(kept.rules_date))
