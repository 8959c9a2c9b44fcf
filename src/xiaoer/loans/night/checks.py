"""The last check of each note, and its drawing followed to the payees: first money out first."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole
from xiaoer.loans.terms import Checks

CHECK, OUT = "check", "out"


def last_checks(book: Frame, contacts: Frame, recorded: Frame) -> Frame:
    """note_id and last_check_day of each note of the book; null where nobody looked yet.

    `contacts` are those of the bank's files and the desk (customer_id, purpose, day number): a check of the firm is
    one of all its notes. `recorded` are the desk's own checks (note_id, day as a date).
    """
    firm = contacts.filter(nw.col("purpose") == CHECK).group_by("customer_id")
    note = recorded.with_columns(_day=day_no("day")).group_by("note_id")
    both = book.select("note_id", "customer_id").join(
        firm.agg(nw.col("day").max().alias("_firm")), on="customer_id", how="left"
    ).join(note.agg(nw.col("_day").max().alias("_note")), on="note_id", how="left")  # fmt: skip
    ours, theirs = nw.coalesce(nw.col("_note"), nw.lit(-1)), nw.coalesce(nw.col("_firm"), nw.lit(-1))
    latest = nw.when(ours > theirs).then(ours).otherwise(theirs)
    return both.with_columns(_latest=whole(latest)).select(
        "note_id", last_check_day=nw.when(nw.col("_latest") >= 0).then(nw.col("_latest"))
    )


def traced(book: Frame, transactions: Frame, terms: Checks, today: int) -> Frame:
    """Where drawings of late went: note_id, customer_id, counterparty_id, purpose, amount (fen).

    What left the firm's accounts after the drawing, in order, until the drawing is used up or the days are over;
    payments of the drawing itself, repayments, fees and reversed bookings are not a use.
    """
    drawn = book.select("note_id", "customer_id", "amount", drawn_day=day_no("drawn_date")).filter(
        nw.col("drawn_day") >= today - terms.traced_drawn_days
    )
    left = transactions.filter(
        nw.col("direction") == OUT,
        ~nw.coalesce(nw.col("reversed"), nw.lit(value=False)),
        ~nw.coalesce(nw.col("purpose"), nw.lit("other")).is_in(["loan_drawdown", "loan_repayment", "fee"]),
    ).select(
        "transaction_id",
        "customer_id",
        counterparty_id=nw.coalesce(nw.col("counterparty_id"), nw.lit("")),
        purpose=nw.coalesce(nw.col("purpose"), nw.lit("other")),
        paid=nw.col("amount"),
        day=day_no("booked_date"),
    )
    near = left.join(drawn, on="customer_id", how="inner").filter(
        nw.col("day") >= nw.col("drawn_day"), nw.col("day") <= nw.col("drawn_day") + terms.trace_days
    )
    so_far = whole(nw.col("paid").cum_sum().over("note_id", order_by=["day", "transaction_id"]))
    lined = near.with_columns(_before=so_far - nw.col("paid")).filter(nw.col("_before") < nw.col("amount"))
    room = nw.col("amount") - nw.col("_before")
    used = lined.with_columns(used=whole(nw.when(nw.col("paid") < room).then(nw.col("paid")).otherwise(room)))
    return used.group_by("note_id", "customer_id", "counterparty_id", "purpose").agg(
        total("used").alias("amount")
    )


def uses(trace: Frame, terms: Checks) -> Frame:
    """Per note what was followed, what went where a business loan does not go, and what is unclear; fen."""
    purpose = nw.col("purpose")
    return trace.group_by("note_id").agg(
        total("amount").alias("traced_amount"),
        total("amount", purpose.is_in(sorted(terms.forbidden_purposes))).alias("forbidden_amount"),
        total("amount", purpose.is_in(sorted(terms.unclear_purposes))).alias("unclear_amount"),
    )
