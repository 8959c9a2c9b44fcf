"""The segments page: how many firms stand where in the grid, and who moved since the night before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.segments.terms import BANDS, Grid, Tier
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.band_filters import NEW, ORDER
from xiaoer.workbench.shown.drawings import tongue

DOWNWARDS = tuple(range(BANDS, 0, -1))


@dataclass(frozen=True)
class Band:
    """The head of a row or column: its name, and the bound it begins at ("" for the lowest)."""

    title: str
    bound: str


@dataclass(frozen=True)
class Cell:
    """One square of the grid; `tier` is the tier firms in it get."""

    tier: str
    count: int
    contribution: int | None
    address: str

    @property
    def words(self) -> str:
        return wordings.word(wordings.TIERS, self.tier)


@dataclass(frozen=True)
class Move:
    """Firms that went from one tier to another; `way` is up, down, same or new."""

    count: int
    way: str
    address: str


@dataclass(frozen=True)
class Row:
    """A line of the grid, or of the matrix of moves."""

    head: Band
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Segments:
    """The page. `moves` counts firms by (tier before, tier); `placed` are the grid's cells from the database."""

    grid: Grid
    placed: Sequence[Mapping[str, Any]]
    moves: Mapping[tuple[str, str], int]

    @property
    def whole(self) -> int:
        return sum(self.moves.values())

    @property
    def sentence(self) -> str:
        if not self.whole:
            return _("No firm in the grid yet")
        apart = "、" if formats.chinese(tongue()) else ", "
        return apart.join(
            _("%(tier)s %(n)s")
            % {"tier": wordings.word(wordings.TIERS, tier), "n": formats.count(self._now(tier))}
            for tier in ORDER
        )

    @property
    def lede(self) -> str:
        if not self.whole:
            return ""
        told = [
            ngettext("%(n)s firm in all.", "%(n)s firms in all.", self.whole)
            % {"n": formats.count(self.whole)}
        ]
        if self.has_night_before:
            told.append(self._moved_words())
        return ("" if formats.chinese(tongue()) else " ").join(told)

    @property
    def heads(self) -> list[Band]:
        return [Band(str(wordings.SIZE_BANDS[band]), "") for band in DOWNWARDS]

    @property
    def rows(self) -> list[Row]:
        known = {(one["value_band"], one["size_band"]): one for one in self.placed}
        return [
            Row(self._value_head(value), tuple(self._cell(value, size, known) for size in DOWNWARDS))
            for value in DOWNWARDS
        ]

    @property
    def unplaced(self) -> int:
        return self.whole - sum(cell.count for row in self.rows for cell in row.cells)

    @property
    def notes(self) -> list[str]:
        """What stands in where contribution or the size class is not known."""
        return [
            _("Value: contribution over 12 months; where it is not delivered, turnover from %(bounds)s.")
            % {"bounds": _bounds(self.grid.turnover)},
            _("Size: the official size class; where it cannot be told, turnover from %(bounds)s.")
            % {"bounds": _bounds(self.grid.size_by_turnover)},
        ]

    # Since the night before

    @property
    def has_night_before(self) -> bool:
        return any(before and count for (before, _tier), count in self.moves.items())

    @property
    def tiers(self) -> list[str]:
        return [wordings.word(wordings.TIERS, tier) for tier in ORDER]

    @property
    def moved_rows(self) -> list[Row]:
        """From (rows) to (columns), with a last row for firms nobody knew then, when there are any."""
        rows = [Row(Band(wordings.word(wordings.TIERS, tier), ""), self._moves_from(tier)) for tier in ORDER]
        new = self._moves_from("")
        return [*rows, Row(Band(_("Newly known"), ""), new)] if any(one.count for one in new) else rows

    @property
    def moved_title(self) -> str:
        up, down = self._counted("up"), self._counted("down")
        return _("%(up)s up, %(down)s down") % {"up": formats.count(up), "down": formats.count(down)}

    @property
    def moved_address(self) -> str:
        return _firms(moved="up.down") if self._counted("up") + self._counted("down") else ""

    def _now(self, tier: str) -> int:
        return sum(count for (_before, now), count in self.moves.items() if now == tier)

    def _counted(self, way: str) -> int:
        return sum(count for (before, now), count in self.moves.items() if _way(before, now) == way)

    def _moved_words(self) -> str:
        up, down, new = (self._counted(way) for way in ("up", "down", NEW))
        if not up + down + new:
            return _("Nobody changed tier since the night before.")
        told = _("Since the night before %(up)s moved up and %(down)s down.") % {"up": up, "down": down}
        return told if not new else told + " " + _("%(n)s are new.") % {"n": new}

    def _value_head(self, band: int) -> Band:
        amounts = dict(zip(DOWNWARDS, self.grid.contribution, strict=False))
        bound = (
            f"≥ {_amount(amounts[band])}" if band in amounts else f"< {_amount(self.grid.contribution[-1])}"
        )
        return Band(str(wordings.VALUE_BANDS[band]), bound)

    def _cell(self, value: int, size: int, known: Mapping[tuple[int, int], Mapping[str, Any]]) -> Cell:
        found = known.get((value, size), {})
        address = _firms(value=str(value), band=str(size))
        return Cell(self.grid.tier(value, size), found.get("firms", 0), found.get("contribution"), address)

    def _moves_from(self, before: str) -> tuple[Move, ...]:
        return tuple(
            Move(self.moves.get((before, now), 0), _way(before, now), _firms(tier=now, before=before or NEW))
            for now in ORDER
        )


def _way(before: str, now: str) -> str:
    if not before:
        return NEW
    if before == now:
        return "same"
    return "up" if ORDER.index(Tier(now)) < ORDER.index(Tier(before)) else "down"


def _firms(**asked: str) -> str:
    return f"{reverse('firms')}?{urlencode(asked)}"


def _bounds(amounts: Sequence[int]) -> str:
    return ("、" if formats.chinese(tongue()) else ", ").join(_amount(one) for one in amounts)


def _amount(fen: int) -> str:
    """A bound is a round figure: no decimal where there is none."""
    return formats.money(fen, tongue()).replace(".0 ", " ").replace(".0m", "m")
