"""JSON written a column at a time, byte for byte as `json.dumps(…, ensure_ascii=False)` writes it row by row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

import numpy as np
import polars as pl

# Between these Python and the engine write a float alike; outside, the few values there are go through Python.
LEAST_PLAIN, MOST_PLAIN = 1e-4, 1e15
SURE_BELOW = 1e12  # so many last digits: below it is seen whether a value lies halfway between two of them


def written(shape: object) -> pl.Expr:
    """A value as JSON, mappings and lists in their order; an expression in it is the JSON text of its row."""
    return pl.concat_str(list(_joined(_pieces(shape))))


def whole(number: pl.Expr) -> pl.Expr:
    """A whole number, or null."""
    return number.cast(pl.String).fill_null("null")


def fraction(number: pl.Expr) -> pl.Expr:
    """A float, or null."""
    return number.map_batches(floats, return_dtype=pl.String).fill_null("null")


def finite(number: pl.Expr) -> pl.Expr:
    """A float in as few digits as tell it from every other, or null where it is none that JSON knows."""
    return pl.when(number.is_finite()).then(number.cast(pl.String)).otherwise(pl.lit("null"))


def quoted(text: pl.Expr) -> pl.Expr:
    """A text, or null."""
    told = pl.struct(v=text).struct.json_encode().str.strip_prefix('{"v":').str.strip_suffix("}")
    return pl.when(text.is_not_null()).then(told).otherwise(pl.lit("null"))


def day(date: pl.Expr) -> pl.Expr:
    """A date in ISO, or null."""
    return (pl.lit('"') + date.dt.strftime("%Y-%m-%d") + pl.lit('"')).fill_null("null")


def floats(numbers: pl.Series) -> pl.Series:
    """Floats as Python writes them: the shortest digits that give the same float again."""
    size = numbers.abs()
    plain = size.is_between(LEAST_PLAIN, MOST_PLAIN, closed="left") | (size == 0)
    return _mended(numbers, numbers.cast(pl.String), ~plain, json.dumps)


def rounded(numbers: pl.Series, digits: int) -> pl.Series:
    """Floats rounded as Python rounds them: by their true value, and to the even digit where that lies halfway."""
    with np.errstate(over="ignore", invalid="ignore"):
        times = numbers.to_numpy() * 10.0**digits
        halfway = np.abs(times - np.floor(times) - 0.5) < 1e-3
        odd = pl.Series(halfway | (np.abs(times) >= SURE_BELOW)) & numbers.is_not_null()
    done = pl.Series(np.rint(times) / 10.0**digits).set(numbers.is_null(), None)
    return _mended(numbers, done, odd, lambda number: round(number, digits))


def _mended(
    numbers: pl.Series, done: pl.Series, odd: pl.Series, by_hand: Callable[[float], object]
) -> pl.Series:
    """What was done by columns, the odd ones done by hand."""
    at = odd.arg_true()
    if at.is_empty():
        return done
    mended = pl.Series([by_hand(number) for number in numbers.gather(at)], dtype=done.dtype)
    places = pl.DataFrame({"at": at, "mended": mended})
    beside = (
        done.to_frame("done").with_row_index("at").join(places, on="at", how="left", maintain_order="left")
    )
    return beside.select(pl.coalesce("mended", "done")).to_series()


def _pieces(shape: object) -> Iterator[str | pl.Expr]:
    if isinstance(shape, pl.Expr):
        yield shape
    elif isinstance(shape, Mapping):
        named = ([f"{_plain(name)}: ", *_pieces(value)] for name, value in shape.items())
        yield from _between("{", named, "}")
    elif isinstance(shape, list | tuple):
        yield from _between("[", (list(_pieces(value)) for value in shape), "]")
    else:
        yield _plain(shape)


def _between(opening: str, entries: Iterable[list[str | pl.Expr]], closing: str) -> Iterator[str | pl.Expr]:
    yield opening
    for number, entry in enumerate(entries):
        if number:
            yield ", "
        yield from entry
    yield closing


def _joined(pieces: Iterable[str | pl.Expr]) -> Iterator[pl.Expr]:
    """Texts next to one another as one."""
    for constant, run in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if constant:
            yield pl.lit("".join(map(str, run)))
        else:
            yield from (piece for piece in run if isinstance(piece, pl.Expr))


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
