"""What every rule of attention sees tonight, gathered from all rooms that know something of a firm's life."""

from datetime import date

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.events.night import (
    activation,
    ladder_steps,
    leaving,
    missing_facts,
    needs,
    noticed,
    opening,
    said_once,
    sale_side,
    stages,
    still_to_show,
    to_check,
    with_book,
)
from xiaoer.events.seasons import seasons
from xiaoer.events.terms import Ladder, Rule, Rules
from xiaoer.features.night import payees
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, stacked
from xiaoer.nightly import history
from xiaoer.nightly.firm_lives import lives
from xiaoer.nightly.frames import catalogue
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.lasted import Lasted, before
from xiaoer.nightly.run import Night
from xiaoer.products.night import lessons, opened_lately
from xiaoer.products.terms import Education

STAGES = pa.schema({"customer_id": pa.string(), "stage": pa.string(), "stage_day": pa.int64()})


def seen(night: Night, rules: Rules) -> pl.DataFrame:
    """Rows of `events.night.rows` in order of their firms, each happening told by one rule."""
    firms = night.keep("firms_in_book", _with_stages(night, with_book(night.made("firms"), rules)))
    buyers = night.keep("buyers", sale_side(night.made("partners"), firms, night.on))
    there = firms.filter(~nw.col("closed"))
    theirs = buyers.join(there.select("customer_id"), on="customer_id", how="semi")
    ladder = Ladder.in_force(night.business_date)
    found = [
        noticed(there, theirs, night.on, rules),
        ladder_steps(there, night.on, ladder),
        leaving(there, rules),
        *_needs(night, there, rules),
        missing_facts(there, day_number(_quarter(night.business_date)), rules),
        _opening(night, there),
        _activation(night, there, rules),
        *lives(night, there, rules),
    ]
    tonight = night.keep("seen", stacked(found))
    since = Lasted.of(night, firms).since_when(tonight, before(night))
    told = pl.DataFrame(night.engine.collect(night.keep("lasting", since)))
    once = said_once(nw.from_native(told.lazy()), rules).collect("polars").to_native()
    rows = once.sort("customer_id", "rule", "product", "partner", nulls_last=True)
    night.keep_rows("noticed", rows.to_arrow())
    return rows


def _with_stages(night: Night, firms: Frame) -> Frame:
    ladder = Ladder.in_force(night.business_date)
    known = history.columns_before(night, "firms_in_book") >= set(STAGES.names)
    rows = history.made_before(night, "firms_in_book", STAGES.names) if known else None
    before = night.engine.table(STAGES.empty_table() if rows is None else rows.cast(STAGES))
    return stages(firms, before, night.on, ladder, _told_since(night))


def _told_since(night: Night) -> int | None:
    """The day number from which the bank delivers payments; None where it delivers none."""
    parts = night.lake.manifest.known_on("transactions", night.business_date)
    return min((day_number(part.business_date) for part in parts), default=None)


def _quarter(day: date) -> date:
    """The first day of the day's quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _needs(night: Night, firms: Frame, rules: Rules) -> list[Frame]:
    ahead = seasons(night.business_date)
    return [needs(firms, ahead, rules, night.business_date)] if ahead else []


def _opening(night: Night, firms: Frame) -> Frame:
    education, today = Education.in_force(night.business_date), night.on.today
    held = night.delivered("holdings")
    fresh = opened_lately(held, catalogue(night), today, education.within_days)
    steps = night.keep("lessons", lessons(fresh, firms.select("customer_id", "tier"), education))
    finished = recorded(night, "desk_lessons").with_columns(opened_day=day_no("opened_date"))
    return opening(night.keep("to_show", still_to_show(steps, finished, night.on)), firms, night.on)


def _activation(night: Night, firms: Frame, rules: Rules) -> Frame:
    held, today = rules.of(Rule.ACTIVATION), night.on.today
    within = max(held["after_days"]) + held["stands_days"]
    fresh = opened_lately(night.delivered("holdings"), catalogue(night), today, within)
    checked = night.keep("checked", to_check(fresh, firms, night.on, rules))
    return activation(checked, payees(night.delivered("transactions"), checked, today), night.on, rules)
