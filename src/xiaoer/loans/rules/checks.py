"""When a note is to be looked at after it was drawn, and who hears when nobody did."""

from datetime import date, timedelta

from xiaoer.loans.terms import Checks, Escalation


def interval(grade: int, balance: int, product_id: str, terms: Checks) -> int:
    """Days between two checks: by class, oftener for large balances (fen); a product's own days come before both."""
    if product_id in terms.product_days:
        return terms.product_days[product_id]
    days = terms.class_days[grade]
    return min(days, terms.large_days) if balance >= terms.large_balance else days


def due(drawn: date, last_check: date | None, days: int, terms: Checks) -> date:
    """The first check so long after the drawing, each later one an interval after the one before."""
    if last_check is None or last_check < drawn:
        return drawn + timedelta(days=terms.first_days)
    return last_check + timedelta(days=days)


def escalation(days_over: int, terms: Checks) -> Escalation:
    """Who hears of a check that is so many days over its day."""
    to_head, to_risk = terms.escalate_days
    if days_over > to_risk:
        return Escalation.RISK
    return Escalation.HEAD if days_over > to_head else Escalation.MANAGER


def flagged(drawn: int, forbidden: int, terms: Checks) -> bool:
    """Whether more of a drawing (fen) than the bank allows went where a business loan does not go."""
    return forbidden > drawn * terms.most_forbidden_share
