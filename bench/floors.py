"""What the machine can do at best: the floors every step is held against in the same run."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg import sql

from bench.watching import processor, spent, timed, used

SCAN_EACH = {
    "transactions": (
        "SELECT customer_id, count(*), sum(amount) FILTER (direction = 'in'), sum(amount) FILTER (direction = 'out'),"
        " max(booked_date) FROM read_parquet(?) GROUP BY customer_id"
    ),
    "invoices": (
        "SELECT customer_id, count(*), sum(gross) FILTER (direction = 'sale'),"
        " sum(gross) FILTER (direction = 'purchase'), max(invoice_date) FROM read_parquet(?) GROUP BY customer_id"
    ),
}
SCAN_AND_GROUP = "; ".join(SCAN_EACH.values())
READ_CSV = (  # spoilt lines are read too: ours reads them as well, to set them apart
    "SELECT count(*), max(COLUMNS(*)) FROM read_csv(?, all_varchar = true, union_by_name = true, delim = ',',"
    " header = true, strict_mode = false, null_padding = true)"
)
LIKE = (
    "CREATE TABLE {floor} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY)",
    "ALTER TABLE {floor} ALTER since SET DEFAULT 1, ALTER until SET DEFAULT 2147483647",
)
COPY = "COPY {floor} ({columns}) FROM STDIN (FORMAT csv)"
COPY_AND_INDEX = "COPY … FROM STDIN (FORMAT csv) into a table like the published one, then CREATE INDEX … for each of its indexes"
PREDICT = (
    "sklearn: Pipeline(SimpleImputer(median), FunctionTransformer(log form), FunctionTransformer(clip), StandardScaler,"
    " LogisticRegression).predict_proba with the card's own numbers, over the same Parquet file of features in batches"
    " of 65,536, firms without papers left out; customer_id and probability written to Parquet"
)
BATCH = 65_536  # as large as the engine's own
PACKED = "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = %s::regclass AND reloptions IS NOT NULL"
INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass"


def scan_and_group(lake: Path) -> dict[str, tuple[float, float, int]]:
    """Per table of trade that was delivered: seconds, and seconds of processor, to group it by firm once; its rows."""
    found = {}
    for table, question in SCAN_EACH.items():
        files = [str(path) for path in (lake / "delivered" / table).glob("*.parquet")]
        if files:
            found[table] = _asked(question, files)
    return found


def _asked(question: str, files: list[str]) -> tuple[float, float, int]:
    with duckdb.connect() as connection:
        before = used()
        seconds, rows = timed(lambda: connection.execute(question, [files]).fetchall())
        return seconds, used() - before, sum(row[1] for row in rows)


def read_csv(folder: Path, table: str, scratch: Path) -> float:
    """Seconds DuckDB takes for every column of a table's files, as UTF-8 and unpacked: the same bytes laid ready."""
    files = [as_utf8(path, scratch) for path in sorted(folder.glob(f"{table}_*.csv*"))]
    seconds = read_plain(files)
    for path in files:
        path.unlink()
    return seconds


def read_plain(files: list[Path]) -> float:
    """Seconds DuckDB takes for every column of plain files in UTF-8."""
    with duckdb.connect() as connection:
        seconds, _ = timed(lambda: connection.execute(READ_CSV, [[str(path) for path in files]]).fetchall())
    return seconds


def as_utf8(path: Path, scratch: Path) -> Path:
    """A file's bytes unpacked and in UTF-8, below `scratch`."""
    from isal import igzip

    opener: Any = igzip.open if path.suffix == ".gz" else open
    target = scratch / f"{path.name.removesuffix('.gz')}.utf8.csv"
    with opener(path, "rb") as packed, target.open("wb") as plain:
        text = io.TextIOWrapper(packed, "gb18030", errors="replace", newline="")
        while piece := text.read(1 << 24):
            plain.write(piece.encode())
    return target


class CopyAndIndex:
    """One COPY and all indexes of published rows, table by table, into a table like theirs that is dropped again."""

    def __init__(self, way_in: dict[str, Any]) -> None:
        self.connection = psycopg.connect(**way_in, autocommit=True)
        self.seconds: dict[str, float] = {}
        self.ours, self.backend = 0.0, self.connection.info.backend_pid

    def take(self, model: Any, pieces: Iterable[pa.Table]) -> None:
        """Measure one table; making its pieces and their bytes does not count."""
        from xiaoer.nightly import seam, wire

        fields, table = seam.columns_of(model), model._meta.db_table
        columns = sql.SQL(", ").join(sql.Identifier(str(one.column)) for one in fields)
        names = {"floor": sql.Identifier("floor"), "table": sql.Identifier(table), "columns": columns}
        self.connection.execute("DROP TABLE IF EXISTS floor")
        for statement in LIKE:
            self.connection.execute(sql.SQL(statement).format(**names))
        for (options,) in self.connection.execute(PACKED, [table]).fetchall():
            self.connection.execute(f"ALTER TABLE floor SET ({options})")
        self.seconds[table] = 0.0
        for piece in pieces:
            told = wire.as_csv(wire.flat(piece, fields))
            self._count(table, lambda told=told: self._copy(sql.SQL(COPY).format(**names), told))  # type: ignore[misc]
        for one in self._indexes(table):
            self._count(table, lambda one=one: self.connection.execute(one))  # type: ignore[misc]
        self.connection.execute("DROP TABLE floor")

    def _count(self, table: str, work: Callable[[], Any]) -> None:
        """Seconds of the table, and of this process's processor; PostgreSQL's own the system counts."""
        seconds, (used, _) = timed(lambda: spent(work))
        self.seconds[table] += seconds
        self.ours += used

    def _copy(self, statement: sql.Composed, told: memoryview) -> None:
        with self.connection.cursor() as cursor, cursor.copy(statement) as copying:
            copying.write(told)

    def _indexes(self, table: str) -> list[str]:
        """The published table's own indexes, on the floor."""
        found = [str(row[0]) for row in self.connection.execute(INDEXES, [table])]
        made = []
        for one in found:
            kind, rest = one.split(" INDEX ", 1)
            made.append(f"{kind} INDEX ON public.floor {rest.split(f' ON public.{table} ', 1)[1]}")
        return made

    @property
    def processor(self) -> float:
        """Seconds of processor, of this process and of PostgreSQL's."""
        return self.ours + processor(self.backend)

    def close(self) -> None:
        self.connection.close()


def batch_predict(card: Any, features: Path, requires: str, target: Path) -> tuple[float, int]:
    """Seconds scikit-learn takes from the same file of features to a file of probabilities, and how many firms."""
    pipeline = as_pipeline(card)
    return timed(lambda: _predict(card, pipeline, pq.ParquetFile(features), requires, target))


def _predict(card: Any, pipeline: Any, features: pq.ParquetFile, requires: str, target: Path) -> int:
    inputs = [one.name for one in card.inputs]
    answered, rows = pa.schema({"customer_id": pa.string(), "probability": pa.float64()}), 0
    with pq.ParquetWriter(target, answered, compression="zstd") as writer:
        for batch in features.iter_batches(BATCH, columns=list({"customer_id", requires, *inputs})):
            kept = batch.filter(pc.greater(batch[requires], 0))
            columns = [kept[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in inputs]
            probability = pipeline.predict_proba(np.column_stack(columns))[:, 1]
            writer.write_batch(pa.record_batch([kept["customer_id"], probability], schema=answered))
            rows += kept.num_rows
    return rows


def as_pipeline(card: Any) -> Any:
    """The card as scikit-learn's own steps, each given what training found."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    usual, low, high, centre, spread, weight = (
        np.array([[getattr(one, name) for one in card.inputs]])
        for name in ("usual", "low", "high", "centre", "spread", "weight")
    )
    logs = [place for place, one in enumerate(card.inputs) if one.form == "log"]
    scaler, model = StandardScaler().fit(usual), LogisticRegression()
    scaler.mean_, scaler.scale_ = centre[0], spread[0]
    model.classes_, model.coef_, model.intercept_ = np.array([0, 1]), weight, np.array([card.intercept])
    return make_pipeline(
        SimpleImputer(strategy="median").fit(usual),  # the median of one row is that row
        FunctionTransformer(_in_form, kw_args={"logs": logs}),
        FunctionTransformer(np.clip, kw_args={"a_min": low, "a_max": high}),
        scaler,
        model,
    )


def _in_form(values: Any, logs: list[int]) -> Any:
    formed = values.copy()
    formed[:, logs] = np.sign(values[:, logs]) * np.log1p(np.abs(values[:, logs]))
    return formed
