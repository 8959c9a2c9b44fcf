"""Papers received by one person and verified by another."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from xiaoer.applications.actions.acting import actor_of, belonging, has_part, on_its_way, refuse
from xiaoer.applications.models import Application, Paper
from xiaoer.applications.queries import deeds, joins, papers
from xiaoer.applications.rules import separated
from xiaoer.applications.terms import RIGHTS, Checklists, Part
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, reason
from xiaoer.kit.typed import typed


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What is known of a paper handed in: its last good day, where the file lies, where a photo was taken."""

    expires_date: date | None = None
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None


@transaction.atomic
def receive(
    scope: Scope, application_id: int, kind: str, handed: Handed, day: date, *, now: datetime
) -> Paper:
    """Note that a paper came in. Raises Refusal for one the list does not ask for, or one that has run out."""
    found = on_its_way(scope, application_id)
    wrong = [] if has_part(scope) else [_not_your_post(Part.MARKETING)]
    wrong += _not_asked_for(found, kind)
    if handed.expires_date is not None and handed.expires_date < day:
        wrong.append(reason("application_paper_expiry", tone="bad", expires_date=handed.expires_date))
    refuse(wrong)
    return Paper.objects.create(
        **belonging(found, scope),
        kind=kind,
        state="received",
        at=now,
        day=day,
        expires_date=handed.expires_date,
        place=typed(handed.place),
        longitude=handed.longitude,
        latitude=handed.latitude,
    )


@transaction.atomic
def verify(
    scope: Scope,
    application_id: int,
    kind: str,
    day: date,
    *,
    now: datetime,
    words: str = "",
    good: bool = True,
) -> Paper:
    """Say that a received paper is in order, or send it back. Raises Refusal to whoever received it, too."""
    found = on_its_way(scope, application_id)
    last = papers(scope, {found.pk}).filter(kind=kind).last()
    actor = actor_of(scope, day)
    wrong = [] if RIGHTS[Part.BACK_OFFICE] in actor.rights else [_not_your_post(Part.BACK_OFFICE)]
    wrong += _not_asked_for(found, kind)
    wrong += separated(deeds(scope, found.pk), scope.staff_id, Part.BACK_OFFICE, joins(found))
    if last is None or last.state != "received":
        wrong.append(reason("application_paper_not_received", tone="bad"))
    elif last.staff_id == scope.staff_id:
        wrong.append(reason("application_paper_own", tone="bad"))
    if not good and not words.strip():
        wrong.append(reason("application_needs_words", tone="bad", most=500))
    refuse(wrong)
    return Paper.objects.create(
        **belonging(found, scope),
        kind=kind,
        state="verified" if good else "rejected",
        at=now,
        day=day,
        expires_date=last.expires_date if last else None,
        place=last.place if last else "",
        words=typed(words),
    )


def _not_asked_for(found: Application, kind: str) -> list[Reason]:
    needed = Checklists.in_force(found.received_date).needed(found.product, found.amount)
    return [] if kind in needed else [reason("application_paper_unknown", tone="bad", kind=kind)]


def _not_your_post(part: Part) -> Reason:
    return reason("application_not_your_post", tone="bad", part_words=f"application_part_{part}")
