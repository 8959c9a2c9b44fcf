"""Publish: the night's tables as the desk's rows, then over the bridge."""

from typing import Any

import pyarrow as pa

from xiaoer.events.jobs import forget_old_dry_runs
from xiaoer.nightly import (
    applications,
    delivered,
    history,
    lent,
    measuring,
    organisation,
    planned,
    requested,
    risked,
    rule_nights,
    scored,
    seam,
    showing,
)
from xiaoer.nightly.directory import directory
from xiaoer.nightly.firms import firms
from xiaoer.nightly.profiles import profiles
from xiaoer.nightly.publish import publish as over_the_bridge
from xiaoer.nightly.run import Night
from xiaoer.nightly.shelving import tell_desk
from xiaoer.sources.posted import forget_old_records


def publish(night: Night) -> None:
    """Nobody sees a row before all are there."""
    publication = over_the_bridge(published_tables(night), night.business_date, night.run_id)
    tell_desk(night.models)
    night.rows = publication.rows_changed
    rule_nights.remember(night)
    history.remember(night)
    forget_old_records(night.business_date)
    forget_old_dry_runs(night.business_date)


def published_tables(night: Night) -> dict[str, seam.Handed]:
    """Every table of the seam, with the scope columns of its firms; the large ones are made as they are written."""
    called = directory(night)
    return {
        "firms": firms(night, called),
        "profiles": profiles(night, called),
        "scores": showing.scores(night),
        "cards": showing.cards(night),
        "shelf_scores": scored.scores(night),
        "models_today": scored.models(night),
        "events": showing.events(night, called),
        "proposals": showing.proposals(night, called),
        "shadow_prices": night.rows_of("shadow_prices"),
        "planned_days": planned.planned_days(night),
        "measured": measuring.measured(night),
        "products": delivered.products(night),
        "openings": showing.openings(night),
        "brought": applications.brought(night),
        "four_flows": applications.four_flows(night),
        "notes": lent.notes(night),
        "class_moves": lent.class_moves(night),
        "migrations": lent.migrations(night),
        "vintages": lent.vintages(night),
        "shares": lent.shares(night),
        "arrears": risked.arrears(night),
        "guarantees": risked.guarantees(night, called),
        "sureties": risked.sureties(night),
        "plans": risked.plans(night),
        "checks": lent.checks(night, called),
        "renewals": lent.renewals(night),
        "promises": lent.promises(night),
        "requests": requested.requests(night),
        "deliveries": _table(delivered.deliveries(night)),
        "disabled": _table(delivered.disabled(night)),
        "branches": _table(organisation.branches(night)),
        "staff": _table(organisation.staff(night)),
        "posts": _table(organisation.posts(night)),
        "assignments": organisation.assignments(night),
    }


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows) if rows else pa.table({})
