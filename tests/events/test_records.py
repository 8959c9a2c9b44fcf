"""Rules decided from one record: the worked example of docs/rules/events-by-day.md, and every bound from both sides."""

from datetime import date
from typing import Any, get_args

import pytest

from xiaoer.events.incoming import PaymentIn, PublicRecordIn
from xiaoer.events.jobs import read
from xiaoer.events.records import FINDERS, decided
from xiaoer.events.terms import Posted, RecordKind, Rule, Rules, Stored
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.text import say
from xiaoer.sources.contracts import contract

DAY = date(2026, 11, 20)  # a Friday
RULES = Rules.in_force(DAY)
WAN = 1_000_000
FIRM = Stored(80 * WAN, 600 * WAN, 50 * WAN, date(2026, 12, 1))
UNKNOWN = Stored()


def payment(direction: str, amount: int, number: str = "P1", **told: Any) -> Posted:
    return Posted(RecordKind.PAYMENT, number, "C1", DAY, {"direction": direction, "amount": amount} | told)


def public(record: str, **told: Any) -> Posted:
    return Posted(RecordKind.PUBLIC_RECORD, "R1", "C1", DAY, {"record": record} | told)


def login(number: str = "L1", day: date = DAY) -> Posted:
    return Posted(RecordKind.LOGIN, number, "C1", day, {"channel": "online"})


def rules_of(record: Posted, firm: Stored = FIRM) -> list[str]:
    return [one.rule.value for one in decided(record, firm, RULES)]


def test_a_message_however_nested_is_refused_once() -> None:
    for depth in (300, 600, 900, 100_000):
        with pytest.raises(Refusal):
            read(b'{"kind": "login", "more": ' + b"[" * depth + b"]" * depth + b"}")


def test_the_worked_example() -> None:
    (out,) = decided(payment("out", 45 * WAN, purpose="trade"), FIRM, RULES)
    assert (out.rule, out.due_date, out.amount) == (Rule.PAYMENT_OUT, date(2026, 11, 23), 45 * WAN)
    assert say(out.because, "zh", DAY) == "刚转出 45.0 万元，占昨日存款 80.0 万元 的 56%"
    assert rules_of(payment("out", 39 * WAN, purpose="trade")) == []
    assert rules_of(payment("out", 45 * WAN, purpose="payroll")) == []
    (into,) = decided(payment("in", 60 * WAN, purpose="trade"), FIRM, RULES)
    assert into.because["params"]["months"] == 1.2
    (suit,) = decided(public("litigation", role="defendant", amount=30 * WAN), FIRM, RULES)
    assert (suit.rule, suit.due_date) == (Rule.BAD_RECORD, date(2026, 11, 23))
    assert rules_of(public("litigation", role="plaintiff", amount=30 * WAN)) == []
    first, again = decided(login(), FIRM, RULES), decided(login("L2"), FIRM, RULES)
    assert [one.rule for one in first] == [Rule.LOGIN_BEFORE_MATURITY]
    assert first[0].because["params"]["days"] == 11
    assert first[0].event_id == again[0].event_id


@pytest.mark.parametrize(
    ("record", "fires"),
    [
        (payment("out", 40 * WAN), True),
        (payment("out", 40 * WAN - 1), False),
        (payment("out", 45 * WAN, reversed=True), False),
        (payment("in", 50 * WAN), True),
        (payment("in", 50 * WAN - 1), False),
        (payment("in", 60 * WAN, purpose="loan_drawdown"), False),
        (public("share_pledge"), False),
        (public("tender_won"), True),
        (public("bankruptcy"), True),
        (login(day=date(2026, 11, 1)), True),
        (login(day=date(2026, 10, 31)), False),
        (login(day=date(2026, 12, 1)), True),
        (login(day=date(2026, 12, 2)), False),
    ],
)
def test_each_bound_from_both_sides(record: Posted, fires: bool) -> None:
    assert bool(decided(record, FIRM, RULES)) is fires


def test_the_least_amounts_hold_for_small_firms_too() -> None:
    small = Stored(balance=30 * WAN, turnover_12m=100 * WAN)
    assert rules_of(payment("out", 20 * WAN), small) == ["payment_out"]
    assert rules_of(payment("out", 20 * WAN - 1), small) == []
    assert rules_of(payment("in", 50 * WAN - 1), small) == []


def test_what_the_night_does_not_know_decides_nothing() -> None:
    assert rules_of(payment("out", 900 * WAN), UNKNOWN) == []
    assert rules_of(payment("in", 900 * WAN), UNKNOWN) == []
    assert rules_of(login(), UNKNOWN) == []
    assert rules_of(public("enforcement"), UNKNOWN) == ["bad_record"]


def test_another_record_is_another_happening() -> None:
    one, other = (decided(payment("out", 45 * WAN, number=n), FIRM, RULES)[0] for n in ("P1", "P2"))
    assert one.event_id != other.event_id


def test_every_rule_by_record_has_its_finder_and_both_languages() -> None:
    marked = {rule for kind in RecordKind for rule in RULES.by_record(kind)}
    assert marked == set(FINDERS)
    for record in ("litigation", "enforcement", "dishonest_debtor", "tax_arrears", "share_freeze",
                   "abnormal_operation", "bankruptcy", "award", "tender_won"):  # fmt: skip
        for more in ({}, {"amount": WAN}):
            (event,) = decided(public(record, **more), FIRM, RULES)
            assert all(say(told, tongue) for told in (event.because, event.goal) for tongue in ("zh", "en"))


def test_records_speak_the_words_of_the_files() -> None:
    kinds = {"purpose": PaymentIn, "record": PublicRecordIn}
    listed = {
        name: set(get_args(get_args(model.model_fields[name].annotation)[0]) or get_args(model.model_fields[name].annotation))
        for name, model in kinds.items()
    }  # fmt: skip
    assert listed["purpose"] == set(allowed("transactions", "purpose"))
    assert listed["record"] == set(allowed("public_records", "kind"))


def allowed(table: str, column: str) -> tuple[str, ...]:
    return next(one.allowed for one in contract(table).columns if one.name == column)
