"""Lending as files show it on a day: lines, contracts, notes with days past due, plans, repayments."""

from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Ints, codes, stream, texts
from xiaoer.simulator.lending import ONE_DAY, PAY_DAY, PRODUCTS, SECURITIES, Loans, first_unpaid
from xiaoer.simulator.rules import CLASS_FLOORS, CLASSES
from xiaoer.simulator.terms import Month, Plan

PURPOSES = np.array(["采购备货", "支付货款", "流动资金周转", "购置设备", "支付工资及费用"], dtype=object)
KEPT_DAYS = 400
MONTHS, FORGOTTEN_EVERY = 12, 10


def notes_on(loans: Loans, firms: pl.DataFrame, day: date) -> pl.DataFrame:
    """The drawdown notes on a day, those settled over 400 days before left out; `i` kept."""
    rows, notes, on = loans.instalments, loans.notes, np.datetime64(day)
    count = len(notes)
    paid = rows.paid <= on
    repaid = _sum(rows.note, np.where(paid, rows.principal, 0), count)
    over = (rows.due <= on) & ~paid
    oldest = first_unpaid(rows, count, on)
    late = np.where(np.isnat(oldest), 0, (on - oldest).astype(int))
    waiting = np.where(rows.due > on, rows.due, np.datetime64("2999-01-01"))
    coming = np.full(count, np.datetime64("2999-01-01"))
    np.minimum.at(coming, rows.note, np.where(paid, np.datetime64("2999-01-01"), waiting))
    frame = notes.with_columns(
        balance=pl.Series(notes["amount"].to_numpy() - repaid),
        overdue_principal=pl.Series(_sum(rows.note, np.where(over, rows.principal, 0), count)),
        overdue_interest=pl.Series(_sum(rows.note, np.where(over, rows.interest, 0), count)),
        days_past_due=pl.Series(late),
        next_due_date=pl.Series(coming),
        customer_id=firms["customer_id"].gather(notes["i"]),
        product_id=pl.Series(PRODUCTS[notes["product"].to_numpy()]),
    )
    return _as_known(frame, day)


def _sum(at: Ints, amounts: Array, count: int) -> Ints:
    return np.bincount(at, weights=amounts, minlength=count).astype(np.int64)


def _as_known(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Only what is known on the day; written-off notes leave the books."""
    known = {
        name: pl.when(pl.col(name) <= day).then(name) for name in ("settled", "defaulted", "written_off")
    }
    frame = frame.filter(pl.col("drawn") <= day).with_columns(**known)
    frame = frame.filter(
        pl.col("settled").is_null() | (pl.col("settled") > day - pl.duration(days=KEPT_DAYS))
    )
    gone = pl.col("written_off").is_not_null()
    on_book = {
        name: pl.when(gone).then(0).otherwise(name)
        for name in ("balance", "overdue_principal", "overdue_interest")
    }
    late = pl.col("days_past_due")
    class_at = pl.sum_horizontal((late >= floor).cast(pl.Int32) for floor in CLASS_FLOORS)
    status = (
        pl.when(gone)
        .then(pl.lit("written_off"))
        .when(pl.col("settled").is_not_null())
        .then(pl.lit("settled"))
    )
    return frame.with_columns(**on_book).with_columns(
        classification=class_at.replace_strict(dict(enumerate(CLASSES))),
        status=status.when(late > 0).then(pl.lit("overdue")).otherwise(pl.lit("current")),
        asset_class=pl.lit("retail"),
        drawn_date="drawn",
        due_date="due",
        settled_date="settled",
        defaulted_date="defaulted",
        written_off_date="written_off",
        next_due_date=pl.when(~gone & (pl.col("next_due_date") <= pl.col("due"))).then("next_due_date"),
    )


def contract_file(
    plan: Plan, loans: Loans, firms: pl.DataFrame, keepers: Array, officers: Array
) -> pl.DataFrame:
    """The loan contracts; whoever prepared one did not review or approve it."""
    rng = stream(plan.seed, "contracts")
    frame = loans.contracts.filter(pl.col("drawn") <= plan.end)
    i, product = frame["i"].to_numpy(), frame["product"].to_numpy()
    order = rng.permuted(np.tile(officers, (len(frame), 1)), axis=1)
    follows = frame["follows"].to_numpy()
    return frame.with_columns(
        customer_id=firms["customer_id"].gather(i),
        line_id=pl.Series(codes(plan.mark("E"), i + 1, 7)),
        product_id=pl.Series(PRODUCTS[product]),
        signed_date=pl.Series(frame["drawn"].to_numpy() - 3 * ONE_DAY),
        start_date="drawn",
        end_date="due",
        **_stated(),
        repayment_method="method",
        purpose=pl.Series(PURPOSES[rng.integers(0, len(PURPOSES), len(frame))]),
        security=pl.Series(SECURITIES[product]),
        asset_class=pl.lit("retail"),
        renewed_from=texts(np.where(follows < 0, None, loans.contracts["contract_id"].to_numpy()[follows])),
        prepared_by=texts(keepers[i]),
        reviewed_by=texts(order[:, 0]),
        approved_by=texts(order[:, 1]),
    )


def _stated() -> dict[str, pl.Expr]:
    """How rate and dues are agreed: every contract keeps its rate to the end, as its plan shows.

    Up to a year the rate floats and would turn on its anniversary; longer contracts are fixed. One long contract in
    ten says it turns with the year, and its plan has not followed: what the risk desk is there to find.
    """
    long, forgotten = pl.col("term") > MONTHS, pl.col("c") % FORGOTTEN_EVERY == 0
    turning = pl.when(long & forgotten).then(pl.lit("new_year_repricing"))
    return {
        "rate_kind": pl.when(long & ~forgotten).then(pl.lit("fixed")).otherwise(pl.lit("lpr")),
        "repricing": turning.when(~long).then(pl.lit("anniversary")),
        "lpr_tenor_months": pl.lit(MONTHS),
        "pay_day": pl.lit(PAY_DAY + 1),
        "day_rule": pl.lit("as_written"),
    }


def line_file(plan: Plan, loans: Loans, firms: pl.DataFrame, notes: pl.DataFrame, day: date) -> pl.DataFrame:
    """One credit line per borrower so far, from its latest contract; `used` is what is owed on the day."""
    rng = stream(plan.seed, "lines")
    latest = (
        loans.contracts.filter(pl.col("drawn") <= day)
        .sort("i", "drawn")
        .group_by("i", maintain_order=True)
        .last()
    )
    used = notes.group_by("i").agg(used=pl.col("balance").sum(), bad=pl.col("defaulted").is_not_null().any())
    frame = latest.join(used, on="i", how="left", maintain_order="left").with_columns(
        pl.col("used").fill_null(0)
    )
    roomy = rng.choice([1.0, 1.0, 1.2, 1.5], len(frame))
    cut = rng.random(len(frame)) < 0.04
    limit = (frame["amount"].to_numpy() * roomy / 1e6).round().astype(np.int64) * 1_000_000
    limit = np.maximum(limit, frame["used"].to_numpy())
    status = (
        pl.when(pl.col("bad").fill_null(value=False))
        .then(pl.lit("frozen"))
        .when(pl.col("due") < day)
        .then(pl.lit("expired"))
    )
    return frame.with_columns(
        line_id=pl.Series(codes(plan.mark("E"), frame["i"].to_numpy() + 1, 7)),
        customer_id=firms["customer_id"].gather(frame["i"]),
        product_id=pl.Series(PRODUCTS[frame["product"].to_numpy()]),
        limit=pl.Series(limit),
        previous_limit=pl.Series(
            np.where(cut, (limit * 1.4 / 1e6).round().astype(np.int64) * 1_000_000, limit)
        ),
        approved_date=pl.Series(frame["drawn"].to_numpy() - 6 * ONE_DAY),
        start_date="drawn",
        end_date="due",
        revolving=pl.col("product") == 0,
        security=pl.Series(SECURITIES[frame["product"].to_numpy()]),
        status=status.when(pl.Series(cut)).then(pl.lit("cut")).otherwise(pl.lit("active")),
    )


def schedule_file(plan: Plan, loans: Loans) -> pl.DataFrame:
    """Every instalment of every note, with what was paid by the end."""
    rows = loans.instalments
    known = loans.notes["drawn"].to_numpy()[rows.note] <= np.datetime64(plan.end)
    rows = rows.only(known)
    done = ~np.isnat(rows.paid)
    return pl.DataFrame(
        {
            "note_id": loans.notes["note_id"].gather(rows.note),
            "instalment": rows.number,
            "due_date": rows.due,
            "principal": rows.principal,
            "interest": rows.interest,
            "paid_principal": np.where(done, rows.principal, 0),
            "paid_interest": np.where(done, rows.interest, 0),
            "paid_date": rows.paid,
        }
    )


def repayments_of(plan: Plan, loans: Loans, firms: pl.DataFrame, month: Month) -> pl.DataFrame:
    """What was repaid in a month, with penalties for late days; firm `i` kept."""
    rows = loans.instalments
    here = np.flatnonzero(
        (rows.paid >= np.datetime64(month.first)) & (rows.paid <= np.datetime64(month.last))
    )
    note, paid = rows.note[here], rows.paid[here]
    i = loans.notes["i"].to_numpy()[note]
    late = (paid - rows.due[here]).astype(int).clip(0)
    owed = rows.principal[here] + rows.interest[here]
    rate = loans.notes["rate"].to_numpy()[note]
    frame = pl.DataFrame(
        {
            "i": i,
            "note_id": loans.notes["note_id"].gather(note),
            "customer_id": firms["customer_id"].gather(i),
            "repaid_date": paid,
            "instalment": rows.number[here],
            "principal": rows.principal[here],
            "interest": rows.interest[here],
            "penalty": np.round(owed * rate * 1.5 / 360 * late).astype(np.int64),
            "way": np.where(
                late > 10, "collection", np.where(rows.early[here] | (late > 0), "manual", "automatic")
            ),
            "early": rows.early[here],
        }
    ).sort("repaid_date", "note_id", "instalment")
    return frame.with_columns(
        repayment_id=pl.format(
            "{}{}{}",
            pl.lit(plan.mark("Y")),
            pl.lit(f"{month.first:%Y%m}"),
            pl.int_range(pl.len()).cast(pl.String).str.zfill(7),
        )
    )


def drawdowns_of(loans: Loans, month: Month) -> pl.DataFrame:
    """Notes drawn in a month: firm, day, amount."""
    inside = pl.col("drawn").is_between(month.first, month.last)
    return loans.notes.filter(inside).select("i", "drawn", "amount")
