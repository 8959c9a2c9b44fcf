"""docs/bench.md and its pictures, written from bench/results/latest.json."""

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bench.likeness.drawing import INK, QUIET, REAL, SIMULATED, begin, save
from bench.results import read

PICTURES = "pictures/bench"
WORDS = Path(__file__).with_name("words.toml")
WIDTH, BAR, HEAD, FOOT = 7.0, 0.3, 0.6, 0.55  # inches
SMALL, LARGE = 100_000, 1_000_000
Recorded = dict[str, Any]


def write(docs: Path) -> Path:
    """The page; gives its path."""
    rows, words = read(), tomllib.loads(WORDS.read_text("utf-8"))
    begin()
    parts = [words["head"], words["ratios"]]
    if held := [row for row in rows if row["ratio"]]:
        draw_ratios(held, words["musts"], docs / PICTURES / "ratios.png")
        parts += [f"![Ratios]({PICTURES}/ratios.png)", _table(held, words["musts"])]
    if grown := growth(rows):
        draw_growth(grown, docs / PICTURES / "growth.png")
        parts += [words["growth"], f"![Growth]({PICTURES}/growth.png)", _exponents(grown)]
    if screens := [row for row in rows if row["step"] in words["screens_shown"]]:
        parts += [words["screens"], _screens(screens)]
    parts += [
        words["steps"],
        _steps(rows),
        words["floors"],
        _floors(rows),
        words["noise"],
        words["unmeasured"],
    ]
    page = docs / "bench.md"
    page.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    return page


def growth(rows: Iterable[Recorded]) -> dict[str, list[tuple[int, float]]]:
    """Per step its seconds by size, where one commit was measured at two sizes or more."""
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in rows:
        if row["seconds"] >= 0.1:
            found.setdefault((row["step"], row["commit"]), []).append((row["size"], row["seconds"]))
    return {
        step: sorted(points) for (step, _), points in found.items() if len({size for size, _ in points}) > 1
    }


def exponent(points: list[tuple[int, float]]) -> float:
    """How seconds grow with firms between the two largest sizes: 1 is in proportion."""
    (fewer, short), (more, long) = points[-2:]
    return math.log(long / short) / math.log(more / fewer)


def draw_ratios(rows: list[Recorded], musts: dict[str, float], path: Path) -> None:
    """One bar per size and step, its floor at 1, what is asked for as a mark."""
    figure = Figure(figsize=(WIDTH, HEAD + FOOT + BAR * len(rows)))
    axes = figure.subplots()
    for place, row in enumerate(rows[::-1]):
        axes.barh(place, row["ratio"], color=REAL if row["size"] >= SMALL else QUIET, height=0.62)
        axes.text(row["ratio"] * 1.06, place, f"{row['ratio']:.2f}", va="center", fontsize=7)
        if must := musts.get(row["step"]):
            axes.plot([must, must], [place - 0.4, place + 0.4], color=SIMULATED, linewidth=2)
    axes.set_yticks(range(len(rows)), [f"{row['step']}  {row['size']:,}" for row in rows[::-1]])
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlabel("times the floor; the amber mark is the most that is asked for")
    figure.tight_layout()
    save(figure, path)


def draw_growth(grown: dict[str, list[tuple[int, float]]], path: Path) -> None:
    """Seconds by size, both logarithmic."""
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    for at, (step, points) in enumerate(sorted(grown.items())):
        sizes, seconds = zip(*points, strict=True)
        axes.plot(
            sizes, seconds, marker="o", markersize=3, linewidth=1.2, color=(REAL, SIMULATED, QUIET)[at % 3]
        )
        axes.text(sizes[-1] * 1.08, seconds[-1], step, fontsize=6.5, va="center")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("firms")
    axes.set_ylabel("seconds")
    axes.margins(x=0.22)
    figure.tight_layout()
    save(figure, path)


def _table(rows: Iterable[Recorded], musts: dict[str, float]) -> str:
    lines = [
        "| step | firms | seconds | floor, s | times | asked for | commit |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {row['step']} | {row['size']:,} | {row['seconds']:,.2f} | {row['floor_seconds']:,.2f} | {row['ratio']:.2f} |"
        f" {f'≤ {must:g}' if (must := musts.get(row['step'])) else ''} | `{row['commit']}` |"
        for row in rows
    ]
    return "\n".join(lines)


def _exponents(grown: dict[str, list[tuple[int, float]]]) -> str:
    lines = ["| step | from | to | exponent |", "|---|---:|---:|---:|"]
    lines += [
        f"| {step} | {points[-2][0]:,} | {points[-1][0]:,} | {exponent(points):.2f} |"
        for step, points in sorted(grown.items())
    ]
    return "\n".join(lines)


def _screens(rows: Iterable[Recorded]) -> str:
    lines = ["| page | firms | ms | how | commit |", "|---|---:|---:|---|---|"]
    lines += [
        f"| {row['step']} | {row['size']:,} | {row['seconds'] * 1000:,.0f} | {row['note']} | `{row['commit']}` |"
        for row in rows
    ]
    return "\n".join(lines)


def _steps(rows: Iterable[Recorded]) -> str:
    lines = [
        "| firms | step | seconds | of processor | peak, MB | rows | on disk, MB | note |",
        "|---:|---|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {row['size']:,} | {row['step']} | {row['seconds']:,.2f} | {_seconds(row.get('processor'))} | {row['peak_mb']:,} | {row['rows']:,} |"
        f" {_megabytes(row['bytes'])} | {row['note']} |"
        for row in rows
    ]
    return "\n".join(lines)


def _floors(rows: Iterable[Recorded]) -> str:
    told = {row["step"]: row["floor"] for row in rows if row["floor"]}
    return "\n".join(f"* **{step}**: `{floor}`" for step, floor in told.items())


def _seconds(used: float | None) -> str:
    return "" if used is None else f"{used:,.1f}"


def _megabytes(held: int | None) -> str:
    return f"{held / 1e6:,.0f}" if held else ""
