"""What firms last said of us, and what they asked for or complained of."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no
from xiaoer.satisfaction.terms import TURNS, Deed, State


def satisfaction(delivered: Frame, recorded: Frame, today: int) -> Frame:
    """Mean answered score (0 to 10) of the last year per firm.

    `delivered` follows the contract of surveys; `recorded` are the desk's (customer_id, asked_date, score).
    """
    told = [
        rows.select("customer_id", "asked_date", nw.col("score").cast(nw.Float64))
        for rows in (delivered, recorded)
    ]
    answered = nw.concat(told, how="vertical").filter(
        ~nw.col("score").is_null(), day_no("asked_date") > today - 365
    )
    return answered.group_by("customer_id").agg(nw.col("score").mean().alias("satisfaction"))


def requests(delivered: Frame, recorded: Frame, steps: Frame, today: int, kept_from: int) -> Frame:
    """Every request not closed, and those closed from `kept_from` on (days since 1970-01-01), by where they stand.

    `delivered` follows the contract of service_requests; `recorded` are the desk's (request_id, customer_id, kind,
    topic, channel, day, due_date, owner_id); `steps` what the desk did (step_id, request_id, step, day). Gives
    request_id, customer_id, kind, topic, channel, product_id, requested_date, due_date, staff_id, status, closed_date,
    confirmed, by (bank, desk), state (open, solved, closed). A file that says closed outweighs the desk, unless it was
    opened again on that day or later.
    """
    rows = nw.concat([_of_file(delivered), _of_desk(recorded)], how="vertical")
    turned = steps.filter(nw.col("step").is_in([deed.value for deed in TURNS]))
    latest = turned.group_by("request_id").agg(nw.col("step_id").max())
    last = turned.join(latest, on=["request_id", "step_id"], how="inner").select(
        "request_id", _turned=nw.col("step"), _turned_day=day_no("day")
    )
    ended = nw.coalesce(day_no("closed_date"), day_no("requested_date"))
    known = rows.filter(day_no("requested_date") <= today).with_columns(_ended=ended)
    stood = known.join(last, on="request_id", how="left").with_columns(_state())
    over = nw.when(nw.col("_turned") == Deed.CONFIRMED.value).then(nw.col("_turned_day"))
    kept = stood.with_columns(_over=nw.coalesce(over.otherwise(nw.col("_ended")), nw.col("_ended")))
    return kept.filter((nw.col("state") != State.CLOSED.value) | (nw.col("_over") >= kept_from)).drop(
        "_turned", "_turned_day", "_ended", "_over"
    )


COLUMNS = (
    "request_id", "customer_id", "kind", "topic", "channel", "product_id", "requested_date", "due_date", "staff_id",
    "status", "closed_date", "confirmed", "by",
)  # fmt: skip


def _of_file(delivered: Frame) -> Frame:
    status = nw.when(nw.col("status") == "closed").then(nw.lit("closed")).otherwise(nw.lit("open"))
    told = delivered.with_columns(due_date=nw.col("deadline_date"), by=nw.lit("bank"), status=status)
    return told.select(COLUMNS)


def _of_desk(recorded: Frame) -> Frame:
    return recorded.with_columns(
        requested_date=nw.col("day"),
        product_id=nw.lit(None, dtype=nw.String),
        staff_id=nw.col("owner_id"),
        status=nw.lit("open"),
        closed_date=nw.lit(None, dtype=nw.Date),
        confirmed=nw.lit(None, dtype=nw.Boolean),
        by=nw.lit("desk"),
    ).select(COLUMNS)


def _state() -> nw.Expr:
    turned = nw.col("_turned").fill_null("")
    again = (turned == Deed.REOPENED.value) & (nw.col("_turned_day") >= nw.col("_ended"))
    closed = ((nw.col("status") == "closed") & ~again) | (turned == Deed.CONFIRMED.value)
    solved = nw.when(turned == Deed.SOLVED.value).then(nw.lit("solved")).otherwise(nw.lit("open"))
    return nw.when(closed).then(nw.lit("closed")).otherwise(solved).alias("state")
