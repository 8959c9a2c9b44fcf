"""Rules decided from one record and the stored profile, the moment the record arrives.

In words, with a worked example: docs/rules/events-by-day.md.
"""

from collections.abc import Callable, Mapping
from typing import Any

from xiaoer.events.rules import Event, numbered
from xiaoer.events.terms import FEN_PER_WAN, REGISTERED, Posted, Rule, Rules, Severity, Stored
from xiaoer.kit.dates import add_working_days
from xiaoer.kit.text import Reason, reason

Held = Mapping[str, Any]
Finding = tuple[
    Reason, int, str
]  # the reason, what is at stake (fen), and what makes it the same happening again
MONTHS = 12
CHANGE, REGISTER = "registration_change", "file_public_records"


def decided(record: Posted, firm: Stored, rules: Rules) -> list[Event]:
    """What one record tells of its firm. What the profile does not know decides nothing.

    The same happening has the same number however often it is told, by day or by night.
    """
    found = ((rule, FINDERS[rule](record, firm, rules.of(rule))) for rule in rules.by_record(record.kind))
    return [_event(record, rule, told, rules.of(rule)) for rule, told in found if told is not None]


def _event(record: Posted, rule: Rule, told: Finding, held: Held) -> Event:
    because, amount, happening = told
    about: dict[str, Any] = {"about_words": REGISTER} if rule in REGISTERED else {}
    return Event(
        event_id=numbered(record.customer_id, rule.value, happening),
        customer_id=record.customer_id,
        rule=rule,
        event_date=record.day,
        due_date=add_working_days(record.day, held["due_days"]),
        severity=Severity(held["severity"]),
        because=because,
        goal=reason(f"goal_{rule.value}", **about),
        amount=amount,
    )


def _payment_out(record: Posted, firm: Stored, held: Held) -> Finding | None:
    amount = _moved(record, "out", held)
    if not amount or not firm.balance or amount < firm.balance * held["least_share"]:
        return None
    told = reason(
        "payment_out", "bad", out_amount=amount, balance_amount=firm.balance, part_share=amount / firm.balance
    )
    return told, amount, _itself(record)


def _payment_in(record: Posted, firm: Stored, held: Held) -> Finding | None:
    amount = _moved(record, "in", held)
    if not amount or not firm.turnover_12m:
        return None
    months = amount * MONTHS / firm.turnover_12m
    if months < held["least_months"]:
        return None
    return reason("payment_in", "good", in_amount=amount, months=round(months, 1)), amount, _itself(record)


def _moved(record: Posted, direction: str, held: Held) -> int:
    """The amount of a payment in this direction that is large and for no everyday purpose; else 0."""
    told = record.told
    if told["direction"] != direction or told.get("reversed") or told.get("purpose") in held["not_for"]:
        return 0
    return int(told["amount"]) if told["amount"] >= held["least_wan"] * FEN_PER_WAN else 0


def _public(code: str, tone: Any) -> Callable[[Posted, Stored, Held], Finding | None]:
    def found(record: Posted, _firm: Stored, held: Held) -> Finding | None:
        kind, amount = record.told["record"], record.told.get("amount")
        if kind not in held["records"] or record.told.get("role") in held["not_as"]:
            return None
        words = {"public_words": f"public_{kind}"}
        if amount:
            return reason(f"{code}_amount", tone, **words, case_amount=amount), amount, _itself(record)
        return reason(code, tone, **words), 0, _itself(record)

    return found


def _registration(record: Posted, _firm: Stored, held: Held) -> Finding | None:
    if record.told["record"] != CHANGE or record.told.get("changed") != held["changed"]:
        return None
    words = {"changed_words": f"changed_{held['changed']}"}
    return reason("registration_posted", "warn", **words, seen_date=record.day), 0, _itself(record)


def _login(record: Posted, firm: Stored, held: Held) -> Finding | None:
    if not firm.loan_balance or firm.matures_date is None:
        return None
    days = (firm.matures_date - record.day).days
    if not 0 <= days <= held["days_ahead"]:
        return None
    told = reason(
        "login_before_maturity",
        "plain",
        balance_amount=firm.loan_balance,
        days=days,
        due_date=firm.matures_date,
    )
    return told, firm.loan_balance, firm.matures_date.isoformat()


def _itself(record: Posted) -> str:
    return f"{record.kind.value}:{record.number}"


FINDERS: Mapping[Rule, Callable[[Posted, Stored, Held], Finding | None]] = {
    Rule.PAYMENT_OUT: _payment_out,
    Rule.PAYMENT_IN: _payment_in,
    Rule.BAD_RECORD: _public("bad_record", "bad"),
    Rule.GOOD_RECORD: _public("good_record", "good"),
    Rule.OWNER_CHANGED: _registration,
    Rule.LEGAL_PERSON_CHANGED: _registration,
    Rule.ADDRESS_CHANGED: _registration,
    Rule.LOGIN_BEFORE_MATURITY: _login,
}
