"""Rules of attention, as dated parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from xiaoer.kit.parameters import in_force

FEN_PER_WAN = 1_000_000


class Rule(StrEnum):
    """What can be noticed about a firm."""

    TURNOVER_FALLS = "turnover_falls"
    TURNOVER_GROWS = "turnover_grows"
    SILENCE = "silence"
    MAIN_BUYER_LOST = "main_buyer_lost"
    MAIN_BUYER_NEW = "main_buyer_new"
    SEASON_AHEAD = "season_ahead"
    RED_PAPERS = "red_papers"
    BALANCE_FALLS = "balance_falls"
    LOAN_MATURES = "loan_matures"
    OVERDUE = "overdue"


class Severity(StrEnum):
    """Act: somebody must; watch: somebody should know; note: for the file."""

    ACT = "act"
    WATCH = "watch"
    NOTE = "note"


@dataclass(frozen=True)
class Rules:
    """Every rule's parameters on a day."""

    held: Mapping[str, Mapping[str, Any]]

    @classmethod
    def in_force(cls, on: date) -> "Rules":
        held = in_force("events", "rules", on)
        return cls({rule.value: held[rule.value] for rule in Rule})

    def of(self, rule: Rule) -> Mapping[str, Any]:
        return self.held[rule.value]

    def fen(self, rule: Rule, name: str) -> int:
        """An amount given in 万元, as fen."""
        return int(self.of(rule)[name] * FEN_PER_WAN)
