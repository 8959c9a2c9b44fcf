"""What a rule saw, as an event with its reason and the goal of the contact."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaoer.events.terms import Rule, Rules, Severity
from xiaoer.kit.dates import add_working_days, from_day_number
from xiaoer.kit.text import Reason, reason

Seen = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """Something noticed about a firm; `amount` in fen is what is at stake."""

    event_id: str
    customer_id: str
    rule: Rule
    event_date: date
    due_date: date
    severity: Severity
    because: Reason
    goal: Reason
    amount: int


def event(seen: Seen, as_of: date, rules: Rules) -> Event:
    """An event from a row of `night.noticed`."""
    rule = Rule(seen["rule"])
    held = rules.of(rule)
    return Event(
        event_id=event_id(seen["customer_id"], rule, seen["partner"], as_of),
        customer_id=seen["customer_id"],
        rule=rule,
        event_date=as_of,
        due_date=add_working_days(as_of, held["due_days"]),
        severity=Severity(held["severity"]),
        because=WORDS[rule](seen),
        goal=_goal(rule, seen),
        amount=int(seen["amount"] or 0),
    )


def event_id(customer_id: str, rule: Rule, partner: str | None, as_of: date) -> str:
    """The same happening on the same day has the same number."""
    return numbered(customer_id, rule.value, partner or "", as_of.isoformat())


def numbered(*parts: str) -> str:
    """A number that follows from what makes a happening the same one."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _goal(rule: Rule, seen: Seen) -> Reason:
    return (
        reason(f"goal_{rule.value}", partner=seen["partner"])
        if seen["partner"]
        else reason(f"goal_{rule.value}")
    )


def _falls(seen: Seen) -> Reason:
    book = float(seen["usual"])
    return reason(
        "turnover_falls",
        "bad",
        now_amount=seen["now"],
        before_amount=seen["before"],
        fall_share=-seen["part"],
        book_words="book_up" if book >= 0 else "book_down",
        book_share=abs(book),
    )


def _grows(seen: Seen) -> Reason:
    return reason(
        "turnover_grows",
        "good",
        now_amount=seen["now"],
        before_amount=seen["before"],
        rise_share=seen["part"],
    )


def _silence(seen: Seen) -> Reason:
    return reason(
        "silence", "bad", days=seen["days"], habit=_habit(seen), last_date=from_day_number(seen["mark_day"])
    )


def _buyer_lost(seen: Seen) -> Reason:
    return reason(
        "main_buyer_lost",
        "bad",
        partner=seen["partner"],
        days=seen["days"],
        habit=_habit(seen),
        part_share=seen["part"],
    )


def _buyer_new(seen: Seen) -> Reason:
    return reason(
        "main_buyer_new",
        "good",
        partner=seen["partner"],
        now_amount=seen["now"],
        part_share=seen["part"],
        first_date=from_day_number(seen["mark_day"]),
    )


def _season(seen: Seen) -> Reason:
    return reason("season_ahead", "plain", before_amount=seen["before"], times=round(seen["part"], 1))


def _reds(seen: Seen) -> Reason:
    return reason(
        "red_papers", "warn", papers=seen["days"], now_share=seen["part"], usual_share=seen["usual"]
    )


def _balance(seen: Seen) -> Reason:
    return reason("balance_falls", "bad", now_amount=seen["now"], before_amount=seen["before"])


def _matures(seen: Seen) -> Reason:
    return reason(
        "loan_matures",
        "warn",
        balance_amount=seen["now"],
        days=seen["days"],
        due_date=from_day_number(seen["mark_day"]),
    )


def _overdue(seen: Seen) -> Reason:
    return reason("overdue", "bad", days=seen["days"], balance_amount=seen["now"])


def _habit(seen: Seen) -> int:
    return max(1, round(float(seen["habit"])))


WORDS: dict[Rule, Callable[[Seen], Reason]] = {
    Rule.TURNOVER_FALLS: _falls,
    Rule.TURNOVER_GROWS: _grows,
    Rule.SILENCE: _silence,
    Rule.MAIN_BUYER_LOST: _buyer_lost,
    Rule.MAIN_BUYER_NEW: _buyer_new,
    Rule.SEASON_AHEAD: _season,
    Rule.RED_PAPERS: _reds,
    Rule.BALANCE_FALLS: _balance,
    Rule.LOAN_MATURES: _matures,
    Rule.OVERDUE: _overdue,
}
