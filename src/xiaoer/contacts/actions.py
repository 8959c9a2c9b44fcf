"""Recording what came of a contact, and keeping promises. One transaction each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.contacts.checking import characters, check, check_day, check_plan, known_outcome
from xiaoer.contacts.models import Contact, Task
from xiaoer.contacts.terms import (
    DO_NOT_CONTACT,
    LONGEST_NOTE,
    About,
    FollowUp,
    OfferPutOff,
    Outcome,
    OutcomeRecorded,
    TaskClosed,
)
from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firm
from xiaoer.kit.facts.outbox import publish
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, reason
from xiaoer.kit.typed import typed

WRITING = "contacts.write"


# Asks the contact policy, which stands above this room, for a plan's day and way; raises Refusal.
Door = Callable[[Firm, FollowUp], None]


def _unasked(_firm: Firm, _plan: FollowUp) -> None:
    """No policy: for whoever writes about firms that nobody is to approach."""


@dataclass(frozen=True)
class Recorded:
    """What was written; `again` when the very same had been recorded before and nothing was added."""

    contact: Contact
    follow_up: Task | None = None
    again: bool = field(default=False)


@transaction.atomic
def record_outcome(
    scope: Scope,
    about: About,
    outcome: str,
    today: date,
    *,
    note: str = "",
    follow_up: FollowUp | None = None,
    door: Door = _unasked,
) -> Recorded:
    """Write the contact, close what it answers, plan the follow-up, tell it as a fact.

    The same outcome for the same proposal on the same day, tapped twice, is written once. A firm that asked
    not to be contacted has nothing planned any more. Raises Refusal for a firm out of scope, an unknown
    outcome or channel, a follow-up in the past or one the policy forbids: then nothing is written.
    """
    found = _firm(scope, about.customer_id)
    came = known_outcome(outcome)
    check(about, note, today, follow_up, outcome)
    _one_at_a_time(about.offer_id or about.customer_id)
    if (before := _same(scope, about, outcome, today)) is not None:
        return Recorded(before, before.tasks.first(), again=True)
    contact = _write(scope, found, about, today, outcome=outcome, note=note)
    _close_answered(scope, about, came, today)
    if outcome == DO_NOT_CONTACT:
        _drop_planned(scope, about.customer_id, today)
    if follow_up is not None:
        door(found, follow_up)
    task = _plan(contact, came, follow_up, today)
    _tell(contact)
    return Recorded(contact, task)


@transaction.atomic
def put_off(scope: Scope, about: About, until_date: date, today: date, *, door: Door = _unasked) -> Task:
    """Move a proposal to another day's calendar. Raises Refusal for a day not ahead, or one the policy forbids."""
    found = _firm(scope, about.customer_id)
    kind = about.channel if about.channel != "counter" else "visit"
    _one_at_a_time(about.offer_id or about.customer_id)
    waiting = Task.objects.seen_by(scope).filter(
        customer_id=about.customer_id, offer_id=about.offer_id, status="open", origin=None
    )
    before = waiting.first() if about.offer_id else None
    plan = FollowUp(until_date, kind, about.minutes or 20, before and before.pk)
    check_plan(plan, today)
    door(found, plan)
    if before is not None:
        return move_task(scope, before.pk, until_date, today)
    task = _task(scope, found, plan, reason("put_off", planned_date=today), today)
    task.offer_id = about.offer_id
    task.save()
    publish(OfferPutOff(**_of(scope, found), offer_id=about.offer_id, until_date=until_date, day=today))
    return task


@transaction.atomic
def promise(
    scope: Scope, customer_id: str, text: str, follow_up: FollowUp, today: date, *, door: Door = _unasked
) -> Task:
    """Put something a person promised into the calendar, in their own words."""
    found = _firm(scope, customer_id)
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise Refusal(_("the promise has no words, or too many"), expected=characters(1, LONGEST_NOTE))
    check_plan(follow_up, today)
    door(found, follow_up)
    task = _task(scope, found, follow_up, reason("promised", text=typed(text)), today)
    task.save()
    return task


@transaction.atomic
def move_task(scope: Scope, task_id: int, due_date: date, today: date, *, door: Door = _unasked) -> Task:
    """Another day for an open task. Raises Refusal when it is closed, the day not ahead or forbidden."""
    check_day(due_date, today)
    task = _change_open(scope, task_id, due_date=due_date)
    door(_firm(scope, task.customer_id), FollowUp(due_date, task.kind, task.minutes, task.pk))
    return task


@transaction.atomic
def complete_task(scope: Scope, task_id: int, today: date) -> Task:
    """The promise was kept."""
    return _close(scope, task_id, "done", today)


@transaction.atomic
def drop_task(scope: Scope, task_id: int, today: date) -> Task:
    """The promise no longer matters."""
    return _close(scope, task_id, "dropped", today)


def _firm(scope: Scope, customer_id: str) -> Firm:
    if not scope.may(WRITING):
        raise Refusal(
            _("your post does not record contacts"), next_step=_("Ask the branch head for the right post")
        )
    found = firm(scope, customer_id)
    if found is None:
        lost = _("there is no firm %(number)s among yours") % {"number": customer_id}
        raise Refusal(lost, expected=_("a firm you answer for"))
    return found


def _one_at_a_time(key: str) -> None:
    """Two taps on the same button wait for each other, and the second sees what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"contact:{key}"])


def _same(scope: Scope, about: About, outcome: str, today: date) -> Contact | None:
    if not about.offer_id:
        return None
    mine = Contact.objects.seen_by(scope).filter(staff_id=scope.staff_id, day=today, outcome=outcome)
    return mine.filter(offer_id=about.offer_id).order_by("-pk").first()


def _write(scope: Scope, found: Firm, about: About, today: date, *, outcome: str, note: str) -> Contact:
    return Contact.objects.create(
        **_of(scope, found),
        offer_id=about.offer_id,
        channel=about.channel,
        outcome=outcome,
        note=typed(note),
        day=today,
        expected_return=about.expected_return,
        minutes=about.minutes,
        rule=about.rule,
        worth=about.worth,
        cost=about.cost,
        product_id=about.product_id,
    )


def _of(scope: Scope, found: Firm) -> dict[str, str]:
    """Who wrote it, and whom the row belongs to."""
    return {
        "staff_id": scope.staff_id,
        "customer_id": found.customer_id,
        "branch_id": found.branch_id,
        "manager_id": found.manager_id,
    }


def _close_answered(scope: Scope, about: About, came: Outcome, today: date) -> None:
    """Speaking to the firm keeps what was due; failing to reach it only answers the proposal put off."""
    waiting = Task.objects.seen_by(scope).filter(customer_id=about.customer_id, status="open")
    if came.reached:
        waiting.filter(due_date__lte=today).update(status="done", done_date=today)
    if about.offer_id:
        waiting.filter(offer_id=about.offer_id).update(status="done", done_date=today)


def _drop_planned(scope: Scope, customer_id: str, today: date) -> None:
    planned = Task.objects.seen_by(scope).filter(customer_id=customer_id, status="open")
    for number in planned.values_list("pk", flat=True):
        _close(scope, number, "dropped", today)


def _plan(contact: Contact, came: Outcome, follow_up: FollowUp | None, today: date) -> Task | None:
    if follow_up is None:
        return None
    return Task.objects.create(
        customer_id=contact.customer_id,
        branch_id=contact.branch_id,
        manager_id=contact.manager_id,
        staff_id=contact.staff_id,
        title=_title(came),
        due_date=follow_up.due_date,
        kind=follow_up.kind,
        minutes=follow_up.minutes,
        day=today,
        origin=contact,
    )


def _title(came: Outcome) -> Reason:
    if not came.reached:
        return reason("try_again")
    return reason("follow_up_interested") if came.code == "interested" else reason("follow_up_agreed")


def _task(scope: Scope, found: Firm, plan: FollowUp, title: Reason, today: date) -> Task:
    return Task(
        **_of(scope, found),
        title=title,
        due_date=plan.due_date,
        kind=plan.kind,
        minutes=plan.minutes,
        day=today,
    )


def _close(scope: Scope, task_id: int, status: str, today: date) -> Task:
    task = _change_open(scope, task_id, status=status, done_date=today)
    whose = {name: getattr(task, name) for name in ("customer_id", "branch_id", "manager_id")}
    publish(TaskClosed(staff_id=scope.staff_id, **whose, task_id=task.pk, status=status, day=today))
    return task


def _change_open(scope: Scope, task_id: int, **changes: object) -> Task:
    if not scope.may(WRITING):
        raise Refusal(
            _("your post does not keep tasks"), next_step=_("Ask the branch head for the right post")
        )
    changed = Task.objects.seen_by(scope).filter(pk=task_id, status="open").update(**changes)
    if not changed:
        raise Refusal(
            _("this task is closed already, or somebody else's"), next_step=_("Load the page again")
        )
    return Task.objects.get(pk=task_id)


def _tell(contact: Contact) -> None:
    names = ("staff_id", "customer_id", "branch_id", "manager_id", "offer_id", "outcome", "channel", "day",
             "product_id")  # fmt: skip
    publish(OutcomeRecorded(contact_id=contact.pk, **{name: getattr(contact, name) for name in names}))
