"""Exceptions: asked for by one person, answered once by another."""

from datetime import date, datetime

from django.db import transaction

from xiaoer.applications.actions.acting import actor_of, belonging, has_part, on_its_way, refuse
from xiaoer.applications.models import Exemption
from xiaoer.applications.queries import checklists, deeds, exemption
from xiaoer.applications.rules import refuses_answer
from xiaoer.applications.terms import LONGEST_WORDS, Part
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import reason
from xiaoer.kit.typed import typed


@transaction.atomic
def ask(
    scope: Scope,
    application_id: int,
    kind: str,
    words: str,
    day: date,
    *,
    now: datetime,
    until_date: date | None = None,
) -> Exemption:
    """Ask that an open item be let go, until a day or for good. Raises Refusal when it is not open."""
    found = on_its_way(scope, application_id)
    wrong = [] if has_part(scope) else [
        reason("application_not_your_post", tone="bad", part_words=f"application_part_{Part.MARKETING}")
    ]  # fmt: skip
    if kind not in {item.kind for item in checklists(scope, [found], day)[found.pk] if item.open}:
        wrong.append(reason("application_exception_not_needed", tone="bad"))
    if not 1 <= len(words.strip()) <= LONGEST_WORDS:
        wrong.append(reason("application_needs_words", tone="bad", most=LONGEST_WORDS))
    if until_date is not None and until_date < day:
        wrong.append(reason("application_exception_until", tone="bad"))
    refuse(wrong)
    asked = Exemption.objects.filter(application=found, kind=kind, answer="").first()
    return asked or Exemption.objects.create(
        **belonging(found, scope), kind=kind, words=typed(words), at=now, day=day, until_date=until_date
    )


@transaction.atomic
def answer(
    scope: Scope, exemption_id: int, words: str, day: date, *, now: datetime, granted: bool
) -> Exemption:
    """Grant or refuse an exception. Raises Refusal to whoever asked, worked on the application, or comes second."""
    found = exemption(scope, exemption_id)
    if found is None or found.answer:
        refuse([reason("application_exception_answered", tone="bad")])
    else:
        on_its_way(scope, found.application_id)
        done = deeds(scope, found.application_id)
        refuse(refuses_answer(done, found.staff_id, actor_of(scope, day), words))
    changed = Exemption.objects.seen_by(scope).filter(pk=exemption_id, answer="").update(
        answer="granted" if granted else "refused",
        answer_words=typed(words),
        answered_by=scope.staff_id,
        answered_at=now,
        answered_date=day,
    )  # fmt: skip
    if not changed:
        refuse([reason("application_exception_answered", tone="bad")])
    return Exemption.objects.get(pk=exemption_id)
