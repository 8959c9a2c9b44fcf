"""A file beside those of its table that came before it: what comes late, what is said anew, what has a new name."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.tables import DuckEngine, Lake, Part
from xiaoer.sources.arriving import Delivery
from xiaoer.sources.terms import Renaming

NAMED = {"branches": "name"}  # registers whose keys stay while their names change, and the column of the name


@dataclass(frozen=True)
class Repeated:
    """Rows of a file whose key an earlier one brought; `late` of them lie on a day already spoken for.

    `said` holds each of these keys' rows, the earlier ones too, by their places.
    """

    rows: int = 0
    late: int = 0
    said: pa.Table | None = None

    def write(self, path: Path) -> None:
        """Keep the places, so that readers leave out what was overruled without a look at any other key."""
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.said, path, compression="zstd")


@dataclass(frozen=True)
class Fresh:
    """A file's rows ready to be moved in, and the hashes of their keys (`kit/tables/keys`, `in_order`)."""

    rows: Path
    hashes: np.ndarray


def keep_keys(arriving: Delivery, fresh: Fresh, part: Part, lake: Lake) -> None:
    """What the next files are held against; a snapshot's is looked up only when another file of its day comes."""
    if arriving.tells_apart and arriving.contract.day:
        lake.keys(arriving.contract.schema, arriving.key).add(part, fresh.hashes)


def spoken_for(arriving: Delivery, lake: Lake) -> date | None:
    """The latest day the feed's earlier files spoke for; None for a snapshot and for the first file.

    The file's own day does not count: several files may make up one day.
    """
    if arriving.contract.day is None:
        return None
    days = {part.business_date for part in _earlier(arriving, lake) if part.feed == arriving.source.feed}
    return max(days - {arriving.business_date}, default=None)


def repeated(
    arriving: Delivery, fresh: Fresh, known: date | None, lake: Lake, engine: DuckEngine
) -> Repeated:
    """How many rows have a key that an earlier file brought; only then must readers look for the last word.

    Of a snapshot only other files of the same day count. `known` is the last day already spoken for.
    """
    key, day, rows = arriving.key, arriving.contract.day, fresh.rows
    before = [part for part in _earlier(arriving, lake) if day or _same_snapshot(part, arriving)]
    if not arriving.tells_apart or not before:
        return Repeated()
    index = lake.keys(arriving.contract.schema, key, "" if day else _snapshot(arriving))
    before = index.may_hold(fresh.hashes, before, lake.root)
    if not before:
        return Repeated()
    said = _said_again(key, day or "business_date", rows, [lake.root / part.path for part in before], engine)
    if not said.num_rows:
        return Repeated()
    query = (
        f"SELECT count(*), count(*) FILTER ({day or 'business_date'} <= $known)"  # noqa: S608  our own words
        " FROM said WHERE load_no = (SELECT max(load_no) FROM said)"
    )
    with engine.connection.cursor() as cursor:
        cursor.register("said", said)
        counted = cursor.execute(query, {"known": known}).fetchone()
    return Repeated(counted[0], counted[1], said) if counted else Repeated()


def _said_again(
    key: tuple[str, ...], day: str, rows: Path, before: list[Path], engine: DuckEngine
) -> pa.Table:
    """All rows of the keys in both, compared word for word: a hash alone proves nothing."""
    told = ", ".join(dict.fromkeys([*key, day, "delivered_on", "load_no", "line_no"]))
    by = ", ".join(key)
    query = (
        f"WITH old AS MATERIALIZED (SELECT {told} FROM read_parquet($old) AS one"  # noqa: S608  a contract's words, no bank's
        f" SEMI JOIN read_parquet($new) AS other USING ({by}))"
        f" SELECT * FROM old UNION ALL SELECT {told} FROM read_parquet($new) AS one SEMI JOIN old USING ({by})"
    )
    found = {"new": str(rows), "old": [str(path) for path in before]}
    return engine.connection.execute(query, found).to_arrow_table()


def renamed(arriving: Delivery, rows: Path, lake: Lake, engine: DuckEngine) -> tuple[Renaming, ...]:
    """Keys of a register that had another name in the snapshot before, in their order."""
    column, key = NAMED.get(arriving.contract.name), arriving.contract.key
    days = [part for part in _earlier(arriving, lake) if part.feed == arriving.source.feed]
    days = [part for part in days if part.business_date < arriving.business_date]
    if column is None or not days:
        return ()
    last = max(part.business_date for part in days)
    query = (
        f"SELECT new.{key[0]}, old.{column}, new.{column} FROM read_parquet($new) AS new"  # noqa: S608  our words
        f" JOIN read_parquet($old) AS old USING ({key[0]}) WHERE new.{column} <> old.{column} ORDER BY ALL"
    )
    before = [str(lake.root / part.path) for part in days if part.business_date == last]
    found = engine.connection.execute(query, {"new": str(rows), "old": before}).fetchall()
    return tuple(Renaming(*row) for row in found)


def _earlier(arriving: Delivery, lake: Lake) -> list[Part]:
    """The table's parts that stand, but for the one this file stands for."""
    return [
        part for part in lake.manifest.live_of(arriving.contract.name) if part.load_no != arriving.replaces
    ]


def _snapshot(arriving: Delivery) -> str:
    return f"{arriving.source.feed} {arriving.business_date}"


def _same_snapshot(part: Part, arriving: Delivery) -> bool:
    return (part.feed, part.business_date) == (arriving.source.feed, arriving.business_date)
