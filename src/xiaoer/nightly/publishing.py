"""Publish: the night's tables as the desk's rows, then over the bridge."""

from typing import Any

import pyarrow as pa

from xiaoer.nightly import delivered, history, showing
from xiaoer.nightly.directory import directory
from xiaoer.nightly.profiles import profiles
from xiaoer.nightly.publish import publish as over_the_bridge
from xiaoer.nightly.run import Night

SCOPED = ("firms", "profiles", "scores", "events", "proposals", "assignments")


def publish(night: Night) -> None:
    """Nobody sees a row before all are there."""
    tables = published_tables(night)
    publication = over_the_bridge(tables, night.business_date, night.run_id)
    night.rows = publication.rows_changed
    history.remember(night)


def published_tables(night: Night) -> dict[str, pa.Table]:
    """Every table of the seam, with the scope columns of its firms."""
    called = directory(night)
    rows: dict[str, list[dict[str, Any]]] = {
        "firms": showing.firms(night, called),
        "profiles": profiles(night, called),
        "scores": showing.scores(night),
        "events": showing.events(night, called),
        "proposals": showing.proposals(night, called),
        "deliveries": delivered.deliveries(night),
        "disabled": delivered.disabled(night),
        **showing.organisation(night),
    }
    scope = {row["customer_id"]: row for row in night.rows_of("portfolio").to_pylist()}
    for name in SCOPED:
        rows[name] = [row | scope[row["customer_id"]] for row in rows[name]]
    return {name: pa.Table.from_pylist(held) if held else pa.table({}) for name, held in rows.items()}
