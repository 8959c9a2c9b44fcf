"""The same candidates from both engines, in whatever order these give them, are allocated alike."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest

from tests.engines.two_banks import SPARK
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine
from xiaoer.kit.tables.files import write_rows
from xiaoer.offers.allocation.rows import allocated

FIRMS, EACH, MANAGERS = 600, 6, 4
LIMITS = pa.table({
    "kind": ["hours"] * MANAGERS + ["quota"] * EACH,
    "place": [f"M{n}" for n in range(MANAGERS)] + [f"P{n}" for n in range(EACH)],
    "capacity": [1_800] * MANAGERS + [50] * EACH,
    "beyond": pa.nulls(MANAGERS + EACH, pa.int64()),
})  # fmt: skip


def drawn() -> pa.Table:
    """Firms of four managers with six products each, their worth not yet reckoned."""
    draw, rows = np.random.default_rng(5), FIRMS * EACH
    firm, product = np.arange(rows) // EACH, np.arange(rows) % EACH
    order = draw.permutation(rows)
    return pa.table({
        "group_id": [f"C{n:04d}" for n in firm], "candidate_id": [f"P{n}" for n in product],
        "brings": draw.integers(1_000, 90_000, rows), "hours_of": [f"M{n % MANAGERS}" for n in firm],
        "hours": draw.choice([15, 30, 45, 60], rows), "quota_of": [f"P{n}" for n in product],
        "quota": np.ones(rows, dtype=np.int64),
    }).take(order)  # fmt: skip


def candidates(name: EngineName, path: Path, home: Path) -> pa.Table:
    with closing(open_engine(name, replace(settings(), home=home / name, **SPARK))) as engine:
        frame = engine.scan([path])
        return engine.collect(frame.with_columns((nw.col("brings") - nw.col("hours") * 300).alias("worth")))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_both_engines_choose_alike(spark_home: Path) -> None:
    path = spark_home / "drawn.parquet"
    write_rows(drawn(), path)
    (one, prices, found), (other, again, _) = (
        allocated(candidates(name, path, spark_home), LIMITS) for name in EngineName
    )
    names = ["group_id", "candidate_id", "worth"]
    assert one.select(names).to_pylist() == other.select(names).to_pylist()
    assert prices.to_pylist() == again.to_pylist()
    assert 0 < one.num_rows < FIRMS and found.gap < 0.005
    assert all(row["used"] <= row["capacity"] for row in prices.to_pylist())


def test_a_place_without_a_limit_is_refused() -> None:
    rows = drawn().append_column("worth", drawn()["brings"])
    with pytest.raises(Refusal, match="M3 is no place of 'hours'"):
        allocated(rows, LIMITS.slice(0, 3))
