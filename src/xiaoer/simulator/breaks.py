"""Rows no reader can take: what is broken in them, and why the intake will refuse each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.files import ENCODING
from xiaoer.sources.contracts import contract

MARK = "\ue000"  # where a character is cut in half
HALF = "款".encode(ENCODING)[:1]
RAGGED, BAD_CHARACTERS, DUPLICATE_KEY = "ragged_row", "bad_characters", "duplicate_key"


@dataclass(frozen=True)
class Break:
    """Why the intake refuses a row: a word that does not belong into a column, or a line cut or run on."""

    why: str
    column: str = ""
    word: str = ""


BREAKS = {
    "invoices": (
        Break("not_a_date", "invoice_date", "2026/13/32"),
        Break("not_a_number", "gross", "壹万元整"),
        Break("empty_required", "customer_id", ""),
        Break("not_whole_cents", "gross", "1234.567"),
        Break("in_the_future", "invoice_date", "{later:%Y/%m/%d}"),
        Break(BAD_CHARACTERS, "goods", MARK),
        Break(RAGGED),
        Break(DUPLICATE_KEY, "goods", "补录"),
    ),
    "transactions": (
        Break("not_a_date", "booked_date", "20261301"),
        Break("not_a_number", "amount", "--"),
        Break("unknown_code", "direction", "转"),
        Break("formula_cell", "summary", "=SUM(G2:G9)"),
        Break(BAD_CHARACTERS, "summary", MARK),
        Break(RAGGED),
        Break(DUPLICATE_KEY, "summary", "补录"),
    ),
    "contacts": (
        Break("out_of_range", "minutes", "-5"),
        Break("unknown_code", "channel", "微信群"),
        Break("not_a_date", "contact_date", "上周三"),
    ),
    "customers": (
        Break("not_a_flag", "consent_call", "不详"),
        Break("not_a_number", "annual_revenue", "约500万"),
        Break("unknown_code", "kind", "其他"),
    ),
}
KEYS = {
    "invoices": "invoice_no",
    "transactions": "transaction_id",
    "contacts": "contact_id",
    "customers": "customer_id",
}


def broken_copies(
    name: str, rows: pl.DataFrame, turn: int, later: date, counts: Counter[str]
) -> tuple[pl.DataFrame, bytes]:
    """Copies of rows with one fault each, as rows and as the bytes of lines no table can hold.

    Each copy has a number of its own, but for those that repeat one. The kinds take turns, `turn` says who is
    first; `later` is a day to come.
    """
    kinds = BREAKS[name]
    kind = (np.arange(len(rows)) + turn) % len(kinds)
    frames, lines = [rows.clear()], []
    for at, one in enumerate(kinds):
        part = _broken(name, rows.filter(pl.Series(kind == at)), one, later)
        counts[f"{name}.{one.why}"] += len(part)
        if one.why in {RAGGED, BAD_CHARACTERS}:
            lines += [_line(text, at, one.why) for at, text in enumerate(_lines(part))]
        else:
            frames.append(part)
    return pl.concat(frames), b"".join(lines)


def _broken(name: str, rows: pl.DataFrame, one: Break, later: date) -> pl.DataFrame:
    headers = {column.name: column.zh for column in contract(name).columns}
    key = headers[KEYS[name]]
    if one.why != DUPLICATE_KEY:
        rows = rows.with_columns((pl.lit("X") + pl.col(key)).alias(key))
    if one.column:
        rows = rows.with_columns(pl.lit(one.word.format(later=later)).alias(headers[one.column]))
    return rows


def _lines(rows: pl.DataFrame) -> list[str]:
    return rows.write_csv(include_header=False, line_terminator="\r\n").splitlines()


def _line(text: str, turn: int, why: str) -> bytes:
    """A line with half a character in it, or with a field too many or, every other time, too few."""
    if why == BAD_CHARACTERS:
        return HALF.join(part.encode(ENCODING) for part in text.split(MARK)) + b"\r\n"
    longer_or_shorter = text.rpartition(",")[0] if turn % 2 else text + ",补"
    return longer_or_shorter.encode(ENCODING) + b"\r\n"
