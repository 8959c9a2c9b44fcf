"""Strings to typed columns, every fault named by row, column and reason; vectorised, nothing dropped silently."""

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl

from xiaoer.kit.tables.schema import Kind
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


def convert(
    raw: pl.DataFrame, contract: Contract, source: Source, latest: date
) -> tuple[pl.DataFrame, list[Bad]]:
    """A batch of strings as typed rows of a contract, with the faults found.

    `raw` has the contract's column names (those delivered) and `line_no`; the result has all of them, in
    order, nulls where nothing was delivered. Rows with a fault are in the result still: the caller parts
    them. `latest` is the last day anything can have happened on.
    """
    texts = raw.with_columns(_text(column, raw, source) for column in contract.columns)
    typed = texts.select("line_no", *(_typed(column, source) for column in contract.columns))
    faults = [fault for column in contract.columns for fault in _faults(column, texts, typed)]
    return typed, faults + list(_future(contract, texts, typed, latest))


def _text(column: Column, raw: pl.DataFrame, source: Source) -> pl.Expr:
    """Trimmed text with the bank's own words translated; constants filled in; empty is null."""
    if column.name in raw.columns:
        text = pl.col(column.name).str.strip_chars()
        text = pl.when(text == "").then(None).otherwise(text)
        words = source.values.get(column.name)
        text = text.replace(words) if words else text
        text = _by_pattern(text, source.patterns.get(column.name, {}))
    else:
        text = pl.lit(source.constants.get(column.name), dtype=pl.String)
    return text.alias(column.name)


def _by_pattern(text: pl.Expr, patterns: dict[str, str]) -> pl.Expr:
    """The word of the first pattern found in the text; the text itself where none is."""
    chosen = text
    for pattern, word in reversed(patterns.items()):
        chosen = pl.when(text.str.contains(pattern)).then(pl.lit(word)).otherwise(chosen)
    return chosen


def _typed(column: Column, source: Source) -> pl.Expr:
    text = pl.col(column.name)
    makers = {
        Kind.DATE: lambda: _day(text, column, source),
        Kind.INSTANT: lambda: _instant(text, _date_format(column, source)),
        Kind.MONEY: lambda: _minor_units(text, source),
        Kind.INTEGER: lambda: _plain(text, source).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False),
        Kind.NUMBER: lambda: _finite(_plain(text, source)),
        Kind.RATE: lambda: _rate(text, source),
        Kind.FLAG: lambda: text.str.to_lowercase().replace_strict(
            FLAGS, default=None, return_dtype=pl.Boolean
        ),
    }
    maker = makers.get(column.kind)
    return (maker() if maker else text).alias(column.name)


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


def _instant(text: pl.Expr, form: str) -> pl.Expr:
    """Instants carry a clock time; a bare day counts as its midnight."""
    day = form if "%H" not in form else form.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0]
    clock = form if "%H" in form else f"{form} %H:%M:%S"
    parsed = text.str.to_datetime(clock, strict=False, time_unit="us")
    return pl.coalesce(parsed, text.str.to_date(day, strict=False).cast(pl.Datetime("us")))


def _plain(text: pl.Expr, source: Source) -> pl.Expr:
    thousands = source.numbers.thousands
    return text.str.replace_all(thousands, "", literal=True) if thousands else text


def _scaled(text: pl.Expr, source: Source) -> pl.Expr:
    return _plain(text, source).cast(pl.Float64, strict=False) * UNITS[source.numbers.money_unit]


def _minor_units(text: pl.Expr, source: Source) -> pl.Expr:
    """Whole fen; a float holds them exactly below 2^53, and beyond that the figure is refused."""
    scaled = _scaled(text, source)
    whole = scaled.round()
    exact = ((scaled - whole).abs() < CENT_SLACK + whole.abs() * 1e-12) & (whole.abs() < SAFE_MINOR_UNITS)
    return pl.when(exact).then(whole).otherwise(None).cast(pl.Int64, strict=False)


def _rate(text: pl.Expr, source: Source) -> pl.Expr:
    number = _finite(_plain(text.str.strip_suffix("%"), source))
    percent = text.str.ends_with("%") | pl.lit(source.numbers.rates == "percent")
    return pl.when(percent).then(number / 100).otherwise(number)


def _faults(column: Column, texts: pl.DataFrame, typed: pl.DataFrame) -> Iterator[Bad]:
    """What conversion itself could not make sense of; range and choice are the contract's checks."""
    text, value, name = texts[column.name], typed[column.name], column.name
    if column.kind in NOT_EVEN:
        lost = value.is_null() & text.is_not_null()
        why = NOT_EVEN[column.kind]
        yield from _bad(texts, lost, name, _cents if column.kind is Kind.MONEY else lambda _: why)
    elif text.dtype == pl.String and text.null_count() < len(text):
        yield from _bad(texts, text.str.contains("[\ufffd\x00]"), name, lambda _: Why.BAD_CHARACTERS)
        yield from _bad(texts, text.str.contains(r"^[=@]"), name, lambda _: Why.FORMULA)


def _cents(text: str) -> Why:
    try:
        float(text)
    except ValueError:
        return Why.FORMULA if text.startswith("=") else Why.NOT_A_NUMBER
    return Why.NOT_WHOLE_CENTS


def _bad(texts: pl.DataFrame, hit: pl.Series, column: str, why: Callable[[str], Why]) -> Iterator[Bad]:
    if not hit.any():
        return
    for line, value in texts.filter(hit).select("line_no", column).iter_rows():
        yield Bad(line, column, why(value), value)


def _future(contract: Contract, texts: pl.DataFrame, typed: pl.DataFrame, latest: date) -> Iterator[Bad]:
    if contract.day:
        ahead = typed[contract.day].cast(pl.Date) > latest
        yield from _bad(texts, ahead.fill_null(value=False), contract.day, lambda _: Why.IN_THE_FUTURE)
