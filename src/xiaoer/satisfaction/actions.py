"""Asking a firm how a contact was, and taking its answer."""

import uuid
from datetime import date, datetime, timedelta

from django.core import signing
from django.db import transaction

from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.satisfaction.models import Survey
from xiaoer.satisfaction.queries import by_key
from xiaoer.satisfaction.terms import BEST, LONGEST_COMMENT, WORST, Said, SurveyRule

SALT = "xiaoer.survey"
GONE = "this survey is closed, or was answered already"


def ask(after: OutcomeRecorded, channel: str) -> Survey:
    """Queue a survey about a contact; whether it may go out is for the caller to ask first."""
    rule = SurveyRule.in_force(after.day)
    survey, _ = Survey.objects.get_or_create(
        contact_id=after.contact_id,
        defaults={
            "customer_id": after.customer_id, "branch_id": after.branch_id, "manager_id": after.manager_id,
            "judged_id": after.staff_id, "channel": channel, "day": after.day,
            "until_date": after.day + timedelta(days=rule.valid_days),
        },
    )  # fmt: skip
    return survey


def token(survey: Survey) -> str:
    """What a link carries: the survey's key and whose row it is, signed; nothing about the firm."""
    told = {"k": survey.key.hex, "b": survey.branch_id, "m": survey.manager_id}
    return signing.dumps(told, salt=SALT, compress=False)


def opened(link: str, edition: int) -> tuple[Scope, str]:
    """The narrow scope a link opens, and the survey's key. Raises Refusal for a link that was not made here."""
    try:
        told = signing.loads(link, salt=SALT)
        key = uuid.UUID(told["k"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise Refusal("this link is not one of ours", next_step="Ask your manager for another one") from None
    scope = Scope("", managers=(told["m"],), branches=(told["b"],), edition=edition)
    return scope, str(key)


@transaction.atomic
def take(scope: Scope, key: str, said: Said, now: datetime, today: date, *, by: str = "") -> Survey:
    """Keep an answer, once. Raises Refusal when it is closed or answered, or the answer cannot be."""
    _check(said, today)
    changed = Survey.objects.seen_by(scope).filter(key=key, score__isnull=True, until_date__gte=today).update(
        score=said.score, topics=list(said.topics), comment=_typed(said.comment), answered_at=now,
        answered_date=today, taken_by=by,
    )  # fmt: skip
    survey = by_key(scope, key)
    if not changed or survey is None:
        raise Refusal(GONE, next_step="Nothing to do")
    return survey


def _check(said: Said, today: date) -> None:
    if not WORST <= said.score <= BEST:
        raise Refusal(f"{said.score} is no score", expected=f"{WORST} to {BEST}")
    if strange := [one for one in said.topics if one not in SurveyRule.in_force(today).topics]:
        raise Refusal(f"{strange[0]!r} is not among the topics")
    if (length := len(_typed(said.comment))) > LONGEST_COMMENT:
        raise Refusal(f"the comment has {length} characters", expected=f"at most {LONGEST_COMMENT}")


def _typed(text: str) -> str:
    """A person's words; PostgreSQL takes neither NUL nor half a surrogate."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()
