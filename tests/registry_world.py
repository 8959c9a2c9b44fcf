"""A small registry of models for screens: one in use with a challenger and an alarm, one of amounts, one of effects.

Rows are drawn, not simulated: what hangs on what is known, and a training takes a second.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from xiaoer.kit.dates import day_number
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.alarms import Findings, alarms, proposal, told
from xiaoer.scores.keeping import keep, refuse
from xiaoer.scores.life import Life
from xiaoer.scores.log import WatchLog
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import Task
from xiaoer.scores.specifications import Inputs, Model, Rival, models
from xiaoer.scores.stability import Moved
from xiaoer.scores.terms import Form, Watch
from xiaoer.scores.weighing import prove

ROWS = 900
SPLIT = (
    "out of time: trained on 6 month ends 2025-06-30 to 2025-11-30, judged on 3 from 2026-06-30 to 2026-08-31;"
    " outcome within 182 days"
)
LEARNT = tuple(day_number(date(2025, month, 30)) for month in (6, 9, 11))
LATER = tuple(day_number(date(2026, month, 30)) for month in (6, 7, 8))
READS = ("payments_90d", "balance_90d", "relation_months", "kind", "industry_letter", "region")
CALM = Moved("score", 0.02, 0.01, 0.04, 480)


def small(name: str, **changes: Any) -> Model:
    """A model of the shelf that reads six columns."""
    falling = ("payments_90d",) if name == "leaving" else ()
    made = replace(models()[name], inputs=Inputs(READS, falling=falling), rival=Rival("balance_90d", -1))
    return replace(made, **changes)


def rows(seed: int, days: tuple[int, ...]) -> pa.Table:
    """Firms whose label hangs on their payments, and a little on how long they have been with the bank."""
    draw = np.random.default_rng(seed)
    paid, months = draw.normal(size=ROWS), draw.integers(3, 120, ROWS)
    odds = -1.2 - 1.1 * paid - 0.01 * months
    hit = draw.random(ROWS) < 1 / (1 + np.exp(-odds))
    on_day = [days[n % len(days)] for n in range(ROWS)]
    return pa.table({
        "customer_id": [f"C{n % 700:06d}" for n in range(ROWS)], "on_day": pa.array(on_day, pa.int64()),
        "item": [""] * ROWS, "from_day": pa.array(on_day, pa.int64()), "label": hit.astype(np.float64),
        "payments_90d": np.rint(np.exp(13 + paid)), "balance_90d": np.rint(np.exp(14 + draw.normal(size=ROWS) + 0.3 * paid)),
        "relation_months": months.astype(np.float64), "kind": draw.choice(["enterprise", "sole_trader"], ROWS),
        "industry_letter": draw.choice(["C", "F", "H"], ROWS), "region": draw.choice(["310000", "330000"], ROWS),
    })  # fmt: skip


def amounts(seed: int, days: tuple[int, ...]) -> pa.Table:
    """The same rows with an amount in fen for a label."""
    made = rows(seed, days)
    noise = np.exp(0.3 * np.random.default_rng(seed + 100).normal(size=ROWS))
    return made.set_column(4, "label", pa.array(made["payments_90d"].to_numpy() * noise))


def lots(seed: int, days: tuple[int, ...]) -> pa.Table:
    """The same firms on a list drawn by lot: those who pay much take when asked, the others anyway."""
    draw, made = np.random.default_rng(seed + 200), rows(seed, days)
    treated = draw.integers(0, 2, ROWS)
    chance = np.where(made["payments_90d"].to_numpy() > np.exp(13), 0.05 + 0.5 * treated, 0.5)
    label = (draw.random(ROWS) < chance).astype(np.float64)
    made = made.set_column(4, "label", pa.array(label)).append_column("treated", pa.array(treated))
    return made.append_column("treated_share", pa.array(np.full(ROWS, 0.5)))


def proved(model: Model, made: Any, seed: int, trained_on: date) -> Any:
    return prove(Task(model, made(seed, LEARNT), made(seed + 1, LATER), SPLIT, trained_on.isoformat()))


def make_registry(folder: Path, today: date) -> Registry:
    """Models trained, put to use, watched for three months up to a day."""
    registry, now = Registry(folder), datetime(2026, 9, 2, 9, tzinfo=UTC)
    leaving = small("leaving", forms=(Form.SCORECARD,))
    keep(registry, leaving, proved(leaving, rows, 1, date(2026, 8, 31)))
    Life(registry, "leaving").promote("A1", "R1", now)
    keep(registry, leaving, proved(leaving, rows, 5, date(2026, 11, 1)))
    for name, made in (("contribution", amounts), ("asking_card", lots)):
        model = small(name)
        keep(registry, model, proved(model, made, 3, date(2026, 10, 31)))
    Life(registry, "contribution").promote("P1", "R1", now)
    short = Refusal("no two of the 6 days with known outcomes lie 365 days apart")
    refuse(registry, models()["behaviour_enterprises"], short, "2026-10-31")
    _nights(registry, today)
    return registry


def _nights(registry: Registry, today: date) -> None:
    """Twelve weeks of which the last one is not calm: a sector and the scores moved."""
    rules, loud = Watch.in_force(today), Moved("score", 0.31, 0.29, 0.04, 480)
    struck = Moved("payments_90d", 0.62, 0.55, 0.21, 120)
    came = told(np.full(900, 0.22), (np.arange(900) < 205).astype(float), 450)
    for place, back in enumerate(range(77, -1, -7)):
        last = back == 0
        found = Findings(480, 480, 500, loud if last else replace(CALM, psi=0.02 + place / 1000),
                         [("C", struck if last else CALM)], [replace(CALM, name="payments_90d")], came)  # fmt: skip
        raised, day = alarms(found, rules), date.fromordinal(today.toordinal() - back)
        version, refreshed = str(registry.version_in_use("leaving")), "quarterly"
        retrain = proposal(raised, date(2026, 8, 31), day, refreshed, rules)
        WatchLog(registry, "leaving").note(day, version, found, raised, retrain)


def score_firms(product: str = "card") -> None:
    """Both models of a product in use, and their numbers for every firm the desk shows."""
    from xiaoer.customers.models import Firm
    from xiaoer.kit.published import FOREVER, pointer
    from xiaoer.scores.models import ShelfScore, Shelved

    edition = pointer().edition
    for model, family in ((f"takes_{product}", "response"), (f"asking_{product}", "uplift")):
        known = models()[model].words.name
        Shelved.objects.using("owner").update_or_create(
            model=model, defaults={"family": family, "state": "live", "version": "v1", "name_zh": known["zh"],
                                   "name_en": known["en"]},
        )  # fmt: skip
    draw = np.random.default_rng(7)
    for firm in Firm.objects.using("owner").at(edition).order_by("customer_id"):
        asked = float(draw.uniform(0.85, 0.98))  # so far apart that no lot hides it
        for model, value in ((f"takes_{product}", asked), (f"asking_{product}", asked * 0.95)):
            ShelfScore.objects.using("owner").update_or_create(
                customer_id=firm.customer_id, model=model, until=FOREVER,
                defaults={"branch_id": firm.branch_id, "manager_id": firm.manager_id, "version": "v1", "value": value,
                          "points": round(1000 * value), "rank": 1, "among": 1, "since": edition},
            )  # fmt: skip
