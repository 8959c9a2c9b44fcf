"""The published rows of the risk desk: each firm's arrears from the first day, who stands for whom."""

import polars as pl

from xiaoer.loans.night.allocation import NEVER
from xiaoer.loans.night.plans import (
    CHANGED,
    NO_DATES,
    NO_DAY_RULE,
    NO_LPR,
    NO_METHOD,
    NO_PAY_DAY,
    NO_RATE,
    NO_REPRICING,
    UNIT,
)
from xiaoer.nightly import seam
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.lent import GRADES, product_names
from xiaoer.nightly.pieces import Part, as_json, in_parts, said
from xiaoer.nightly.run import Night

ARREARS = ("customer_id", "times", "late")
GUARANTEES = (
    "guarantee_id", "side", "customer_id", "other_id", "other", "other_kind", "contract_id", "amount", "balance",
    "counted_amount", "start_date", "end_date", "status", "other_class", "other_days_past_due", "other_balance",
    "mutual",
)  # fmt: skip
MISSING = {
    NO_METHOD: "method", NO_DATES: "dates", NO_REPRICING: "repricing", NO_LPR: "lpr", NO_RATE: "rate",
    NO_PAY_DAY: "pay_day", NO_DAY_RULE: "day_rule", CHANGED: "changed",
}  # fmt: skip
PLANS = (
    "note_id", "customer_id", "product", "balance", "rate_kind", "rate", "note_rate", "base_date", "next_date",
    "next_rate", "day_rule", "missing", "compared", "departs", "day_rows", "amount_rows", "gap_amount", "count_gap",
    "rate_gap", "since_date",
)  # fmt: skip
SURETIES = (
    "customer_id", "balance", "rule_class", "days_past_due", "guarantors", "covered_amount", "debtors",
    "stands_for_amount", "ring", "ring_size", "circle", "circle_size", "chain",
)  # fmt: skip


def arrears(night: Night) -> seam.Rows:
    """Firms that were ever past due: their times in each bucket, and the dues that made them late."""
    return in_parts(night, ARREARS, _arrears)


def guarantees(night: Night, called: Directory) -> seam.Rows:
    """Each guarantee in force, with the debtor's firm and with the guarantor's."""
    return in_parts(night, GUARANTEES, lambda part: _guarantees(part, called))


def sureties(night: Night) -> seam.Rows:
    """Firms that are guaranteed or guarantee, and their place among one another."""
    return in_parts(night, SURETIES, _sureties)


def _guarantees(part: Part, called: Directory) -> pl.DataFrame:
    rows = part.made("guarantee_sides").sort("guarantee_id", "side")
    named = called.called(rows.with_columns(counterparty_id="other_id"))
    return named.with_columns(
        pl.col("name").alias("other"),
        *(pl.col(name).fill_null("") for name in ("contract_id", "other_kind", "status")),
        _class("other_grade").alias("other_class"),
        pl.col("other_late_days").alias("other_days_past_due"),
    )


def _sureties(part: Part) -> pl.DataFrame:
    return (
        part.made("sureties")
        .sort("customer_id")
        .with_columns(_class("grade").alias("rule_class"), pl.col("late_days").alias("days_past_due"))
    )


def _class(column: str) -> pl.Expr:
    """A grade as its class, "" for a firm without notes."""
    return pl.col(column).replace_strict(GRADES, default="", return_dtype=pl.String)


def plans(night: Night) -> seam.Rows:
    """Each note's plan against its contract."""
    products = product_names(night)
    return in_parts(night, PLANS, lambda part: _plans(part, products))


def _plans(part: Part, products: pl.DataFrame) -> pl.DataFrame:
    rows = part.made("plan_checks").sort("note_id")
    named = rows.join(products, on="product_id", how="left", maintain_order="left")
    bits = [pl.when((pl.col("missing") // bit) % 2 == 1).then(pl.lit(code)) for bit, code in MISSING.items()]
    return named.with_columns(
        said("product", pl.col("product_id").fill_null("")),
        *(pl.col(name).fill_null("") for name in ("rate_kind", "day_rule")),
        *(pl.col(name) / UNIT for name in ("rate", "note_rate", "next_rate", "rate_gap")),
        *(
            pl.col(f"{name}_day").cast(pl.Int32).cast(pl.Date).alias(f"{name}_date")
            for name in ("base", "next", "since")
        ),
        as_json(pl.concat_list(bits).list.drop_nulls()).alias("missing"),
        pl.col("departs") == 1,
    )


def _arrears(part: Part) -> pl.DataFrame:
    late = _listed(
        part.made("late_notes").with_columns(
            pl.when(pl.col("until_day") < NEVER).then("until_day").alias("until_day")
        ),
        ["from_day", "note_id", "due_day"],
        {
            "note": pl.col("note_id"),
            "due": _day("due_day"),
            "from": _day("from_day"),
            "until": _day("until_day"),
        },
        "late",
    )
    times = _listed(
        part.made("firm_spells"),
        ["in_day", "floor"],
        {"floor": pl.col("floor"), "in": _day("in_day"), "out": _day("out_day")},
        "times",
    )
    return late.join(times, on="customer_id", how="left", maintain_order="left").with_columns(
        pl.col("times").fill_null("[]")
    )


def _listed(rows: pl.DataFrame, order: list[str], entry: dict[str, pl.Expr], name: str) -> pl.DataFrame:
    """A firm's rows in order as one JSON text."""
    entries = rows.sort("customer_id", *order).select(
        "customer_id", pl.struct(value.alias(key) for key, value in entry.items()).alias(name)
    )
    listed = entries.group_by("customer_id", maintain_order=True).agg(name)
    return listed.with_columns(as_json(pl.col(name)).alias(name))


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).cast(pl.String)
