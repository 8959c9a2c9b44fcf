"""A rule's kept text changed by hand: never an error, always the field and the reason, and the rule names nobody."""

from datetime import date
from typing import Any

import pytest

from tests.events.test_bank_rules import EXAMPLE
from xiaoer.events.conditions import Unread, condition
from xiaoer.events.legible import fault_of, legible
from xiaoer.events.lives import Taken, Verb, lives
from xiaoer.events.written import written
from xiaoer.kit.text import say

BODY = written(EXAMPLE).body
DAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("body", "field", "why"),
    [
        (None, "", "no rule"),
        (["a list"], "", "no rule"),
        (BODY | {"condition": 7}, "condition", "another sort"),
        (BODY | {"minutes": "15"}, "minutes", "another sort"),
        (BODY | {"minutes": True}, "minutes", "another sort"),
        ({name: value for name, value in BODY.items() if name != "zh"}, "zh", "missing"),
        (BODY | {"population": "everybody"}, "population", "another sort"),
        (BODY | {"population": {"tiers": [1]}}, "tiers", "another sort"),
        (BODY | {"population": {"ages": ["old"]}}, "ages", "another sort"),
        (BODY | {"severity": "panic"}, "severity", "not one of"),
        (BODY | {"condition": "balance_90d <"}, "condition", "expected here"),
        (BODY | {"condition": "gone_column > 3"}, "condition", "no feature"),
        (BODY | {"zh": "没有 {gone_column}"}, "zh", "is not a feature"),
        (BODY | {"stake": "gone_column"}, "stake", "not a feature in money"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(body: Any, field: str, why: str) -> None:
    fault = fault_of(body)
    assert fault is not None
    assert fault.field == field
    assert why in say(fault.why, "en")
    life = lives([Taken("bank_1", 1, Verb.WRITTEN, DAY, body=body), Taken("bank_1", 1, Verb.ADOPTED, DAY)])[
        "bank_1"
    ]
    assert (life.newest, life.in_force) == (None, None)
    assert life.unread is not None


def test_a_kept_text_is_read_as_it_was_written() -> None:
    assert legible(BODY) == written(EXAMPLE)
    assert legible({name: value for name, value in BODY.items() if name != "brings"}) == written(EXAMPLE)


@pytest.mark.parametrize(
    "text", ["balance_90d > 9999999999999999万", f"products > {'9' * 400}", f"balance_90d > {'9' * 400}元"]
)
def test_a_number_no_column_can_hold_is_refused(text: str) -> None:
    with pytest.raises(Unread) as fault:
        condition(text)
    assert "too large" in say(fault.value.why, "en")
