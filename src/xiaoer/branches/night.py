"""Who answers for each firm on the business date."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no

RESPONSIBLE = "responsible"


def portfolio(customers: Frame, assignments: Frame, staff: Frame, head_office: str, today: int) -> Frame:
    """One row per firm: customer_id, branch_id, manager_id ("pool:<branch>" where nobody answers for it).

    A firm without a branch belongs to the branch of its manager, and failing that to the head office.
    """
    mine = (
        assignments.filter(
            nw.col("role") == RESPONSIBLE,
            ~nw.col("staff_id").is_null(),
            nw.coalesce(day_no("from_date"), nw.lit(today)) <= today,
            nw.coalesce(day_no("to_date"), nw.lit(today)) >= today,
        )
        .group_by("customer_id")
        .agg(nw.col("staff_id").min().alias("staff_id"), nw.col("branch_id").min().alias("assigned_branch"))
    )
    homes = staff.select("staff_id", nw.col("branch_id").alias("staff_branch"))
    branch = nw.coalesce("assigned_branch", "branch_id", "staff_branch", nw.lit(head_office))
    return (
        customers.select("customer_id", "branch_id")
        .join(mine, on="customer_id", how="left")
        .join(homes, on="staff_id", how="left")
        .with_columns(branch.alias("home"))
        .with_columns(
            nw.coalesce(nw.col("staff_id"), nw.concat_str([nw.lit("pool:"), nw.col("home")])).alias(
                "manager_id"
            )
        )
        .select("customer_id", nw.col("home").alias("branch_id"), "manager_id")
    )
