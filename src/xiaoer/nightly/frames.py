"""Frames: what the night knew of every firm and note on past days, by the same code as last night's.

A frame of a past day is a night that stops after `known`: the lake is read as of that day, so nothing delivered or
dated later can be in it. Frames lie beside the nights, by day and run number, and are made once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import reduce

import narwhals as nw

from xiaoer.features.night import (
    answers,
    beside,
    campaigns,
    channels,
    debts,
    elsewhere,
    holdings,
    keepers,
    lateness,
    limits,
    meetings,
    note_facts,
    purposes,
    records,
    requests,
    standing,
    swings,
    taxes,
)
from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import Engine, Frame, Lake
from xiaoer.nightly import knowing, shaping
from xiaoer.nightly.run import Night, run_number
from xiaoer.sources.contracts import contract
from xiaoer.value.terms import Margins

FIRMS, NOTES = "known", "known_notes"
FOLDER = "frames"
Told = Callable[[date, bool], None]


def known(night: Night) -> None:
    """Two tables: `known`, all a model may read of each firm, and `known_notes`, of each note still owed."""
    groups = {"lending": _lending, "dealings": _dealings, "money": _money}
    book = night.made("features").select("customer_id")
    kept = [night.keep(f"known_{name}", _joined([book, *themes(night)])) for name, themes in groups.items()]
    everything = beside(_joined([night.made("features"), *kept]))
    night.keep(FIRMS, everything.with_columns(brought_12m=_brought(Margins.in_force(night.business_date))))
    night.keep(NOTES, note_facts(night.delivered("drawdown_notes"), night.on.today))


def _brought(margins: Margins) -> nw.Expr:
    """What a firm brought in twelve months, in fen: its fees, and margins on its balances and loans."""
    amounts = {
        "fees_12m": 1.0,
        "fees_paid_12m": 1.0,
        "balance_12m": margins.deposit_margin,
        "debt": margins.loan_margin,
    }
    parts = [nw.coalesce(nw.col(name), nw.lit(0)).cast(nw.Float64) * rate for name, rate in amounts.items()]
    return nw.sum_horizontal(*parts).round().cast(nw.Int64)


def _joined(frames: Sequence[Frame]) -> Frame:
    return reduce(lambda left, right: left.join(right, on="customer_id", how="left"), frames)


def _lending(night: Night) -> list[Frame]:
    today, notes = night.on.today, night.delivered("drawdown_notes")
    snapshots = night.lake.snapshots(contract("drawdown_notes").schema, night.business_date, night.engine)
    return [
        debts(notes, today),
        lateness(snapshots, today),
        limits(night.delivered("credit_lines")),
        elsewhere(night.delivered("other_bank_debts"), today),
    ]


def _dealings(night: Night) -> list[Frame]:
    today = night.on.today
    return [
        standing(night.delivered("customers"), today),
        holdings(night.delivered("holdings"), catalogue(night), today),
        meetings(night.delivered("contacts"), today),
        campaigns(night.delivered("campaign_lists"), today),
        keepers(night.delivered("assignments"), today),
    ]


def _money(night: Night) -> list[Frame]:
    today = night.on.today
    return [
        swings(night.delivered("balances"), today),
        purposes(night.delivered("transactions"), today),
        channels(night.delivered("channel_uses"), today),
        requests(night.delivered("service_requests"), today),
        answers(night.delivered("surveys"), today),
        taxes(night.delivered("tax_records"), today),
        records(night.delivered("public_records"), today),
    ]


def catalogue(night: Night) -> Frame:
    """The bank's products, by their first delivery where the day's files did not bring them yet.

    Which category a product is of is no news about a firm.
    """
    parts = [part.first_delivered for part in night.lake.manifest.every("products")]
    day = max(night.business_date, min(parts, default=night.business_date))
    return night.lake.open(contract("products").schema, day, night.engine)


def frame(settings: Settings, day: date, lake: Lake, engine: Engine) -> tuple[Night, bool]:
    """The night of a past day with its frame made, and whether it lay there already."""
    run_id = run_number(day, lake)
    folder = settings.home / FOLDER / day.isoformat() / run_id
    night = Night(day, run_id, lake, engine, folder, settings.home / "models")
    held = night.path(NOTES).exists()  # written last
    if not held:
        for work in (shaping.shape, knowing.features, known):
            work(night)
        _tidied(night)
    return night, held


def _tidied(night: Night) -> None:
    """Only the two tables stay: what they are made from can be made again."""
    for path in night.folder.glob("*.parquet"):
        if path.stem not in {FIRMS, NOTES}:
            path.unlink()


def frames(
    settings: Settings, days: Sequence[date], engine: Engine, *, told: Told = lambda _day, _held: None
) -> Iterator[Night]:
    """The frames of several days, oldest first; a run that was stopped goes on with the first day not made."""
    lake = Lake(settings.lake)
    for day in sorted(days):
        night, held = frame(settings, day, lake, engine)
        told(day, held)
        yield night


def month_ends(lake: Lake, last: date) -> list[date]:
    """The last days of months, oldest first, on which the bank's customers were known, up to a day."""
    delivered = [part.first_delivered for part in lake.manifest.known_on("customers", last)]
    day, found = last + timedelta(days=1), list[date]()
    while delivered and (day := day.replace(day=1) - timedelta(days=1)) >= min(delivered):
        found.append(day)
    return found[::-1]
