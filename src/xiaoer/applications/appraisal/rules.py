"""From the figures of a worksheet to statement, cross-checks and a proposed limit. Whole numbers all through.

docs/rules/appraisal.md says the same in words, with a worked example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from xiaoer.applications.appraisal.checks import crossed
from xiaoer.applications.appraisal.terms import (
    ASSETS,
    BASIS,
    COSTS,
    DEBTS,
    Bounds,
    Cap,
    Figure,
    Inputs,
    Limit,
)

MONTHS = 12
DIGITS = 50
Statement = Mapping[str, int | None]


def draft(known: Mapping[str, int | None], asked: int, term_months: int) -> Inputs:
    """The first worksheet, from what the bank's files tell: `known` as the night publishes it, in fen."""
    told = {
        "sales": (known.get("sales_12m"), "invoices"),
        "purchases": (known.get("purchases_12m"), "invoices"),
        "deposits": (known.get("balance_90d"), "accounts"),
        "debts_here": (known.get("loan_balance"), "loans"),
    }
    figures = {line: Figure(value, origin) for line, (value, origin) in told.items() if value is not None}
    held = {
        "invoiced_sales": known.get("sales_12m"),
        "inflow": known.get("inflow_12m"),
        "sector_margin_bp": known.get("sector_margin_bp"),
    }
    return Inputs(figures, held, asked, term_months)


def appraised(inputs: Inputs, bounds: Bounds) -> dict[str, object]:
    """All that comes out, as kept with a version and shown on the worksheet."""
    told = statement(inputs)
    return {
        "statement": dict(told),
        "stock_unchanged": _cost_of_sales(inputs)[1],
        "checks": [_plain(asdict(one)) for one in crossed(inputs, told, bounds)],
        "limit": _plain(asdict(limit(inputs, told, bounds))),
    }


def statement(inputs: Inputs) -> Statement:
    """Income of twelve months and balance of today, in fen; a sum with an unknown part is unknown."""
    cost, _ = _cost_of_sales(inputs)
    costs = _sum(inputs.of(line) for line in COSTS)
    gross = _less(inputs.of("sales"), cost)
    operating = _less(gross, costs)
    free = _less(_sum((operating, inputs.of("other_income"))), inputs.of("household"))
    assets, debts = (_sum(inputs.of(line) for line in side) for side in (ASSETS, DEBTS))
    return {
        "cost_of_sales": cost,
        "gross_profit": gross,
        "gross_margin_bp": _share(gross, inputs.of("sales")),
        "costs": costs,
        "operating_profit": operating,
        "free_cash": free,
        "free_cash_month": None if free is None else free // MONTHS,
        "assets": assets,
        "debts": debts,
        "equity": _less(assets, debts),
    }


def limit(inputs: Inputs, told: Statement, bounds: Bounds) -> Limit:
    """The smallest of the caps, rounded down; none while one of them is not known."""
    caps = _caps(inputs, told, bounds)
    unknown = [cap for cap, value in caps.items() if value is None]
    if unknown:
        return Limit(None, "", caps, missing=tuple(_needed(inputs)))
    known = {cap: value for cap, value in caps.items() if value is not None}
    bound_by = min(known, key=lambda cap: (known[cap], cap))
    amount = max(0, known[bound_by]) // bounds.round_down * bounds.round_down
    instalment = _instalment(amount, _rate(inputs, bounds), inputs.term_months)
    paying = instalment + (inputs.of("instalments") or 0)
    service = (told["free_cash_month"] or 0) * BASIS // paying if paying else None
    return Limit(amount, bound_by, caps, instalment, service)


def _caps(inputs: Inputs, told: Statement, bounds: Bounds) -> dict[str, int | None]:
    free, paid, debts, assets = (
        told["free_cash_month"],
        inputs.of("instalments"),
        told["debts"],
        told["assets"],
    )
    sales, capacity, room, debt = inputs.of("sales"), None, None, None
    if free is not None and paid is not None:
        left = free * bounds.capacity_bp // BASIS - paid
        capacity = _present(left, _rate(inputs, bounds), inputs.term_months)
    if sales is not None and debts is not None:
        room = sales * bounds.sales_cap_bp // BASIS - debts
    if assets is not None and debts is not None:
        debt = (assets * bounds.debt_cap_bp - debts * BASIS) // (BASIS - bounds.debt_cap_bp)
    return {Cap.CAPACITY: capacity, Cap.SALES: room, Cap.DEBT: debt, Cap.ASKED: inputs.asked}


def _needed(inputs: Inputs) -> Iterable[str]:
    """Lines without which no limit is proposed, and which nobody filled in."""
    for line in ("sales", "purchases", *COSTS, "household", "other_income", "instalments", *ASSETS, *DEBTS):
        if inputs.of(line) is None:
            yield line


def _cost_of_sales(inputs: Inputs) -> tuple[int | None, bool]:
    """The cost, and whether stock was taken as unchanged because nobody counted it twice."""
    bought, before, now = inputs.of("purchases"), inputs.of("opening_stock"), inputs.of("stock")
    if bought is None or before is None or now is None:
        return bought, bought is not None
    return before + bought - now, False


def _rate(inputs: Inputs, bounds: Bounds) -> Decimal:
    return Decimal(bounds.rate_bp if inputs.rate_bp is None else inputs.rate_bp) / BASIS / MONTHS


def _present(payment: int, rate: Decimal, months: int) -> int:
    """What a level payment a month repays, in fen, rounded down; below 0 when there is nothing left to pay with."""
    with localcontext(prec=DIGITS):
        worth = Decimal(payment) * (months if not rate else (1 - (1 + rate) ** -months) / rate)
        return int(worth.to_integral_value(ROUND_FLOOR))


def _instalment(amount: int, rate: Decimal, months: int) -> int:
    """The level payment a month that repays an amount, in fen, rounded up."""
    with localcontext(prec=DIGITS):
        paid = Decimal(amount) / months if not rate else Decimal(amount) * rate / (1 - (1 + rate) ** -months)
        return int(paid.to_integral_value(ROUND_CEILING))


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _less(value: int | None, taken: int | None) -> int | None:
    return None if value is None or taken is None else value - taken


def _share(part: int | None, whole: int | None) -> int | None:
    return None if part is None or not whole else part * BASIS // whole


def _plain(told: dict[str, object]) -> dict[str, object]:
    """Enums as their text, tuples as lists: what JSON gives back."""
    return {
        name: list(value) if isinstance(value, tuple) else {str(key): one for key, one in value.items()}
        if isinstance(value, Mapping) else str(value) if isinstance(value, str) else value
        for name, value in told.items()
    }  # fmt: skip
