"""What was done with events on the desk, as the night goes by it: closed, put off, muted for a firm."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night

OF_THE_RULE = ("muted", "unmuted")


@dataclass(frozen=True)
class Handled:
    """Numbers of events that ask for nobody on the day planned; firms with the rules muted for them.

    `said`: customer_id, event_id and the day number somebody took an event on (`day`) or put it off to (`until_day`).
    """

    settled: frozenset[str]
    muted: pl.DataFrame
    said: pl.DataFrame

    @classmethod
    def of(cls, night: Night) -> "Handled":
        """As the desk had left it on the business date; the latest step holds."""
        rows = pl.DataFrame(night.engine.collect(recorded(night, "desk_handled"))).sort("step_id")
        of_rule = pl.col("step").is_in(OF_THE_RULE)
        mutes = rows.filter(of_rule).unique(["customer_id", "rule"], keep="last", maintain_order=True)
        latest = rows.filter(~of_rule).unique("event_id", keep="last", maintain_order=True)
        later = (pl.col("step") == "postponed") & (pl.col("until_date") > night.business_date)
        settled = latest.filter((pl.col("step") == "closed") | later)
        held = mutes.filter(pl.col("step") == "muted", pl.col("until_date") >= night.business_date)
        return cls(frozenset(settled["event_id"]), held.select("customer_id", "rule"), _said(latest))

    def heard(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Events without those muted for their firm; what somebody must act on is always heard."""
        if self.muted.is_empty():
            yield from batches
            return
        for batch in batches:
            rows = pl.DataFrame(batch)
            hushed = rows.filter(pl.col("severity") != "act").join(
                self.muted, on=["customer_id", "rule"], how="semi"
            )
            kept = rows.join(hushed.select("event_id"), on="event_id", how="anti", maintain_order="left")
            yield from kept.to_arrow().cast(batch.schema).to_batches()


def _said(latest: pl.DataFrame) -> pl.DataFrame:
    days = {
        name: pl.when(pl.col("step") == step).then(pl.col(day)).cast(pl.Int32).cast(pl.Int64)
        for name, step, day in (("day", "accepted", "day"), ("until_day", "postponed", "until_date"))
    }
    known = latest.filter(pl.col("step").is_in(["accepted", "postponed"]))
    return known.select("customer_id", "event_id", **days)
