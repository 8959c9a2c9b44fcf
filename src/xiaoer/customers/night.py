"""The crosswalk laid over delivered tables: the bank's keys read as parties, the delivered rows untouched."""

import narwhals as nw

from xiaoer.kit.tables import Frame


def as_parties(rows: Frame, crosswalk: Frame, column: str = "customer_id") -> Frame:
    """`rows` with every dropped party's number replaced by the party it is seen as.

    `crosswalk` has `dropped` and `party`, one row per dropped party, as rules.crosswalk gives them.
    """
    names = rows.collect_schema().names()
    seen = nw.coalesce(nw.col("party"), nw.col(column)).alias(column)
    joined = rows.join(crosswalk.select("dropped", "party"), left_on=column, right_on="dropped", how="left")
    return joined.with_columns(seen).select(*names)


def one_row_per_party(customers: Frame, crosswalk: Frame) -> Frame:
    """The customer table without the rows of dropped parties: the kept party's own row speaks for both."""
    return customers.join(crosswalk.select("dropped"), left_on="customer_id", right_on="dropped", how="anti")
