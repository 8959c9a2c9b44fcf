"""Why this, why now, why not the others: the weighing in numbers that add up."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from xiaoer.workbench.shown.why import Why

DAY = date(2026, 11, 19)


def proposal(**changed: Any) -> Any:
    """The worked example of docs/rules/morning-list.md: 2,000 expected, 60 minutes, urgent."""
    told = {
        "goal": {"code": "goal_overdue", "params": {}}, "expected_return": 200_000, "cost": 18_000, "chance": 0.2,
        "lever": 1.5, "priority": 273_000.0, "hour_price": 60_000, "minutes": 60, "kind": "visit", "rank": 2, "others": [],
        "because": [], "prize": None, "patience": 0, "told_by": "", "propensity": None, "context": 1.0,
    }  # fmt: skip
    return SimpleNamespace(**told | changed)


def weighed(**changed: Any) -> dict[str, str]:
    with translation.override("en"):
        return {one.title: one.value for one in Why(proposal(**changed), (), DAY).weighed}


def test_the_steps_of_the_weighing_add_up() -> None:
    found = weighed()
    assert found["Where it succeeds"] == "¥10k"
    assert found["Chance of that"] == "20.0%"
    assert found["Expected return"] == "¥2,000"
    assert found["Cost of the time"] == "−¥180"
    assert found["Urgent or promised"] == "× 1.5"
    assert found["Counts for"] == "¥2,730"
    assert found["The same time elsewhere"] == "¥600"
    assert found["More than elsewhere"] == "¥2,130"


def test_what_nobody_said_is_left_out() -> None:
    assert not {"Where it succeeds", "Chance of that"} & weighed(chance=0.0).keys()
    assert "Urgent or promised" not in weighed(lever=1.0)
    assert weighed(hour_price=0)["The same time elsewhere"] == "¥0"
    assert weighed(priority=0.0) == {}
    assert Why(None).weighed == []


def test_what_a_model_says_and_the_patience_it_costs_are_told() -> None:
    found = weighed(prize=1_000_000, patience=5_000)
    assert found["Where it succeeds"] == "¥10k"
    assert found["Cost of the firm's patience"] == "−¥50"
    with translation.override("en"):
        steps = Why(
            proposal(prize=1_000_000, told_by="takes_card", propensity=0.16, context=1.25), (), DAY
        ).weighed
    assert steps[1].note == "16.0% by the model takes_card, × 1.25 for the occasion"


def test_half_an_hour_takes_half_of_its_price() -> None:
    assert weighed(minutes=30)["The same time elsewhere"] == "¥300"


@pytest.mark.parametrize(("rule", "told"), [("overdue", "seen 17 Nov · act by 20 Nov"), ("silence", "")])
def test_why_now_is_the_event_behind_it(rule: str, told: str) -> None:
    event = SimpleNamespace(rule=rule, event_date=date(2026, 11, 17), due_date=date(2026, 11, 20))
    with translation.override("en"):
        assert Why(proposal(), (event,), DAY).now == told


def test_the_others_come_with_what_they_count_for() -> None:
    other = {"goal": {}, "kind": "call", "minutes": 15, "expected_return": 9, "why": {}, "priority": 45_000}
    with translation.override("en"):
        (shown,) = Why(proposal(others=[other]), (), DAY).others
    assert (shown["counts_for"], shown["channel"]) == ("¥450", "Call")
