"""Each condition at its boundaries, the example of the rules page, and gaps that people close."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from xiaoer.kit.text import say
from xiaoer.renewals.rules import findings, stage
from xiaoer.renewals.terms import Condition, Maturing, Stage, State, Terms

TODAY = date(2026, 10, 31)
TERMS = Terms.in_force(TODAY)
EXAMPLE = Maturing(
    due_date=date(2026, 11, 30), grade=0, late_days=0, last_late_date=None, secured_by_mortgage=False, records=(),
    days_since_sale=4, sales_share=0.85, bad_elsewhere=False, pd=0.012, valued_date=None, signed_date=None,
)  # fmt: skip
MET, GAP, FAILED = State


def state_of(condition: Condition, **changes: Any) -> State:
    found = {one.condition: one.state for one in findings(replace(EXAMPLE, **changes), TERMS, TODAY)}
    return found[condition]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("condition", "changes", "expected"),
    [
        (Condition.LAWFUL, {}, MET),
        (Condition.LAWFUL, {"records": ("penalty",)}, FAILED),
        (Condition.LAWFUL, {"records": None}, GAP),
        (Condition.GOING, {"days_since_sale": 90}, MET),
        (Condition.GOING, {"days_since_sale": 91}, FAILED),
        (Condition.GOING, {"sales_share": 0.6}, MET),
        (Condition.GOING, {"sales_share": 0.599}, FAILED),
        (Condition.GOING, {"sales_share": None}, GAP),
        (Condition.GOING, {"days_since_sale": None, "sales_share": None}, GAP),
        (Condition.GOING, {"days_since_sale": 91, "sales_share": None}, FAILED),
        (Condition.CREDIT, {}, GAP),  # the use of the money is a person's to look at
        (Condition.CREDIT, {"late_days": 1}, FAILED),
        (Condition.CREDIT, {"last_late_date": ago(179)}, FAILED),
        (Condition.CREDIT, {"last_late_date": ago(180)}, GAP),
        (Condition.CREDIT, {"bad_elsewhere": True}, FAILED),
        (Condition.CREDIT, {"bad_elsewhere": None}, GAP),
        (Condition.STANDARD, {"pd": 0.08}, MET),
        (Condition.STANDARD, {"pd": 0.0801}, FAILED),
        (Condition.STANDARD, {"pd": None}, GAP),
        (Condition.OWN, {}, MET),
        (Condition.OWN, {"secured_by_mortgage": True}, GAP),
        (Condition.OWN, {"secured_by_mortgage": True, "valued_date": ago(365)}, MET),
        (Condition.OWN, {"secured_by_mortgage": True, "valued_date": ago(366)}, GAP),
        (Condition.NORMAL, {}, MET),
        (Condition.NORMAL, {"grade": 1}, FAILED),
        (Condition.IN_TIME, {}, MET),
        (Condition.IN_TIME, {"due_date": TODAY}, MET),
        (Condition.IN_TIME, {"due_date": ago(1)}, FAILED),
        (Condition.IN_TIME, {"signed_date": date(2026, 11, 30)}, MET),
        (Condition.IN_TIME, {"signed_date": date(2026, 12, 1)}, FAILED),
    ],
)
def test_each_condition_at_its_boundary(
    condition: Condition, changes: dict[str, Any], expected: State
) -> None:
    assert state_of(condition, **changes) is expected


def stage_of(*confirmed: str, **changes: Any) -> Stage:
    note = replace(EXAMPLE, **changes)
    return stage(findings(note, TERMS, TODAY), note.signed_date, confirmed)


def test_the_example_of_the_rules_page() -> None:
    assert stage_of() is Stage.OPEN
    assert stage_of("good_credit") is Stage.FIT
    assert stage_of("good_credit", "going_concern", sales_share=0.55) is Stage.FAILING
    assert stage_of(signed_date=date(2026, 11, 20)) is Stage.SIGNED
    assert stage_of("good_credit", records=None) is Stage.OPEN
    assert stage_of("good_credit", "lawful_operation", records=None) is Stage.FIT


def test_all_evidence_is_worded_in_both_languages() -> None:
    worst = replace(
        EXAMPLE, records=("penalty", "bankruptcy"), bad_elsewhere=True, secured_by_mortgage=True, pd=None
    )
    for note in (EXAMPLE, worst):
        for one in findings(note, TERMS, TODAY):
            for told in one.because:
                assert say(told, "zh") and say(told, "en")
