"""`xiaoer scores`: the model shelf from the command line."""

from contextlib import closing
from datetime import datetime
from typing import Any

import click

from xiaoer.app.console import engine_option, print_json, print_table
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine
from xiaoer.kit.tables.files import count_rows
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import shelf


@click.group("scores")
def command() -> None:
    """Models: list, train, judge; frames to train on."""


def _registry() -> Registry:
    return Registry(settings().home / "models")


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
def listing(*, as_json: bool) -> None:
    """Every model of the shelf with the version in use."""
    rows = [_in_use(name) for name in shelf()]
    print_json(rows) if as_json else print_table(
        "Models", tuple(rows[0]), [tuple(row.values()) for row in rows]
    )


def _in_use(name: str) -> dict[str, Any]:
    card = _registry().in_use(name)
    if card is None:
        return {
            "model": name,
            "version": None,
            "state": "not trained",
            "trained_on": None,
            "n": None,
            "positives": None,
        }
    return {
        "model": name, "version": card.version, "state": str(card.state), "trained_on": card.trained_on,
        "n": card.n, "positives": card.positives,
    }  # fmt: skip


@command.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True)
def judge(model: str, *, as_json: bool) -> None:
    """The judgement of the version in use: out of fold, with intervals, rival, calibration and points."""
    _known(model)
    card = _registry().in_use(model)
    if card is None:
        raise Refusal(f"model {model} was never trained", "scores", "a night, or xiaoer scores train")
    judgement = _registry().page(model, card.version)["judgement"]
    print_json(judgement) if as_json else _print(judgement)


@command.command()
@click.argument("model")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A date whose night has run."
)
@engine_option("Where the sample is taken")
@click.option("--json", "as_json", is_flag=True)
def train(model: str, day: datetime, engine: str, *, as_json: bool) -> None:
    """Train MODEL on a night's features, judge it, and put it to use from the next night on."""
    _known(model)
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.nightly.modelling import train_risk
    from xiaoer.nightly.night import opened

    with closing(open_engine(EngineName(engine), settings())) as running:
        card = train_risk(opened(settings(), day.date(), running), _registry())
    judgement = _registry().page(model, card.version)["judgement"]
    print_json(judgement) if as_json else _print(judgement)


@command.command()
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A date whose night has run."
)
@click.option("--months", type=click.IntRange(1, 120), default=24, show_default=True, help="Ends of months.")
@engine_option("Where the lines are summed")
@click.option("--json", "as_json", is_flag=True)
def frames(day: datetime, months: int, engine: str, *, as_json: bool) -> None:
    """Account features of every firm at the last ends of months, each as it was known then, to train on."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.kit.dates import month_ends
    from xiaoer.nightly.framing import account_frames
    from xiaoer.nightly.night import opened

    with closing(open_engine(EngineName(engine), settings())) as running:
        night = opened(settings(), day.date(), running)
        account_frames(night, month_ends(day.date(), months))
    path = night.path("account_frames")
    told = {"table": str(path), "days": months, "rows": count_rows(path)}
    print_json(told) if as_json else print_table("Frames", tuple(told), [tuple(told.values())])


def _known(model: str) -> None:
    if model not in shelf():
        raise Refusal(f"there is no model {model!r}", "scores", ", ".join(shelf()))


def _print(judgement: dict[str, Any]) -> None:
    plain = {name: value for name, value in judgement.items() if not isinstance(value, dict | list)}
    print_table(f"Judgement of {judgement['model']}", ("", ""), list(plain.items()))
    blind = judgement["without_recency"]
    print_table("Without recency", ("value", "low", "high"), [(blind["value"], blind["low"], blind["high"])])
    curve = judgement["calibration"]["curve"]
    print_table("Calibration", tuple(curve[0]), [tuple(row.values()) for row in curve])
    print_table("Points", tuple(judgement["points"][0]), [tuple(row.values()) for row in judgement["points"]])
