"""Who stands for whom, for how much of what is owed tonight, and how guarantors themselves stand."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole

NOUGHT = nw.lit(0)
RELEASED = "released"
COUNTS = (
    "balance", "guarantors", "covered_amount", "debtors", "stands_for_amount", "ring_size", "circle_size", "chain",
)  # fmt: skip
DEBTOR, GUARANTOR = "debtor", "guarantor"
TOLD = (
    "guarantee_id", "contract_id", "amount", "balance", "counted_amount", "start_date", "end_date", "status",
)  # fmt: skip


def ties(guarantees: Frame, book: Frame, firms: Frame, today: int) -> Frame:
    """One row per guarantee in force for something owed tonight.

    Columns: guarantee_id, customer_id (the debtor), contract_id, guarantor_id, guarantor_kind, amount (fen, null where
    none is named), balance (what is owed on the contract, or by the debtor where no contract is named), counted_amount
    (the smaller of the two; a guarantee that names no amount covers the whole debt, Civil Code art. 691), ours
    (whether the guarantor is a firm of the bank), dates, status. `book` is customer_id, contract_id, balance, grade,
    late_days of the notes tonight; `firms` is customer_id.
    """
    begun = nw.coalesce(day_no("start_date"), nw.lit(today)) <= today
    runs = nw.coalesce(day_no("end_date"), nw.lit(today)) >= today
    in_force = guarantees.filter(nw.coalesce(nw.col("status"), nw.lit("")) != RELEASED, begun, runs)
    by_contract = book.group_by("customer_id", "contract_id").agg(total("balance").alias("_contract"))
    by_debtor = book.group_by("customer_id").agg(total("balance").alias("_debtor"))
    ours = firms.select(guarantor_id=nw.col("customer_id"), ours=nw.lit(value=True)).unique()
    known = (
        in_force.join(by_contract, on=["customer_id", "contract_id"], how="left")
        .join(by_debtor, on="customer_id", how="left")
        .join(ours, on="guarantor_id", how="left")
    )
    owed = nw.when(nw.col("contract_id").is_null()).then(nw.col("_debtor")).otherwise(nw.col("_contract"))
    standing = known.with_columns(balance=whole(nw.coalesce(owed, NOUGHT))).filter(nw.col("balance") > 0)
    amount = nw.coalesce(nw.col("amount"), nw.col("balance"))
    counted = nw.when(amount < nw.col("balance")).then(amount).otherwise(nw.col("balance"))
    return standing.with_columns(
        counted_amount=whole(counted), ours=nw.coalesce(nw.col("ours"), nw.lit(value=False))
    ).select(*TOLD, "customer_id", "guarantor_id", "guarantor_kind", "ours")


def sureties(tied: Frame, book: Frame, rings: Frame) -> Frame:
    """One row per firm that is guaranteed or guarantees.

    Columns: customer_id, balance, grade, late_days (of its own notes, nought and null without any), guarantors,
    covered_amount (no more of a contract than is owed on it), debtors, stands_for_amount, and the columns of
    `rings`: ring, ring_size, circle, circle_size, chain.
    """
    own = _own(book)
    given = (
        tied.filter(nw.col("ours"))
        .group_by("guarantor_id")
        .agg(
            nw.col("customer_id").n_unique().alias("debtors"),
            total("counted_amount").alias("stands_for_amount"),
        )
        .rename({"guarantor_id": "customer_id"})
    )
    taken = tied.group_by("customer_id").agg(nw.col("guarantor_id").n_unique().alias("guarantors"))
    firms = nw.concat([given.select("customer_id"), taken.select("customer_id")]).unique()
    for part in (own, given, taken, _covered(tied, own), rings):
        firms = firms.join(part, on="customer_id", how="left")
    return firms.with_columns(
        *(whole(nw.coalesce(nw.col(name), NOUGHT)).alias(name) for name in COUNTS),
        *(nw.coalesce(nw.col(name), nw.lit("")).alias(name) for name in ("ring", "circle")),
        grade=whole(nw.col("grade")),
        late_days=whole(nw.col("late_days")),
    )  # fmt: skip


def sides(tied: Frame, standing: Frame) -> Frame:
    """Each guarantee twice: with the debtor's page and with its guarantor's, where that is a firm of the bank.

    Columns: side, customer_id (whose page), other_id, other_kind, TOLD, other_grade, other_late_days, other_balance,
    mutual (both stand in one ring). `standing` as `sureties` gives it.
    """
    debtor = tied.select(
        *TOLD,
        "customer_id",
        side=nw.lit(DEBTOR),
        other_id=nw.col("guarantor_id"),
        other_kind=nw.col("guarantor_kind"),
    )
    guarantor = tied.filter(nw.col("ours")).select(
        *TOLD,
        customer_id=nw.col("guarantor_id"),
        side=nw.lit(GUARANTOR),
        other_id=nw.col("customer_id"),
        other_kind=nw.lit("customer"),
    )
    columns = (*TOLD, "customer_id", "side", "other_id", "other_kind")
    both = nw.concat([debtor.select(*columns), guarantor.select(*columns)])
    mine = standing.select("customer_id", _ring=nw.col("ring"))
    other = standing.select(
        other_id=nw.col("customer_id"),
        other_grade=nw.col("grade"),
        other_late_days=nw.col("late_days"),
        other_balance=nw.col("balance"),
        _other_ring=nw.col("ring"),
    )
    known = both.join(mine, on="customer_id", how="left").join(other, on="other_id", how="left")
    mutual = (nw.col("_ring") != "") & (nw.col("_ring") == nw.col("_other_ring"))
    return known.with_columns(mutual=nw.coalesce(mutual, nw.lit(value=False))).drop("_ring", "_other_ring")


def _own(book: Frame) -> Frame:
    """What each firm owes itself, its worst class and most days past due."""
    return book.group_by("customer_id").agg(
        total("balance").alias("balance"),
        nw.col("grade").max().alias("grade"),
        nw.col("late_days").max().alias("late_days"),
    )


def _covered(tied: Frame, own: Frame) -> Frame:
    """customer_id and what of its debt is guaranteed: of each contract no more than is owed, of all no more either."""
    contract = tied.group_by("customer_id", "contract_id").agg(
        total("counted_amount").alias("_named"), nw.col("balance").max().alias("_owed")
    )
    capped = nw.when(nw.col("_named") < nw.col("_owed")).then(nw.col("_named")).otherwise(nw.col("_owed"))
    firm = contract.with_columns(_capped=capped).group_by("customer_id").agg(total("_capped").alias("_sum"))
    known = firm.join(own.select("customer_id", _all=nw.col("balance")), on="customer_id", how="inner")
    whole_sum = nw.when(nw.col("_sum") < nw.col("_all")).then(nw.col("_sum")).otherwise(nw.col("_all"))
    return known.select("customer_id", covered_amount=whole(whole_sum))
