"""A shock to one industry of a simulated bank: on which night the watch over a model raises its alarm.

python -m bench.drift --home DIR [--firms 5000] [--level 0.5]

A scorecard is trained on month ends before the shock, then watched at month ends before and after it. Nothing of the
watch knows where or when the shock is. Results: bench/results/drift.json.
"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from xiaoer.app.setup import ready
from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, Engine, Lake
from xiaoer.kit.text import say
from xiaoer.scores.terms import Form, Watch

END, SHOCK = date(2026, 10, 31), date(2026, 9, 1)
TRAINED = date(2026, 8, 31)
FIRST_FRAME = date(2026, 2, 1)
MODEL, INDUSTRY = "funding_gap", "C"
MAPPING = Path(__file__).resolve().parents[1] / "mappings" / "simulator.toml"
RESULT = Path(__file__).with_name("results") / "drift.json"


@click.command()
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--firms", default=5_000, show_default=True)
@click.option("--months", default=20, show_default=True)
@click.option("--level", default=0.5, show_default=True, help="What is left of the industry's business.")
@click.option("--seed", default=11, show_default=True)
def main(home: Path, firms: int, months: int, level: float, seed: int) -> None:
    """Simulate, train, watch; print and keep what each month end said."""
    ready(migrated=False)
    held = replace(settings(), home=home)
    engine = DuckEngine(home / "scratch")
    _bank(held, engine, (firms, months, seed), level)
    nights = watched(held, engine)
    told = {
        "firms": firms,
        "model": MODEL,
        "industry": INDUSTRY,
        "shock": str(SHOCK),
        "level": level,
        "nights": nights,
    }
    RESULT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(json.dumps(told, indent=1, ensure_ascii=False))


def _bank(held: Settings, engine: DuckEngine, size: tuple[int, int, int], level: float) -> None:
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan, Shock
    from xiaoer.sources.intake import load_bank, receive

    if held.lake.exists():
        return
    firms, months, seed = size
    simulate(
        Plan(firms, months, seed, END, (Shock(INDUSTRY, SHOCK, level),)), held.home / "bank", lambda _: None
    )
    load_bank(receive(MAPPING, held.home / "bank", held.inbox), Lake(held.lake), engine, END)


def watched(held: Settings, engine: Engine) -> list[dict[str, Any]]:
    """What each month end from a month before the training said."""
    from xiaoer.nightly.frames import frames, month_ends
    from xiaoer.nightly.shelf import task
    from xiaoer.nightly.training_sets import training_set
    from xiaoer.scores.specifications import the_shelf
    from xiaoer.scores.weighing import prove

    days = [day for day in month_ends(Lake(held.lake), END) if day >= FIRST_FRAME]
    nights = list(frames(held, days, engine, told=lambda day, _held: click.echo(str(day), err=True)))
    model = replace(the_shelf()[MODEL], forms=(Form.SCORECARD,))
    past = [night for night in nights if night.business_date <= TRAINED]
    proved = prove(task(training_set(model, past, past[-1]), TRAINED))
    return [
        _night(night, model, proved) for night in nights if night.business_date >= TRAINED.replace(month=7)
    ]


def _night(night: Any, model: Any, proved: Any) -> dict[str, Any]:
    from xiaoer.nightly.training_sets import side_by_side
    from xiaoer.nightly.watching import InUse, findings, scored
    from xiaoer.scores.alarms import alarms

    rules = Watch.in_force(night.business_date)
    used = InUse(model, proved.version, {"card": proved.card, "spreads": proved.spreads})
    found = findings(proved.spreads, *scored(night, used, side_by_side([night])), rules)
    raised = [
        {"key": one.key, "level": str(one.level), "said": say(one.because, "en")}
        for one in alarms(found, rules)
    ]
    furthest = [
        f"{sector} {one.name} {one.psi:.3f} (chance {one.chance:.3f})" for sector, one in found.sectors[:3]
    ]
    return {"date": str(night.business_date), "rows": found.rows, "psi": round(found.score.psi, 4), "sectors": furthest,
            "alarms": raised}  # fmt: skip


if __name__ == "__main__":
    main()
