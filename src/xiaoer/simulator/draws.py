"""Random draws: one named stream per purpose, so that a change here moves nothing there."""

from typing import Any
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Array = NDArray[Any]


def stream(seed: int, name: str, index: int = 0) -> np.random.Generator:
    """The generator of one purpose (and month); the same arguments give the same numbers for ever."""
    return np.random.default_rng([seed, crc32(name.encode()), index])


def choose(rng: np.random.Generator, weights: Floats | list[float], size: int) -> Ints:
    """`size` positions drawn in proportion to the weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").clip(0, len(edges) - 1)


def top_by_chance(rng: np.random.Generator, log_weights: Floats, count: int) -> Ints:
    """`count` different positions drawn with chances in proportion to exp(log_weights)."""
    noisy = log_weights + rng.gumbel(size=len(log_weights))
    return np.sort(np.argsort(-noisy, kind="stable")[:count])


def flips(rng: np.random.Generator, chance: Floats | float, size: int) -> Flags:
    """True with the given chance, `size` times."""
    return rng.random(size) < chance


def expand(counts: Array) -> Ints:
    """Positions repeated by their counts: [2, 0, 1] gives [0, 0, 2]."""
    return np.repeat(np.arange(len(counts)), counts)


def within(counts: Array) -> Ints:
    """The running number inside each repeat: [2, 0, 1] gives [0, 1, 0]."""
    total = int(counts.sum())
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total) - starts


def codes(prefix: str, numbers: Array, width: int) -> Array:
    """Codes such as C000017, as an object array of strings."""
    return np.array([f"{prefix}{number:0{width}d}" for number in numbers.tolist()], dtype=object)


def texts(values: Array | list[str] | list[str | None]) -> pl.Series:
    """Strings and gaps as a column."""
    return pl.Series(values.tolist() if isinstance(values, np.ndarray) else values, dtype=pl.String)
