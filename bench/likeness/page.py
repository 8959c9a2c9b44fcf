"""docs/likeness.md, written around the figures of the run. What was judged by eye stands in the TOML files beside this."""

import json
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.likeness import judgement
from bench.likeness.judgement import BESIDE, Pair, figures, plots
from bench.likeness.papers import Book
from bench.likeness.ranges import Ranged
from bench.likeness.rhythm import spring_festivals
from bench.likeness.survey import Survey
from xiaoer.simulator.terms import figures as calibration

PICTURES = "pictures/likeness"


@dataclass(frozen=True)
class Run:
    """All that the page speaks of."""

    folder: Path
    bank: Book
    book: Book
    bank_survey: Survey
    book_survey: Survey
    pairs: dict[str, Pair]
    ranges: list[Ranged]


def written(run: Run) -> str:
    """The whole page."""
    words = tomllib.loads((BESIDE / "words.toml").read_text("utf-8"))
    parts = [
        words["head"].format(plan=_plan(run.folder)),
        _compared(words, run),
        words["calibration"].format(count=len(run.ranges), **_out_of_range(run.ranges)),
        f"![Calibration]({PICTURES}/calibration.png)",
        _ranges_table(run.ranges),
        words["pictures"],
        *_pictures(run.pairs),
        words["table"].format(near=judgement.NEAR, all=len(run.pairs), **_margins(run)),
        _figures_table(run.pairs),
        words["unlike"],
        _unlike(run.pairs),
        words["mend"],
        _to_mend(run.pairs),
        words["blind"],
        "\n".join(f"- {line}" for line in words["blind_lines"]),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _plan(folder: Path) -> str:
    """How to make this bank again, where its folder tells."""
    page = folder / "truth" / "plan.json"
    if not page.exists():
        return ""
    plan = json.loads(page.read_text("utf-8"))["plan"]
    asked = " ".join(f"--{name} {value}" for name, value in plan.items())
    return f" The bank: `xiaoer simulate DIR {asked}`."


def _compared(words: dict[str, Any], run: Run) -> str:
    told = {
        f"{name}_{what}": value
        for name, one, survey in (("bank", run.bank, run.bank_survey), ("book", run.book, run.book_survey))
        for what, value in _told(one, survey).items()
    }
    text: str = words["compared"]
    return text.format(**told)


def _told(book: Book, survey: Survey) -> dict[str, str]:
    window = book.window
    return {
        "first": f"{window.first:%Y-%m}",
        "last": f"{window.last:%Y-%m}",
        "papers": f"{len(book.papers):,}",
        "feasts": ", ".join(f"{day}" for day in spring_festivals(window)),
        "firms": f"{len(book.labels):,}",
        "regular": f"{survey.firms:,}",
        "left_out": f"{book.left_out:,}",
        "defaulted": f"{survey.known[0]:,}",
    }


def _out_of_range(rows: list[Ranged]) -> dict[str, str]:
    outside = [f"`{row.figure.name}`" for row in rows if not row.within]
    return {"outside": f"Out of range: {', '.join(outside)}." if outside else "All lie within their ranges."}


def _ranges_table(rows: list[Ranged]) -> str:
    lines = ["| figure | measured | must lie in | what |", "|---|---:|---|---|"]
    for row in rows:
        low, high = row.figure.expect or (0.0, 0.0)
        value = "not measured" if row.value is None else f"{row.value:.3g}"
        lines.append(f"| `{row.figure.name}` | {value} | {low:g} – {high:g} | {row.figure.about} |")
    return "\n".join(lines)


def _pictures(pairs: dict[str, Pair]) -> list[str]:
    return [
        f"### {plot.title}\n\n{judgement.sentence(plot, pairs)}\n\n![{plot.title}]({PICTURES}/{plot.name}.png)"
        for plot in plots().values()
    ]


def _figures_table(pairs: dict[str, Pair]) -> str:
    lines = ["| figure | simulated | real | calibrated range | |", "|---|---:|---:|---|---|"]
    for pair in pairs.values():
        row = calibration().get(pair.figure.calibration)
        span = " – ".join(pair.figure.told(end) for end in row.expect) if row and row.expect else ""
        mark = {"like": "", "below": "lower", "above": "higher"}[pair.verdict]
        lines.append(f"| {pair.figure.about} | {pair.simulated} | {pair.real} | {span} | {mark} |")
    return "\n".join(lines)


def _margins(run: Run) -> dict[str, Any]:
    """How many figures are near, and how well the real firms know a share of one half (95 %)."""
    like = sum(pair.verdict == "like" for pair in run.pairs.values())
    firms = run.book_survey.firms
    return {
        "like": like,
        "firms": firms,
        "margin": f"{1.96 * math.sqrt(0.25 / firms):.0%}".replace("%", " %"),
    }


def _unlike(pairs: dict[str, Pair]) -> str:
    """Figures that are not near, by picture, each with the reason that speaks for it."""
    lines = []
    for title, far in _far(pairs, excused=True):
        lines += [f"- {title}", *(f"  - {_contrast(pair)}. {pair.excuse}" for pair in far)]
    return "\n".join(lines) or "Nowhere."


def _to_mend(pairs: dict[str, Pair]) -> str:
    """Figures that are not near and have no reason, a line for each picture."""
    told = [(title, "; ".join(map(_contrast, far))) for title, far in _far(pairs, excused=False)]
    return "\n".join(f"- {title}: {text}." for title, text in told) or "Nowhere."


def _far(pairs: dict[str, Pair], *, excused: bool) -> Iterator[tuple[str, list[Pair]]]:
    for name, plot in plots().items():
        far = [one for one in pairs.values() if one.figure.plot == name and one.verdict != "like"]
        if kept := [one for one in far if bool(one.excuse) == excused]:
            yield plot.title, kept


def _contrast(pair: Pair) -> str:
    return f"{pair.figure.about} {pair.simulated} (really {pair.real})"


def unknown_names() -> list[str]:
    """Pictures and calibrated figures that figures.toml names and nobody knows."""
    return [
        one.name for one in figures().values() if one.plot not in plots() or not _calibrated(one.calibration)
    ]


def _calibrated(name: str) -> bool:
    return not name or name in calibration()


def write(run: Run, docs: Path) -> Path:
    """Write the page below `docs`; gives its path."""
    path = docs / "likeness.md"
    path.write_text(written(run), encoding="utf-8")
    return path
