"""What a column is: a number, money, a share, a date, words, or the 0/1 of a label."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from xiaoer.scores.rules import Floats

Kind = Literal["number", "category", "date"]
EMPTY = ("", "na", "n/a", "nan", "null", "none", "?", "-", "—", "#n/a", "无", "空")
NEARLY_ALL = 0.98  # of the filled cells must read so; the rest counts as missing
SIGNS = r"[$¥￥€£,，%％()元]"
PERCENT = r"[%％]$"
DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%b-%y", "%d-%b-%Y", "%Y年%m月%d日",
)  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """A column read: `values` are floats (numbers), texts (categories) or days (dates)."""

    name: str
    kind: Kind
    values: pl.Series
    told: str = ""


def guessed(column: pl.Series) -> Guess:
    """What a column is; a share of a percent sign is told as a fraction, money as a number without its signs."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return Guess(column.name, "number", column.cast(pl.Float64).fill_nan(None))
    if column.dtype.is_temporal():
        return Guess(column.name, "date", column.cast(pl.Date, strict=False))
    return _read(cleaned(column.cast(pl.String, strict=False)))


def cleaned(column: pl.Series) -> pl.Series:
    """Texts without blanks around them; words for nothing are nothing."""
    trimmed = column.str.strip_chars()
    return pl.select(
        pl.when(trimmed.str.to_lowercase().is_in(EMPTY)).then(None).otherwise(trimmed).alias(column.name)
    ).to_series()


def _read(texts: pl.Series) -> Guess:
    name, filled = texts.name, len(texts) - texts.null_count()
    if not filled:
        return Guess(name, "category", texts)
    day = _days(texts, filled)
    if day is not None:
        return Guess(name, "date", day)
    number = _numbers(texts)
    if len(number) - number.null_count() >= NEARLY_ALL * filled:
        return Guess(name, "number", number, _signs(texts))
    return Guess(name, "category", texts)


def _days(texts: pl.Series, filled: int) -> pl.Series | None:
    """Dates in the first order of parts that nearly all cells read in; eight plain digits must make sensible years."""
    sample = texts.drop_nulls().head(1_000)
    for form in DATES:
        if _read_so(sample, form) < NEARLY_ALL * len(sample):
            continue
        days = texts.str.to_date(form, strict=False)
        if len(days) - days.null_count() >= NEARLY_ALL * filled and _sensible(days):
            return days
    stamps = sample.str.slice(0, 10)
    if _read_so(stamps, "%Y-%m-%d") >= NEARLY_ALL * len(sample):
        return texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return None


def _read_so(texts: pl.Series, form: str) -> int:
    days = texts.str.to_date(form, strict=False)
    return len(days) - days.null_count()


def _sensible(days: pl.Series) -> bool:
    years = days.dt.year().drop_nulls()
    return bool(len(years)) and int(years.min()) >= 1900 and int(years.max()) <= 2100  # type: ignore[arg-type]


def _numbers(texts: pl.Series) -> pl.Series:
    """Numbers with their signs taken off: currency, thousands, percent, brackets for less than nothing."""
    bare = texts.str.replace_all(SIGNS, "").str.strip_chars().cast(pl.Float64, strict=False)
    cells = pl.DataFrame({"bare": bare, "text": texts})
    below = pl.col("text").str.contains(r"^\(.*\)$")
    share = pl.col("text").str.contains(PERCENT)
    factor = pl.when(below).then(-1.0).otherwise(1.0) * pl.when(share).then(0.01).otherwise(1.0)
    return cells.select((pl.col("bare") * factor).alias(texts.name)).to_series()


def _signs(texts: pl.Series) -> str:
    sample = texts.drop_nulls().head(1_000)
    signs = (
        (PERCENT, "percent, read as fractions"),
        (r"[$¥￥€£元]", "money"),
        (r"\d,\d{3}", "thousands marked"),
    )
    found = (told for sign, told in signs if sample.str.contains(sign).sum() > len(sample) / 10)
    return next(found, "")


def codes(texts: pl.Series) -> tuple[Floats, tuple[str, ...]]:
    """Words as places among themselves in order, NaN where missing."""
    levels = tuple(sorted(texts.drop_nulls().unique().to_list()))
    if not levels:
        return np.full(len(texts), np.nan), ()
    places = texts.cast(pl.Enum(levels)).to_physical().cast(pl.Float64)
    return places.fill_null(np.nan).to_numpy(), levels
