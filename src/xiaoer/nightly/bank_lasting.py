"""Since when the bank's own rules name a firm: carried from night to night, also while what they noticed fades."""

from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from xiaoer.events.lives import BANK
from xiaoer.nightly import history
from xiaoer.nightly.lasted import FROM_SEEN, Lasted, last_night
from xiaoer.nightly.run import Night

STATE = pa.schema(
    [
        ("customer_id", pa.string()), ("rule", pa.string()), ("began", pa.int64()), ("told_day", pa.int64()),
        ("held_day", pa.int64()),
    ]
)  # fmt: skip
DAY = pl.col("event_date").cast(pl.Int32).cast(pl.Int64)


@dataclass(frozen=True)
class Standing:
    """What stood the night before, as `STATE`: `held_day` is the last day the rule named the firm."""

    lasted: Lasted
    before: pl.DataFrame
    last_night: int | None

    @classmethod
    def of(cls, night: Night) -> "Standing":
        """Of a night that knows its firms."""
        return cls(Lasted.of(night, night.made("firms")), _before(night), last_night(night))

    def since_when(self, named: pl.DataFrame, code: str, stands_days: int) -> pl.DataFrame:
        """Firms a rule names tonight, with `began` and `told_day`; what still stands is the same matter."""
        known = self._still(code, stands_days)
        if self.last_night is not None:
            held = self.before.filter(pl.col("rule") == code, pl.col("held_day") == self.last_night)
            known = pl.concat([held, known]).unique("customer_id")
        seen = _shaped(named.select("customer_id", rule=pl.lit(code)))
        engine = self.lasted.night.engine
        dated = pl.DataFrame(engine.collect(self.lasted.since_when(engine.table(seen), _shaped(known))))
        return named.join(
            dated.select("customer_id", "began", "told_day"), on="customer_id", maintain_order="left"
        )

    def after(self, tonight: pl.DataFrame, code: str, stands_days: int) -> pl.DataFrame:
        """`STATE` of a rule for the next night."""
        held = tonight.select(
            "customer_id", pl.lit(code).alias("rule"), "began", "told_day", held_day=pl.lit(self._today)
        )
        still = self._still(code, stands_days).join(tonight, on="customer_id", how="anti")
        return pl.concat([held.cast({"held_day": pl.Int64}), still])

    @property
    def _today(self) -> int:
        return self.lasted.night.on.today

    def _still(self, code: str, stands_days: int) -> pl.DataFrame:
        return self.before.filter(pl.col("rule") == code, self._today - pl.col("held_day") <= stands_days)


def _shaped(rows: pl.DataFrame) -> pa.Table:
    """As `lasting` wants matters, of which such a rule has one for a firm."""
    missing = {name: pl.lit(None) for name in FROM_SEEN.names if name not in rows.columns}
    return rows.with_columns(**missing).select(FROM_SEEN.names).to_arrow().cast(FROM_SEEN)


def _before(night: Night) -> pl.DataFrame:
    """A night of an older version kept no such table: of its events each had begun on its own day."""
    rows = history.made_before(night, "bank_lasting", STATE.names)
    if rows is not None:
        return pl.DataFrame(rows.cast(STATE))
    events = history.made_before(night, "events", ("customer_id", "rule", "event_date"))
    if events is None:
        return pl.DataFrame(STATE.empty_table())
    mine = pl.DataFrame(events).filter(pl.col("rule").str.starts_with(BANK))
    days = {"began": DAY, "told_day": pl.lit(None, pl.Int64), "held_day": DAY}
    return mine.select("customer_id", "rule", **days)
