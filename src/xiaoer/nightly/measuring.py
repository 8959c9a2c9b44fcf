"""Measure: which firms of each family are treated and which left alone, and what came of both."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import narwhals as nw
import polars as pl

from xiaoer.features.night import balance_lines
from xiaoer.features.night.accounts import held_by_day
from xiaoer.kit.parameters import in_force
from xiaoer.nightly import adopted, history, seam
from xiaoer.nightly.lent import product_names
from xiaoer.nightly.pieces import in_parts
from xiaoer.nightly.run import Night
from xiaoer.trials.families import HOLDOUT, TREATED, Families, part
from xiaoer.trials.night import Told, outcomes
from xiaoer.value.terms import Margins

SHARE_DIGITS = 6  # 1 − 0.95 is a hair above 0.05
KEPT_DAYS = 730  # of what came of a firm
FACTS = {
    "family": pl.String, "item": pl.String, "called": pl.String, "customer_id": pl.String, "part": pl.Int64,
    "tier": pl.String, "dealt_date": pl.Date, "entered_date": pl.Date, "due_date": pl.Date, "arm": pl.String,
    "held_share": pl.Float64, "expected": pl.Int64,
}  # fmt: skip
CAME = {
    "met": pl.Boolean, "won": pl.Boolean, "balance_change": pl.Int64, "profit": pl.Int64, "ripe": pl.Boolean,
}  # fmt: skip
ONCE = ["family", "customer_id", "dealt_date"]  # a firm enters a family by one rule
KEY = [*ONCE, "item"]  # of one day's campaigns, a firm may be on several lists
MEASURED = {**FACTS, **CAME}
ARMS = {"treated": TREATED, "held_out": HOLDOUT}  # as campaign lists call them


def arms(night: Night) -> None:
    """Every firm that entered a family, with its arm; what came of it as soon as its time is over."""
    families = adopted.families(night)
    before = _before(night)
    entered = _entered(night, families).join(before, on=ONCE, how="anti")
    listed = _campaigns(night, families).join(before, on=KEY, how="anti")
    new = pl.concat([entered, listed]).with_columns(
        pl.lit(None, kind).alias(name) for name, kind in CAME.items()
    )
    rows = pl.concat([before, new.with_columns(ripe=pl.lit(value=False))]).select(list(MEASURED))
    rows = named(rows, product_names(night))
    night.keep_rows("measured", _with_outcomes(night, rows, families).sort(KEY).to_arrow())


def named(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Entries with the name of their product, also those kept since before the catalogue told it.

    `names` holds product_id and product; what has a name keeps it, what is no product has none.
    """
    known = rows.join(names, left_on="item", right_on="product_id", how="left", maintain_order="left")
    told = pl.when(pl.col("called") == "").then(pl.col("product").fill_null("")).otherwise("called")
    return known.with_columns(called=told).select(rows.columns)


def _before(night: Night) -> pl.DataFrame:
    """What the nights before measured and is still remembered."""
    rows = history.made_before(night, "measured", list(MEASURED))
    held = pl.DataFrame(schema=MEASURED) if rows is None else pl.DataFrame(rows).cast(MEASURED)  # type: ignore[arg-type]
    return held.filter(pl.col("entered_date") > night.business_date - timedelta(days=KEPT_DAYS))


def _entered(night: Night, families: Families) -> pl.DataFrame:
    """Firms that tonight's decisions would have met: once for each family, by their best open occasion.

    Of a family with a share of 0, or where somebody must act, nobody enters: there is nothing to compare with.
    """
    log = pl.DataFrame(night.rows_of("decisions")).filter(
        pl.col("family") != "", pl.col("stopped").is_null(), pl.col("arm_probability") < 1
    )
    best = log.sort(["priority", "rule"], descending=[True, False]).unique(
        ONCE, keep="first", maintain_order=True
    )
    due = {one.name: one.horizon_days for one in families.of.values()}
    held = pl.when(pl.col("arm") == HOLDOUT).then("arm_probability").otherwise(1 - pl.col("arm_probability"))
    tiers = pl.DataFrame(night.engine.collect(night.made("segments").select("customer_id", "tier")))
    placed = best.with_columns(_parts(best["unit"])).join(tiers, on="customer_id", how="left")
    offered = pl.col("product_id").fill_null("")
    called = placed.join(product_names(night), on="product_id", how="left", maintain_order="left")
    return called.with_columns(
        item=pl.when(offered == "").then("rule").otherwise(offered),
        called=pl.col("product").fill_null(""),
        tier=pl.col("tier").fill_null(""),
        entered_date=pl.lit(night.business_date),
        due_date=_due(night.business_date, due),
        held_share=held.round(SHARE_DIGITS),
        expected=pl.col("expected_return") - pl.col("cost"),
    ).select(pl.col(name).cast(kind) for name, kind in FACTS.items())


def _due(day: Any, horizons: Mapping[str, int]) -> pl.Expr:
    days = pl.col("family").replace_strict(horizons, return_dtype=pl.Int64)
    return (pl.lit(day) + pl.duration(days=days)).cast(pl.Date)


def _parts(units: pl.Series) -> pl.Series:
    return pl.Series("part", [part(one) for one in units], pl.Int64)


def _campaigns(night: Night, families: Families) -> pl.DataFrame:
    """Firms on the bank's campaign lists, whose arms the bank drew itself."""
    family = next((one for one in families.of.values() if one.by_bank), None)
    first = night.business_date - timedelta(days=KEPT_DAYS)
    lists = night.delivered("campaign_lists").filter(
        nw.col("listed_date") > nw.lit(first), nw.col("listed_date") <= nw.lit(night.business_date)
    )
    rows = pl.DataFrame(night.engine.collect(lists)).sort("campaign_id", "customer_id")
    if family is None or rows.is_empty():
        return pl.DataFrame(schema=FACTS)
    names = product_names(night).rename({"product": "called"})
    rows = rows.join(names, on="product_id", how="left", maintain_order="left")
    rows = rows.unique(["product_id", "customer_id", "listed_date"], keep="first", maintain_order=True)
    return rows.with_columns(
        _parts(rows["customer_id"]),
        family=pl.lit(family.name),
        item=pl.col("product_id").fill_null(""),
        called=pl.col("called").fill_null(""),
        tier=pl.lit(""),
        dealt_date=pl.col("listed_date"),
        entered_date=pl.col("listed_date"),
        due_date=pl.col("listed_date") + pl.duration(days=family.horizon_days),
        arm=pl.col("arm").replace_strict(ARMS),
        held_share=(1 - pl.col("treated_share")).round(SHARE_DIGITS),
        expected=pl.lit(None),
    ).select(pl.col(name).cast(kind) for name, kind in FACTS.items())


def _with_outcomes(night: Night, rows: pl.DataFrame, families: Families) -> pl.DataFrame:
    """Firms whose time is over are measured once; what was measured stays."""
    over = ~pl.col("ripe") & (pl.col("due_date") <= night.business_date)
    due, rest = rows.filter(over), rows.filter(~over)
    if due.is_empty():
        return rows
    won = {one.name: one.won for one in families.of.values()}
    entries = due.select(
        pl.int_range(pl.len()).alias("entry"), "customer_id", "item",
        pl.col("family").replace_strict(won, default=None, return_dtype=pl.String).alias("won"),
        *(pl.col(f"{name}_date").cast(pl.Int32).cast(pl.Int64).alias(f"{name}_day") for name in ("entered", "due")),
    )  # fmt: skip
    kept_share = in_force("trials", "families", night.business_date)["kept_share"]
    came = outcomes(night.engine.table(entries.to_arrow()), _told(night, entries), kept_share)
    found = pl.DataFrame(night.engine.collect(came)).sort("entry")
    return pl.concat(
        [rest, _measured(due, found, Margins.in_force(night.business_date)).select(list(MEASURED))]
    )


def _told(night: Night, entries: pl.DataFrame) -> Told:
    """The bank's records of the firms that are measured tonight."""
    firms = night.engine.table(entries.select("customer_id").unique().to_arrow())

    def of_these(frame: Any) -> Any:
        return frame.join(firms, on="customer_id", how="semi")

    balances = night.delivered("balances") if night.lake.delivered("balances", night.business_date) else None
    first = int(entries["entered_day"].min()) - 60  # type: ignore[arg-type]
    return Told(
        of_these(night.delivered("holdings").filter(~nw.col("opened_date").is_null())),
        of_these(night.delivered("drawdown_notes").filter(~nw.col("drawn_date").is_null())),
        None if balances is None else held_by_day(balance_lines(of_these(balances))),
        of_these(night.made("contacts").filter(nw.col("day") > first)),
    )


def _measured(due: pl.DataFrame, found: pl.DataFrame, margins: Margins) -> pl.DataFrame:
    """`profit`: what a year brings more, on the deposits that came and the loans that were drawn."""
    profit = pl.col("balance_change") * margins.deposit_margin + pl.col("drawn") * margins.loan_margin
    told = found.with_columns(profit=profit.round().cast(pl.Int64), ripe=pl.lit(value=True))
    return due.drop(list(CAME)).hstack(told.select(list(CAME)).cast(CAME))  # type: ignore[arg-type]


def measured(night: Night) -> seam.Rows:
    """What the desk compares."""
    return in_parts(night, list(MEASURED), lambda one: one.made("measured"))
