"""The service target list, step by step, and account plans with how their goals stand."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from xiaoer.customers import queries as customers
from xiaoer.customers.models import Firm
from xiaoer.kit.scope import Scope
from xiaoer.loans import queries as loans
from xiaoer.segments.goals import WORDS, Patience, State, Way, state
from xiaoer.segments.ideal import CRITERIA, Criteria, Value, by_default
from xiaoer.segments.models import Goal, IdealRule
from xiaoer.segments.terms import FEN_PER_WAN, Tier

RULES_SHOWN = 20
MEASURED = {
    "deposits": "balance", "turnover": "turnover_12m", "products": "products", "loans": "loan_balance",
    "contribution": "contribution_12m",
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A criterion as asked of the firms: who meets it, and of whom it is not known."""

    key: str
    value: Value
    met: Q
    unknown: Q


@dataclass(frozen=True)
class Step:
    """How many firms are left after a criterion; how many it took, and how many of these because nothing is known."""

    key: str
    value: Value
    kept: int
    taken: int
    unknown: int


def adopted(scope: Scope) -> list[IdealRule]:  # noqa: ARG001  the bank's own rules: everybody who is signed in reads them
    """Rules adopted on the desk, the latest first."""
    return list(IdealRule.objects.order_by("-from_date", "-pk")[:RULES_SHOWN])


def criteria(scope: Scope, today: date) -> Criteria:
    """The criteria in force."""
    rule = next((one for one in adopted(scope) if one.from_date <= today), None)
    return in_order(rule.criteria) if rule else by_default(today)


def in_order(held: Mapping[str, Value]) -> Criteria:  # unscoped: no row of anybody's
    """Criteria in the order they are asked in."""
    return {one.key: held[one.key] for one in CRITERIA if one.key in held}


def conditions(scope: Scope, held: Criteria, today: date) -> list[Condition]:
    """What is asked of the firms of a scope, in order."""
    late = loans.late(scope).values("customer_id")
    return [Condition(key, value, *_asked(key, value, today, late)) for key, value in held.items()]


def met_in_turn(scope: Scope, today: date) -> list[Q]:
    """Each criterion in force, as what a firm must meet."""
    return [one.met for one in conditions(scope, criteria(scope, today), today)]


def steps(scope: Scope, held: Criteria, today: date) -> tuple[int, list[Step]]:
    """All firms of the scope, and what each criterion leaves of them; one question to the database."""
    asked = conditions(scope, held, today)
    counts = customers.firms(scope).order_by().aggregate(whole=Count("pk"), **dict(_counts(asked)))
    left, found = counts["whole"], []
    for place, one in enumerate(asked):
        kept = counts[f"kept_{place}"]
        found.append(Step(one.key, one.value, kept, left - kept, counts[f"unknown_{place}"]))
        left = kept
    return counts["whole"], found


def _counts(asked: list[Condition]) -> Iterator[tuple[str, Count]]:
    before = Q()
    for place, one in enumerate(asked):
        yield f"unknown_{place}", Count("pk", filter=before & one.unknown)
        before &= one.met
        yield f"kept_{place}", Count("pk", filter=before)


def _asked(key: str, value: Any, today: date, late: Any) -> tuple[Q, Q]:
    nobody = Q(pk__in=[])
    return {
        "nothing_late": lambda: (~Q(customer_id__in=late), nobody),
        "risk_at_most": lambda: (Q(pd__lte=value), Q(pd=None)),
        "years_at_least": lambda: (Q(opened_date__lte=years_before(today, value)), Q(opened_date=None)),
        "products_at_least": lambda: (Q(products__gte=value), nobody),
        "turnover_at_least": lambda: (Q(turnover_12m__gte=value * FEN_PER_WAN), Q(turnover_12m=None)),
        "growth_at_least": lambda: _grown(value),
        "industries": lambda: (Q(industry__in=value), Q(industry="")),
        "regions": lambda: (Q(region__in=value), Q(region="")),
    }[key]()


def _grown(share: float) -> tuple[Q, Q]:
    """Turnover against the year before; without such a year nothing is known."""
    unknown = Q(turnover_12m=None) | Q(turnover_prior_12m=None) | Q(turnover_prior_12m__lte=0)
    return Q(turnover_12m__gte=F("turnover_prior_12m") * (1 + share)) & ~unknown, unknown


def years_before(day: date, years: int) -> date:  # unscoped: no row of anybody's
    """The same day so many years earlier; for the 29th of February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True)
class Standing:
    """An open goal, its firm, what is measured now, and how it stands."""

    goal: Goal
    firm: Firm
    value: int | None
    state: State
    way: Way | None


def measured(firm: Firm, measure: str) -> int | None:  # unscoped: of a firm that was asked for in a scope
    """What a measure is for a firm tonight; None for words and where nobody delivered it."""
    return getattr(firm, MEASURED[measure]) if measure in MEASURED else None


def open_goals(scope: Scope, customer_ids: Collection[str] | None = None) -> QuerySet[Goal]:
    """Open goals of some firms, or of all; the first due first."""
    rows = Goal.objects.seen_by(scope).filter(status="open").order_by("due_date", "pk")
    return rows if customer_ids is None else rows.filter(customer_id__in=customer_ids)


def account_plan(scope: Scope, firm: Firm, today: date) -> tuple[list[Standing], list[Goal]]:
    """A firm's open goals as they stand, the first due first, and those reached or dropped, the latest first."""
    goals = list(Goal.objects.seen_by(scope).filter(customer_id=firm.customer_id).order_by("due_date", "pk"))
    patience = Patience.in_force(today)
    standing = [_standing(one, firm, today, patience) for one in goals if one.status == "open"]
    closed = [one for one in goals if one.status != "open"]
    return standing, sorted(closed, key=lambda one: (one.closed_date or today, one.pk), reverse=True)


def standings(scope: Scope, today: date) -> list[Standing]:
    """How all open goals stand tonight; goals whose firm is no longer shown are left out."""
    goals, patience = list(open_goals(scope)), Patience.in_force(today)
    firms = customers.firms_by_number(scope, {one.customer_id for one in goals}) if goals else {}
    return [
        _standing(one, firms[one.customer_id], today, patience) for one in goals if one.customer_id in firms
    ]


def _standing(goal: Goal, firm: Firm, today: date, patience: Patience) -> Standing:
    if goal.measure == WORDS or goal.target is None:
        return Standing(goal, firm, None, State.LATE if today > goal.due_date else State.ON_WAY, None)
    way, value = (
        Way(goal.start or 0, goal.target, goal.begun_date, goal.due_date),
        measured(firm, goal.measure),
    )
    return Standing(goal, firm, value, state(way, value, today, patience), way)


def without_plan(scope: Scope) -> Q:
    """Firms of the highest tier for whom nobody has set a goal."""
    planned = open_goals(scope).order_by().values("customer_id")
    return Q(tier=Tier.PREMIER) & ~Q(customer_id__in=planned)
