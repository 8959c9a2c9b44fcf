"""Enterprise size, value × size grid, next contact: pure decisions, each with its reason.

In words, with worked examples: docs/rules/size-class.md and docs/rules/tiers.md.
"""

import re
from datetime import date, timedelta
from typing import Any

from xiaoer.kit.text import Reason, reason
from xiaoer.segments.terms import (
    CLASSED,
    Grid,
    Measured,
    Metric,
    Place,
    Rhythm,
    Size,
    SizeClass,
    SizeLine,
    SizeTable,
)

CODE = re.compile(r"([A-T]?)([0-9]{2,4}|)", re.ASCII)
INDUSTRY = "industry"
PERSON = "owner"
USUAL = (Metric.STAFF, Metric.REVENUE)  # what nearly every line asks for, named while the line is unknown
SIZE_BANDS = {SizeClass.LARGE: 4, SizeClass.MEDIUM: 3, SizeClass.SMALL: 2, SizeClass.MICRO: 1}


def size_class(firm: Measured, table: SizeTable) -> Size:
    """The firm's size class by the official table.

    A class needs all bounds of its line, so the class is the worse of the metrics. A missing metric or
    industry leaves it undetermined; an industry outside the table, and a natural person, not classified.
    """
    if firm.kind == PERSON:
        return Size(SizeClass.NOT_CLASSIFIED, "", (), reason("size_not_for_persons"))
    code = _valid(firm.industry_code, table)
    if code is None or _too_coarse(code, table):
        usual = tuple(metric.value for metric in USUAL if firm.of(metric) is None)
        return _undetermined("", (INDUSTRY, *usual))
    line = _line(code, table)
    if line is None:
        return Size(SizeClass.NOT_CLASSIFIED, "", (), reason("size_not_classified", industry_code=code))
    missing = tuple(metric.value for metric in line.bounds if firm.of(metric) is None)
    return _undetermined(line.name, missing) if missing else _classed(firm, line)


def place(size: SizeClass, contribution: int | None, turnover: int | None, grid: Grid) -> Place:
    """The firm's cell and tier. Amounts of twelve months in fen; turnover stands in for what is open."""
    value_band, value_reason = _value_band(contribution, turnover, grid)
    size_band, size_reason = _size_band(size, turnover, grid)
    return Place(value_band, size_band, grid.tier(value_band, size_band), (value_reason, size_reason))


def next_due(last_touch: date | None, known_since: date | None, rhythm: Rhythm, today: date) -> date:
    """When the firm is to hear from us again: the last touch restarts the clock.

    Never touched, the clock starts with the relationship; a date gone by stays as it is, so that delay shows.
    """
    start = last_touch or known_since or today
    return start + timedelta(days=rhythm.every_days)


def band(amount: int, bounds: tuple[int, int, int]) -> int:
    """4, 3, 2 by inclusive lower bounds, else 1."""
    return next((4 - index for index, bound in enumerate(bounds) if amount >= bound), 1)


def _valid(code: str | None, table: SizeTable) -> str | None:
    """The code with its section letter, or None when it is none of the standard."""
    read = CODE.fullmatch((code or "").strip().upper())
    if read is None or not read[0]:
        return None
    letter, digits = read.groups()
    if not digits:
        return letter
    home = next((section for section, divisions in table.sections.items() if digits[:2] in divisions), None)
    return f"{home}{digits}" if home and letter in ("", home) else None


def _too_coarse(code: str, table: SizeTable) -> bool:
    """Whether finer codes below this one belong to different lines."""
    if len(code) == 1:
        below = {_name(f"{code}{division}", table) for division in table.sections[code]}
        return len(below) > 1 or any(division in table.carved for division in table.sections[code])
    return len(code) == 3 and code[1:] in table.carved


def _name(code: str, table: SizeTable) -> str:
    line = _line(code, table)
    return line.name if line else ""


def _line(code: str, table: SizeTable) -> SizeLine | None:
    division = code[1:3] or table.sections[code][0]
    by_group = (line for line in table.lines if code[1:4] in line.groups)
    by_division = (line for line in table.lines if division in line.divisions)
    return next(by_group, None) or next(by_division, None)


def _undetermined(line: str, missing: tuple[str, ...]) -> Size:
    words = [f"missing_{name}" for name in missing]
    return Size(
        SizeClass.UNDETERMINED, line, missing, reason("size_undetermined", tone="warn", missing_words=words)
    )


def _classed(firm: Measured, line: SizeLine) -> Size:
    reached = {metric: _reached(firm.of(metric) or 0, bounds) for metric, bounds in line.bounds.items()}
    worst = max(reached.values())
    size = CLASSED[worst] if worst < len(CLASSED) else SizeClass.MICRO
    by = next(metric for metric, level in reached.items() if level == worst)
    return Size(size, line.name, (), _because(firm, by, size, line))


def _reached(value: int, bounds: tuple[int, int, int]) -> int:
    """0 large, 1 medium, 2 small, 3 micro."""
    return 4 - band(value, bounds)


def _because(firm: Measured, by: Metric, size: SizeClass, line: SizeLine) -> Reason:
    words: dict[str, Any] = {"size_words": f"size_{size}", "line_words": f"line_{line.name}"}
    if by is Metric.STAFF:
        return reason("size_by_staff", staff=firm.staff, **words)
    return reason(f"size_by_{by}", measured_amount=firm.of(by), **words)


def _value_band(contribution: int | None, turnover: int | None, grid: Grid) -> tuple[int, Reason]:
    if contribution is not None:
        reached = band(contribution, grid.contribution)
        return reached, reason("value_by_contribution", band=reached, contribution_amount=contribution)
    if turnover is not None:
        reached = band(turnover, grid.turnover)
        return reached, reason("value_by_turnover", band=reached, turnover_amount=turnover)
    return 1, reason("value_unknown")


def _size_band(size: SizeClass, turnover: int | None, grid: Grid) -> tuple[int, Reason]:
    if size in SIZE_BANDS:
        return SIZE_BANDS[size], reason("grid_size_by_class", size_words=f"size_{size}")
    if turnover is not None:
        reached = band(turnover, grid.size_by_turnover)
        return reached, reason("grid_size_by_turnover", band=reached, turnover_amount=turnover)
    return 1, reason("grid_size_unknown")
