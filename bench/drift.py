"""A shock to one industry of simulated banks: on which night the watch over models raises its alarm.

python -m bench.drift --home DIR [--seeds 21,22] [--industries C,F,H] [--models funding_gap,...]

Each seed with each industry is a bank of its own, undisturbed but for that industry. A scorecard of each model is
trained on month ends before the shock, then watched at month ends before and after it. Nothing of the watch knows where
or when the shock is, and its rule was settled on seed 11, which is not among these. Results: bench/results/drift.json.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import click

from bench.watching import commit
from xiaoer.app.setup import ready
from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.kit.text import say
from xiaoer.scores.terms import Form, Watch

END, SHOCK = date(2026, 10, 31), date(2026, 9, 1)
TRAINED, FIRST_WATCHED = date(2026, 8, 31), date(2026, 7, 1)
MONTHS, LEVEL = 20, 0.5
KEYS_OF_SECTORS = ("sector", "climate")
FIRST_FRAME = date(2026, 2, 1)
MAPPING = Path(__file__).resolve().parents[1] / "mappings" / "simulator.toml"
RESULT = Path(__file__).with_name("results") / "drift.json"
Row = dict[str, Any]


@dataclass(frozen=True)
class Shaken:
    """A simulated bank, of which one industry (the letter of its section) falls to LEVEL of its business."""

    firms: int
    seed: int
    industry: str


@click.command()
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--firms", default=5_000, show_default=True)
@click.option("--seeds", default="21,22", show_default=True)
@click.option("--industries", default="C,F,H", show_default=True)
@click.option("--models", default="funding_gap,settlement_moves_away,distress", show_default=True)
def main(home: Path, firms: int, seeds: str, industries: str, models: str) -> None:
    """Simulate, train, watch; print and keep what each month end said of each bank and model."""
    ready(migrated=False)
    rows: list[Row] = []
    for seed, industry in product(seeds.split(","), industries.split(",")):
        bank = Shaken(firms, int(seed), industry)
        for row in watched(replace(settings(), home=home / f"{seed}-{industry}"), bank, models.split(",")):
            click.echo(json.dumps({name: value for name, value in row.items() if name != "nights"}))
            rows.append(row)
    told = {
        "commit": commit(),
        "firms": firms,
        "shock": str(SHOCK),
        "level": LEVEL,
        "sum": summed(rows),
        "banks": rows,
    }
    RESULT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(json.dumps(told["sum"]))


def summed(rows: Sequence[Row]) -> Row:
    """Of how many banks and models the industry was told within the month, later, or not; and what cried before."""
    when = [row["told"] for row in rows]
    return {
        "banks_and_models": len(rows),
        "within_the_month": sum(day is not None and day[:7] == str(SHOCK)[:7] for day in when),
        "later": sum(day is not None and day[:7] > str(SHOCK)[:7] for day in when),
        "never": when.count(None),
        "nights_before": sum(row["nights_before"] for row in rows),
        "cried_before": sum(row["cried_before"] for row in rows),
        "other_sectors_after": sum(row["other_sectors_after"] for row in rows),
    }


def watched(held: Settings, bank: Shaken, models: Sequence[str]) -> Iterator[Row]:
    """A row a model: the first night that names the industry, and what was said besides."""
    from xiaoer.nightly.frames import frames, month_ends

    engine = DuckEngine(held.home / "scratch")
    _bank(held, engine, bank)
    days = [day for day in month_ends(Lake(held.lake), END) if day >= FIRST_FRAME]
    past = [day for day in days if day < FIRST_WATCHED]
    nights = [
        *frames(held, past, engine),
        *(_whole(held, day, engine) for day in days if day >= FIRST_WATCHED),
    ]
    for model in models:
        yield {
            "seed": bank.seed,
            "industry": bank.industry,
            "model": model,
            **_told(bank, _nights(model, nights)),
        }
    shutil.rmtree(held.home)


def _told(bank: Shaken, nights: Sequence[Row]) -> Row:
    """What the nights of one model come to."""
    every = [(night["date"], *one["key"].partition(":")[::2]) for night in nights for one in night["alarms"]]
    sectors = sorted({(day, sector) for day, key, sector in every if key in KEYS_OF_SECTORS})
    named = [day for day, sector in sectors if sector == bank.industry and day >= str(SHOCK)]
    return {
        "told": min(named, default=None),
        "nights_before": sum(night["date"] < str(SHOCK) for night in nights),
        "cried_before": sum(day < str(SHOCK) for day, _ in sectors),
        "other_sectors_after": sum(day >= str(SHOCK) and sector != bank.industry for day, sector in sectors),
        "nights": nights,
    }


def _bank(held: Settings, engine: DuckEngine, bank: Shaken) -> None:
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan, Shock
    from xiaoer.sources.intake import load_bank, receive

    shock = Shock(bank.industry, SHOCK, LEVEL)
    simulate(Plan(bank.firms, MONTHS, bank.seed, END, (shock,)), held.home / "bank", lambda _: None)
    load_bank(receive(MAPPING, held.home / "bank", held.inbox), Lake(held.lake), engine, END)


def _nights(name: str, nights: Sequence[Any]) -> list[Row]:
    """What each month end from two months before the shock said of a scorecard trained before it."""
    from xiaoer.nightly.shelf import task
    from xiaoer.nightly.training_sets import training_set
    from xiaoer.scores.specifications import the_shelf
    from xiaoer.scores.weighing import prove

    model = replace(the_shelf()[name], forms=(Form.SCORECARD,))
    past = [night for night in nights if night.business_date <= TRAINED]
    proved = prove(task(training_set(model, past, past[-1]), TRAINED))
    return [_night(night, model, proved) for night in nights if night.business_date >= FIRST_WATCHED]


def _whole(held: Settings, day: date, engine: DuckEngine) -> Any:
    """A night up to what the watch reads, nothing tidied away."""
    from xiaoer.nightly.frames import known
    from xiaoer.nightly.knowing import features
    from xiaoer.nightly.run import Night
    from xiaoer.nightly.shaping import shape

    night = Night(
        day, "watched", Lake(held.lake), engine, held.home / "nights" / str(day), held.home / "models"
    )
    for step in (shape, features, known):
        step(night)
    return night


def _night(night: Any, model: Any, proved: Any) -> Row:
    from xiaoer.nightly.climate import fared
    from xiaoer.nightly.training_sets import side_by_side
    from xiaoer.nightly.watching import InUse, findings, scored, spoken_of
    from xiaoer.scores.alarms import alarms

    rules = Watch.in_force(night.business_date)
    used = InUse(model, proved.version, {"card": proved.card, "spreads": proved.spreads})
    table, said = scored(night, used, side_by_side([night]))
    found = replace(findings(proved.spreads, table, said, rules), climate=spoken_of(fared(night), table))
    raised = [
        {"key": one.key, "level": str(one.level), "said": say(one.because, "en")}
        for one in alarms(found, rules)
    ]
    furthest = [
        f"{one.sector} {one.change:+.2f} ({one.low:+.2f} to {one.high:+.2f})" for one in found.climate
    ] + [f"{sector} {one.name} {one.psi:.3f} (chance {one.chance:.3f})" for sector, one in found.sectors[:3]]
    return {"date": str(night.business_date), "rows": found.rows, "psi": round(found.score.psi, 4),
            "sectors": furthest, "alarms": raised}  # fmt: skip


if __name__ == "__main__":
    main()
