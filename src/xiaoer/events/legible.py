"""Whether a kept body can be used: somebody may have changed the row by hand, or a column it reads is gone."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from xiaoer.events.conditions import Unread, condition
from xiaoer.events.written import Population, WrittenRule, choices, sentence, written
from xiaoer.kit.text import Reason, reason


class Illegible(Exception):
    """The body is no rule: the field ("" where it is nothing at all) and a reason to show."""

    def __init__(self, field: str, why: Reason) -> None:
        super().__init__(field, why["code"])
        self.field, self.why = field, why


def legible(body: object) -> WrittenRule:
    """A kept body as a rule that can be read and evaluated.

    Unlike `written.faults` it asks for no limits: those may have changed since. Raises Illegible.
    """
    if not isinstance(body, Mapping):
        raise Illegible("", reason("body_none"))
    if odd := next(_misshapen(body), None):
        raise Illegible(odd, reason("body_field"))
    rule = written(body)
    if fault := next(_faults(rule), None):
        raise Illegible(*fault)
    return rule


def read_or_none(body: object) -> WrittenRule | None:
    """The rule, or nothing where the body is none."""
    try:
        return legible(body)
    except Illegible:
        return None


def fault_of(body: object) -> Illegible | None:
    """What is wrong with a body, or nothing."""
    try:
        legible(body)
    except Illegible as fault:
        return fault
    return None


def _misshapen(body: Mapping[str, Any]) -> Iterator[str]:
    """Fields that are missing or of another sort than a rule's."""
    for one in fields(WrittenRule):
        if one.name == "population":
            yield from _misshapen_people(body.get(one.name, {}))
        elif type(body.get(one.name, one.default)) is not one.type:
            yield one.name


def _misshapen_people(people: object) -> Iterator[str]:
    if not isinstance(people, Mapping):
        yield "population"
        return
    known = {one.name for one in fields(Population)}
    for name in sorted({*known, *map(str, people)}):
        values = people.get(name, ())
        if (
            name not in known
            or not isinstance(values, list | tuple)
            or not all(isinstance(one, str) for one in values)
        ):
            yield name


def _faults(rule: WrittenRule) -> Iterator[tuple[str, Reason]]:
    """What would stop an evaluation: odd choices, a condition or sentence that cannot be read."""
    yield from choices(rule, (rule.owner,))
    try:
        condition(rule.condition)
    except Unread as fault:
        yield "condition", fault.why
    yield from (found for name in ("zh", "en") if (found := sentence(name, getattr(rule, name))))
