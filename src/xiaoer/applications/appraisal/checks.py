"""The cross-checks: what was said against what can be found again. Each names what it lacks."""

from __future__ import annotations

from collections.abc import Mapping

from xiaoer.applications.appraisal.terms import ASSETS as ASSET_LINES
from xiaoer.applications.appraisal.terms import BASIS, COSTS, DEBTS, Bounds, Check, Checked, Inputs, Outcome

Statement = Mapping[str, int | None]
MONTHS = 12


def crossed(inputs: Inputs, told: Statement, bounds: Bounds) -> tuple[Checked, ...]:
    """Every check, in the order of the page."""
    return (
        _stock_months(inputs, bounds),
        _stock_rolled(inputs, bounds),
        _sales_settlement(inputs, bounds),
        _sales_invoices(inputs, bounds),
        _margin_sector(inputs, told, bounds),
        _equity(inputs, told, bounds),
    )


def _stock_months(inputs: Inputs, bounds: Bounds) -> Checked:
    values, missing = _lines(inputs, "stock", "purchases")
    if missing:
        return Checked(Check.STOCK_MONTHS, Outcome.MISSING, missing=missing)
    stock, bought = values
    fits = stock * MONTHS <= bounds.most_stock_months * bought
    months = stock * MONTHS * 10 // bought if bought else None
    return _judged(
        Check.STOCK_MONTHS, fits, stock_amount=stock, purchases_amount=bought, tenths_of_months=months
    )


def _stock_rolled(inputs: Inputs, bounds: Bounds) -> Checked:
    values, missing = _lines(inputs, "opening_stock", "purchases", "sales", "stated_margin_bp", "stock")
    if missing:
        return Checked(Check.STOCK_ROLLED, Outcome.MISSING, missing=missing)
    before, bought, sales, margin, counted = values
    expected = before + bought - sales * (BASIS - margin) // BASIS
    fits = _within(expected, counted, counted, bounds.stock_tolerance_bp)
    return _judged(Check.STOCK_ROLLED, fits, stock_amount=counted, expected_amount=expected)


def _sales_settlement(inputs: Inputs, bounds: Bounds) -> Checked:
    values, missing = _lines(inputs, "sales")
    inflow = inputs.known.get("inflow")
    if missing or inflow is None:
        lacking = missing + (() if inflow is not None else ("inflow",))
        return Checked(Check.SALES_SETTLEMENT, Outcome.MISSING, missing=lacking)
    sales, (low, high) = values[0], bounds.settlement_bp
    fits = low * sales <= inflow * BASIS <= high * sales
    share = inflow * BASIS // sales if sales else None
    return _judged(Check.SALES_SETTLEMENT, fits, sales_amount=sales, inflow_amount=inflow, share_bp=share)


def _sales_invoices(inputs: Inputs, bounds: Bounds) -> Checked:
    values, missing = _lines(inputs, "sales")
    invoiced = inputs.known.get("invoiced_sales")
    if missing or invoiced is None:
        lacking = missing + (() if invoiced is not None else ("invoiced_sales",))
        return Checked(Check.SALES_INVOICES, Outcome.MISSING, missing=lacking)
    fits = _within(values[0], invoiced, invoiced, bounds.invoice_tolerance_bp)
    return _judged(Check.SALES_INVOICES, fits, sales_amount=values[0], invoiced_amount=invoiced)


def _margin_sector(inputs: Inputs, told: Statement, bounds: Bounds) -> Checked:
    _, missing = _lines(inputs, "sales", "purchases")
    margin, sector = told["gross_margin_bp"], inputs.known.get("sector_margin_bp")
    if margin is None or sector is None:
        lacking = missing + (() if sector is not None else ("sector_margin_bp",))
        return Checked(Check.MARGIN_SECTOR, Outcome.MISSING, missing=lacking)
    fits = abs(margin - sector) <= bounds.margin_tolerance_bp
    return _judged(Check.MARGIN_SECTOR, fits, margin_bp=margin, sector_bp=sector)


def _equity(inputs: Inputs, told: Statement, bounds: Bounds) -> Checked:
    ways = ("opening_equity", "sales", "purchases", *COSTS, "other_income", "household", "capital_in")
    _, missing = _lines(inputs, *ways, *ASSET_LINES, *DEBTS)
    now, free = told["equity"], told["free_cash"]
    before, put_in = inputs.of("opening_equity"), inputs.of("capital_in")
    if now is None or free is None or before is None or put_in is None:
        return Checked(Check.EQUITY, Outcome.MISSING, missing=missing)
    expected = before + free + put_in
    fits = _within(expected, now, max(abs(expected), abs(now)), bounds.equity_tolerance_bp)
    return _judged(Check.EQUITY, fits, equity_amount=now, expected_amount=expected)


def _lines(inputs: Inputs, *lines: str) -> tuple[list[int], tuple[str, ...]]:
    """The values of lines that are all known, and those that are not."""
    values = [inputs.of(line) for line in lines]
    missing = tuple(line for line, value in zip(lines, values, strict=True) if value is None)
    return [value for value in values if value is not None], missing


def _within(value: int, other: int, whole: int, tolerance_bp: int) -> bool:
    return abs(value - other) * BASIS <= tolerance_bp * abs(whole)


def _judged(check: Check, fits: bool, **figures: int | None) -> Checked:
    return Checked(check, Outcome.OK if fits else Outcome.OFF, figures)
