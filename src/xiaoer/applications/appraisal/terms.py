"""The worksheet: its lines, where a figure comes from, the bounds of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xiaoer.applications.terms import FEN_PER_WAN, ROOM
from xiaoer.kit.parameters import in_force

BASIS = 10_000
COSTS = ("wages", "rent", "utilities", "transport", "taxes", "other_costs", "interest")
INCOME = ("sales", "purchases", "opening_stock", *COSTS, "household", "other_income")
ASSETS = ("cash", "deposits", "receivables", "stock", "prepaid", "equipment", "property")
DEBTS = ("payables", "advances", "debts_here", "debts_elsewhere", "private_debts")
BESIDE = ("instalments", "opening_equity", "capital_in", "stated_margin_bp")
LINES = (*INCOME, *ASSETS, *DEBTS, *BESIDE)
KNOWN = ("invoiced_sales", "inflow", "sector_margin_bp")  # what the bank knows and the checks hold against
SUMS = (
    "cost_of_sales", "gross_profit", "gross_margin_bp", "costs", "operating_profit", "free_cash", "free_cash_month",
    "assets", "debts", "equity",
)  # fmt: skip


class Check(StrEnum):
    """What is held against what."""

    STOCK_MONTHS = "stock_months"
    STOCK_ROLLED = "stock_rolled"
    SALES_SETTLEMENT = "sales_settlement"
    SALES_INVOICES = "sales_invoices"
    MARGIN_SECTOR = "margin_sector"
    EQUITY = "equity"


class Outcome(StrEnum):
    """How a check ended."""

    OK = "ok"
    OFF = "off"
    MISSING = "missing"


class Cap(StrEnum):
    """What a limit is bound by."""

    CAPACITY = "capacity"
    SALES = "sales"
    DEBT = "debt"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in fen (or basis points where the line says so) and its origin; None is not known."""

    value: int | None = None
    origin: str = "interview"


@dataclass(frozen=True, slots=True)
class Inputs:
    """A worksheet as filled in. `asked` in fen, `rate_bp` per year; `known` by KNOWN."""

    figures: Mapping[str, Figure]
    known: Mapping[str, int | None] = field(default_factory=dict)
    asked: int = 0
    term_months: int = 12
    rate_bp: int | None = None

    def of(self, line: str) -> int | None:
        """A line's value, None where nobody knows it."""
        found = self.figures.get(line)
        return found.value if found else None

    def stored(self) -> dict[str, object]:
        """As kept with a version."""
        figures = {
            line: {"value": one.value, "origin": one.origin} for line, one in sorted(self.figures.items())
        }
        return {
            "figures": figures,
            "known": dict(sorted(self.known.items())),
            "asked": self.asked,
            "term_months": self.term_months,
            "rate_bp": self.rate_bp,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, object]) -> Inputs:
        """From what a version keeps."""
        told = dict(kept)
        figures, known = told["figures"], told["known"]
        if not isinstance(figures, Mapping) or not isinstance(known, Mapping):
            message = "a kept worksheet has figures and known"
            raise TypeError(message)
        rate = told.get("rate_bp")
        return cls(
            {str(line): Figure(one["value"], one["origin"]) for line, one in figures.items()},
            dict(known),
            int(str(told["asked"])),
            int(str(told["term_months"])),
            None if rate is None else int(str(rate)),
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """A check's outcome, the figures behind it (fen or basis points), and which lines are missing."""

    check: Check
    outcome: Outcome
    figures: Mapping[str, int | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """The proposal: amount (fen) and what binds it, each cap, the instalment a month, debt service in basis points."""

    amount: int | None
    bound_by: str
    caps: Mapping[str, int | None]
    instalment: int | None = None
    service_bp: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rules of a day; `from_date` is their version. Ratios in basis points, `round_down` in fen."""

    from_date: date
    capacity_bp: int
    sales_cap_bp: int
    debt_cap_bp: int
    rate_bp: int
    round_down: int
    most_stock_months: int
    stock_tolerance_bp: int
    invoice_tolerance_bp: int
    settlement_bp: tuple[int, int]
    margin_tolerance_bp: int
    equity_tolerance_bp: int

    @classmethod
    def in_force(cls, on: date) -> Bounds:
        """As parameters.toml has them on a day."""
        told = dict(in_force(ROOM, "appraisal", on))
        low, high = told.pop("settlement_bp")
        return cls(
            round_down=int(told.pop("round_down_wan")) * FEN_PER_WAN, settlement_bp=(low, high), **told
        )
