"""Which family of decisions a rule belongs to: by its name, else by what its contacts are for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xiaoer.events.rulebook import all_lives
from xiaoer.kit.scope import Scope
from xiaoer.offers.terms import Terms
from xiaoer.trials.families import Families, Family


def purposes(scope: Scope, on: date) -> dict[str, str]:
    """What a contact is for, by rule: the product's as its parameters say, the bank's as their texts say."""
    texts = {code: life.in_force or life.newest for code, life in all_lives(scope).items()}
    written = {code: text.purpose for code, text in texts.items() if text is not None}
    return written | {rule: effort.purpose for rule, effort in Terms.in_force(on).efforts.items()}


def families_of(scope: Scope, rules: Iterable[str], on: date) -> dict[str, Family | None]:
    """The family of each of some rules; None where nobody is left alone."""
    families, known = Families.in_force(on), purposes(scope, on)
    return {rule: families.of_rule(rule, known.get(rule, "")) for rule in rules}
