"""Asking a firm how a contact was, and taking its answer."""

import uuid
from datetime import date, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.satisfaction.models import Survey
from xiaoer.satisfaction.queries import by_key
from xiaoer.satisfaction.terms import BEST, LONGEST_COMMENT, WORST, Said, SurveyRule

SALT = "xiaoer.survey"


class Gone(Refusal):
    """Nothing to answer any more: a link that is none, a survey answered or closed."""


def ask(after: OutcomeRecorded, channel: str) -> Survey:
    """Queue a survey about a contact; whether it may go out is for the caller to ask first."""
    rule = SurveyRule.in_force(after.day)
    survey, _ = Survey.objects.get_or_create(
        contact_id=after.contact_id,
        defaults={
            "customer_id": after.customer_id, "branch_id": after.branch_id, "manager_id": after.manager_id,
            "judged_id": after.staff_id, "product_id": after.product_id, "channel": channel, "day": after.day,
            "until_date": after.day + timedelta(days=rule.valid_days),
        },
    )  # fmt: skip
    return survey


def token(survey: Survey) -> str:
    """What a link carries: the survey's key and whose row it is, signed; nothing about the firm."""
    told = {"k": survey.key.hex, "b": survey.branch_id, "m": survey.manager_id}
    return signing.dumps(told, salt=SALT, compress=False)


def opened(link: str, edition: int) -> tuple[Scope, str]:
    """The narrow scope a link opens, and the survey's key. Raises Gone for a link that was not made here."""
    try:
        told = signing.loads(link, salt=SALT)
        key = uuid.UUID(told["k"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise Gone(
            _("this link is not one of ours"), next_step=_("Ask your manager for another one")
        ) from None
    scope = Scope("", managers=(told["m"],), branches=(told["b"],), edition=edition)
    return scope, str(key)


@transaction.atomic
def take(scope: Scope, key: str, said: Said, now: datetime, today: date, *, by: str = "") -> Survey:
    """Keep an answer, once. Raises Gone when it is closed or answered, Refusal for an answer that cannot be."""
    waiting(scope, key, today)
    _check(said, today)
    changed = Survey.objects.seen_by(scope).filter(key=key, score__isnull=True, until_date__gte=today).update(
        score=said.score, topics=list(said.topics), comment=typed(said.comment), answered_at=now,
        answered_date=today, taken_by=by,
    )  # fmt: skip
    survey = by_key(scope, key)
    if not changed or survey is None:
        raise _gone()
    return survey


def waiting(scope: Scope, key: str, today: date) -> Survey:
    """The survey, open and not yet answered; raises Gone."""
    found = by_key(scope, key)
    if found is None or found.score is not None or found.until_date < today:
        raise _gone()
    return found


def _gone() -> Gone:
    return Gone(_("this survey is closed, or was answered already"), next_step=_("Nothing to do"))


def _check(said: Said, today: date) -> None:
    if not WORST <= said.score <= BEST:
        raise Refusal(
            _("Pick one of the numbers from %(worst)s to %(best)s.") % {"worst": WORST, "best": BEST}
        )
    if any(one not in SurveyRule.in_force(today).topics for one in said.topics):
        raise Refusal(_("One of the topics is not on the list."), next_step=_("Tick those of the page."))
    if (length := len(typed(said.comment))) > LONGEST_COMMENT:
        told = {"length": length, "most": LONGEST_COMMENT}
        raise Refusal(_("The comment has %(length)s characters; at most %(most)s fit.") % told)
