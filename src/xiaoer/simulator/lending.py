"""Loans: contracts in chains of renewals, drawdown notes, instalments, and when each was paid."""

from dataclasses import dataclass

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
from xiaoer.simulator.fates import NO_DAY, Fates
from xiaoer.simulator.firms import yearly_sales
from xiaoer.simulator.terms import Month, Plan, figure

PRODUCTS = np.array(["L01", "L02", "L03", "L04"], dtype=object)
SECURITIES = np.array(["credit", "mortgage", "guarantee", "credit"], dtype=object)
METHODS = np.array(["interest_then_principal", "equal_principal", "equal_instalment"], dtype=object)
TERMS = np.array([12, 24, 36])
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


@dataclass(frozen=True)
class Loans:
    """Contracts and notes as frames (firm number `i` kept), and the instalments."""

    contracts: pl.DataFrame
    notes: pl.DataFrame
    instalments: Instalments


def lend(plan: Plan, months: list[Month], firms: pl.DataFrame, fates: Fates) -> Loans:
    """Draw all lending of the window and what led up to it."""
    rng = stream(plan.seed, "lending")
    contracts = _chains(rng, plan, months, firms, fates)
    contracts = contracts.with_columns(**_terms(rng, firms, fates, contracts))
    notes = _notes(rng, plan, contracts)
    rows = _paid(rng, plan, fates, notes, _instalments(notes))
    return Loans(contracts, _outcomes(rng, plan, notes, rows), rows)


def _chains(
    rng: np.random.Generator, plan: Plan, months: list[Month], firms: pl.DataFrame, fates: Fates
) -> pl.DataFrame:
    """One row per contract: who, when drawn, how long, which contract it follows."""
    i = np.flatnonzero(fates.borrower)
    product = choose(rng, [5, 3, 2, 2], len(i))
    term = np.where(product == 1, TERMS[choose(rng, [3, 2, 5], len(i))], 12)
    drawn = _first_drawn(rng, months, firms, fates, i, term)
    pieces, link = [], np.full(len(i), -1)
    base = 0
    for lap in range(plan.months // 12 + 3):
        pieces.append(
            pl.DataFrame(
                {"i": i, "product": product, "term": term, "drawn": drawn, "follows": link, "lap": lap}
            )
        )
        link = base + np.arange(len(i))
        base += len(i)
        gap = np.where(rng.random(len(i)) < 0.55, 0, rng.integers(1, 21, len(i))).astype("timedelta64[D]")
        drawn = shift(drawn, term) + gap
        again = flips(rng, 0.86, len(i)) & np.isnat(fates.stops[i]) & (drawn <= np.datetime64(plan.end))
        i, product, term, drawn, link = (part[again] for part in (i, product, term, drawn, link))
    return pl.concat(pieces).with_row_index("c")


def shift(days: Days, months: Ints) -> Days:
    """The same day of the month some months on, at most the 28th."""
    month = days.astype("datetime64[M]")
    inside = np.minimum((days - month.astype("datetime64[D]")).astype(int), 27)
    return (month + months.astype("timedelta64[M]")).astype("datetime64[D]") + inside.astype("timedelta64[D]")


def _first_drawn(
    rng: np.random.Generator, months: list[Month], firms: pl.DataFrame, fates: Fates, i: Ints, term: Ints
) -> Days:
    """Most borrowers already owed when the window opened; failing ones still owe when they stop."""
    start = np.datetime64(months[0].first)
    back = (rng.random(len(i)) * term * 30.4).astype("timedelta64[D]")
    ahead = (rng.random(len(i)) * 30 * len(months)).astype("timedelta64[D]")
    drawn = np.where(flips(rng, 0.78, len(i)), start - back, start + ahead)
    before = (60 + rng.random(len(i)) * (term * 30 - 100)).astype("timedelta64[D]")
    stops = fates.stops[i]
    drawn = np.where(np.isnat(stops), drawn, stops - before)
    earliest = firms["opened_date"].to_numpy()[i] + 25 * ONE_DAY
    late = np.isnat(stops) | (earliest < stops - 45 * ONE_DAY)
    return np.where(late, np.maximum(drawn, earliest), drawn)


def _terms(
    rng: np.random.Generator, firms: pl.DataFrame, fates: Fates, contracts: pl.DataFrame
) -> dict[str, Array]:
    i, product = contracts["i"].to_numpy(), contracts["product"].to_numpy()
    share = 0.14 * np.array([0.6, 1.6, 1.0, 0.7])[product] * np.exp(rng.normal(0, 0.5, len(i)))
    failing = np.where(np.isnat(fates.stops[i]), 1.0, 0.85)
    wan = (yearly_sales(firms)[i] * share * failing / 10_000).clip(5, 1000)
    step = np.where(wan < 50, 1, np.where(wan < 200, 5, 10))
    method = np.where(
        contracts["term"].to_numpy() == 12, choose(rng, [8, 2], len(i)), 1 + choose(rng, [4, 6], len(i))
    )
    spread = (
        95 + 28 * fates.weakness[i] + np.array([60, -25, 30, 45])[product] + rng.normal(0, 25, len(i))
    ).clip(0, 400)
    drawn = contracts["drawn"].to_numpy()
    spread = (spread / 5).round() * 5
    follows, gapless = contracts["follows"].to_numpy() >= 0, flips(rng, 0.6, len(i))
    return {
        "contract_id": codes("H", contracts["c"].to_numpy() + 1, 7),
        "amount": ((wan / step).round() * step).astype(np.int64) * WAN,
        "method": METHODS[method],
        "spread_bp": spread,
        "rate": (lpr(drawn) + spread / 10_000).round(6),
        "due": shift(drawn, contracts["term"].to_numpy()),
        "renewal_kind": np.where(
            ~follows, "none", np.where(gapless, "no_principal_repayment", "old_for_new")
        ),
    }


def lpr(days: Days) -> Floats:
    """One-year LPR in force on each day."""
    return np.where(
        days < np.datetime64("2024-10-21"), 0.0335, np.where(days < np.datetime64("2025-05-20"), 0.031, 0.03)
    )


def _notes(rng: np.random.Generator, plan: Plan, contracts: pl.DataFrame) -> pl.DataFrame:
    """Quick loans are often drawn in two parts, all others at once."""
    two = flips(rng, 0.35, len(contracts)) & (contracts["product"].to_numpy() == 0)
    later = shift(contracts["drawn"].to_numpy(), np.full(len(contracts), 2))
    two &= later <= np.datetime64(plan.end)
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
    return frame.with_columns(note_id=pl.Series(codes("N", frame["n"].to_numpy() + 1, 7)))


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
    rng: np.random.Generator, plan: Plan, fates: Fates, notes: pl.DataFrame, rows: Instalments
) -> Instalments:
    """On the day, some days late, early all at once, or never."""
    firm = notes["i"].to_numpy()[rows.note]
    late = flips(rng, (0.035 * np.exp(0.45 * fates.weakness[firm])).clip(0, 0.3), len(rows.note))
    paid = rows.due + np.where(late, 1 + rng.geometric(0.16, len(rows.note)), 0).astype("timedelta64[D]")
    stops = fates.stops[firm]
    paid = np.where(rows.due >= stops, NO_DAY, paid)
    once = _early_day(rng, notes, fates)[rows.note]
    early = ~np.isnat(once) & (rows.due > once)
    paid = np.where(early, once, paid)
    paid = np.where(paid > np.datetime64(plan.end), NO_DAY, paid)
    early &= ~np.isnat(paid)
    return Instalments(
        rows.note, rows.number, rows.due, rows.principal, np.where(early, 0, rows.interest), paid, early
    )


def _early_day(rng: np.random.Generator, notes: pl.DataFrame, fates: Fates) -> Days:
    length = (notes["due"].to_numpy() - notes["drawn"].to_numpy()).astype(int)
    day = notes["drawn"].to_numpy() + (length * rng.uniform(0.3, 0.9, len(notes))).astype("timedelta64[D]")
    chosen = flips(rng, 0.05, len(notes)) & np.isnat(fates.stops[notes["i"].to_numpy()])
    return np.where(chosen, day, NO_DAY)


def _outcomes(rng: np.random.Generator, plan: Plan, notes: pl.DataFrame, rows: Instalments) -> pl.DataFrame:
    """Settled, defaulted (90 days past due) and written-off days of each note, as of the plan's end."""
    end = np.datetime64(plan.end)
    owed = np.bincount(rows.note, weights=np.isnat(rows.paid), minlength=len(notes)) > 0
    last = np.full(len(notes), np.datetime64("1990-01-01"))
    np.maximum.at(last, rows.note, np.where(np.isnat(rows.paid), np.datetime64("1990-01-01"), rows.paid))
    default = first_unpaid(rows, len(notes), end) + 90 * ONE_DAY
    default = np.where(default <= end, default, NO_DAY)
    off = default + rng.integers(40, 260, len(notes)).astype("timedelta64[D]")
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
