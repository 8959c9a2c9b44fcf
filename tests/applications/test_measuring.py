"""Medians and shares beyond plan, held against the same figures worked out plainly."""

import random
from datetime import timedelta
from statistics import median

import pytest

from tests.applications.desk import TODAY, advanced, begun, scope
from tests.world import tables
from xiaoer.applications.measuring import WITHIN, told_by, waiting_by, waiting_by_stage, work_by_stage
from xiaoer.applications.models import Step
from xiaoer.applications.terms import OPEN, Clocks, Verb
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.usefixtures("own_world")
CLOCKS = Clocks.in_force(TODAY)


def waits() -> dict[str, list[int]]:
    """Four applications whose steps waited by chance; one step lies before the span."""
    chance = random.Random(5)
    for upto in (Verb.DRAW, Verb.APPROVE, Verb.SUBMIT, Verb.RECOMMEND):
        advanced(begun(), upto)
    steps = list(Step.objects.using("owner").exclude(verb="request").order_by("pk"))
    for step in steps:
        step.waited_minutes = chance.randint(0, 1_500)
        step.save(using="owner")
    Step.objects.using("owner").filter(pk=steps[0].pk).update(day=TODAY - WITHIN)
    found: dict[str, list[int]] = {}
    for step in steps[1:]:
        found.setdefault(step.from_stage, []).append(step.waited_minutes)
    return found


def test_stages_against_plan() -> None:
    expected, me = waits(), scope("R1")
    with acting_as(me):
        told = waiting_by_stage(me, TODAY, CLOCKS)
        by_branch = waiting_by(me, TODAY, CLOCKS, "branch")
        by_product = waiting_by(me, TODAY, CLOCKS, "product")
    assert told.keys() == expected.keys() == set(OPEN)
    for stage, minutes in expected.items():
        one = told[stage]
        late = sum(value > CLOCKS.planned_minutes[stage] for value in minutes)
        assert (one.count, one.median_minutes, one.late) == (len(minutes), median(minutes), late)
        assert by_branch["B1", stage] == by_product["credit", stage] == one


def test_work_and_the_banks_own_files() -> None:
    waits()
    rows = [row for row in tables()["brought"].to_pylist() if row["received_date"] > TODAY - WITHIN]
    me = scope("R1")
    with acting_as(me):
        work, told = work_by_stage(me, TODAY), told_by(me, TODAY, "branch")
    surveys = [row["survey_minutes"] for row in rows if row["survey_minutes"]] + [150] * 4
    assert work["survey"] == (len(surveys), median(surveys))
    for branch in ("B1", "B2"):
        theirs = [row for row in rows if row["branch_id"] == branch]
        decided = [
            (row["decided_date"] - row["received_date"]) / timedelta(days=1)
            for row in theirs
            if row["decided_date"]
        ]
        assert told[branch].count == len(theirs)
        assert told[branch].days_to_decision == median(decided)
        assert told[branch].form_minutes == median(
            row["form_minutes"] for row in theirs if row["form_minutes"]
        )


def test_another_branch_measures_its_own() -> None:
    waits()
    me = scope("H2")
    with acting_as(me):
        assert waiting_by_stage(me, TODAY, CLOCKS) == {}
        assert set(told_by(me, TODAY, "branch")) == {"B2"}
