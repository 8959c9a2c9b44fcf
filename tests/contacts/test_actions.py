"""Recording an outcome: one transaction, with what follows from it, and its history."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.world import BUSINESS_DATE
from xiaoer.contact_policy.queries import standing, stopped
from xiaoer.contacts.actions import (
    About,
    FollowUp,
    complete_task,
    drop_task,
    move_task,
    promise,
    put_off,
    record_outcome,
)
from xiaoer.contacts.models import Contact, Task
from xiaoer.contacts.queries import answered, follow_ups, minutes_by_day, promises, timeline, waiting, week
from xiaoer.contacts.terms import OutcomeRecorded, outcomes
from xiaoer.kit.audit import History
from xiaoer.kit.facts import outbox
from xiaoer.kit.facts.outbox import FactRow
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.text import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

TODAY = BUSINESS_DATE + timedelta(days=1)
MINE, THEIRS = "C000003", "C000001"  # M1's, and M2's of the same branch
ABOUT = About(MINE, f"{MINE}-20261118", "visit", 120_000, 60)


@pytest.fixture
def scope(scope_of: Callable[[str], Scope]) -> Scope:
    return scope_of("M1")


def test_an_outcome_is_written_with_follow_up_fact_and_history(scope: Scope) -> None:
    with acting_as(scope):
        done = record_outcome(
            scope, ABOUT, "interested", TODAY, note=" wants a quote ", follow_up=FollowUp(TODAY + timedelta(days=7))
        )  # fmt: skip
        assert (done.contact.note, done.contact.branch_id, done.contact.manager_id) == (
            "wants a quote",
            "B1",
            "M1",
        )
        assert done.follow_up is not None
        assert done.follow_up.origin == done.contact
        assert say(done.follow_up.title, "en") == "Interested: take it further"
        assert answered(scope, [ABOUT.offer_id]) == {ABOUT.offer_id: done.contact}
        assert follow_ups(scope, [done.contact.pk]) == {done.contact.pk: done.follow_up}
        fact = FactRow.objects.get(customer_id=MINE)
        assert (fact.name, fact.staff_id, fact.told["outcome"]) == ("OutcomeRecorded", "M1", "interested")
        history = History.objects.filter(customer_id=MINE).order_by("pk")
        assert [(row.table_name, row.deed, row.staff_id) for row in history] == [
            ("contacts_contact", "insert", "M1"),
            ("contacts_task", "insert", "M1"),
            ("satisfaction_survey", "insert", "M1"),  # asked how it was
        ]


def test_the_same_tap_twice_is_written_once(scope: Scope) -> None:
    with acting_as(scope):
        first = record_outcome(scope, ABOUT, "refused", TODAY)
        second = record_outcome(scope, ABOUT, "refused", TODAY)
        assert second.again
        assert second.contact == first.contact
        assert Contact.objects.count() == 1


def test_another_outcome_is_a_correction_and_a_row_of_its_own(scope: Scope) -> None:
    with acting_as(scope):
        record_outcome(scope, ABOUT, "refused", TODAY)
        corrected = record_outcome(scope, ABOUT, "accepted", TODAY)
        assert Contact.objects.count() == 2
        assert answered(scope, [ABOUT.offer_id])[ABOUT.offer_id] == corrected.contact


def test_do_not_contact_writes_a_stop_for_good(scope: Scope) -> None:
    with acting_as(scope):
        record_outcome(scope, ABOUT, "do_not_contact", TODAY)
        stop = standing(scope, [MINE], TODAY + timedelta(days=4000)).get()
        assert (stop.channel, stop.reason, stop.staff_id) == ("", "asked_not_to", "M1")
        assert stopped(scope, {MINE, "C000006"}, TODAY) == {MINE}


def test_reaching_the_firm_keeps_what_was_due_and_missing_it_does_not(scope: Scope) -> None:
    with acting_as(scope):
        due = promise(scope, MINE, "bring the form", FollowUp(TODAY), TODAY)
        later = promise(scope, MINE, "ask again", FollowUp(TODAY + timedelta(days=9)), TODAY)
        record_outcome(scope, ABOUT, "not_reached", TODAY)
        assert set(promises(scope, TODAY)) == {due}
        record_outcome(scope, ABOUT, "interested", TODAY)
        assert not promises(scope, TODAY)
        assert Task.objects.get(pk=later.pk).status == "open"


def test_put_off_moves_to_the_calendar_once(scope: Scope) -> None:
    with acting_as(scope):
        task = put_off(scope, ABOUT, TODAY + timedelta(days=2), TODAY)
        again = put_off(scope, ABOUT, TODAY + timedelta(days=3), TODAY)
        assert again.pk == task.pk
        assert waiting(scope, [ABOUT.offer_id])[ABOUT.offer_id].due_date == TODAY + timedelta(days=3)
        assert minutes_by_day(scope, TODAY, TODAY + timedelta(days=5)) == {TODAY + timedelta(days=3): 60}
        assert say(task.title, "zh", TODAY) == "11月19日改期到这天"
        record_outcome(scope, ABOUT, "not_reached", TODAY)
        assert not waiting(scope, [ABOUT.offer_id])


def test_tasks_are_moved_kept_or_dropped_once(scope: Scope) -> None:
    with acting_as(scope):
        task = promise(scope, MINE, "call the accountant", FollowUp(TODAY + timedelta(days=1)), TODAY)
        assert move_task(scope, task.pk, TODAY, TODAY).due_date == TODAY
        assert complete_task(scope, task.pk, TODAY).status == "done"
        with pytest.raises(Refusal, match="closed already"):
            drop_task(scope, task.pk, TODAY)
        deeds = History.objects.filter(table_name="contacts_task", row_id=str(task.pk)).order_by("pk")
        assert [row.deed for row in deeds] == ["insert", "update", "update"]
        assert deeds[2].before["status"] == "open"
        assert deeds[2].after["status"] == "done"


def test_the_week_shows_what_is_overdue_today(scope: Scope) -> None:
    with acting_as(scope):
        task = promise(scope, MINE, "x", FollowUp(TODAY), TODAY)
        next_week = TODAY + timedelta(days=7)
        assert week(scope, TODAY)[TODAY] == [task]
        assert week(scope, next_week)[next_week] == [task]
        assert timeline(scope, MINE)[0].task == task


@pytest.mark.parametrize(
    ("about", "outcome", "follow_up", "told"),
    [
        (About(THEIRS), "interested", None, "no firm C000001 among yours"),
        (About("C999999"), "interested", None, "no firm"),
        (ABOUT, "delighted", None, "not an outcome"),
        (About(MINE, channel="pigeon"), "interested", None, "not a way"),
        (ABOUT, "interested", FollowUp(TODAY - timedelta(days=1)), "not a day to plan for"),
        (ABOUT, "interested", FollowUp(TODAY + timedelta(days=800)), "not a day to plan for"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    scope: Scope, about: About, outcome: str, follow_up: FollowUp | None, told: str
) -> None:
    with acting_as(scope), pytest.raises(Refusal, match=told):
        record_outcome(scope, about, outcome, TODAY, follow_up=follow_up)


def test_a_post_without_the_right_records_nothing(scope_of: Callable[[str], Scope]) -> None:
    analyst = scope_of("A1")
    with acting_as(analyst), pytest.raises(Refusal, match="your post"):
        record_outcome(analyst, ABOUT, "interested", TODAY)


def test_a_listener_that_fails_undoes_the_whole(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(fact: OutcomeRecorded) -> None:
        raise RuntimeError("the listener broke")

    monkeypatch.setitem(outbox._listeners, OutcomeRecorded, [fail])
    with acting_as(scope):
        with pytest.raises(RuntimeError):
            record_outcome(scope, ABOUT, "refused", TODAY)
        assert not Contact.objects.count()
        assert not FactRow.objects.count()


def test_the_code_list_speaks_both_languages() -> None:
    assert all(one.zh and one.en for one in outcomes().values())
    assert next(iter(outcomes())) == "interested"
