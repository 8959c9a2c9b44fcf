"""Five-class classification of a debtor's notes by dated rules, each naming itself and its article.

The night asks the same rules of all notes at once; a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xiaoer.loans.terms import NON_PERFORMING, ClassRule, FiveClass, RuleBook

OVER_90 = 90


@dataclass(frozen=True)
class Claim:
    """One note as the rules see it: `facts` are whole numbers (days, fen, 1 for yes), `balance` fen."""

    asset_class: str
    balance: int
    facts: Mapping[str, int]


@dataclass(frozen=True)
class Elsewhere:
    """A debtor's debt at other banks, fen: all, over 90 days past due, non-performing."""

    debts: int = 0
    overdue_90: int = 0
    bad: int = 0


@dataclass(frozen=True)
class Decision:
    """The class and the rule that decided it; `rule` is empty where none asks for anything."""

    five_class: FiveClass
    rule: str = ""


@dataclass(frozen=True)
class Watch:
    """An observation or cure: the day it counts from, and whether it is served."""

    since: date
    served: bool


def judged(claims: Sequence[Claim], elsewhere: Elsewhere, book: RuleBook) -> list[Decision]:
    """The class of each of a debtor's notes: first each by itself, then by how the debtor stands as a whole."""
    own = [_worst(book.of_view("note"), claim, {}) for claim in claims]
    known = debtor_facts(claims, own, elsewhere)
    asked = [_worst(book.of_view("debtor"), claim, known) for claim in claims]
    return [_heavier(one, other, book) for one, other in zip(own, asked, strict=True)]


def debtor_facts(claims: Sequence[Claim], own: Sequence[Decision], elsewhere: Elsewhere) -> dict[str, int]:
    """What the debtor rules look at, in fen, over all of the debtor's notes here and debts elsewhere."""
    pairs = list(zip(claims, own, strict=True))
    claimed = sum(claim.balance for claim in claims)
    late = sum(claim.balance for claim in claims if claim.facts.get("days_past_due", 0) > OVER_90)
    return {
        "debtor_claims": claimed,
        "debtor_non_performing": sum(c.balance for c, d in pairs if d.five_class.grade >= NON_PERFORMING),
        "debtor_debts": claimed + elsewhere.debts,
        "debtor_overdue_90": late + elsewhere.overdue_90,
        "debtor_bad_elsewhere": elsewhere.bad,
    }


def observation(
    restructured: date, due_days: Sequence[date], last_late: date | None, on: date, book: RuleBook
) -> Watch:
    """After a restructuring: from the first due day on, again from any day past due; days and periods both."""
    ahead = [day for day in due_days if day > restructured]
    first = min(ahead, default=on)
    since = max(first, last_late) if last_late else first
    return _watched(since, due_days, on, book.observation_days, book.observation_periods)


def cure(last_late: date, due_days: Sequence[date], on: date, book: RuleBook) -> Watch:
    """After arrears that made a claim non-performing were cleared: paid on time for so long."""
    return _watched(last_late, due_days, on, book.cure_days, book.cure_periods)


def _watched(since: date, due_days: Sequence[date], on: date, days: int, periods: int) -> Watch:
    kept = sum(since < day <= on for day in due_days)
    return Watch(since, on >= since + timedelta(days=days) and kept >= periods)


def _worst(rules: Iterable[ClassRule], claim: Claim, debtor: Mapping[str, int]) -> Decision:
    facts = {**claim.facts, "balance": claim.balance, **debtor}
    held = [one for one in rules if one.concerns(claim.asset_class) and one.holds(facts)]
    worst = max(held, key=lambda rule: rule.at_least.grade, default=None)
    return Decision(worst.at_least, worst.code) if worst else Decision(FiveClass.NORMAL)


def _heavier(own: Decision, asked: Decision, book: RuleBook) -> Decision:
    """The worse of two; of equals the one named first in the book."""
    order = [one.code for one in book.rules]
    if asked.five_class.grade != own.five_class.grade or not asked.rule:
        return max(own, asked, key=lambda one: one.five_class.grade)
    return min(own, asked, key=lambda one: order.index(one.rule))
