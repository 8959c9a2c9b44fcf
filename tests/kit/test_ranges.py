"""Work by key: the same rows however many ranges it goes through, whole or not at all."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from xiaoer.kit.tables import DuckEngine, Frame, Hold
from xiaoer.kit.tables.expressions import day_no, total

FIRST = date(2024, 2, 27)
LINES = pl.DataFrame(
    {
        "firm": [f"C{n * n % 31:02d}" for n in range(2_000)],
        "word": [("in", "out", None)[n % 3] for n in range(2_000)],
        "on": [FIRST + timedelta(n % 400) for n in range(2_000)],
        "amount": [n * 7919 % 1000 - 300 for n in range(2_000)],
    }
)
CUTS = {
    "whole": [],
    "two": ["C10"],
    "many, some of them empty": [f"C{n:02d}" for n in range(1, 60)],
    "as many as are read at once": [f"C{n:02d}" for n in range(1, 11)],
}


def work(lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
    """Sums by firm and word, and the firms' last days, from what is held."""
    sums = hold(
        lines["lines"].group_by("firm", "word").agg(total("amount").alias("amount"), nw.col("on").max())
    )
    return {"sums": sums, "last": sums.group_by("firm").agg(nw.col("on").max())}


@pytest.mark.parametrize("cuts", CUTS.values(), ids=CUTS)
def test_ranges_change_no_row(tmp_path: Path, cuts: list[str]) -> None:
    LINES.write_parquet(tmp_path / "lines.parquet", row_group_size=300)
    engine = DuckEngine(tmp_path / "scratch")
    lines = engine.keyed.scan([tmp_path / "lines.parquet"])
    paths = {name: tmp_path / f"{name}.parquet" for name in ("sums", "last")}
    rows = engine.by_key({"lines": lines}, work, paths, key="firm", cuts=cuts)
    found = pl.read_parquet(paths["sums"]).sort("firm", "word")
    numbered = nw.from_native(LINES).with_columns(day_no("on").cast(nw.Int32).alias("on")).to_native()
    expected = numbered.group_by("firm", "word").agg(pl.col("amount").sum(), pl.col("on").max())
    assert found.equals(expected.sort("firm", "word"))
    assert found.schema["word"] == pl.String
    assert rows == found.height + pl.read_parquet(paths["last"]).height
    engine.close()


def test_a_part_without_a_column_gives_nulls(tmp_path: Path) -> None:
    LINES.drop("word").write_parquet(tmp_path / "1.parquet")
    LINES.write_parquet(tmp_path / "2.parquet")
    frame = DuckEngine(tmp_path / "scratch").keyed.scan([tmp_path / "1.parquet", tmp_path / "2.parquet"])
    rows = frame.collect("polars").to_native()
    assert rows["word"].null_count() == LINES.height + LINES["word"].null_count()


def test_work_that_fails_leaves_no_table(tmp_path: Path) -> None:
    LINES.write_parquet(tmp_path / "lines.parquet")
    engine, asked = DuckEngine(tmp_path / "scratch"), []

    def failing(lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
        asked.append(lines)
        if len(asked) > 1:
            message = "the second range"
            raise ValueError(message)
        return {"sums": work(lines, hold)["sums"]}

    frames, paths = (
        {"lines": engine.keyed.scan([tmp_path / "lines.parquet"])},
        {"sums": tmp_path / "sums.parquet"},
    )
    with pytest.raises(ValueError, match="the second range"):
        engine.by_key(frames, failing, paths, key="firm", cuts=["C10", "C20"])
    assert not paths["sums"].exists()
