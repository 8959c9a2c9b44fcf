"""Why a drawdown and the bank's files are not alike."""

from datetime import date, datetime

from django.db import transaction

from xiaoer.applications.actions.acting import actor_of, belonging, found_or_refused, refuse
from xiaoer.applications.drawdowns import AMISS
from xiaoer.applications.models import Explanation
from xiaoer.applications.queries import core_states, deeds
from xiaoer.applications.terms import LONGEST_WORDS, RIGHTS, Part
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, reason
from xiaoer.kit.typed import typed

MAY_EXPLAIN = (Part.REVIEW, Part.APPROVAL, Part.BACK_OFFICE)


@transaction.atomic
def explain(
    scope: Scope, application_id: int, words: str, day: date, *, now: datetime, as_of: date | None
) -> Explanation:
    """Close a difference with a reason. Raises Refusal to whoever paid out, and where nothing differs."""
    found = found_or_refused(scope, application_id)
    wrong: list[Reason] = []
    if not any(RIGHTS[part] in actor_of(scope, day).rights for part in MAY_EXPLAIN):
        wrong.append(reason("application_explain_not_your_post", tone="bad"))
    if any(d.staff_id == scope.staff_id and d.part == Part.BACK_OFFICE for d in deeds(scope, found.pk)):
        wrong.append(reason("application_explain_own", tone="bad"))
    if found.pk not in {pk for pk, one in core_states(scope, [found], as_of).items() if one.state in AMISS}:
        wrong.append(reason("application_explain_not_needed", tone="bad"))
    if not 1 <= len(words.strip()) <= LONGEST_WORDS:
        wrong.append(reason("application_needs_words", tone="bad", most=LONGEST_WORDS))
    refuse(wrong)
    return Explanation.objects.create(**belonging(found, scope), words=typed(words), at=now, day=day)
