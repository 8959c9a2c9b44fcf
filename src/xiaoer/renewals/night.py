"""Notes that end soon with what their conditions hang on, and the three no's counted from contracts and lines."""

from dataclasses import dataclass

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole
from xiaoer.renewals.terms import Terms

NOUGHT = nw.lit(0)
WHOSE = ("branch_id", "manager_id")
SMOOTH = "no_principal_repayment"


@dataclass(frozen=True)
class Around:
    """Tables the conditions come from; `firms` carries days_since_sale, growth_12m (fraction) and value (chance)."""

    firms: Frame
    contracts: Frame
    records: Frame
    debts: Frame
    collateral: Frame
    valuations: Frame


def maturing(book: Frame, around: Around, terms: Terms, today: int) -> Frame:
    """Open notes that end within the days ahead: note_id, customer_id, balance and the facts of `rules.Maturing`."""
    ends = day_no("due_date")
    soon = book.filter(ends >= today, ends <= today + terms.days_ahead).select(
        "note_id", "customer_id", "contract_id", "product_id", "balance", "rate", "due_date", "grade", "late_days",
        "last_late_day", "security", *WHOSE,
    )  # fmt: skip
    known = around.firms.select("customer_id", "days_since_sale", "growth_12m", pd=nw.col("value"))
    for part, key in (
        (known, "customer_id"),
        (_followed(around.contracts), "contract_id"),
        (_grave(around.records, terms, today), "customer_id"),
        (_elsewhere(around.debts, today), "customer_id"),
        (_valued(around.collateral, around.valuations), "contract_id"),
    ):
        soon = soon.join(part, on=key, how="left")
    return soon


def gaps(contracts: Frame, placed: Frame) -> Frame:
    """Days between old money and new, by month of the new contract: month, kind, whose, loans, days, amount (fen).

    kind is "smooth" where principal was not repaid in between, "gap" where the firm had to bridge days.
    """
    former = contracts.select(renewed_from=nw.col("contract_id"), _ended=day_no("end_date"))
    followed = contracts.join(former, on="renewed_from", how="inner").with_columns(
        _days=whole(day_no("start_date") - nw.col("_ended")),
        month=nw.col("start_date").dt.year().cast(nw.Int64) * 12
        + nw.col("start_date").dt.month().cast(nw.Int64)
        - 1,
    )
    days = nw.when(nw.col("_days") > 0).then(nw.col("_days")).otherwise(0)
    smooth = (nw.col("renewal_kind") == SMOOTH) & (nw.col("_days") <= 0)
    kind = nw.when(smooth).then(nw.lit("smooth")).otherwise(nw.lit("gap"))
    told = followed.filter(~nw.col("_days").is_null()).with_columns(_days=days, kind=kind)
    return told.join(placed, on="customer_id", how="inner").group_by("month", "kind", *WHOSE).agg(
        whole(nw.len()).alias("loans"), total("_days").alias("days"), total("amount").alias("amount")
    )  # fmt: skip


def cuts(lines: Frame, placed: Frame, sound: Frame, month: int) -> Frame:
    """Lines cut or frozen though the firm always paid; columns as `gaps`, kind cut or withdrawal.

    `sound` names the firms with nothing past due, defaulted or written off: customer_id.
    """
    less = nw.coalesce(nw.col("previous_limit"), NOUGHT) - nw.col("limit")
    cut = lines.filter(nw.col("status") == "cut", less > 0).select(
        "customer_id", kind=nw.lit("cut"), less=less
    )
    frozen = lines.filter(nw.col("status") == "frozen").select(
        "customer_id", kind=nw.lit("withdrawal"), less=nw.col("limit")
    )
    told = nw.concat([cut, frozen]).join(sound, on="customer_id", how="semi")
    placed_rows = told.join(placed, on="customer_id", how="inner").with_columns(
        month=nw.lit(month).cast(nw.Int64), days=nw.lit(0).cast(nw.Int64)
    )
    return placed_rows.group_by("month", "kind", *WHOSE).agg(
        whole(nw.len()).alias("loans"), total("days").alias("days"), total("less").alias("amount")
    )


def _followed(contracts: Frame) -> Frame:
    """contract_id and the day the contract that follows it was signed."""
    later = contracts.filter(~nw.col("renewed_from").is_null(), ~nw.col("signed_date").is_null())
    return later.group_by("renewed_from").agg(nw.col("signed_date").min().alias("signed_date")).rename(
        {"renewed_from": "contract_id"}
    )  # fmt: skip


def _grave(records: Frame, terms: Terms, today: int) -> Frame:
    """customer_id and how many grave records of each kind count, as columns named after the kinds."""
    against = nw.coalesce(nw.col("role"), nw.lit("")) != "plaintiff"
    recent = day_no("published_date") >= today - terms.records_days
    open_ = nw.coalesce(nw.col("status"), nw.lit("open")) == "open"
    kept = records.filter(against, nw.col("kind").is_in(sorted(terms.grave_records)), recent | open_)
    counted = {
        f"record_{kind}": total(nw.lit(1), nw.col("kind") == kind) for kind in sorted(terms.grave_records)
    }
    return kept.group_by("customer_id").agg(*(value.alias(name) for name, value in counted.items()))


def _elsewhere(debts: Frame, today: int) -> Frame:
    """customer_id and what is non-performing at other banks, of firms with a report under a valid authorisation."""
    bad = nw.coalesce(nw.col("classification"), nw.lit("")).is_in(["substandard", "doubtful", "loss"])
    usable = debts.filter(nw.coalesce(day_no("authorised_until"), nw.lit(today)) >= today)
    latest = day_no("report_date").max().over("customer_id")
    newest = usable.with_columns(_latest=latest).filter(day_no("report_date") == nw.col("_latest"))
    return newest.group_by("customer_id").agg(
        total(nw.coalesce(nw.col("balance"), NOUGHT), bad).alias("bad_debts")
    )


def _valued(collateral: Frame, valuations: Frame) -> Frame:
    """contract_id and the oldest of its things' latest valuations; none where one was never valued."""
    held = collateral.filter(nw.coalesce(nw.col("status"), nw.lit("held")) == "held")
    latest = valuations.group_by("collateral_id").agg(nw.col("valued_date").max().alias("valued_date"))
    both = held.select("contract_id", "collateral_id").join(latest, on="collateral_id", how="left")
    missing = nw.when(nw.col("valued_date").is_null()).then(1).otherwise(0)
    oldest = both.with_columns(_missing=missing).group_by("contract_id").agg(
        nw.col("valued_date").min().alias("_valued"), nw.col("_missing").max().alias("_missing")
    )  # fmt: skip
    return oldest.select("contract_id", valued_date=nw.when(nw.col("_missing") == 0).then(nw.col("_valued")))
