"""What each rule did on a night, kept for the rule's page: whom it named, and what came of what it asked for."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl
from django.db import transaction

from xiaoer.events.models import RuleNight
from xiaoer.events.written import Limits
from xiaoer.nightly import history
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night

WON = "accepted"
WHERE = ["rule", "branch_id", "manager_id"]
COUNTS = ("firms", "contacts", "won")


def remember(night: Night, using: str = "owner") -> int:
    """Keep tonight's counts by rule and portfolio in place of any earlier ones of the day; gives their number."""
    rows = list(_rows(night))
    oldest = night.business_date - timedelta(days=Limits.in_force(night.business_date).nights_kept)
    kept = RuleNight.objects.using(using)
    with transaction.atomic(using=using):
        kept.filter(day=night.business_date).delete()
        kept.filter(day__lt=oldest).delete()
        kept.bulk_create(rows, batch_size=5_000)
    return len(rows)


def _rows(night: Night) -> Iterator[RuleNight]:
    placed = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "branch_id", "manager_id")
    events = pl.DataFrame(night.engine.collect(night.made("events").select("customer_id", "rule"))).unique()
    named = events.join(placed, on="customer_id").group_by(WHERE).agg(firms=pl.len())
    came = _came(night).join(placed, on="customer_id").group_by(WHERE)
    counted = came.agg(contacts=pl.len(), won=(pl.col("outcome") == WON).sum())
    both = named.join(counted, on=WHERE, how="full", coalesce=True).fill_null(0).sort(WHERE)
    for row in both.iter_rows(named=True):
        counts = {name: int(row[name]) for name in COUNTS}
        yield RuleNight(day=night.business_date, **{name: row[name] for name in WHERE}, **counts)


def _came(night: Night) -> pl.DataFrame:
    """Contacts since the night before, with the rule that had listed them: customer_id, outcome, rule."""
    asked = history.made_before(night, "decisions", ["offer_id", "rule"])
    contacts = pl.DataFrame(night.engine.collect(recorded(night, "desk_contacts")))
    if asked is None:
        return contacts.clear().select("customer_id", "outcome", rule=pl.lit(""))
    lines = pl.DataFrame(asked).drop_nulls("offer_id").unique("offer_id")
    since = contacts.filter(pl.col("day") > _day_before(night))
    return since.join(lines, on="offer_id").select("customer_id", "outcome", "rule")


def _day_before(night: Night) -> date:
    before = history.run_before(night.folder.parent.parent, night.business_date)
    return date.fromisoformat(str(before).split("/", maxsplit=1)[0])
