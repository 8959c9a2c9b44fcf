"""One small simulated bank for the tests, read back into typed frames."""

import gzip
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan

END = date(2026, 10, 31)
SMALL = Plan(firms=400, months=13, seed=7, end=END)
Read = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    simulate(SMALL, folder, lambda _: None)
    return folder


def rows_of(path: Path) -> pl.DataFrame:
    """One source file as strings under its Chinese headers, with `stamp`, the date in its name."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    frame = pl.read_csv(io.BytesIO(data.decode("gb18030").encode()), infer_schema_length=0)
    found = re.search(r"_(\d{8})", path.name)
    assert found, path.name
    return frame.with_columns(stamp=pl.lit(found[1]))


@pytest.fixture(scope="session")
def read(bank: Path) -> Read:
    """All files of a table in the bank's own words."""
    return lambda table: pl.concat(
        [rows_of(path) for path in sorted(bank.glob(f"{table}_2*.csv*"))], how="diagonal"
    )
