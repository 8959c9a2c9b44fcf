"""The watch each night: every model in use scored on tonight's rows, held against what it learnt from.

On the first night of a month what it says is kept; once the outcome of such rows is known, it is held against them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.dates import day_number
from xiaoer.kit.tables.files import write_rows
from xiaoer.nightly import frames
from xiaoer.nightly.climate import fared, none_fared
from xiaoer.nightly.run import Night
from xiaoer.nightly.training_sets import later_of, read_by, side_by_side
from xiaoer.scores.alarms import Findings, Told, alarms, proposal, told
from xiaoer.scores.climate import Climate
from xiaoer.scores.columns import columns_of, numbers
from xiaoer.scores.forms.cards import card_from
from xiaoer.scores.labels import KEY, LABELS
from xiaoer.scores.log import WatchLog
from xiaoer.scores.populations import OCCASIONS, Known, rows
from xiaoer.scores.registry import Registry
from xiaoer.scores.rules import Floats
from xiaoer.scores.specifications import Model, Sort, the_shelf
from xiaoer.scores.terms import Watch
from xiaoer.scores.watching import inputs_moved, score_moved, sectors_moved, sectors_of

SAID = (*KEY, "from_day", "said")
WATCHED = pa.schema(
    {
        "model": pa.string(), "version": pa.string(), "level": pa.string(), "psi": pa.float64(), "rows": pa.int64(),
        "firms": pa.int64(), "alarms": pa.int64(),
    }
)  # fmt: skip


@dataclass(frozen=True)
class InUse:
    """A model with the version in use and its page."""

    model: Model
    version: str
    page: dict[str, Any]

    def kept(self, registry: Registry) -> Path:
        """Where lies what this version said on past nights."""
        return registry.folder / self.model.name / "said" / self.version


def watch(night: Night) -> None:
    """A line in each watched model's log, and all of them as the table `watched`; empty where no model is in use."""
    registry = Registry(night.models)
    used = list(in_use(registry, night.business_date))
    if used and not night.path(frames.FIRMS).exists():
        frames.known(night)
    known, sectors = (side_by_side([night]), fared(night)) if used else (None, none_fared(night))
    lines = [_row(one, watched(night, one, known, sectors)) for one in used if known]
    night.keep_rows("watched", pa.Table.from_pylist(lines, WATCHED))


def _row(used: InUse, line: dict[str, Any]) -> dict[str, Any]:
    figures = {name: line[name] for name in ("version", "level", "rows", "firms")}
    return figures | {"model": used.model.name, "psi": line["score"]["psi"], "alarms": len(line["alarms"])}


def in_use(registry: Registry, day: date) -> Iterator[InUse]:
    """Models whose rows are there every night, in use in a version trained by that day that left its spreads."""
    for model in the_shelf().values():
        version = registry.version_in_use(model.name)
        if version is None or model.population.unit in OCCASIONS:
            continue
        page = registry.page(model.name, version)
        if page.get("spreads") and page["card"]["trained_on"] <= day.isoformat():
            yield InUse(model, version, page)


def watched(night: Night, used: InUse, known: Known, sectors: Sequence[Climate]) -> dict[str, Any]:
    """One model's line of tonight."""
    day, rules, registry = night.business_date, Watch.in_force(night.business_date), Registry(night.models)
    table, said = scored(night, used, known)
    log = WatchLog(registry, used.model.name)
    first = _first_of_month(log.before(day), day)
    if first:
        _keep(used.kept(registry) / f"{day}.parquet", table, said)
    before = (log.before(day) or {}).get("told")
    known_by_now = what_came(night, registry, used) if first else Told(**before) if before else None
    found = findings(used.page["spreads"], table, said, rules, known_by_now)
    found = replace(found, climate=spoken_of(sectors, table))
    raised, trained_on = alarms(found, rules), date.fromisoformat(used.page["card"]["trained_on"])
    retrain = proposal(raised, trained_on, day, used.model.when.refreshed, rules)
    return log.note(day, used.version, found, raised, retrain)


def scored(night: Night, used: InUse, known: Known) -> tuple[pa.Table, Floats]:
    """Tonight's rows of a model in order of their key, and what its version says of each."""
    asked = rows(used.model.population, known, later_of(used.model, night))
    table = night.engine.collect(read_by(used.model, asked, known)).sort_by(
        [(name, "ascending") for name in KEY]
    )
    card = card_from(used.page["card"])
    return table, card.score(columns_of(card.fields, table)).probability if table.num_rows else np.empty(0)


def findings(
    spreads: dict[str, Any], table: pa.Table, said: Floats, rules: Watch, known_by_now: Told | None = None
) -> Findings:
    """What tonight's rows show against the spreads a training left; without rows nothing moved."""
    firms = len(table["customer_id"].unique())
    return Findings(
        table.num_rows,
        firms,
        spreads["rows"],
        score_moved(spreads, table, said, rules),
        sectors_moved(spreads, table, said, rules),
        inputs_moved(spreads, table, rules),
        known_by_now,
    )


def spoken_of(sectors: Sequence[Climate], table: pa.Table) -> list[Climate]:
    """The sectors of which a model has enough rows."""
    mine = {sector for sector, _ in sectors_of(table)}
    return [one for one in sectors if one.sector in mine]


def what_came(night: Night, registry: Registry, used: InUse) -> Told | None:
    """What came of the rows of past nights whose outcome is all told by tonight; None for no chance or none told."""
    if used.model.sort is not Sort.CHANCE:
        return None
    kept = [pq.read_table(path) for path in sorted(used.kept(registry).glob("*.parquet"))
            if _told_by(night, used.model, path)]  # fmt: skip
    if not kept:
        return None
    asked = night.engine.table(pa.concat_tables(kept))
    label = LABELS[used.model.label](asked.drop("said"), later_of(used.model, night))
    both = night.engine.collect(
        asked.join(label.filter(~nw.col("label").is_null()), on=list(KEY), how="inner")
    )
    firms = len(both["customer_id"].unique())
    return told(numbers(both["said"]), numbers(both["label"]), firms) if firms else None


def _told_by(night: Night, model: Model, path: Path) -> bool:
    return day_number(date.fromisoformat(path.stem)) + model.reach_days <= night.on.today


def _first_of_month(before: dict[str, Any] | None, day: date) -> bool:
    return before is None or before["date"][:7] < day.isoformat()[:7]


def _keep(path: Path, table: pa.Table, said: Floats) -> None:
    write_rows(table.append_column("said", pa.array(said)).select(SAID), path)
