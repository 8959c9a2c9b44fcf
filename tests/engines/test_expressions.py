"""The expressions of the night on both engines, at the edges: nulls, leap days, negative sums, empty groups."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from tests.engines.alike import tables_differ
from tests.engines.two_banks import SPARK
from xiaoer.features.night import habits
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import Engine, EngineName, Frame, Hold, open_engine
from xiaoer.kit.tables.expressions import between, count, day_no, month_no, share, total, whole
from xiaoer.scores.night import thinned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
DAYS = [date(1900, 3, 1), date(1999, 12, 31), date(2000, 2, 29), date(2024, 2, 29), date(2100, 12, 31), None]


def edges() -> pa.Table:
    """Ten thousand rows of amounts, keys and days, with nulls everywhere and a key of nothing but nulls."""
    chance = np.random.default_rng(3)
    size = 10_000
    amounts = [int(n) if n % 7 else None for n in chance.integers(-(10**14), 10**14, size)]
    keys = [f"K{n:02d}" if n else None for n in chance.integers(0, 40, size)]
    days = [
        DAYS[n] if n < len(DAYS) else date(2020, 1, 1) + timedelta(int(n))
        for n in chance.integers(0, 3000, size)
    ]
    table = pa.table({
        "key": pa.array(keys, pa.string()),
        "amount": pa.array(amounts, pa.int64()),
        "day": pa.array(days, pa.date32()),
        "rate": pa.array([None if n > 0.9 else float(n) for n in chance.random(size)], pa.float64()),
        "row": pa.array(range(size), pa.int64()),
    })  # fmt: skip
    nothing = {
        "key": ["empty"] * 3,
        "amount": [None] * 3,
        "day": [None] * 3,
        "rate": [None] * 3,
        "row": [-1, -2, -3],
    }
    return pa.concat_tables([table, pa.table(nothing).cast(table.schema)])


def rowwise(rows: Frame) -> Frame:
    return rows.select(
        "row",
        day_no("day").alias("day_no"),
        month_no("day").alias("month_no"),
        share("amount", "row").alias("share"),
        whole((nw.col("amount").cast(nw.Float64) * nw.col("rate")).round()).alias("rounded"),
        whole((nw.col("amount") / nw.col("row")).floor()).alias("floored"),
        between("row", -2, 5).alias("inside"),
        nw.max_horizontal("amount", "row").alias("greatest"),
        nw.min_horizontal("amount", nw.lit(5)).alias("least"),
        (nw.coalesce(nw.col("amount"), nw.lit(0)) // 12).alias("part"),
    )


def grouped(rows: Frame) -> Frame:
    return rows.group_by("key").agg(
        total("amount").alias("sum"),
        total("amount", nw.col("rate") > 0.5).alias("sum_where"),
        count(nw.col("amount") < 0).alias("red"),
        whole(nw.len()).alias("rows"),
        whole(nw.col("day").n_unique()).alias("days"),
        nw.col("amount").max().alias("largest"),
        nw.col("rate").median().alias("median"),
        nw.col("rate").quantile(0.9, interpolation="linear").alias("usual"),
        nw.col("rate").mean().alias("mean"),
        nw.when(nw.col("amount") > 0).then(nw.col("day")).min().alias("first_day"),
    )


def windowed(rows: Frame) -> Frame:
    known = rows.filter(~nw.col("key").is_null()).with_columns(nw.lit(1).alias("one"))
    return known.with_columns(
        nw.col("row").shift(1).over("key", order_by="row").alias("before"),
        whole(nw.col("one").cum_sum().over("key", order_by="row")).alias("place"),
        nw.col("amount").max().over("key").alias("most"),
    )


def joined(rows: Frame) -> Frame:
    """Null keys meet nobody; a full join keeps both sides; a cross join repeats."""
    sums = rows.group_by("key").agg(total("amount").alias("sum"))
    few = rows.filter(nw.col("row") < 50).select("key", "row")
    book = sums.select(nw.col("sum").max().alias("most"))
    full = few.join(sums, on="key", how="full").join(book, how="cross")
    return full.with_columns(nw.coalesce("key", "key_right").alias("key")).drop("key_right")


def drawn(rows: Frame) -> Frame:
    known = rows.select(
        nw.col("row").cast(nw.String).alias("customer_id"), (nw.col("rate") > 0.5).alias("bad")
    )
    return thinned(known.filter(~nw.col("bad").is_null()), "bad", 7)


@pytest.fixture(scope="module")
def engines(spark_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    home = tmp_path_factory.mktemp("expressions")
    running = [open_engine(name, replace(settings(), home=home, **SPARK)) for name in EngineName]
    yield running
    for engine in running:
        engine.close()


@pytest.mark.parametrize("work", [rowwise, grouped, windowed, joined, drawn])
def test_an_expression_means_the_same(
    engines: list[Engine], tmp_path: Path, work: Callable[[Frame], Frame]
) -> None:
    """Through files, as the night goes: written, read, worked on, written, read."""
    made = []
    for engine in engines:
        engine.write(engine.table(edges()), tmp_path / f"{engine.name}-in.parquet")
        engine.write(
            work(engine.scan([tmp_path / f"{engine.name}-in.parquet"])), tmp_path / f"{engine.name}.parquet"
        )
        made.append(polars(engine.collect(engine.scan([tmp_path / f"{engine.name}.parquet"]))))
    assert made[0].height
    assert tables_differ(*made) == []


def test_the_sample_drawn_is_even_and_keeps_its_outcomes(engines: list[Engine]) -> None:
    rows = polars(engines[1].collect(drawn(engines[1].table(edges()))))
    known = edges().to_pandas().dropna(subset=["rate"])
    for bad, found in ((True, (known["rate"] > 0.5).sum()), (False, (known["rate"] <= 0.5).sum())):
        assert rows.filter(pl.col("bad") == bad).height == found // 7


def test_a_model_runs_batch_by_batch_away_from_this_process(engines: list[Engine], tmp_path: Path) -> None:
    """The same answers on both engines; on Spark from the workers' own Python."""
    import os

    made: list[pl.DataFrame] = []
    for engine in engines:
        frame = engine.map_batches(engine.table(edges()), marker(), tmp_path / f"{engine.name}.parquet")
        rows = polars(engine.collect(frame))
        made.append(rows.drop("process"))
        assert (os.getpid() in rows["process"].to_list()) == (engine.name == "duckdb")
    assert tables_differ(*made) == []


def test_work_by_key_may_pass_all_rows_of_a_firm_through_a_function(
    engines: list[Engine], tmp_path: Path
) -> None:
    draw = np.random.default_rng(4)
    firms, sale = [f"C{n:02d}" for n in draw.integers(0, 40, 3_000)], draw.integers(0, 2, 3_000) == 1
    days = [date(2025, 1, 1) + timedelta(int(n)) for n in draw.integers(0, 500, 3_000)]
    trade = pa.table({"customer_id": firms, "sale": sale, "day": days})

    def work(frames: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
        return {"habits": hold(hold.through(frames["trade"], habits, "customer_id"))}

    made = []
    for engine in engines:
        path = tmp_path / f"{engine.name}-habits"
        told = {"trade": engine.keyed.table(trade)}
        assert engine.by_key(told, work, {"habits": path}, key="customer_id", cuts=["C10", "C25"]) == 80
        made.append(polars(engine.collect(engine.scan([path]))))
    assert tables_differ(*made) == []


def marker() -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """A model of sorts: twice the amount, and the process that said so."""

    def marked(batch: pa.RecordBatch) -> pa.RecordBatch:
        import os

        import pyarrow as pa
        import pyarrow.compute as pc

        process = pa.array([os.getpid()] * batch.num_rows, pa.int64())
        twice = pc.multiply(batch["amount"], 2)
        return pa.RecordBatch.from_pydict({"row": batch["row"], "twice": twice, "process": process})

    return marked


def test_a_part_without_a_column_reads_as_nulls(engines: list[Engine], tmp_path: Path) -> None:
    """A contract that grew: earlier parts lack what later ones bring."""
    for engine in engines:
        old, new = tmp_path / f"old-{engine.name}.parquet", tmp_path / f"new-{engine.name}.parquet"
        engine.write(engine.table(pa.table({"key": ["a"]})), old)
        engine.write(engine.table(pa.table({"key": ["b"], "rate": [0.5]})), new)
        rows = engine.collect(engine.scan([old, new])).sort_by("key").to_pylist()
        assert rows == [{"key": "a", "rate": None}, {"key": "b", "rate": 0.5}]


def polars(table: Any) -> pl.DataFrame:
    made = pl.from_arrow(table)
    assert isinstance(made, pl.DataFrame)
    return made
