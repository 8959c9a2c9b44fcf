"""The same sums for many days at once: lines are read once, each day's windows are differences of running sums.

Lines carry `known_from` and `known_until` (dates, the latter excluded; null: still known), as the lake's history
gives them, so that a day never sums what it could not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.features.night.accounts import (
    PAYMENT_SUMS,
    TOLD,
    balance_lines,
    held_by_day,
    payment_sums,
    standing,
)
from xiaoer.features.rules import FOR_EVER, Ints, Stretches
from xiaoer.features.terms import LookBacks, Sum
from xiaoer.kit.tables import BatchFunction, Frame
from xiaoer.kit.tables.expressions import total, whole
from xiaoer.kit.tables.grouping import grouped

FIRM_AND_DAY = ("customer_id", "as_of_date")
KNOWN = ("known_from", "known_until")


def stretch_days(back: LookBacks) -> pa.Table:
    """A row per day from the first edge to the last day looked back from: date, stretch, seen_first.

    `stretch` is the number of the stretch a day lies in; `seen_first` the first of the days looked back from
    that is not before it.
    """
    days = np.arange(back.edges[0] + 1, back.days[-1] + 1)
    first = np.array(back.days)[np.searchsorted(back.days, days)]
    stretch = pa.array(np.searchsorted(back.edges, days), pa.int32())
    return pa.table({"date": _dates(days), "stretch": stretch, "seen_first": _dates(first)})


def asked_days(back: LookBacks) -> pa.Table:
    """The days looked back from, and the day after each: as_of_date, day_after."""
    days = np.array(back.days)
    return pa.table({"as_of_date": _dates(days), "day_after": _dates(days + 1)})


def _dates(days: Ints) -> pa.Array:
    return pa.array(days, pa.int32()).cast(pa.date32())


@dataclass(frozen=True)
class Calendar:
    """Days looked back from, with `stretch_days` and `asked_days` as frames."""

    back: LookBacks
    stretches: Frame
    asked: Frame

    def placed(self, lines: Frame, date: str) -> Frame:
        """Lines with their stretch; known_from is null where every asked day, from theirs on, knew them."""
        until = lines.filter(nw.col(date) <= self.back.last_date)
        dated = until.join(self.stretches, left_on=date, right_on="date", how="left")
        first = nw.coalesce(nw.col("seen_first"), nw.lit(self.back.first_date))
        late = (nw.col("known_from") > first) | ~nw.col("known_until").is_null()
        return dated.with_columns(
            nw.coalesce(nw.col("stretch"), nw.lit(0)).cast(nw.Int32).alias("stretch"),
            nw.when(late).then(nw.col("known_from")).alias("known_from"),
        )


def flow_stretches(payments: Frame, calendar: Calendar, columns: Iterable[str]) -> Frame:
    """Payments per firm, stretch and when they were known, reversed ones left out.

    Sums by `columns`: inflow, outflow, fees (fen), transactions, electronic, counter.
    """
    summed = {name: PAYMENT_SUMS[name][0] for name in columns}
    told = {name: TOLD[name] for name in summed.values() if name}
    placed = calendar.placed(standing(payments), "booked_date")
    lines = placed.with_columns(**told) if told else placed
    return grouped(lines, ("customer_id", "stretch", *KNOWN), payment_sums(summed))


def level_stretches(balances: Frame, calendar: Calendar) -> Frame:
    """Reported days per firm, stretch and when they were known: held (fen), days."""
    firm_day = ("customer_id", "day", "stretch")
    lines = calendar.placed(balance_lines(balances, *KNOWN), "day")
    rows = held_by_day(lines, "stretch", *KNOWN)
    rows = rows.with_columns(nw.col("known_from").max().over(*firm_day).alias("late"))
    plain = rows.filter(nw.col("late").is_null())
    # A day some of whose accounts became known later is one day, but with another sum for each day that asks.
    told = _seen(rows.filter(~nw.col("late").is_null()), calendar).group_by(*firm_day, *KNOWN)
    columns = (*firm_day, *KNOWN, "held")
    days = nw.concat([plain.select(columns), told.agg(total("held").alias("held")).select(columns)])
    return days.group_by("customer_id", "stretch", *KNOWN).agg(
        total("held").alias("held"), whole(nw.len()).alias("days")
    )


def _seen(rows: Frame, calendar: Calendar) -> Frame:
    """Rows once for each day that asks and knew them, known on that day alone."""
    asked, since = nw.col("as_of_date"), nw.coalesce(nw.col("known_from"), nw.col("day"))
    known = (since <= asked) & (nw.col("known_until").is_null() | (asked < nw.col("known_until")))
    told = rows.join(calendar.asked, how="cross").filter(known).drop(*KNOWN)
    return told.rename({"as_of_date": "known_from", "day_after": "known_until"})


def window_sums(back: LookBacks, sums: Mapping[str, Sum], present: Sum) -> BatchFunction:
    """A function from firms' stretches to customer_id, as_of_date and `sums`; a batch holds all of a firm's rows.

    A firm has a row for a day where its `present` is not 0.
    """

    def summed(batch: pa.RecordBatch) -> pa.RecordBatch:
        firms = pc.dictionary_encode(batch["customer_id"])
        rows = _stretches(batch, firms)
        columns = {one.column: _ints(batch[one.column]) for one in (*sums.values(), present)}
        *found, known = rows.sums(back, columns, (*sums.values(), present))
        firm, day = np.nonzero(known)
        keys = [firms.dictionary.take(pa.array(firm)), _dates(np.array(back.days)[day])]
        arrays = [*keys, *(pa.array(values[firm, day]) for values in found)]
        return pa.RecordBatch.from_arrays(arrays, names=[*FIRM_AND_DAY, *sums])

    return summed


def _stretches(batch: pa.RecordBatch, firms: pa.DictionaryArray) -> Stretches:
    since, until = (batch[name].cast(pa.int32()).cast(pa.int64()) for name in KNOWN)
    return Stretches(
        firm=_ints(firms.indices),
        stretch=_ints(batch["stretch"]),
        since=_ints(since.fill_null(0)),
        until=_ints(until.fill_null(FOR_EVER)),
        firms=len(firms.dictionary),
    )


def _ints(column: pa.Array) -> Ints:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)
