"""Which word on a key a day knew: the last one delivered by then."""

from collections.abc import Sequence
from datetime import date, timedelta

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.tables.engine import Frame
from xiaoer.kit.tables.manifest import Part
from xiaoer.kit.tables.schema import TableSchema

PLACE = {"load_no", "line_no"}
PLACE_NO = {"place_no": nw.col("load_no") * 2**32 + nw.col("line_no")}  # one number to look up by


def known_by(frame: Frame, schema: TableSchema, as_of: date) -> Frame:
    """Rows that happened and were delivered by a day; a snapshot's are all known."""
    day = nw.lit(as_of)
    return frame.filter(nw.col("delivered_on") <= day, nw.col(schema.day) <= day) if schema.day else frame


def last_word_on(keys: Frame, frame: Frame, key: tuple[str, ...]) -> Frame:
    """Of a few keys the last word, everything else as it is: a small part of the cost of looking at all keys."""
    said_once = frame.join(keys, on=list(key), how="anti")
    return nw.concat([said_once, last_word(frame.join(keys, on=list(key), how="semi"), key)])


def last_word(frame: Frame, key: tuple[str, ...]) -> Frame:
    """Where a key was delivered again, the latest delivery speaks; of one day's, the latest load."""
    for column in ("delivered_on", "load_no"):
        newest = nw.col(column).max().over(*key)
        frame = frame.with_columns(newest.alias("newest")).filter(nw.col(column) == nw.col("newest"))
    return frame.drop("newest")


def overruled(said: Frame, key: tuple[str, ...]) -> pa.Table:
    """The places of rows on whose key a later word was said; `said` holds every row of such keys."""
    places = said.select(**PLACE_NO)
    last = last_word(said, key).select(**PLACE_NO)
    rows: pa.Table = places.join(last, on=list(PLACE_NO), how="anti").collect("pyarrow").to_native()
    return rows


def spelled(rows: Frame, schema: TableSchema) -> Frame:
    """Rows with known_from, the later of their own day and their delivery's, and known_until, null where none is."""
    until = [] if "known_until" in rows.collect_schema() else [nw.lit(None, nw.Date).alias("known_until")]
    return rows.with_columns(nw.max_horizontal("delivered_on", str(schema.day)).alias("known_from"), *until)


def on_day(rows: Frame, day: date) -> Frame:
    """Rows known on a day alone."""
    return rows.with_columns(
        nw.lit(day).alias("known_from"), nw.lit(day + timedelta(days=1)).alias("known_until")
    )


def replaced(parts: Sequence[Part]) -> pa.Table:
    """Loads whose place another took, and since when: load_no, known_until."""
    since: dict[int, date] = {}
    for part in parts:
        if part.replaces is not None:
            since[part.replaces] = min(part.first_delivered, since.get(part.replaces, date.max))
    days = pa.array(since.values(), pa.date32())
    return pa.table({"load_no": pa.array(since, pa.int64()), "known_until": days})


def asked(days: Sequence[date]) -> pa.Table:
    """Days and the day after each: asked, after."""
    after = [day + timedelta(days=1) for day in sorted(days)]
    return pa.table({"asked": pa.array(sorted(days), pa.date32()), "after": pa.array(after, pa.date32())})


def words_of_days(keys: Frame, rows: Frame, key: tuple[str, ...], days: Frame) -> Frame:
    """Rows with their spells; of a few keys what each day's last word was, for that day alone."""
    once, anew = (rows.join(keys, on=list(key), how=how) for how in ("anti", "semi"))
    seen = anew.join(days, how="cross").filter(
        nw.col("known_from") <= nw.col("asked"),
        nw.col("known_until").is_null() | (nw.col("asked") < nw.col("known_until")),
    )
    told = last_word(seen.drop("known_from", "known_until"), ("asked", *key))
    columns = rows.collect_schema().names()
    return nw.concat([once, told.rename({"asked": "known_from", "after": "known_until"}).select(columns)])
