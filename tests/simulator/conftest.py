"""One small simulated bank for the tests, read back into typed frames."""

import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan
from xiaoer.sources.contracts import contracts

END = date(2026, 10, 31)
SMALL = Plan(firms=400, months=13, seed=7, end=END)
Read = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    simulate(SMALL, folder, lambda _: None)
    return folder


def rows_of(path: Path) -> pl.DataFrame:
    """One source file as strings under its Chinese headers, with `stamp`, the date in its name.

    Lines with too many fields or half a character in them are read as well as they can be.
    """
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = data.decode("gb18030", errors="replace").encode()
    frame = pl.read_csv(io.BytesIO(text), infer_schema_length=0, truncate_ragged_lines=True)
    found = re.search(r"_(\d{8})", path.name)
    assert found, path.name
    return frame.with_columns(stamp=pl.lit(found[1]))


def unbroken(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows under numbers of the bank; the copies that were broken on purpose bear others."""
    keys = [contracts()[table].column(name).zh for name in contracts()[table].key]
    return rows.filter(~pl.any_horizontal(pl.col(name).str.starts_with("X") for name in keys))


def settled(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What a table's files say in the end: no broken copies, no repeats, of each number the last word."""
    shape = contracts()[table]
    keys = [shape.column(name).zh for name in shape.key]
    in_a_file = unbroken(table, rows).unique([*keys, "stamp"], keep="first", maintain_order=True)
    return in_a_file if shape.grain == "snapshot" else in_a_file.sort("stamp").unique(keys, keep="last")


def dirt_of(folder: Path) -> Counter[str]:
    """What was done to a bank's files, over all its parts."""
    whole: Counter[str] = Counter()
    for path in folder.glob("truth/plan*.json"):
        whole.update(json.loads(path.read_text("utf-8"))["dirt"])
    return whole


@pytest.fixture(scope="session")
def read(bank: Path) -> Read:
    """All files of a table in the bank's own words."""
    return lambda table: pl.concat(
        [rows_of(path) for path in sorted(bank.glob(f"{table}_2*.csv*"))], how="diagonal"
    )
