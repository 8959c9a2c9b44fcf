"""Suggested starting times for things done in order, with the pause at noon; parameters in hours.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def layout() -> dict[str, int]:
    """Minutes since midnight for the marks of the day, and the grid starts are rounded up to."""
    with Path(__file__).with_name("hours.toml").open("rb") as file:
        day = tomllib.load(file)["day"]
    marks = {name: _minutes(day[name]) for name in ("begins", "pause_begins", "pause_ends")}
    return marks | {"grid": day["rounds_to_minutes"]}


def starts(lengths: Iterable[int]) -> list[str]:
    """When each thing could start, done in this order; nothing is begun that would run into the pause."""
    day, at, told = layout(), layout()["begins"], []
    for minutes in lengths:
        if at < day["pause_ends"] and at + minutes > day["pause_begins"]:
            at = day["pause_ends"]
        told.append(f"{at // 60:02d}:{at % 60:02d}")
        at += -(-minutes // day["grid"]) * day["grid"]
    return told


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
