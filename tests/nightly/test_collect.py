"""What the night takes from the desk: up to its own day, without anybody's words."""

from datetime import timedelta

import pytest

from tests.world import BUSINESS_DATE
from xiaoer.contacts.actions import About, FollowUp, complete_task, record_outcome
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.nightly.collect import (
    ABSENCES,
    ANSWERS,
    CHECKS,
    CONTACTS,
    EVENTS,
    FIGURES,
    HANDLED,
    HANDOVERS,
    LESSONS,
    REQUEST_STEPS,
    REQUESTS,
    RULES,
    SUPPRESSIONS,
    SURVEYS,
    TASKS,
    collect,
)

pytestmark = pytest.mark.usefixtures("own_world")

TODAY = BUSINESS_DATE + timedelta(days=1)
SCOPE = Scope("M1", managers=("M1",), rights=frozenset({"contacts.write"}), edition=1)


def test_nothing_written_keeps_its_types() -> None:
    collected = collect(TODAY)
    assert [table.num_rows for table in collected.values()] == [0] * len(collected)
    assert [table.schema for table in collected.values()] == [
        CONTACTS,
        TASKS,
        CHECKS,
        SUPPRESSIONS,
        EVENTS,
        ANSWERS,
        LESSONS,
        SURVEYS,
        RULES,
        HANDLED,
        FIGURES,
        REQUESTS,
        REQUEST_STEPS,
        ABSENCES,
        HANDOVERS,
    ]


def test_the_day_decides_and_words_stay_behind() -> None:
    with acting_as(SCOPE):
        done = record_outcome(
            SCOPE, About("C000003", "C000003-x"), "interested", TODAY, note="his wife's number is 138",
            follow_up=FollowUp(TODAY + timedelta(days=3)),
        )  # fmt: skip
        record_outcome(SCOPE, About("C000006"), "do_not_contact", TODAY)
        assert done.follow_up is not None
        complete_task(SCOPE, done.follow_up.pk, TODAY + timedelta(days=1))
    assert collect(BUSINESS_DATE)["desk_contacts"].num_rows == 0
    collected = collect(TODAY)
    assert collected["desk_contacts"].column("outcome").to_pylist() == ["interested", "do_not_contact"]
    assert "note" not in collected["desk_contacts"].column_names
    assert collected["desk_tasks"].select(["status", "done_date"]).to_pylist() == [
        {"status": "open", "done_date": None}
    ]
    assert collect(TODAY + timedelta(days=1))["desk_tasks"].column("status").to_pylist() == ["done"]
    assert collected["desk_suppressions"].select(["customer_id", "reason"]).to_pylist() == [
        {"customer_id": "C000006", "reason": "asked_not_to"}
    ]
    assert collect(TODAY)["desk_contacts"].equals(collected["desk_contacts"])
