"""The watch on a simulated bank: an industry's shock is told within a month, and nothing before it."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.scores.forms.cards import PointsCard
from xiaoer.scores.forms.tables import Axis, Part
from xiaoer.scores.life import Life
from xiaoer.scores.log import WatchLog
from xiaoer.scores.registry import Registry
from xiaoer.scores.samples import Field
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import Form, Scale

pytestmark = pytest.mark.xdist_group("house")

CHECKOUT = Path(__file__).resolve().parents[2]
END, SHOCK = date(2026, 10, 31), date(2026, 10, 1)
EARLIER = date(2026, 6, 30)
LEARNT, LATER, BEFORE = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)
MODEL = "settlement_moves_away"
FLOWS = pa.schema(
    {"customer_id": pa.string(), "month": pa.int64(), "inflow": pa.int64(), "outflow": pa.int64()}
)
READS = ("quiet_sale_days", "payments_30d", "sales_90d", "balance_90d")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, DuckEngine]:
    """Seven months of nine hundred firms; in the last one manufacturing all but stops selling."""
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan, Shock
    from xiaoer.sources.intake import load_bank, receive

    home = tmp_path_factory.mktemp("watch")
    held, engine = replace(settings(), home=home), DuckEngine(home / "scratch")
    simulate(Plan(900, 7, 11, END, (Shock("C", SHOCK, 0.05),)), home / "bank", lambda _: None)
    load_bank(
        receive(CHECKOUT / "mappings" / "simulator.toml", home / "bank", held.inbox),
        Lake(held.lake),
        engine,
        END,
    )
    return held, engine


def card() -> PointsCard:
    """Points by hand: enough for a score that follows what it reads."""
    cuts = {
        "quiet_sale_days": (7.0, 21.0),
        "payments_30d": (5.0, 20.0),
        "sales_90d": (1e7, 1e8),
        "balance_90d": (1e6, 1e7),
    }
    parts = tuple(Part((Axis(name, cuts=cuts[name]),), (-10.0, 0.0, 10.0, 0.0)) for name in READS)
    return PointsCard(Form.SCORECARD, Scale(600, 20, 20), 600, parts, tuple(Field(name) for name in READS))


def keep_learnt(earlier: Any, night: Any, later: Any) -> Registry:
    """A version in use that learnt from two nights and was judged on a third."""
    from xiaoer.nightly.training_sets import side_by_side
    from xiaoer.nightly.watching import InUse, scored
    from xiaoer.scores.watching import spreads

    told = {"model": MODEL, "version": "v1", "trained_on": LATER.isoformat()} | asdict(card())
    used = InUse(the_shelf()[MODEL], "v1", {"card": told})
    train, _ = scored(night, used, side_by_side([earlier, night]))
    judge, said = scored(later, used, side_by_side([later]))
    registry = Registry(night.models)
    judgement = {"state": "challenger", "refused_because": None, "value": 0.7}
    left = spreads(card().fields, train, judge, said)
    registry.keep_page(MODEL, "v1", {"card": told, "judgement": judgement, "spreads": left})
    Life(registry, MODEL).promote("A1", "R1", datetime(2026, 9, 1, tzinfo=UTC))
    return registry


def test_a_shock_is_told_within_a_month_and_not_before(bank: tuple[Settings, DuckEngine]) -> None:
    from xiaoer.nightly.frames import frames
    from xiaoer.nightly.watching import watch

    nights = {
        one.business_date: one for one in frames(bank[0], [EARLIER, LEARNT, LATER, BEFORE, END], bank[1])
    }
    for night in nights.values():
        night.keep_rows("flow_months", FLOWS.empty_table())  # a bank of seven months has no last year
    watch(nights[BEFORE])  # no model in use: nothing to write
    registry = keep_learnt(nights[EARLIER], nights[LEARNT], nights[LATER])
    log = WatchLog(registry, MODEL)
    assert log.lines() == []
    for day in (BEFORE, END, END):  # the last one twice: the night done again
        watch(nights[day])
    calm, struck = log.lines()
    assert [one["key"] for one in calm["alarms"] if one["key"].startswith(("sector", "score"))] == []
    # Who trades with manufacturing may be told of, too: so hard a shock runs on.
    assert "sector:C" in [one["key"] for one in struck["alarms"]]
    assert struck["alarms"][0]["since"] == END.isoformat()
    kept = registry.folder / MODEL / "said" / "v1"
    assert sorted(path.stem for path in kept.iterdir()) == [BEFORE.isoformat(), END.isoformat()]


def test_what_came_is_read_from_what_was_said(bank: tuple[Settings, DuckEngine]) -> None:
    """Rows said on an earlier night get their outcome once the horizon is told, and not a day earlier."""
    from xiaoer.nightly.frames import frames
    from xiaoer.nightly.training_sets import side_by_side
    from xiaoer.nightly.watching import InUse, _keep, scored, what_came

    nights = {one.business_date: one for one in frames(bank[0], [LEARNT, BEFORE, END], bank[1])}
    told = {"model": MODEL, "version": "v2", "trained_on": LEARNT.isoformat()} | asdict(card())
    used, registry = InUse(the_shelf()[MODEL], "v2", {"card": told}), Registry(nights[END].models)
    table, said = scored(nights[LEARNT], used, side_by_side([nights[LEARNT]]))
    _keep(used.kept(registry) / f"{LEARNT}.parquet", table, said)
    assert what_came(nights[BEFORE], registry, used) is None
    came = what_came(nights[END], registry, used)
    assert came is not None
    assert 0 < came.rows <= table.num_rows
    assert 0 < came.came < came.rows
    assert came.expected == pytest.approx(float(np.mean(said)) * came.rows, rel=0.2)
