"""Joining rows with what happened to their firm or note later."""

from collections.abc import Sequence

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole
from xiaoer.scores.labels.terms import KEY, Later


def happened(rows: Frame, events: Frame, later: Later, on: str = "customer_id") -> Frame:
    """Rows with `times`: how many events (columns `on`, day) fell into each row's days; 0 where none did."""
    wide = rows.join(events.select(on, "day"), on=on, how="inner")
    counted = wide.filter(later.inside(nw.col("day"))).group_by(*KEY).agg(whole(nw.len()).alias("times"))
    joined = rows.join(counted, on=list(KEY), how="left")
    return joined.with_columns(times=nw.coalesce(nw.col("times"), nw.lit(0)))


def added(rows: Frame, sums: Frame, names: Sequence[str], later: Later, *, before: int = 0) -> Frame:
    """Rows with sums (fen) over each row's days of a table of customer_id, day and amounts; 0 where nothing came.

    With `before`, also <name>_before: the same over so many days up to the row's first.
    """
    day, first = nw.col("day"), nw.col("from_day")
    after = later.inside(day)
    earlier = (day > first - before) & (day <= first)
    wide = rows.join(sums, on="customer_id", how="inner").filter(after | earlier)
    agg = [total(name, after).alias(name) for name in names]
    agg += [total(name, earlier).alias(f"{name}_before") for name in names if before]
    found = wide.group_by(*KEY).agg(*agg)
    columns = [*names, *(f"{name}_before" for name in names if before)]
    filled = [nw.coalesce(nw.col(name), nw.lit(0)).alias(name) for name in columns]
    return rows.join(found, on=list(KEY), how="left").with_columns(*filled)


def gone(rows: Frame, later: Later) -> Frame:
    """Rows with `gone_day` (null while the firm is a customer) and `gone_why`; firms gone by the first day fall out.

    A register that is some weeks old still names them; a label of a firm that is not there says nothing.
    """
    told = later.tables("customers").select(
        "customer_id", gone_day=day_no("closed_date"), gone_why=nw.col("closed_reason")
    )
    joined = rows.join(told, on="customer_id", how="left")
    here = nw.col("gone_day").is_null() | (nw.col("gone_day") > nw.col("from_day"))
    return joined.filter(here)


def notes(later: Later) -> Frame:
    """Every note ever told of, by its last snapshot: note_id, customer_id, contract_id, and days of what became of it.

    Columns: due_day, drawn_day, settled_day, default_day, written_off_day.
    """
    told = later.snapshots("drawdown_notes").with_columns(day=day_no("business_date"))
    newest = nw.col("day") == nw.col("day").max().over("note_id")
    last = told.with_columns(newest=newest).filter(nw.col("newest"))
    return last.select(
        "note_id", "customer_id", "contract_id", "product_id", "amount", "rate",
        due_day=day_no("due_date"), drawn_day=day_no("drawn_date"), settled_day=day_no("settled_date"),
        default_day=day_no("defaulted_date"), written_off_day=day_no("written_off_date"),
    )  # fmt: skip


def of_note(rows: Frame, later: Later) -> Frame:
    """Rows of notes with what became of them."""
    told = notes(later).drop("customer_id", "product_id").rename({"note_id": "item"})
    return rows.join(told, on="item", how="left")


def yes(condition: nw.Expr) -> nw.Expr:
    """1 where it holds, else 0; what is not known does not hold."""
    return nw.when(condition).then(1).otherwise(0)


def sure(condition: nw.Expr) -> nw.Expr:
    """The condition, false where it is not known."""
    return nw.coalesce(condition, nw.lit(value=False))
