"""Who answers for each firm on the business date."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no

RESPONSIBLE = "responsible"


def portfolio(
    customers: Frame,
    assignments: Frame,
    staff: Frame,
    branches: Frame,
    *,
    handed: Frame,
    head_office: str,
    today: int,
) -> Frame:
    """One row per firm: customer_id, branch_id, manager_id ("pool:<branch>" where nobody answers for it).

    `handed`: customer_id, from_id, to_id, handed_date: firms the desk handed over from whom the file still names; an
    assignment of the file dated after it is newer. `staff` are those at work today, `branches` those that exist. Who
    left, or is not known, answers for nobody. A firm handed over stays in its branch, whoever took it. A firm without
    a known branch belongs to its manager's, and failing that to the head office.
    """
    known = branches.select("branch_id", nw.col("branch_id").alias("home"))
    homes = staff.select("staff_id", nw.col("branch_id").alias("staff_branch"))
    mine = _at_work(_taken_over(_responsible(assignments, today), handed), homes)
    own = customers.select("customer_id", "branch_id").join(mine, on="customer_id", how="left")
    for column in ("assigned_branch", "branch_id", "staff_branch"):
        place = known.select(nw.col("branch_id").alias(column), nw.col("home").alias(f"known_{column}"))
        own = own.join(place, on=column, how="left")
    home = nw.coalesce("known_assigned_branch", "known_branch_id", "known_staff_branch", nw.lit(head_office))
    placed = own.with_columns(home.alias("home"))
    pooled = nw.concat_str([nw.lit("pool:"), nw.col("home")])
    return placed.select(
        "customer_id",
        nw.col("home").alias("branch_id"),
        nw.coalesce(nw.col("answers"), pooled).alias("manager_id"),
    )


def _responsible(assignments: Frame, today: int) -> Frame:
    """One responsible person per firm, the smallest number where the bank names several, and since when."""
    named = (
        assignments.filter(
            nw.col("role") == RESPONSIBLE,
            ~nw.col("staff_id").is_null(),
            nw.coalesce(day_no("from_date"), nw.lit(today)) <= today,
            nw.coalesce(day_no("to_date"), nw.lit(today)) >= today,
        )
        .group_by("customer_id", "staff_id")
        .agg(
            nw.col("branch_id").min().alias("assigned_branch"), nw.col("from_date").max().alias("named_date")
        )
    )
    first = named.group_by("customer_id").agg(nw.col("staff_id").min().alias("staff_id"))
    return named.join(first, on=["customer_id", "staff_id"], how="inner")


def _taken_over(mine: Frame, handed: Frame) -> Frame:
    """With `to_id`: whoever the desk handed the firm to since the file named whom it came from."""
    beside = mine.join(
        handed, left_on=["customer_id", "staff_id"], right_on=["customer_id", "from_id"], how="left"
    )
    named, given = day_no("named_date"), day_no("handed_date")
    stands = named.is_null() | (named <= given)
    return beside.with_columns(nw.when(stands).then(nw.col("to_id")).alias("to_id"))


def _at_work(mine: Frame, homes: Frame) -> Frame:
    """With `answers`: whoever is there; of those who left only a firm handed over is kept, for its branch's sake."""
    there = homes.select(
        nw.col("staff_id").alias("answers"), nw.col("staff_branch").alias("taker_branch"), works=nw.lit(1)
    )
    answers = nw.coalesce("to_id", "staff_id").alias("answers")
    beside = (
        mine.with_columns(answers)
        .join(homes, on="staff_id", how="left")
        .join(there, on="answers", how="left")
    )
    kept = beside.filter(~nw.col("works").is_null() | ~nw.col("to_id").is_null())
    return kept.select(
        "customer_id",
        "assigned_branch",
        nw.coalesce("staff_branch", "taker_branch").alias("staff_branch"),
        nw.when(~nw.col("works").is_null()).then(nw.col("answers")).alias("answers"),
    )
