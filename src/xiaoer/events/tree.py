"""What a condition is once it is read: a tree of frozen values, the same for every engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

When = Literal["now", "before", "change"]  # tonight, the night before, the one less the other


@dataclass(frozen=True)
class Number:
    """A plain number, or fen where `money`."""

    value: float
    money: bool = False


@dataclass(frozen=True)
class Read:
    """A column of the firm, tonight or against the night before."""

    name: str
    money: bool
    when: When = "now"


@dataclass(frozen=True)
class Sum:
    """Two values of one sort added, or the second taken off."""

    left: "Value"
    sign: str
    right: "Value"

    @property
    def money(self) -> bool:
        return self.left.money


@dataclass(frozen=True)
class Times:
    """A value times a plain one."""

    left: "Value"
    right: "Value"

    @property
    def money(self) -> bool:
        return self.left.money or self.right.money


@dataclass(frozen=True)
class Compare:
    """Two values of one sort against each other."""

    left: "Value"
    sign: str
    right: "Value"


@dataclass(frozen=True)
class Known:
    """Whether a value is known at all."""

    what: Read
    known: bool


@dataclass(frozen=True)
class Both:
    """Parts that all hold ("and"), or of which one does ("or")."""

    word: Literal["and", "or"]
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """What does not hold; of something unknown nothing is said either way."""

    part: "Condition"


Value: TypeAlias = Number | Read | Sum | Times
Condition: TypeAlias = Compare | Known | Both | Not


def reads(node: Condition | Value) -> Iterator[Read]:
    """Every column a condition asks for, in the order of the text."""
    match node:
        case Read():
            yield node
        case Known(what=what):
            yield what
        case Not(part=part):
            yield from reads(part)
        case Both(parts=parts):
            for one in parts:
                yield from reads(one)
        case Sum(left=left, right=right) | Times(left=left, right=right) | Compare(left=left, right=right):
            yield from reads(left)
            yield from reads(right)
        case Number():
            return
