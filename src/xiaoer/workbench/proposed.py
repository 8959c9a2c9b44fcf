"""A proposal as what a contact is about."""

from __future__ import annotations

from typing import Any

from xiaoer.contacts.terms import About

GOAL = "goal_"


def rule_of(goal: Any) -> str:
    """The rule whose goal this is."""
    return str((goal or {}).get("code", "")).removeprefix(GOAL)


def worth_of(proposal: Any) -> int | None:
    """What it brings where it succeeds (fen): its prize, else the expectation without its chance; None: nobody said."""
    if proposal.prize is not None:
        return int(proposal.prize)
    return round(proposal.expected_return / proposal.chance) if proposal.chance else None


def about_proposal(proposal: Any, channel: str) -> About:
    """What was expected of it, and what it brings where it succeeds."""
    return About(
        proposal.customer_id, proposal.offer_id, channel, proposal.expected_return, proposal.minutes,
        rule_of(proposal.goal), worth_of(proposal), proposal.cost, proposal.product_id,
    )  # fmt: skip
