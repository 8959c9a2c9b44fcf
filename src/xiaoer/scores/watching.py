"""The watch over a model in use: whether what it reads and says still looks like what it learnt from.

A training leaves the `spreads` of its inputs (on the rows it learnt from) and of what it said (on the rows it was
judged on: of rows it learnt from it says more than it knows), whole and sector by sector.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.scores.columns import columns_of
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field
from xiaoer.scores.stability import Moved, Spread, moved, spread_of
from xiaoer.scores.terms import Watch

SCORE = "score"
SECTOR = "industry_letter"
FEWEST_OF_A_SECTOR = 50


def spreads(fields: Sequence[Field], train: pa.Table, judge: pa.Table, told: Floats) -> dict[str, Any]:
    """What a version learnt from and said, as JSON: `rows` a day, `inputs`, `score`, `sectors` (the score in each)."""
    columns, firms = columns_of(fields, train), _firms(train)
    return {
        "rows": round(judge.num_rows / len(pc.unique(judge["on_day"]))),
        "inputs": [spread_of(field, columns[field.name], firms).as_json() for field in fields],
        "score": spread_of(Field(SCORE), told, _firms(judge)).as_json(),
        "sectors": {sector: _of_sector(judge, told, at).as_json() for sector, at in _sectors(judge)},
    }


def inputs_moved(then: Mapping[str, Any], rows: pa.Table, rules: Watch) -> list[Moved]:
    """Each input tonight against the training rows, the furthest first."""
    old = [Spread.from_json(one) for one in then["inputs"]]
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
    """The same within each sector that had enough firms then and has them now, the furthest first."""
    alarm, found = rules.false_alarm / max(len(then["sectors"]), 1), []
    for sector, at in _sectors(rows):
        if sector in then["sectors"]:
            old, here = Spread.from_json(then["sectors"][sector]), rows.take(pa.array(at))
            found.append((sector, moved(old, told[at], _firms(here), alarm)))
    return sorted(found, key=lambda one: (-one[1].beyond, one[0]))


def _of_sector(rows: pa.Table, told: Floats, at: Any) -> Spread:
    return spread_of(Field(SCORE), told[at], _firms(rows.take(pa.array(at))))


def _sectors(rows: pa.Table) -> list[tuple[str, Any]]:
    """Sectors with enough firms, and where their rows stand; none where the rows name no sector."""
    if SECTOR not in rows.column_names:
        return []
    words = rows[SECTOR]
    places = [(word, np.flatnonzero(pc.fill_null(pc.equal(words, word), fill_value=False).to_numpy()))
              for word in sorted(filter(None, pc.unique(words).to_pylist()))]  # fmt: skip
    return [(word, at) for word, at in places if _firms(rows.take(pa.array(at))) >= FEWEST_OF_A_SECTOR]


def _firms(rows: pa.Table) -> int:
    return len(pc.unique(rows["customer_id"]))
