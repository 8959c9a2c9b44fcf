"""Writing down what a firm came with, and what somebody does about it: take over, hand on, deadline, solve, close."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.contacts.models import Contact
from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firm
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.published import pointer
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import POOL, Scope
from xiaoer.kit.typed import typed
from xiaoer.satisfaction import requests
from xiaoer.satisfaction.models import Request, RequestStep
from xiaoer.satisfaction.rules import due_date, may_follow
from xiaoer.satisfaction.terms import (
    LONGEST_WORDS,
    SHORTEST_REASON,
    TOPICS,
    WAYS_IN,
    Asked,
    Deed,
    Kind,
    RequestRule,
    State,
    Step,
)

WRITING = "contacts.write"
OF_CONTACTS = uuid.UUID("6b1d6c0a-52f5-5d0e-9a5e-0c3f6f1d2b77")


def _number(customer_id: str, contact_id: int | None) -> str:
    """Of what a contact became, always the same; of what is written down, one of its own."""
    made = uuid.uuid4() if contact_id is None else uuid.uuid5(OF_CONTACTS, f"{customer_id}|{contact_id}")
    return f"D{made.hex[:15]}"


@transaction.atomic
def record(
    scope: Scope, customer_id: str, asked: Asked, today: date, *, contact_id: int | None = None
) -> Request:
    """Write down what a firm came with; whoever answers for the firm answers for it.

    Raises Refusal for a post that writes nothing, a firm out of scope, an unknown kind, cause or way, no words.
    """
    found = _firm(scope, customer_id)
    _check_asked(asked)
    whose = {"customer_id": customer_id, "branch_id": found.branch_id, "manager_id": found.manager_id}
    one = Request.objects.create(
        request_id=_number(customer_id, contact_id), kind=asked.kind, topic=asked.topic, channel=asked.channel,
        requested_date=today, due_date=due_date(asked.kind, today, RequestRule.in_force(today)),
        owner_id=_answers(found, scope), raised_at=SystemClock().now(), contact_id=contact_id, since=scope.edition,
        **whose,
    )  # fmt: skip
    RequestStep.objects.create(
        request_id=one.request_id,
        step=Deed.RECORDED,
        words=typed(asked.words),
        staff_id=scope.staff_id,
        day=today,
        **whose,
    )
    return one


def record_after(fact: OutcomeRecorded) -> None:
    """An outcome that the parameters name becomes a request of the firm, with the contact's note as its words."""
    kind = RequestRule.in_force(fact.day).becomes.get(fact.outcome)
    if kind is None:
        return
    scope = Scope(
        fact.staff_id, managers=(fact.manager_id,), branches=(fact.branch_id,), rights=frozenset({WRITING}),
        edition=pointer().edition,
    )  # fmt: skip
    if firm(scope, fact.customer_id) is None or Request.objects.filter(contact_id=fact.contact_id).exists():
        return
    note = Contact.objects.seen_by(scope).get(pk=fact.contact_id).note
    way = fact.channel if fact.channel in WAYS_IN else "branch"
    record(
        scope,
        fact.customer_id,
        Asked(kind, "other", way, note or "—"),
        fact.day,
        contact_id=fact.contact_id,
    )


@transaction.atomic
def handle(
    scope: Scope, request_id: str, wanted: Step, today: date, *, may_hold: Collection[str] = ()
) -> Request:
    """Do one thing with a request and give it back as it then stands; `may_hold`: to whom it may be handed.

    Raises Refusal for a post that writes nothing, a request out of scope, a deed that does not fit its state, a missing
    owner, day or word.
    """
    _may_write(scope)
    _one_at_a_time(request_id)
    one = _found(scope, request_id)
    _check(wanted, State(one.state), may_hold, today)  # type: ignore[attr-defined]
    RequestStep.objects.create(
        request_id=request_id, customer_id=one.customer_id, step=wanted.deed.value, owner_id=_owner(scope, wanted),
        due_date=wanted.due if wanted.deed is Deed.DUE else None, words=typed(wanted.words), staff_id=scope.staff_id,
        day=today, branch_id=one.branch_id, manager_id=one.manager_id,
    )  # fmt: skip
    return _found(scope, request_id)


def _owner(scope: Scope, wanted: Step) -> str:
    if wanted.deed is Deed.HANDED:
        return wanted.owner_id
    return scope.staff_id if wanted.deed is Deed.TAKEN else ""


def _answers(found: Firm, scope: Scope) -> str:
    return scope.staff_id if found.manager_id.startswith(POOL) else found.manager_id


def _may_write(scope: Scope) -> None:
    if not scope.may(WRITING):
        raise Refusal(_("your post does not write"), next_step=_("Ask for the right post"))


def _firm(scope: Scope, customer_id: str) -> Firm:
    _may_write(scope)
    found = firm(scope, customer_id)
    if found is None:
        raise Refusal(
            _("%(number)s is not among your firms") % {"number": customer_id},
            expected=_("a firm of your portfolio"),
        )
    return found


def _found(scope: Scope, request_id: str) -> Request:
    one = requests.request(scope, request_id)
    if one is None:
        raise Refusal(
            _("%(number)s is not among yours, or is gone") % {"number": request_id},
            next_step=_("Load the page again"),
        )
    return one


def _check_asked(asked: Asked) -> None:
    known = (
        ("kind", asked.kind, tuple(Kind)),
        ("topic", asked.topic, TOPICS),
        ("channel", asked.channel, WAYS_IN),
    )
    for name, value, among in known:
        if value not in among:
            raise Refusal(_("%(n)s is not known") % {"n": value or "—"}, name, ", ".join(among))
    _check_words(asked.words, 1)


def _check(wanted: Step, state: State, may_hold: Collection[str], today: date) -> None:
    if wanted.deed is Deed.RECORDED or not may_follow(state, wanted.deed):
        raise Refusal(
            _("it is not open to this any more (%(state)s, %(deed)s)")
            % {"state": state.value, "deed": wanted.deed.value},
            next_step=_("Load the page again"),
        )
    if wanted.deed is Deed.HANDED and wanted.owner_id not in may_hold:
        raise Refusal(
            _("%(staff)s cannot answer for this firm") % {"staff": wanted.owner_id or "—"},
            "owner",
            _("somebody who sees the firm"),
        )
    if wanted.deed is Deed.DUE:
        _check_day(wanted.due, today)
    _check_words(wanted.words, SHORTEST_REASON if wanted.deed in (Deed.DUE, Deed.NOTE, Deed.REOPENED) else 0)


def _check_day(due: date | None, today: date) -> None:
    furthest = RequestRule.in_force(today).furthest_days
    if due is None or not today <= due <= today + timedelta(days=furthest):
        raise Refusal(
            _("%(day)s is no such day") % {"day": due or "—"},
            "due",
            _("today or a day ahead, at most %(most)s days on") % {"most": furthest},
        )


def _check_words(words: str, least: int) -> None:
    if not least <= len(typed(words)) <= LONGEST_WORDS:
        raise Refusal(
            _("the words are missing, or too many"),
            "words",
            _("%(least)s to %(most)s signs") % {"least": least, "most": LONGEST_WORDS},
            _("Say it"),
        )


def _one_at_a_time(request_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"request {request_id}"])
