"""A drawdown recorded here against the notes of the bank's files: waiting, found, or a difference. Pure.

docs/rules/applications.md says the same in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiaoer.applications.terms import ROOM
from xiaoer.kit.parameters import in_force


class CoreState(StrEnum):
    """How a drawdown stands with the core system."""

    WAITING = "waiting"
    FOUND = "found"
    DIFFERS = "differs"
    ABSENT = "absent"
    EXPLAINED = "explained"


AMISS = frozenset({CoreState.DIFFERS, CoreState.ABSENT})


@dataclass(frozen=True, slots=True)
class Drawdown:
    """What was recorded here. Amount in fen; numbers as the clerk wrote them."""

    application_id: int
    customer_id: str
    amount: int
    drawn_date: date
    contract: str
    number: str


@dataclass(frozen=True, slots=True)
class CoreNote:
    """A note of the bank's files. Amount in fen."""

    note_id: str
    customer_id: str
    contract_id: str
    amount: int
    drawn_date: date | None


@dataclass(frozen=True, slots=True)
class Match:
    """The note a drawdown was found as, and what of it is not alike: amount, day, contract."""

    application_id: int
    note_id: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoreTerms:
    """Days after the drawdown that the files may take, and days a note may lie beside it."""

    wait_days: int
    day_tolerance: int

    @classmethod
    def in_force(cls, on: date) -> CoreTerms:
        """As parameters.toml has them on a day."""
        told = in_force(ROOM, "core_notes", on)
        return cls(told["wait_days"], told["day_tolerance"])


def matches(
    drawdowns: Sequence[Drawdown], notes: Iterable[CoreNote], taken: Collection[str], terms: CoreTerms
) -> list[Match]:
    """Each drawdown with its note: by number, then by contract and day, then by amount and day; a note once.

    Every drawdown has its turn at the surest way before any has one at the next; of several notes the one nearest in
    amount, then in day, then the first by number.
    """
    free = {note.note_id: note for note in notes if note.note_id not in taken}
    found: dict[int, Match] = {}
    for way in (_by_number, _by_contract, _by_amount):
        for one in sorted(drawdowns, key=lambda d: d.application_id):
            fitting = [n for n in free.values() if n.customer_id == one.customer_id and way(one, n, terms)]
            if one.application_id not in found and fitting:
                note = min(fitting, key=lambda n: (abs(n.amount - one.amount), _apart(one, n), n.note_id))
                found[one.application_id] = Match(one.application_id, note.note_id, _unlike(one, note, terms))
                del free[note.note_id]
    return sorted(found.values(), key=lambda m: m.application_id)


def state_of(
    drawn_date: date, match: Match | None, as_of: date | None, terms: CoreTerms, *, explained: bool = False
) -> CoreState:
    """How a drawdown stands on the day of the files; without files it waits."""
    if match is not None and not match.differs:
        return CoreState.FOUND
    amiss = match is not None or (as_of is not None and (as_of - drawn_date).days > terms.wait_days)
    if not amiss:
        return CoreState.WAITING
    if explained:
        return CoreState.EXPLAINED
    return CoreState.DIFFERS if match is not None else CoreState.ABSENT


def _by_number(one: Drawdown, note: CoreNote, _terms: CoreTerms) -> bool:
    return note.note_id == one.number


def _by_contract(one: Drawdown, note: CoreNote, terms: CoreTerms) -> bool:
    return (
        bool(one.contract) and note.contract_id == one.contract and _apart(one, note) <= terms.day_tolerance
    )


def _by_amount(one: Drawdown, note: CoreNote, terms: CoreTerms) -> bool:
    return note.amount == one.amount and _apart(one, note) <= terms.day_tolerance


def _apart(one: Drawdown, note: CoreNote) -> int:
    """Days between drawing here and there; far for a note without a day."""
    return abs((note.drawn_date - one.drawn_date).days) if note.drawn_date else date.max.toordinal()


def _unlike(one: Drawdown, note: CoreNote, terms: CoreTerms) -> tuple[str, ...]:
    odd = {
        "amount": note.amount != one.amount,
        "day": _apart(one, note) > terms.day_tolerance,
        "contract": bool(note.contract_id) and note.contract_id != one.contract,
    }
    return tuple(what for what, unlike in odd.items() if unlike)
