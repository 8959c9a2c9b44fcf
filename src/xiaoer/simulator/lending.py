"""Loans: contracts, drawdown notes, instalments, and when each was paid."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import (
    Array,
    Days,
    Flags,
    Floats,
    Ints,
    choose,
    codes,
    expand,
    flips,
    stream,
    within,
)
from xiaoer.simulator.fates import NO_DAY, Fates, in_circle
from xiaoer.simulator.firms import yearly_sales
from xiaoer.simulator.terms import Plan, figure

PRODUCTS = np.array(["L01", "L02", "L03", "L04"], dtype=object)
SECURITIES = np.array(["credit", "mortgage", "guarantee", "credit"], dtype=object)
METHODS = np.array(["interest_then_principal", "equal_principal", "equal_instalment"], dtype=object)
TERMS = np.array([12, 24, 36])
MORTGAGE, GUARANTEED = 1, 2  # their places in PRODUCTS
PAY_DAY = 20  # dues fall on the 21st
WAN = 1_000_000  # fen in 10,000 yuan
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Instalments:
    """One row per instalment of every note; `paid` is NaT while unpaid on the plan's last day."""

    note: Ints
    number: Ints
    due: Days
    principal: Ints
    interest: Ints
    paid: Days
    early: Flags

    def only(self, which: Flags) -> "Instalments":
        """The rows chosen by a mask."""
        return Instalments(*(getattr(self, part.name)[which] for part in fields(self)))


@dataclass(frozen=True)
class Loans:
    """Contracts and notes as frames (firm number `i` kept), and the instalments."""

    contracts: pl.DataFrame
    notes: pl.DataFrame
    instalments: Instalments


@dataclass(frozen=True)
class Dice:
    """Numbers drawn for a contract that may come about, a row each: three uniform, two standard normal."""

    chance: Floats
    normal: Floats


def dice(rng: np.random.Generator, count: int) -> Dice:
    """Numbers for `count` contracts."""
    return Dice(rng.random((count, 3)), rng.normal(size=(count, 2)))


def first_contracts(plan: Plan, start: date, firms: pl.DataFrame, fates: Fates) -> dict[str, Array]:
    """Loans already owed when the window opens, as columns; members of a circle have guaranteed ones."""
    rng = stream(plan.seed, "lending")
    first = np.datetime64(start)
    opened = firms["opened_date"].to_numpy()
    i = np.flatnonzero(fates.borrower & (opened < first - 60 * ONE_DAY))
    product = np.where(in_circle(plan, len(firms))[i], GUARANTEED, choose(rng, [5, 3, 2, 2], len(i)))
    term = terms_in_months(product, rng.random(len(i)))
    back = (rng.random(len(i)) * term * 30.4).astype("timedelta64[D]")
    drawn = np.maximum(first - back, opened[i] + 25 * ONE_DAY)
    drawn = np.minimum(drawn, first - ONE_DAY)
    return contracts_of(firms, fates.weakness, i, product, drawn, dice(rng, len(i)), term=term)


def terms_in_months(product: Ints, chance: Floats) -> Ints:
    """Mortgages run one to three years, all others one."""
    return np.where(product == MORTGAGE, TERMS[np.searchsorted([0.3, 0.5], chance)], 12)


def contracts_of(
    firms: pl.DataFrame,
    weakness: Floats,
    i: Ints,
    product: Ints,
    drawn: Days,
    by: Dice,
    *,
    term: Ints | None = None,
    follows: Ints | None = None,
    kind: Array | None = None,
    less_bp: Array | int = 0,
) -> dict[str, Array]:
    """Columns of new contracts: amount (fen), term, rate, method, days; `follows` is the contract renewed."""
    term = terms_in_months(product, by.chance[:, 0]) if term is None else term
    share = 0.14 * np.array([0.6, 1.6, 1.0, 0.7])[product] * np.exp(0.5 * by.normal[:, 0])
    wan = (yearly_sales(firms)[i] * share / 10_000).clip(5, 1000)
    step = np.where(wan < 50, 1, np.where(wan < 200, 5, 10))
    short, long = by.chance[:, 1] > 0.8, 1 + (by.chance[:, 1] > 0.4)
    spread = 95 + 28 * weakness[i] + np.array([60, -25, 30, 45])[product] + 25 * by.normal[:, 1]
    spread = ((spread.clip(0, 400) - less_bp).clip(0) / 5).round() * 5
    return {
        "i": i,
        "product": product,
        "term": term,
        "drawn": drawn,
        "due": shift(drawn, term),
        "amount": ((wan / step).round() * step).astype(np.int64) * WAN,
        "method": np.where(term == 12, short, long).astype(np.int64),
        "spread_bp": spread,
        "rate": (lpr(drawn) + spread / 10_000).round(6),
        "follows": np.full(len(i), -1) if follows is None else follows,
        "renewal_kind": np.full(len(i), "none", dtype=object) if kind is None else kind,
    }


def lend(plan: Plan, drawn_up: dict[str, Array], ended: Days, stops: Days, weakness: Floats) -> Loans:
    """Notes and instalments of all contracts; `ended` is the day a contract was paid off early, `stops` per firm."""
    rng = stream(plan.seed, "notes")
    contracts = pl.DataFrame({name: _column(values) for name, values in drawn_up.items()})
    contracts = contracts.with_row_index("c").with_columns(
        contract_id=pl.Series(codes(plan.mark("H"), np.arange(len(contracts)) + 1, 7)),
        method=pl.Series(METHODS[contracts["method"].to_numpy()]),
    )
    notes = _notes(rng, plan, contracts, ended)
    rows = _paid(rng, plan, notes, _instalments(notes), ended, stops, weakness)
    return Loans(contracts, _outcomes(rng, plan, notes, rows), rows)


def _column(values: Array) -> pl.Series:
    return pl.Series(values.tolist() if values.dtype == object else values)


def shift(days: Days, months: Ints) -> Days:
    """The same day of the month some months on, at most the 28th."""
    month = days.astype("datetime64[M]")
    inside = np.minimum((days - month.astype("datetime64[D]")).astype(int), 27)
    return (month + months.astype("timedelta64[M]")).astype("datetime64[D]") + inside.astype("timedelta64[D]")


def lpr(days: Days) -> Floats:
    """One-year LPR in force on each day."""
    return np.where(
        days < np.datetime64("2024-10-21"), 0.0335, np.where(days < np.datetime64("2025-05-20"), 0.031, 0.03)
    )


def _notes(rng: np.random.Generator, plan: Plan, contracts: pl.DataFrame, ended: Days) -> pl.DataFrame:
    """Quick loans are often drawn in two parts, all others at once."""
    two = flips(rng, 0.35, len(contracts)) & (contracts["product"].to_numpy() == 0)
    later = shift(contracts["drawn"].to_numpy(), np.full(len(contracts), 2))
    two &= (later <= np.datetime64(plan.end)) & ~(later >= ended)
    count = 1 + two.astype(int)
    c, part = expand(count), within(count)
    whole = contracts["amount"].to_numpy()[c]
    first = (whole * 6 // 10 // WAN).clip(1) * WAN
    amount = np.where(~two[c], whole, np.where(part == 0, first, whole - first))
    frame = contracts.select("i", "c", "contract_id", "product", "method", "rate", "due", "term", "drawn")[c]
    moved = pl.Series(np.where(part == 0, frame["drawn"].to_numpy(), later[c]))
    frame = frame.with_columns(
        amount=pl.Series(amount), drawn=moved, term=pl.col("term") - 2 * pl.Series(part)
    )
    frame = frame.filter(pl.col("amount") > 0).with_row_index("n")
    return frame.with_columns(note_id=pl.Series(codes(plan.mark("N"), frame["n"].to_numpy() + 1, 7)))


def _instalments(notes: pl.DataFrame) -> Instalments:
    """Dues on the 21st, the last on the due day; rounded so that principal sums to the amount."""
    term = notes["term"].to_numpy()
    n, number = expand(term), within(term) + 1
    length = term[n]
    month = notes["drawn"].to_numpy().astype("datetime64[M]")[n] + number.astype("timedelta64[M]")
    due = month.astype("datetime64[D]") + np.timedelta64(PAY_DAY, "D")
    due = np.where(number == length, notes["due"].to_numpy()[n], due)
    before = _owed(notes, n, number - 1, length)
    after = np.where(number == length, 0, _owed(notes, n, number, length))
    interest = np.round(before * notes["rate"].to_numpy()[n] / 12).astype(np.int64)
    nothing = np.full(len(n), NO_DAY)
    return Instalments(n, number, due, before - after, interest, nothing, np.zeros(len(n), dtype=bool))


def _owed(notes: pl.DataFrame, n: Ints, paid: Ints, length: Ints) -> Ints:
    """Principal outstanding after `paid` instalments, in fen."""
    amount, monthly = notes["amount"].to_numpy()[n].astype(np.float64), notes["rate"].to_numpy()[n] / 12
    method = notes["method"].to_numpy()[n]
    grown = (1 + monthly) ** paid
    level = amount * (grown - (grown - 1) / (1 - (1 + monthly) ** -length))
    kinds = [method == "equal_principal", method == "equal_instalment"]
    return np.round(np.select(kinds, [amount * (1 - paid / length), level], amount)).astype(np.int64)


def _paid(
    rng: np.random.Generator,
    plan: Plan,
    notes: pl.DataFrame,
    rows: Instalments,
    ended: Days,
    stops: Days,
    weakness: Floats,
) -> Instalments:
    """On the day, some days late, all at once when paid off early, or never."""
    firm = notes["i"].to_numpy()[rows.note]
    late = flips(rng, (0.035 * np.exp(0.45 * weakness[firm])).clip(0, 0.3), len(rows.note))
    paid = rows.due + np.where(late, 1 + rng.geometric(0.16, len(rows.note)), 0).astype("timedelta64[D]")
    paid = np.where(rows.due >= stops[firm], NO_DAY, paid)
    once = ended[notes["c"].to_numpy()][rows.note]
    early = ~np.isnat(once) & (rows.due > once) & ~np.isnat(paid)
    paid = np.where(early, once, paid)
    paid = np.where(paid > np.datetime64(plan.end), NO_DAY, paid)
    early &= ~np.isnat(paid)
    return Instalments(
        rows.note, rows.number, rows.due, rows.principal, np.where(early, 0, rows.interest), paid, early
    )


def _outcomes(rng: np.random.Generator, plan: Plan, notes: pl.DataFrame, rows: Instalments) -> pl.DataFrame:
    """Settled, defaulted (90 days past due) and written-off days of each note, as of the plan's end."""
    end = np.datetime64(plan.end)
    owed = np.bincount(rows.note, weights=np.isnat(rows.paid), minlength=len(notes)) > 0
    last = np.full(len(notes), np.datetime64("1990-01-01"))
    np.maximum.at(last, rows.note, np.where(np.isnat(rows.paid), np.datetime64("1990-01-01"), rows.paid))
    default = first_unpaid(rows, len(notes), end) + 90 * ONE_DAY
    default = np.where(default <= end, default, NO_DAY)
    off = default + rng.integers(60, 300, len(notes)).astype("timedelta64[D]")
    gone = flips(rng, figure("written_off_share"), len(notes)) & (off <= end)
    return notes.with_columns(
        settled=pl.Series(np.where(owed, NO_DAY, last)),
        defaulted=pl.Series(default),
        written_off=pl.Series(np.where(gone, off, NO_DAY)),
    )


def first_unpaid(rows: Instalments, notes: int, day: np.datetime64) -> Days:
    """Per note the oldest due day on or before `day` that was not paid by then; NaT where there is none."""
    open_ = (rows.due <= day) & ~(rows.paid <= day)
    far = np.datetime64("2999-01-01")
    first = np.full(notes, far)
    np.minimum.at(first, rows.note[open_], rows.due[open_])
    return np.where(first == far, NO_DAY, first)


def first_missed(stops: Days) -> Days:
    """The first due day on or after the day a firm stops paying: dues fall on the 21st."""
    month = stops.astype("datetime64[M]")
    due = month.astype("datetime64[D]") + np.timedelta64(PAY_DAY, "D")
    later = (month + np.timedelta64(1, "M")).astype("datetime64[D]") + np.timedelta64(PAY_DAY, "D")
    return np.where(due >= stops, due, later)
