"""Weigh occasions, tell the best of each firm, and say what changed since yesterday."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from xiaoer.kit.text import Reason, reason
from xiaoer.offers.terms import FEN_PER_WAN, Candidate, Effort, Factors, FirmFacts, Occasion, Terms
from xiaoer.offers.worth import patience_price
from xiaoer.trials import families

MOST_REASONS = 3
FEN, OFFER = 100, "offer"
SERIOUS_DAYS = 30
BANDS = ("low", "medium", "high")
Door = Callable[[FirmFacts, Occasion, Effort], tuple[Effort, Reason | None]]


def candidates(firm: FirmFacts, terms: Terms, door: Door, day: date) -> list[Candidate]:
    """Every occasion of a firm, weighed; stopped ones stay, with the rule that stops them.

    `door` gives the way a firm may be approached (perhaps another than first thought of), and what forbids it.
    """
    return [_weighed(firm, occasion, terms, door, day) for occasion in firm.occasions]


def _weighed(firm: FirmFacts, occasion: Occasion, terms: Terms, door: Door, day: date) -> Candidate:
    effort, stopped = door(firm, occasion, _effort(occasion, terms))
    made_of = factors(firm, occasion, effort, terms)
    brings, cost = returns(made_of), effort.minutes * terms.minute_cost
    effort = replace(effort, chance=made_of.chance)
    placed = priority(brings, cost + made_of.patience, occasion, terms)
    dealt = _arm(firm, occasion, effort, terms, day)
    weight = lever(occasion, terms)
    return Candidate(
        firm, occasion, effort, brings, cost, placed, stopped, factors=made_of, lever=weight, **dealt
    )


def _effort(occasion: Occasion, terms: Terms) -> Effort:
    effort = occasion.effort or terms.efforts[occasion.rule]
    kind = occasion.kind or effort.kind
    least = terms.least_visit_minutes if kind == "visit" else 0
    return replace(effort, kind=kind, minutes=max(effort.minutes, least))


def unmeasured(kind: str, purpose: str, minutes: int, brings: str, terms: Terms) -> Effort:
    """The effort of a rule nobody has measured yet: the smallest chance of the rules with its purpose."""
    chances = [one.chance for one in terms.efforts.values() if one.purpose == purpose]
    return Effort(kind, purpose, minutes, min(chances), brings)


def expected_return(firm: FirmFacts, occasion: Occasion, effort: Effort, terms: Terms) -> int:
    """Chance × what the contact is for, in fen; see docs/rules/morning-list.md."""
    return returns(factors(firm, occasion, effort, terms))


def returns(made_of: Factors) -> int:
    """Propensity × context, a chance and so at most 1, × prize, in fen."""
    return round(made_of.chance * made_of.prize)


def factors(firm: FirmFacts, occasion: Occasion, effort: Effort, terms: Terms) -> Factors:
    """What the worth is made of. Where no model speaks, the chance of the rule, which has its context in it."""
    prize = occasion.prize
    prize = round(_prize(firm, occasion, effort.brings, terms)) if prize is None else prize
    if occasion.likely is None:
        return Factors(effort.chance, "", 1.0, prize, 0)
    context = terms.context.get(occasion.rule, 1.0)
    patience = _patience(firm, effort, terms)
    return Factors(occasion.likely.chance, occasion.likely.told_by, context, prize, patience)


def _patience(firm: FirmFacts, effort: Effort, terms: Terms) -> int:
    """Fen of the firm's patience that one more offer uses up."""
    if effort.purpose != OFFER:
        return 0
    wears = terms.worth.wears[effort.kind]
    return round(FEN * patience_price(firm.wearied, wears, terms.worth))


def _prize(firm: FirmFacts, occasion: Occasion, brings: str, terms: Terms) -> float:
    avoided = firm.loan_balance * terms.loss_given_default * (firm.probability or 0.0)
    if brings == "loss_avoided":
        return firm.loan_balance * terms.loss_given_default * roll(firm.days_past_due, terms)
    if brings == "loan":
        funded = min(occasion.amount * terms.loan["funded_share"], terms.loan["largest_wan"] * FEN_PER_WAN)
        return float(funded * terms.loan["margin"] * terms.loan["years"])
    return firm.potential + avoided


def roll(days_past_due: int, terms: Terms) -> float:
    """The chance that so many days past due end in default."""
    return next(chance for days, chance in terms.roll if days_past_due <= days)


def risk_shown(band: str | None, days_past_due: int) -> str:
    """The score's band, never milder than what the arrears already say."""
    arrears = "high" if days_past_due > SERIOUS_DAYS else "medium" if days_past_due > 0 else "low"
    return max(band or "low", arrears, key=BANDS.index)


def priority(brings: int, cost: int, occasion: Occasion, terms: Terms) -> float:
    """(return − cost) × levers; a return below its cost keeps its sign, so that levers never hide a loss."""
    gain = brings - cost
    return gain * lever(occasion, terms) if gain > 0 else gain / lever(occasion, terms)


def lever(occasion: Occasion, terms: Terms) -> float:
    """How much more an occasion counts for being urgent or promised: 1 for none."""
    return 1 + terms.weights.get(occasion.severity, 0) / 100


def _arm(firm: FirmFacts, occasion: Occasion, effort: Effort, terms: Terms, day: date) -> dict[str, Any]:
    """A firm keeps its arm in a family; nobody is left alone when somebody must act."""
    family = terms.families.of_rule(occasion.rule, effort.purpose)
    if family is None or any(one.severity in ("act", "promised") for one in firm.occasions):
        return {}
    unit = firm.group if family.by_group else firm.customer_id
    arm, chance = families.arm(family, unit, day)
    return {"arm": arm, "arm_probability": chance, "family": family.name, "unit": unit,
            "dealt_date": families.dealt(family, day)}  # fmt: skip


def stopped_firms(weighed: Sequence[Candidate]) -> list[Candidate]:
    """For each firm that every occasion was stopped for, the occasion it would have been seen for."""
    best: dict[str, Candidate] = {}
    open_to = {one.firm.customer_id for one in weighed if not one.stopped}
    for candidate in sorted(weighed, key=order):
        if candidate.firm.customer_id not in open_to:
            best.setdefault(candidate.firm.customer_id, candidate)
    return [one for one in best.values() if one.occasion.severity in ("act", "promised", "watch")]


def chosen(weighed: Iterable[Candidate]) -> list[Candidate]:
    """The best open occasion of each firm; ties by rule name, so that two runs agree."""
    best: dict[str, Candidate] = {}
    for candidate in weighed:
        key, rival = candidate.firm.customer_id, best.get(candidate.firm.customer_id)
        if not candidate.open:
            continue
        if rival is None or order(candidate) < order(rival):
            best[key] = candidate
    return list(best.values())


def order(candidate: Candidate) -> tuple[float, str, str]:
    """By priority; ties by rule and number, so that two runs agree."""
    return (-candidate.priority, candidate.occasion.rule, candidate.firm.customer_id)


def offer_id(candidate: Candidate, day: date) -> str:
    """One firm, one goal, one morning: one number."""
    occasion = candidate.occasion
    text = f"{candidate.firm.customer_id}|{occasion.rule}|{occasion.source}|{day.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def because(candidate: Candidate) -> tuple[Reason, ...]:
    """The chosen occasion's reason first, then the firm's other ones, the gravest first."""
    others = sorted(
        (o for o in candidate.firm.occasions if o is not candidate.occasion),
        key=lambda o: ({"promised": 0, "act": 1, "watch": 2}.get(o.severity, 3), -o.amount, o.rule),
    )
    return tuple(occasion.because for occasion in (candidate.occasion, *others))[:MOST_REASONS]


def changed(customer_id: str, rank: int, yesterday: Mapping[str, int]) -> Reason | None:
    """Nothing on the first morning; then new, up or down against yesterday's place."""
    if not yesterday:
        return None
    before = yesterday.get(customer_id)
    if before is None:
        return reason("new_today", "plain")
    if before == rank:
        return None
    return reason("moved_up" if rank < before else "moved_down", "plain", before=before, now=rank)
