"""A labelled file as columns of text: CSV in the usual encodings, or Parquet."""

import csv
from pathlib import Path

import polars as pl

from xiaoer.kit.refusal import Refusal

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t|"
MOST_BYTES = 2_000_000_000


def opened(path: Path) -> pl.DataFrame:
    """Every column as its file holds it; numbers of a CSV are still text. Raises Refusal for what cannot be read."""
    if not path.is_file():
        raise Refusal("there is no such file", str(path), "a CSV or Parquet file")
    if path.stat().st_size > MOST_BYTES:
        raise Refusal("the file has more than 2 GB", str(path), next_step="Draw a part of the rows first")
    rows = _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _csv(path)
    if not rows.height or rows.width < 2:
        raise Refusal(
            f"{rows.height} rows and {rows.width} columns",
            str(path),
            "a header, rows, and a label beside columns",
        )
    return rows


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise Refusal(f"not a Parquet file ({fault})", str(path)) from fault


def _csv(path: Path) -> pl.DataFrame:
    text = _decoded(path)
    header = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=lambda one: (header.count(one), one == ","))
    names = next(csv.reader([header.rstrip("\r")], delimiter=delimiter), [])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refusal(f"columns of one name: {', '.join(twice)}", f"{path} line 1", "a name for each column")
    try:
        return pl.read_csv(text.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as fault:
        raise Refusal(
            f"not a table of equal rows ({fault})", str(path), f"columns parted by {delimiter!r}"
        ) from fault


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("neither UTF-8 nor GB18030", str(path), "one of the two encodings")
