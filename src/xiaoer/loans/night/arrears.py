"""Days past due on a day, and when each note and firm entered and left each bucket, from the first day known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.loans.night.allocation import NEVER


@dataclass(frozen=True)
class Bands:
    """First days of bands of days past due, as a frame with columns floor and next (the band after, or NEVER)."""

    frame: Frame


def bands(table: Callable[[pa.Table], Frame], floors: Sequence[int]) -> Bands:
    """Bands by their first days, smallest first."""
    ends = pa.array([*floors[1:], NEVER], pa.int64())
    return Bands(table(pa.table({"floor": pa.array(floors, pa.int64()), "next": ends})))


def late_on(arrears: Frame, day: int) -> Frame:
    """Notes past due on a day: note_id, days_past_due, oldest_due_day."""
    running = arrears.filter(nw.col("from_day") <= day, nw.col("until_day") > day)
    return running.select(
        "note_id", days_past_due=whole(day - nw.col("due_day")), oldest_due_day=nw.col("due_day")
    )


def spells(arrears: Frame, bands: Bands, today: int) -> Frame:
    """One row per note and unbroken time in a band: note_id, floor, in_day, out_day (null while it lasts)."""
    within = _within(arrears, bands, "note_id", upper=True)
    return _told(_joined(within, "note_id"), today)


def at_least(arrears: Frame, bands: Bands, today: int) -> Frame:
    """One row per firm and unbroken time with some note so many days past due or more; columns as for notes.

    `arrears` carries customer_id.
    """
    within = _within(arrears, bands, "customer_id", upper=False)
    return _told(_joined(within, "customer_id"), today)


def _within(arrears: Frame, bands: Bands, owner: str, *, upper: bool) -> Frame:
    """Each stretch cut to each band it touches."""
    both = arrears.join(bands.frame, how="cross").with_columns(
        _first=nw.col("due_day") + nw.col("floor"), _end=nw.col("due_day") + nw.col("next")
    )
    ends = nw.col("until_day")
    starts = nw.when(nw.col("_first") > nw.col("from_day")).then(nw.col("_first"))
    stops = nw.when(nw.col("_end") < ends).then(nw.col("_end")).otherwise(ends) if upper else ends
    cut = both.select(
        owner, "floor", in_day=whole(starts.otherwise(nw.col("from_day"))), out_day=whole(stops)
    )
    return cut.filter(nw.col("out_day") > nw.col("in_day"))


def _joined(within: Frame, owner: str) -> Frame:
    """Times that touch or overlap become one; twins leave first, for their order would be any."""
    group, order = (owner, "floor"), ["in_day", "out_day"]
    furthest = nw.col("out_day").cum_max().over(*group, order_by=order)
    before = (
        within.unique()
        .with_columns(_furthest=furthest)
        .with_columns(_before=nw.col("_furthest").shift(1).over(*group, order_by=order))
    )
    apart = nw.col("in_day") > nw.coalesce(nw.col("_before"), nw.lit(-1))
    counted = before.with_columns(_new=nw.when(apart).then(1).otherwise(0)).with_columns(
        _island=whole(nw.col("_new").cum_sum().over(*group, order_by=order))
    )
    return counted.group_by(*group, "_island").agg(
        nw.col("in_day").min().alias("in_day"), nw.col("out_day").max().alias("out_day")
    )


def _told(rows: Frame, today: int) -> Frame:
    """What has begun by today; an end still to come is none."""
    owner = rows.collect_schema().names()[0]
    out = nw.when((nw.col("out_day") <= today) & (nw.col("out_day") < NEVER)).then(nw.col("out_day"))
    begun = rows.filter(nw.col("in_day") <= today)
    return begun.select(owner, "floor", "in_day", out_day=out.cast(nw.Int64))
