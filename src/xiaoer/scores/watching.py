"""The watch over a model in use: whether what it reads and says still looks like what it learnt from.

A training leaves the `spreads` of its inputs and of what it said on the rows it was judged on, whole and sector by
sector: of rows it learnt from it says more than it knows, and the first of them lack what few months of files can tell.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.scores.columns import columns_of
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field
from xiaoer.scores.stability import Moved, Spread, apart, moved, shares_of, spread_of
from xiaoer.scores.terms import Watch

SCORE = "score"
SECTOR = "industry_letter"
FEWEST_OF_A_SECTOR = 50
FEWEST_DAYS = 3


def spreads(
    fields: Sequence[Field],
    train: pa.Table,
    judge: pa.Table,
    told: Floats,
    reads: Collection[str] | None = None,
) -> dict[str, Any]:
    """What a version learnt from and said, as JSON.

    `rows` a day, the spread of each of `inputs` (judged on fewer than three days: of all rows) and of the `score`; of
    each of `sectors` its firms and the rest's, the shares of the inputs of both over the same bins, and the spread of
    its score. `fields` are all its file names, `reads` those that count in it (all where not said): what befalls a
    sector may show where the version does not look.
    """
    lately = judge if len(pc.unique(judge["on_day"])) >= FEWEST_DAYS else pa.concat_tables([train, judge])
    columns, firms = columns_of(fields, lately), _firms(lately)
    inputs = [spread_of(field, columns[field.name], firms) for field in fields]
    return {
        "rows": round(judge.num_rows / len(pc.unique(judge["on_day"]))),
        "reads": sorted(reads if reads is not None else (field.name for field in fields)),
        "inputs": [one.as_json() for one in inputs],
        "score": spread_of(Field(SCORE), told, _firms(judge)).as_json(),
        "sectors": _by_sector(inputs, pa.concat_tables([train, judge]), judge, told),
    }


def _by_sector(
    inputs: Sequence[Spread], rows: pa.Table, judge: pa.Table, told: Floats
) -> dict[str, dict[str, Any]]:
    """Each sector and the rest of the bank over all days known; of fewer than three days no sector is spoken of.

    A sector has its own seasons: one day is not what it usually looks like.
    """
    if len(pc.unique(rows["on_day"])) < FEWEST_DAYS:
        return {}
    columns, firms = columns_of([one.field for one in inputs], rows), _firms(rows)
    scores = {sector: _of_sector(judge, told, at) for sector, at in sectors_of(judge)}
    found = {}
    for sector, at in sectors_of(rows):
        inside = np.zeros(rows.num_rows, dtype=bool)
        inside[at] = True
        here = _firms(rows.take(pa.array(at)))
        part, rest = (
            {one.axis.name: _rounded(shares_of(one, columns[one.axis.name][side])) for one in inputs}
            for side in (inside, ~inside)
        )
        found[sector] = {
            "firms": here,
            "rest_firms": firms - here,
            "score": scores.get(sector),
            "inputs": part,
            "rest": rest,
        }
    return found


def inputs_moved(then: Mapping[str, Any], rows: pa.Table, rules: Watch) -> list[Moved]:
    """Each input that counts tonight against the training rows, the furthest first."""
    old = [Spread.from_json(one) for one in then["inputs"] if one["axis"]["name"] in then["reads"]]
    columns, alarm = columns_of([one.field for one in old], rows), rules.false_alarm / max(len(old), 1)
    firms = _firms(rows)
    found = [moved(one, columns[one.axis.name], firms, alarm) for one in old]
    return sorted(found, key=lambda one: (-one.beyond, one.name))


def score_moved(then: Mapping[str, Any], rows: pa.Table, told: Floats, rules: Watch) -> Moved:
    """What it says tonight against what it said of rows it had never seen."""
    return moved(Spread.from_json(then["score"]), told, _firms(rows), rules.false_alarm)


def sectors_moved(
    then: Mapping[str, Any], rows: pa.Table, told: Floats, rules: Watch
) -> list[tuple[str, Moved]]:
    """The furthest move within each sector that had enough firms then and has them now, the furthest sector first.

    The score against what it was in the sector; each figure it reads also against where the rest of the bank's move
    would have taken it, so that a season is no alarm. Codes are left out: many say no more than the sector.
    """
    known = [(sector, at) for sector, at in sectors_of(rows) if sector in then["sectors"]]
    old = [Spread.from_json(one) for one in then["inputs"]]
    columns = columns_of([one.field for one in old], rows)
    alarm = rules.false_alarm / max(len(known) * (len(old) + 1), 1)
    found = []
    for sector, at in known:
        here = rows.take(pa.array(at))
        firms, before = _firms(here), then["sectors"][sector]
        part = _Part(then, sector, rows, at, alarm)
        moves = [part.moved(one, columns[one.axis.name]) for one in old if not one.axis.groups]
        if before["score"]:
            moves.append(moved(Spread.from_json(before["score"]), told[at], firms, alarm))
        loud = [one for one in moves if one.at_least(0)] or moves
        found += [(sector, max(loud, key=lambda one: (one.beyond, one.name)))] if loud else []
    return sorted(found, key=lambda one: (-one[1].beyond, one[0]))


@dataclass(frozen=True)
class _Part:
    """A sector tonight, beside what the training left of it."""

    then: Mapping[str, Any]
    sector: str
    rows: pa.Table
    at: Any
    alarm: float

    @cached_property
    def firms(self) -> tuple[int, int, int, int]:
        """Of the sector then, the rest then, the sector now, the rest now."""
        before, now = self.then["sectors"][self.sector], _firms(self.rows.take(pa.array(self.at)))
        return before["firms"], before["rest_firms"], now, _firms(self.rows) - now

    def moved(self, old: Spread, values: Floats) -> Moved:
        """The lesser of two moves of a figure: from what it was here, and from where the rest's move would take it.

        Without the first a large sector would seem to move whenever the rest does.
        """
        left = self.then["sectors"][self.sector]
        part, rest = (np.asarray(left[side][old.axis.name]) for side in ("inputs", "rest"))
        inside = np.zeros(len(values), dtype=bool)
        inside[self.at] = True
        shares = (part, rest, shares_of(old, values[inside]), shares_of(old, values[~inside]))
        before = Spread(old.axis, old.levels, tuple(part.tolist()), self.firms[0])
        own = moved(before, values[inside], self.firms[2], self.alarm)
        both = (own, apart(old.axis.name, shares, self.firms, self.alarm))
        return min(both, key=lambda one: (one.psi > one.chance, one.beyond))


def _of_sector(rows: pa.Table, told: Floats, at: Any) -> dict[str, Any]:
    return spread_of(Field(SCORE), told[at], _firms(rows.take(pa.array(at)))).as_json()


def _rounded(shares: Floats) -> list[float]:
    return [round(float(one), 5) for one in shares]


def sectors_of(rows: pa.Table) -> list[tuple[str, Any]]:
    """Sectors with enough firms, and where their rows stand; none where the rows name no sector."""
    if SECTOR not in rows.column_names:
        return []
    words = rows[SECTOR]
    places = [(word, np.flatnonzero(pc.fill_null(pc.equal(words, word), fill_value=False).to_numpy()))
              for word in sorted(filter(None, pc.unique(words).to_pylist()))]  # fmt: skip
    return [(word, at) for word, at in places if _firms(rows.take(pa.array(at))) >= FEWEST_OF_A_SECTOR]


def _firms(rows: pa.Table) -> int:
    return len(pc.unique(rows["customer_id"]))
