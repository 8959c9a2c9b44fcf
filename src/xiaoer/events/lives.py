"""A rule's life from its steps: written, proposed, adopted by somebody else, ended; muted for a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from xiaoer.events.legible import Illegible, fault_of, read_or_none
from xiaoer.events.written import WrittenRule

BANK = "bank_"  # how the bank's own rules are numbered, beside the built-in ones' names


class Verb(StrEnum):
    """What somebody does with a rule."""

    WRITTEN = "written"
    PROPOSED = "proposed"
    RETURNED = "returned"
    ADOPTED = "adopted"
    ENDED = "ended"
    MUTED = "muted"
    UNMUTED = "unmuted"


@dataclass(frozen=True)
class Taken:
    """One step as kept: `body` on a written one, `until` on a mute (its last day)."""

    rule: str
    version: int
    verb: Verb
    day: date
    staff_id: str = ""
    body: Mapping[str, Any] | None = None
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Life:
    """Where a rule stands after its steps; `adopted` is the version in force, `written` the newest text."""

    rule: str
    texts: tuple[Taken, ...] = ()
    turn: Verb | None = None  # of the newest text
    adopted: int | None = None
    adopted_step: Taken | None = None
    mute: Taken | None = None
    last: Taken | None = None

    @property
    def version(self) -> int:
        return len(self.texts)

    @property
    def newest(self) -> WrittenRule | None:
        """The newest text; None without one, and where what is kept of it can no longer be read."""
        return self.text(self.version)

    @property
    def in_force(self) -> WrittenRule | None:
        """The adopted text; None without one, and where what is kept of it can no longer be read."""
        return None if self.adopted is None else self.text(self.adopted)

    def text(self, version: int) -> WrittenRule | None:
        """A version's text."""
        return read_or_none(self.texts[version - 1].body) if 0 < version <= self.version else None

    @property
    def unread(self) -> Illegible | None:
        """What is wrong with the text in force, or with the newest one where none is."""
        return fault_of(self.texts[(self.adopted or self.version) - 1].body) if self.texts else None

    def muted_on(self, day: date) -> bool:
        return self.mute is not None and self.mute.until is not None and day <= self.mute.until


def lives(steps: Iterable[Taken]) -> dict[str, Life]:
    """Every rule's life by its code; `steps` in the order they were taken."""
    found: dict[str, Life] = {}
    for step in steps:
        found[step.rule] = _lived(found.get(step.rule, Life(step.rule)), step)
    return found


def _lived(life: Life, step: Taken) -> Life:
    match step.verb:
        case Verb.WRITTEN:
            life = replace(life, texts=(*life.texts, step), turn=step.verb)
        case Verb.PROPOSED | Verb.RETURNED:
            life = replace(life, turn=step.verb)
        case Verb.ADOPTED:
            life = replace(life, turn=step.verb, adopted=step.version, adopted_step=step)
        case Verb.ENDED:
            life = replace(life, turn=step.verb, adopted=None)
        case Verb.MUTED:
            life = replace(life, mute=step)
        case Verb.UNMUTED:
            life = replace(life, mute=None)
    return replace(life, last=step)


def words_code(rule: str, version: int) -> str:
    """The code of a version's sentence; a version never changes, so neither does what the code says."""
    return f"{rule}_v{version}"


def parted(code: str) -> tuple[str, int] | None:
    """The rule and version a code of `words_code` names; None for any other code."""
    head, _, number = code.rpartition("_v")
    return (head, int(number)) if head.startswith(BANK) and number.isascii() and number.isdigit() else None
