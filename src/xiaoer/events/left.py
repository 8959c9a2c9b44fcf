"""Why a firm left: the fixed list of reasons, and what the reasons recorded come to."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from xiaoer.events.terms import Rules

LIST = Path(__file__).with_name("left.toml")
STAYS, UNKNOWN = "stays", "unknown"
WRONG = "wrong"  # an event that is not true asks for no reason


@cache
def why_left() -> dict[str, dict[str, str]]:
    """Every reason by code with its words in "zh" and "en", in the order the desk offers them."""
    with LIST.open("rb") as file:
        return tomllib.load(file)


def asks_why(rule: str, on: date) -> bool:
    """Whether closing an event of this rule asks why the firm left."""
    return bool(Rules.in_force(on).held.get(rule, {}).get("asks_why_left"))


@dataclass(frozen=True)
class Tally:
    """Firms by reason, and what they brought in a year (fen)."""

    firms: int = 0
    amount: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Firms that did not stay after all."""
        return self.firms - self.by_reason.get(STAYS, 0)

    def share(self, reason: str) -> float | None:
        """A reason's share of the firms that left; None where none did, and of those that stay."""
        return self.by_reason.get(reason, 0) / self.left if self.left and reason != STAYS else None

    @property
    def first(self) -> list[str]:
        """Reasons by how often they were given, what nobody knows and who stays apart."""
        told = {code: n for code, n in self.by_reason.items() if n and code not in (STAYS, UNKNOWN)}
        return sorted(told, key=lambda code: (-told[code], list(why_left()).index(code)))


def tallied(rows: Iterable[tuple[str, str, int]]) -> dict[str, Tally]:
    """Parts with their tally; `rows` are part, reason, amount (fen) of a firm each."""
    found: dict[str, Tally] = defaultdict(Tally)
    for part, why, amount in rows:
        before = found[part]
        counts = {**before.by_reason, why: before.by_reason.get(why, 0) + 1}
        found[part] = replace(before, firms=before.firms + 1, amount=before.amount + amount, by_reason=counts)
    return dict(found)
