"""What the night before knew of matters that may still last, and what the desk and the lists said of them since."""

from dataclasses import dataclass

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.events.night import lasting
from xiaoer.events.night.lasting import BEFORE, MATTER, about
from xiaoer.events.telling import numbers
from xiaoer.kit.dates import day_number
from xiaoer.kit.parameters import in_force
from xiaoer.kit.tables import Frame
from xiaoer.nightly import history
from xiaoer.nightly.handled import Handled
from xiaoer.nightly.run import Night

FROM_SEEN = pa.schema(
    [(name, pa.int64() if name.endswith("day") or name == "began" else pa.string()) for name in BEFORE]
)
SAID = {"customer_id": pl.String, "event_id": pl.String, "day": pl.Int64, "until_day": pl.Int64}


@dataclass(frozen=True)
class Lasted:
    """`said`: when somebody was told of an event, by its number; `met`: when somebody was last in touch."""

    night: Night
    said: pl.DataFrame
    met: Frame

    @classmethod
    def of(cls, night: Night, firms: Frame) -> "Lasted":
        """Of a night that knows its firms."""
        said = pl.concat([_listed(night), Handled.of(night).said])
        return cls(night, said.cast(SAID), firms.select("customer_id", "last_contact_day"))  # type: ignore[arg-type]

    def since_when(self, seen: Frame, before: pa.Table) -> Frame:
        """Rows seen tonight with the day they began and the day their term runs from."""
        engine = self.night.engine
        tonight = seen.with_columns(today=nw.lit(self.night.on.today, dtype=nw.Int64))
        said = of_matters(self.said, before).to_arrow()
        return lasting(tonight, engine.table(before), engine.table(said), self.met)


def of_matters(said: pl.DataFrame, before: pa.Table) -> pl.DataFrame:
    """What was said of the matters of the night before: their `MATTER`, day, until_day; nothing of those that ended.

    `said`: `SAID`. `before`: `FROM_SEEN`.
    """
    named = pl.DataFrame(before).join(said, on="customer_id", how="semi")
    dated = named.with_columns(began_date=pl.col("began").cast(pl.Int32).cast(pl.Date))
    matters = nw.from_native(dated).with_columns(of=about()).to_native()
    numbered = matters.with_columns(numbers(dated)).select(*MATTER, "event_id").unique()
    return numbered.join(said, on="event_id").select(*MATTER, "day", "until_day")


def before(night: Night) -> pa.Table:
    """What the product's rules saw the night before; a night of an older version knew no beginnings but its own day."""
    last = last_night(night)
    if last is None:
        return FROM_SEEN.empty_table()
    kept = "lasting" if history.columns_before(night, "lasting") else "seen"
    known = [name for name in BEFORE if name in history.columns_before(night, kept)]
    rows = history.made_before(night, kept, known)
    if rows is None:
        return FROM_SEEN.empty_table()
    frame = pl.DataFrame(rows).with_columns(pl.col("began").fill_null(last))
    told = frame if "told_day" in known else frame.with_columns(told_day=pl.lit(None, pl.Int64))
    return told.select(BEFORE).to_arrow().cast(FROM_SEEN)


def last_night(night: Night) -> int | None:
    """The day number of the night before; None where it is too long ago to tell what held all the time."""
    day = history.date_before(night)
    longest = in_force("events", "lasting", night.business_date)["longest_gap_days"]
    return day_number(day) if day and (night.business_date - day).days <= longest else None


def _listed(night: Night) -> pl.DataFrame:
    """What stood on the lists of the night before, within somebody's hours; an older version kept no event's number."""
    columns = ("customer_id", "source", "day", "fits")
    known = history.columns_before(night, "decisions") >= set(columns)
    rows = history.made_before(night, "decisions", columns) if known else None
    if rows is None:
        return pl.DataFrame(schema=SAID)
    lines = pl.DataFrame(rows).filter(pl.col("fits"))
    days = {"day": pl.col("day").cast(pl.Int32).cast(pl.Int64), "until_day": pl.lit(None, pl.Int64)}
    return lines.select("customer_id", pl.col("source").alias("event_id"), **days).unique()
