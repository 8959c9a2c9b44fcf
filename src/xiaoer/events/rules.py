"""What a rule saw, as an event with its reason and the goal of the contact."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaoer.events.firm_words import OF_FIRM_LIFE
from xiaoer.events.terms import FIRM_LIFE, Rule, Rules, Severity
from xiaoer.kit.dates import add_working_days, from_day_number
from xiaoer.kit.text import Reason, reason

Seen = Mapping[str, Any]
TIERS = ("general", "potential", "excellent", "premier")
MISSING_FACTS = tuple(
    f"missing_facts_{low}_{high}" for number, low in enumerate(TIERS) for high in TIERS[number + 1 :]
)


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
    """An event from a row of `night.lasting`; its term runs from the day somebody was told, else from tonight."""
    rule = Rule(seen["rule"])
    held = rules.of(rule)
    began = as_of if seen["began"] is None else from_day_number(seen["began"])
    known = as_of if seen["told_day"] is None else from_day_number(seen["told_day"])
    return Event(
        event_id=event_id(seen["customer_id"], rule, seen["product"] or seen["partner"], began),
        customer_id=seen["customer_id"],
        rule=rule,
        event_date=began,
        due_date=add_working_days(known, held["due_days"]),
        severity=Severity(held["severity"]),
        because=WORDS[code_of(seen)](seen),
        goal=_goal(rule, seen),
        amount=int(seen["amount"] or 0),
    )


def code_of(seen: Seen) -> str:
    """The code of the sentence: the rule's own, or one of its variants'."""
    return f"{seen['rule']}_{seen['variant']}" if seen["variant"] else str(seen["rule"])


def event_id(customer_id: str, rule: Rule, of: str | None, began: date) -> str:
    """The same happening, begun on the same day, has the same number; `of`: the partner or product it is about."""
    return numbered(customer_id, rule.value, of or "", began.isoformat())


def numbered(*parts: str) -> str:
    """A number that follows from what makes a happening the same one."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _goal(rule: Rule, seen: Seen) -> Reason:
    about = {name: seen[name] for name in ("partner", "product") if seen[name]}
    if rule in FIRM_LIFE:
        about |= {"about_words": seen["about"]}
    return reason(f"goal_{rule.value}", **about)


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


def _used(seen: Seen) -> dict[str, object]:
    """Of a product: since when, and how often it was used."""
    opened = from_day_number(seen["mark_day"])
    return {"product": seen["product"], "days": seen["days"], "opened_date": opened, "uses": seen["count"]}


def _missing(code: str) -> Callable[[Seen], Reason]:
    return lambda seen: reason(code, about_words=seen["about"], facts=seen["count"])


def _need(code: str) -> Callable[[Seen], Reason]:
    def told(seen: Seen) -> Reason:
        amounts = {"before_amount": seen["before"], "now_amount": seen["now"], "gap_amount": seen["amount"]}
        return reason(
            code, "warn", about_words=seen["about"], season_date=from_day_number(seen["mark_day"]), **amounts
        )

    return told


def _opening(code: str) -> Callable[[Seen], Reason]:
    def told(seen: Seen) -> Reason:
        opened = from_day_number(seen["mark_day"])
        return reason(
            code, product=seen["product"], days=seen["days"], opened_date=opened, steps=seen["count"]
        )

    return told


def _activation_owner(seen: Seen) -> Reason:
    return reason(
        "activation_owner_account", "warn", **_used(seen), owner_amount=seen["now"], part_share=seen["part"]
    )


def _activation_elsewhere(seen: Seen) -> Reason:
    return reason(
        "activation_elsewhere", "warn", **_used(seen), sales_amount=seen["now"], in_amount=seen["before"]
    )


def _activation_counted(code: str) -> Callable[[Seen], Reason]:
    return lambda seen: reason(code, "warn", **_used(seen), counted=round(float(seen["usual"])))


def _activation(code: str) -> Callable[[Seen], Reason]:
    return lambda seen: reason(code, "warn", **_used(seen))


def _cooling(seen: Seen) -> Reason:
    last = from_day_number(seen["mark_day"])
    return reason("cooling", "warn", moves=seen["count"], usual=_habit(seen), last_date=last)


def _quiet(code: str) -> Callable[[Seen], Reason]:
    """Dormant or lapsed: how long it has been quiet, since when, and the how manieth attempt this is."""
    return lambda seen: reason(
        code, "warn", days=seen["days"], last_date=from_day_number(seen["mark_day"]), step=seen["count"]
    )


def _fewer(seen: Seen) -> dict[str, object]:
    """Payments in a quarter against the usual, and what the firm brings."""
    return {"moves": seen["count"], "usual": _habit(seen), "stake_amount": seen["amount"]}


def _leaving_sent(seen: Seen) -> Reason:
    shares = {"part_share": seen["part"], "usual_share": seen["usual"]}
    return reason("leaving_sent", "bad", **_fewer(seen), own_amount=seen["now"], **shares)


def _leaving_collected(seen: Seen) -> Reason:
    shares = {"part_share": seen["part"], "usual_share": seen["usual"]}
    return reason("leaving_collected", "bad", **_fewer(seen), sales_amount=seen["now"], **shares)


def _leaving_drained(seen: Seen) -> Reason:
    amounts = {"now_amount": seen["now"], "before_amount": seen["before"]}
    return reason("leaving_drained", "bad", **_fewer(seen), **amounts)


WORDS: dict[str, Callable[[Seen], Reason]] = {
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
    **{code: _missing(code) for code in MISSING_FACTS},
    Rule.NEED_AHEAD: _need("need_ahead"),
    "need_ahead_wages": _need("need_ahead_wages"),
    Rule.OPENING: _opening("opening"),
    "opening_visit": _opening("opening_visit"),
    "activation_never_signed_in": _activation("activation_never_signed_in"),
    "activation_still": _activation("activation_still"),
    "activation_owner_account": _activation_owner,
    "activation_elsewhere": _activation_elsewhere,
    "activation_no_partners": _activation_counted("activation_no_partners"),
    "activation_counter": _activation_counted("activation_counter"),
    "activation_no_wages": _activation_counted("activation_no_wages"),
    "activation_unknown": _activation("activation_unknown"),
    Rule.COOLING: _cooling,
    Rule.DORMANT: _quiet("dormant"),
    "dormant_never": _quiet("dormant_never"),
    Rule.LAPSED: _quiet("lapsed"),
    "lapsed_never": _quiet("lapsed_never"),
    "leaving_sent": _leaving_sent,
    "leaving_collected": _leaving_collected,
    "leaving_drained": _leaving_drained,
    **OF_FIRM_LIFE,
}
