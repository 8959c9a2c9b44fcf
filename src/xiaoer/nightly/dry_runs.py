"""Dry runs: whom a rule's text would have named on the nights that are still there. Runs beside the lake, as the owner.

The web may not read the lake; it asks by a row (`events.DryRun`), and this answers by rows behind the walls.
"""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
from django.db import connections, transaction

from xiaoer.events.legible import Illegible, legible
from xiaoer.events.lives import lives, words_code
from xiaoer.events.models import DryAnswer, DryCount, DryRun, RuleStep
from xiaoer.events.rulebook import ANSWERING, taken
from xiaoer.events.written import WrittenRule
from xiaoer.kit.jsontext import written as written_json
from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import Engine, Lake
from xiaoer.kit.text import Reason, reason
from xiaoer.nightly import bank_rules, history
from xiaoer.nightly.run import Night

MOST_NIGHTS, MOST_EXAMPLES = 13, 3  # last night and a year of month-ends; firms of a portfolio and tier
A_WEEK, NEAR_A_WEEK = timedelta(days=7), timedelta(days=10)
TRIED = "bank_dry"
PLACES = ["branch_id", "manager_id", "tier"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beside:
    """What the last night's firms are held against: those of the version in use, and those named a week before."""

    version: int | None = None
    used: pl.DataFrame | None = None
    week_before: date | None = None
    week_ago: pl.DataFrame | None = None

    @classmethod
    def of(cls, asked: DryRun, rule: WrittenRule, last: Night) -> "Beside":
        """As the desk has the rule now; nights a week to ten days before the last."""
        life = lives(map(taken, RuleStep.objects.using("owner").filter(rule=asked.rule).order_by("pk"))).get(
            asked.rule
        )
        text = life.in_force if life else None
        used = (
            _named(last, text, words_code(asked.rule, life.adopted))
            if life and life.adopted and text
            else None
        )
        earlier = _earlier(last)
        week_ago = bank_rules.found(earlier, bank_rules.Known.of(earlier), rule) if earlier else None
        return cls(
            life.adopted if life and used is not None else None,
            used,
            earlier.business_date if earlier else None,
            week_ago,
        )

    def marked(self, told: pl.DataFrame) -> pl.DataFrame:
        """The firms with `added` and `fresh`, true or false; false for all where there is nothing to hold against."""
        return told.with_columns(added=_not_among(self.used), fresh=_not_among(self.week_ago))

    def gone(self, told: pl.DataFrame) -> pl.DataFrame:
        """Firms that only the version in use names."""
        return told.clear() if self.used is None else self.used.join(told, on="customer_id", how="anti")


def hold() -> bool:
    """Whether this process is now the one that answers; it stays so until it ends, and the desk can see it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ANSWERING])
        return bool(cursor.fetchone()[0])


def waiting() -> list[DryRun]:
    """What nobody has answered yet, oldest first."""
    return list(DryRun.objects.using("owner").filter(answer=None).order_by("pk"))


def answer(asked: DryRun, settings: Settings, engine: Engine) -> DryAnswer:
    """Try a text and keep what was counted, or why it could not be tried: one must not stop those behind it."""
    started = time.monotonic()
    try:
        rule = legible(asked.body)
    except Illegible as fault:
        return _not_tried(asked, fault.why)
    nights = list(_nights(settings, engine))
    if not nights:
        return _not_tried(asked, reason("dry_no_night"))
    try:
        beside, rows = _tried(asked, rule, nights)
    except Exception:
        log.exception("dry run %s broke off", asked.pk)
        return _not_tried(asked, reason("dry_failed"))
    with transaction.atomic(using="owner"):
        DryCount.objects.using("owner").bulk_create(rows, batch_size=1_000)
        return DryAnswer.objects.using("owner").create(
            run=asked,
            nights=[night.business_date.isoformat() for night in nights],
            against=beside.version,
            week_before=beside.week_before,
            seconds=round(time.monotonic() - started, 3),
        )


def _not_tried(asked: DryRun, why: Reason) -> DryAnswer:
    return DryAnswer.objects.using("owner").create(run=asked, why_not=why)


def _tried(asked: DryRun, rule: WrittenRule, nights: list[Night]) -> tuple[Beside, list[DryCount]]:
    """Last night in full, the earlier ones in counts."""
    last, *earlier = nights
    beside = Beside.of(asked, rule, last)
    rows = counts(asked, last, rule, beside)
    for night in earlier:
        rows += counts(asked, night, rule, None)
    return beside, rows


def _nights(settings: Settings, engine: Engine) -> Iterator[Night]:
    """The night last published, then the last one of each earlier month, as far as their tables are still there."""
    folder, seen = settings.home / "nights", set[tuple[int, int]]()
    for row in reversed(history.published(folder)):
        day = date.fromisoformat(row["business_date"])
        if (day.year, day.month) in seen or len(seen) >= MOST_NIGHTS or not _is_there(folder, row):
            continue
        seen.add((day.year, day.month))
        lake, place = Lake(settings.lake), folder / row["business_date"] / row["run_id"]
        yield Night(day, row["run_id"], lake, engine, place, settings.home / "models")


def _earlier(last: Night) -> Night | None:
    """The night a week before the last one, or up to three days more, where its tables are still there."""
    folder = last.folder.parent.parent
    for row in reversed(history.published(folder)):
        day = date.fromisoformat(row["business_date"])
        if A_WEEK <= last.business_date - day <= NEAR_A_WEEK and _is_there(folder, row):
            place = folder / row["business_date"] / row["run_id"]
            return Night(day, row["run_id"], last.lake, last.engine, place, last.models)
    return None


def _is_there(folder: Path, row: Mapping[str, Any]) -> bool:
    return (folder / row["business_date"] / row["run_id"] / "portfolio.parquet").exists()


def counts(asked: DryRun, night: Night, rule: WrittenRule, beside: Beside | None) -> list[DryCount]:
    """A row for each portfolio and tier with a firm the text names on that night, or names no longer.

    `beside` is given for the last night, which is told in full; earlier nights are counts only.
    """
    told = (beside or Beside()).marked(_named(night, rule, words_code(TRIED, 1)))
    gone = (beside or Beside()).gone(told)
    heard = night.made("events").select("customer_id", "rule").filter(nw.col("rule") != asked.rule)
    events = pl.DataFrame(night.engine.collect(heard)).unique()
    there, left = _parts(told), _parts(gone)
    rows = []
    for place in sorted({*there, *left}):
        part, lost = there.get(place, told.clear()), left.get(place, gone.clear())
        row = _count(part, lost, rule, events)
        row |= {"examples": _few(part) if beside else [], "gone": _few(lost)}
        rows.append(
            DryCount(run=asked, day=night.business_date, **dict(zip(PLACES, place, strict=True)), **row)
        )
    return rows


def _count(part: pl.DataFrame, lost: pl.DataFrame, rule: WrittenRule, events: pl.DataFrame) -> dict[str, Any]:
    named = events.join(part, on="customer_id", how="semi").group_by("rule").len().sort("rule")
    return {
        "firms": len(part), "minutes": len(part) * rule.minutes, "already": dict(named.iter_rows()),
        "added": int(part["added"].sum()), "fresh": int(part["fresh"].sum()), "dropped": len(lost),
        "alone": len(part.join(events, on="customer_id", how="anti")),
    }  # fmt: skip


def _named(night: Night, rule: WrittenRule, code: str) -> pl.DataFrame:
    """Firms a text names, with their portfolios and what is told of them, the largest amounts first."""
    found = bank_rules.found(night, bank_rules.Known.of(night), rule)
    placed = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "branch_id", "manager_id")
    version = int(code.rpartition("_v")[2])
    shown = written_json([bank_rules.because(code.rpartition("_v")[0], version, rule)]).alias("because")
    told = found.with_columns(shown, pl.col("tier").fill_null("")).join(placed, on="customer_id", how="inner")
    return told.select("customer_id", *PLACES, "amount", "because").sort(
        "amount", "customer_id", descending=[True, False]
    )


def _parts(rows: pl.DataFrame) -> dict[tuple[Any, ...], pl.DataFrame]:
    return rows.partition_by(PLACES, maintain_order=True, as_dict=True) if len(rows) else {}


def _not_among(others: pl.DataFrame | None) -> pl.Expr:
    return (
        pl.lit(value=False)
        if others is None
        else ~pl.col("customer_id").is_in(others["customer_id"].to_list())
    )


def _few(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {"customer_id": row["customer_id"], "because": json.loads(row["because"])[0], "amount": row["amount"]}
        | ({"added": row["added"]} if "added" in row else {})
        for row in rows.head(MOST_EXAMPLES).iter_rows(named=True)
    ]
