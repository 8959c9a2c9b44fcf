"""Typing errors in the registers: some can be put right, of others one only knows that they are wrong.

A slip stays with its firm or person from one snapshot to the next, as nobody looks.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np
import polars as pl

from xiaoer.simulator.draws import flips, stream, texts
from xiaoer.simulator.terms import Plan, figure

WIDE = {ord("!") + at: 0xFF01 + at for at in range(94)}  # every sign of ASCII in its full-width form
BODY = 8  # where a credit code's organisation begins


def _swapped(text: str, place: int) -> str:
    """Two neighbours the wrong way round, the first pair from a place on that differs."""
    pairs = [BODY + (place + step) % 9 for step in range(9)]
    at = next(at for at in pairs if text[at] != text[at + 1])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _digit_more(text: str, place: int) -> str:
    at = 3 + place % 8
    return text[:at] + text[at] + text[at:]


def _digit_less(text: str, place: int) -> str:
    at = 3 + place % 8
    return text[:at] + text[at + 1 :]


def _wide(text: str, _place: int) -> str:
    return text.translate(WIDE)


def _spaced(text: str, _place: int) -> str:
    return f"{text[:3]} {text[3:7]} {text[7:]}"


def _padded(text: str, _place: int) -> str:
    return f" {text}  "


def _small(text: str, _place: int) -> str:
    return text.lower()


Slip = tuple[str, Callable[[str, int], str]]
SLIPS: dict[str, dict[str, tuple[Slip, ...]]] = {
    "customers": {
        "credit_code": (
            ("doubtful", _swapped),
            ("mended", _wide),
            ("doubtful", _swapped),
            ("mended", _spaced),
            ("mended", _small),
        ),
        "phone": (
            ("doubtful", _digit_more),
            ("mended", _wide),
            ("doubtful", _digit_less),
            ("mended", _spaced),
            ("mended", _padded),
        ),
    },
    "people": {"phone": (("doubtful", _digit_less), ("mended", _spaced), ("doubtful", _digit_more))},
}


def mistype(plan: Plan, name: str, frame: pl.DataFrame, counts: Counter[str]) -> pl.DataFrame:
    """A register with its slips; of customers `i` tells which firm a row is."""
    for column, slips in SLIPS.get(name, {}).items():
        owner = frame["i"].to_numpy() if "i" in frame.columns else np.arange(len(frame))
        rng = stream(plan.seed, f"slips {name} {column}")
        hit = flips(rng, figure("slip_share"), max(plan.firms, len(frame)))
        kind, place = np.cumsum(hit) % len(slips), rng.integers(0, 9, len(hit))
        words = frame[column].to_list()
        for row in np.flatnonzero(hit[owner]).tolist():
            if words[row]:
                what, slip = slips[kind[owner[row]]]
                words[row] = slip(words[row], int(place[owner[row]]))
                counts[f"{name}.{what}_{column}"] += 1
        frame = frame.with_columns(texts(words).alias(column))
    return frame
