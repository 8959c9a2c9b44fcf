"""Dry runs: whom a rule's text would have named on the nights that are still there. Runs beside the lake, as the owner.

The web may not read the lake; it asks by a row (`events.DryRun`), and this answers by rows behind the walls.
"""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from xiaoer.events.models import DryAnswer, DryCount, DryRun
from xiaoer.events.written import WrittenRule, written
from xiaoer.kit.jsontext import written as written_json
from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import Engine, Lake
from xiaoer.kit.text import reason
from xiaoer.nightly import bank_rules, history
from xiaoer.nightly.run import Night

MOST_NIGHTS, MOST_EXAMPLES = 13, 3  # last night and a year of month-ends; firms of a portfolio and tier


def waiting() -> list[DryRun]:
    """What nobody has answered yet, oldest first."""
    return list(DryRun.objects.using("owner").filter(answer=None).order_by("pk"))


def answer(asked: DryRun, settings: Settings, engine: Engine) -> DryAnswer:
    """Try a text on last night and on the month-ends before it, and keep what was counted."""
    started, rule = time.monotonic(), written(asked.body)
    nights = list(_nights(settings, engine))
    if not nights:
        why_not = reason("dry_no_night")
        return DryAnswer.objects.using("owner").create(run=asked, why_not=why_not)
    rows = [row for night in nights for row in counts(asked, night, rule, examples=night is nights[0])]
    DryCount.objects.using("owner").bulk_create(rows, batch_size=1_000)
    return DryAnswer.objects.using("owner").create(
        run=asked,
        nights=[night.business_date.isoformat() for night in nights],
        seconds=round(time.monotonic() - started, 3),
    )


def _nights(settings: Settings, engine: Engine) -> Iterator[Night]:
    """The night last published, then the last one of each earlier month, as far as their tables are still there."""
    folder, seen = settings.home / "nights", set[tuple[int, int]]()
    for row in reversed(history.published(folder)):
        day = date.fromisoformat(row["business_date"])
        place: Path = folder / row["business_date"] / row["run_id"]
        if (
            (day.year, day.month) in seen
            or len(seen) >= MOST_NIGHTS
            or not (place / "portfolio.parquet").exists()
        ):
            continue
        seen.add((day.year, day.month))
        yield Night(day, row["run_id"], Lake(settings.lake), engine, place, settings.home / "models")


def counts(asked: DryRun, night: Night, rule: WrittenRule, *, examples: bool) -> list[DryCount]:
    """A row for each portfolio and tier with a firm the text names on that night."""
    found = bank_rules.found(night, bank_rules.Known.of(night), rule)
    placed = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "branch_id", "manager_id")
    events = pl.DataFrame(night.engine.collect(night.made("events").select("customer_id", "rule"))).unique()
    shown = written_json([bank_rules.because("bank_dry", 1, rule)]).alias("because")
    told = found.with_columns(shown).join(placed, on="customer_id", how="inner")
    parts = told.sort("amount", "customer_id", descending=[True, False]).partition_by(
        "branch_id", "manager_id", "tier", maintain_order=True
    )
    return [_count(asked, night, rule, part, events, examples=examples) for part in parts]


def _count(
    asked: DryRun,
    night: Night,
    rule: WrittenRule,
    part: pl.DataFrame,
    events: pl.DataFrame,
    *,
    examples: bool,
) -> DryCount:
    named = events.join(part, on="customer_id", how="semi").group_by("rule").len().sort("rule")
    first = part.head(MOST_EXAMPLES if examples else 0)
    return DryCount(
        run=asked, day=night.business_date, branch_id=part["branch_id"][0], manager_id=part["manager_id"][0],
        tier=part["tier"][0] or "", firms=len(part), minutes=len(part) * rule.minutes, already=dict(named.iter_rows()),
        examples=[
            {"customer_id": row["customer_id"], "because": json.loads(row["because"])[0], "amount": row["amount"]}
            for row in first.iter_rows(named=True)
        ],
    )  # fmt: skip
