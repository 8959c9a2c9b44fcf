"""Strings to typed columns, every fault named by row, column and reason; vectorised, nothing dropped silently."""

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import polars as pl

from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.cells import Batch, Cells
from xiaoer.sources.terms import Bad, Column, Contract, Source, Why

UNITS = {"yuan": 100, "fen": 1, "wan": 1_000_000}
FLAGS = {"true": True, "1": True, "是": True, "y": True, "yes": True} | {
    "false": False,
    "0": False,
    "否": False,
    "n": False,
    "no": False,
}
NOT_EVEN = {
    Kind.DATE: Why.NOT_A_DATE,
    Kind.INSTANT: Why.NOT_A_DATE,
    Kind.MONEY: Why.NOT_A_NUMBER,
    Kind.INTEGER: Why.NOT_A_NUMBER,
    Kind.NUMBER: Why.NOT_A_NUMBER,
    Kind.RATE: Why.NOT_A_NUMBER,
    Kind.FLAG: Why.NOT_A_FLAG,
}
CENT_SLACK = 1e-4
SAFE_MINOR_UNITS = float(2**53)


def convert(raw: Batch, contract: Contract, source: Source, latest: date) -> tuple[Batch, list[Bad]]:
    """A batch of words as typed rows of a contract, with the faults found.

    `raw` has the contract's column names (those delivered); the result has all of them, in order, nulls where
    nothing was delivered. Rows with a fault are in the result still: the caller parts them. `latest` is the last
    day anything can have happened on.
    """
    texts = {column.name: _text(column, raw, source) for column in contract.columns}
    typed = {column.name: _typed(column, texts[column.name], source) for column in contract.columns}
    faults = [
        fault
        for column in contract.columns
        for fault in _faults(column, raw.lines, texts[column.name], typed[column.name])
    ]
    if contract.day:
        faults += _future(contract.day, raw.lines, texts, typed, latest)
    return Batch(raw.lines, typed), faults


def _text(column: Column, raw: Batch, source: Source) -> Cells:
    """Trimmed text with the bank's own words translated; constants filled in; empty is null."""
    if column.name not in raw.cells:
        return Cells.constant(source.constants.get(column.name), len(raw))
    cells = raw.cells[column.name]
    text = cells.words if cells.solid else cells.words.str.strip_chars()
    empty = text == ""
    if empty.any():
        text = text.set(empty, None)
    words, patterns = source.values.get(column.name), source.patterns.get(column.name)
    if words:
        text = text.replace(words)
    if patterns:
        text = _made(text, _by_pattern(pl.col(text.name), patterns))
    return cells.saying(text, clean=cells.clean and not words and not patterns)


def _made(words: pl.Series, expression: pl.Expr) -> pl.Series:
    return words.to_frame().select(expression).to_series()


def _by_pattern(text: pl.Expr, patterns: dict[str, str]) -> pl.Expr:
    """The word of the first pattern found in the text; the text itself where none is."""
    chosen = text
    for pattern, word in reversed(patterns.items()):
        chosen = pl.when(text.str.contains(pattern)).then(pl.lit(word)).otherwise(chosen)
    return chosen


def _typed(column: Column, cells: Cells, source: Source) -> Cells:
    words = cells.words
    text = pl.col(words.name)
    makers = {
        Kind.DATE: lambda: _made(words, _day(text, column, source)),
        Kind.INSTANT: lambda: _instant(words, _date_format(column, source)),
        Kind.MONEY: lambda: _minor_units(words, source),
        Kind.INTEGER: lambda: _made(words, _whole(text, source)),
        Kind.NUMBER: lambda: _made(words, _finite(_plain(text, source))),
        Kind.RATE: lambda: _made(words, _rate(text, source)),
        Kind.FLAG: lambda: _made(words, _flag(text)),
    }
    maker = makers.get(column.kind)
    return cells.saying(maker()) if maker else cells


def _whole(text: pl.Expr, source: Source) -> pl.Expr:
    return _plain(text, source).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)


def _flag(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)


def _day(text: pl.Expr, column: Column, source: Source) -> pl.Expr:
    """Dates as the mapping writes them; a sheet's own date cells arrive in ISO form whatever it says."""
    written = text.str.to_date(_date_format(column, source), strict=False)
    return (
        pl.coalesce(written, text.str.to_date("%Y-%m-%d", strict=False))
        if source.format == "xlsx"
        else written
    )


def _finite(text: pl.Expr) -> pl.Expr:
    """NaN and infinity are words a program wrote, not figures."""
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _date_format(column: Column, source: Source) -> str:
    return source.dates.get(column.name, "%Y-%m-%d" if source.format == "parquet" else source.date_format)


def _instant(words: pl.Series, form: str) -> pl.Series:
    """Instants carry a clock time; a bare day counts as its midnight."""
    day = form if "%H" not in form else form.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0]
    clock = form if "%H" in form else f"{form} %H:%M:%S"
    parsed = words.str.to_datetime(clock, strict=False, time_unit="us")
    if parsed.null_count() == words.null_count():
        return parsed
    return parsed.fill_null(words.str.to_date(day, strict=False).cast(pl.Datetime("us")))


def _plain(text: pl.Expr, source: Source) -> pl.Expr:
    thousands = source.numbers.thousands
    return text.str.replace_all(thousands, "", literal=True) if thousands else text


def _minor_units(words: pl.Series, source: Source) -> pl.Series:
    """Whole fen; a float holds them exactly below 2^53, and beyond that the figure is refused."""
    number = _made(words, _plain(pl.col(words.name), source).cast(pl.Float64, strict=False))
    scaled = number * UNITS[source.numbers.money_unit]
    whole = scaled.round()
    exact = ((scaled - whole).abs() < CENT_SLACK + whole.abs() * 1e-12) & (whole.abs() < SAFE_MINOR_UNITS)
    kept = whole if exact.all() else whole.set(~exact, None)
    return kept.cast(pl.Int64, strict=False)


def _rate(text: pl.Expr, source: Source) -> pl.Expr:
    number = _finite(_plain(text.str.strip_suffix("%"), source))
    percent = text.str.ends_with("%") | pl.lit(source.numbers.rates == "percent")
    return pl.when(percent).then(number / 100).otherwise(number)


def _faults(column: Column, lines: np.ndarray, texts: Cells, typed: Cells) -> Iterator[Bad]:
    """What conversion itself could not make sense of; range and choice are the contract's checks."""
    text, value, name = texts.words, typed.words, column.name
    if column.kind in NOT_EVEN:
        if value.null_count() == text.null_count():
            return
        lost = value.is_null() & text.is_not_null()
        why = NOT_EVEN[column.kind]
        yield from _bad(lines, texts, lost, name, _cents if column.kind is Kind.MONEY else lambda _: why)
    elif text.null_count() < len(text):
        if not texts.clean:
            odd = text.str.contains("[\ufffd\x00]")
            yield from _bad(lines, texts, odd, name, lambda _: Why.BAD_CHARACTERS)
        formula = text.str.starts_with("=") | text.str.starts_with("@")
        yield from _bad(lines, texts, formula, name, lambda _: Why.FORMULA)


def _cents(text: str) -> Why:
    try:
        float(text)
    except ValueError:
        return Why.FORMULA if text.startswith("=") else Why.NOT_A_NUMBER
    return Why.NOT_WHOLE_CENTS


def _bad(
    lines: np.ndarray, texts: Cells, hit: pl.Series, column: str, why: Callable[[str], Why]
) -> Iterator[Bad]:
    rows = texts.where(hit)
    if not rows.any():
        return
    for line, value in zip(lines[rows].tolist(), texts.filter(rows).rows(), strict=True):
        yield Bad(line, column, why(value), value)


def _future(
    day: str, lines: np.ndarray, texts: dict[str, Cells], typed: dict[str, Cells], latest: date
) -> Iterator[Bad]:
    ahead = typed[day].words.cast(pl.Date) > latest
    yield from _bad(lines, texts[day], ahead, day, lambda _: Why.IN_THE_FUTURE)
