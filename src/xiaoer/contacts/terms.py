"""Outcomes of a contact, and the facts that follow from recording one."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from xiaoer.kit.facts.terms import Fact

OUTCOMES = Path(__file__).with_name("outcomes.toml")
CHANNELS = ("visit", "call", "message", "counter")
DO_NOT_CONTACT = "do_not_contact"
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Outcome:
    """One entry of the code list: its words, whether somebody was reached, when to come back."""

    code: str
    zh: str
    en: str
    reached: bool
    follow_up_days: int | None = None

    def title(self, language: str) -> str:
        """The words in "zh…" or "en…"."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True)
class FollowUp:
    """When and how to come back to the firm; `task_id` where it is an open task on another day."""

    due_date: date
    kind: str = "call"
    minutes: int = 20
    task_id: int | None = None


@dataclass(frozen=True)
class About:
    """What a contact was about: the firm, the proposal behind it if there was one, what it was worth.

    `expected_return`: before the contact; `worth`: where it succeeds; `cost`: of the bank's time; None where nobody
    said (fen). `product_id`: what was offered, "" for nothing.
    """

    customer_id: str
    offer_id: str = ""
    channel: str = "visit"
    expected_return: int = 0
    minutes: int = 0
    rule: str = ""
    worth: int | None = None
    cost: int | None = None
    product_id: str = ""


@cache
def outcomes() -> dict[str, Outcome]:
    """Every outcome by code, in the order the desk offers them."""
    with OUTCOMES.open("rb") as file:
        return {code: Outcome(code, **entry) for code, entry in tomllib.load(file).items()}


@dataclass(frozen=True, kw_only=True)
class OutcomeRecorded(Fact):
    """A contact took place, or was tried, and this came of it."""

    contact_id: int
    offer_id: str
    outcome: str
    channel: str
    day: date
    product_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OfferPutOff(Fact):
    """A proposal was moved to another day."""

    offer_id: str
    until_date: date
    day: date


@dataclass(frozen=True, kw_only=True)
class TaskClosed(Fact):
    """Something promised was done or dropped."""

    task_id: int
    status: str
    day: date
