"""`xiaoer scores`: the model shelf from the command line."""

from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from xiaoer.app.console import console, engine_option, print_json, print_table
from xiaoer.app.laboratory import digits, lab
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine
from xiaoer.kit.tables.files import count_rows
from xiaoer.scores.keeping import newest
from xiaoer.scores.life import MAY_BE_PROMOTED, Life, Turn, check_two, stands_in
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model, the_shelf
from xiaoer.scores.terms import State, shelf


@click.group("scores", commands=[lab])
def command() -> None:
    """Models: list, train, judge; the laboratory; frames to train on."""


def _registry() -> Registry:
    return Registry(settings().home / "models")


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
def listing(*, as_json: bool) -> None:
    """Every model of the shelf: the version in use with its judgement, who promoted it, and who waits."""
    rows = [*(_in_use(name) for name in shelf()), *(_dated(model) for model in the_shelf().values())]
    print_json(rows) if as_json else _print_list(rows)


JUDGED = (
    "state", "refused_because", "population", "metric", "value", "low", "high", "rival", "rival_value", "n",
    "positives", "split", "leaks",
)  # fmt: skip
MORE = ("version", "family", "sort", "form", "trained_on", "response_value", "effect")
SHOWN = (
    "model",
    "state",
    "metric",
    "value",
    "low",
    "high",
    "rival_value",
    "n",
    "positives",
    "refused_because",
)


def _dated(model: Model) -> dict[str, Any]:
    """A model judged out of time: its last judgement, and which version is in use by whose word."""
    row, life = newest(_registry(), model), Life(_registry(), model.name)
    turns = life.turns()
    return {
        "model": model.name,
        **{name: row.get(name) for name in (*JUDGED, *MORE)},
        "in_use": _registry().version_in_use(model.name),
        "promoted_by": turns[-1].by if turns else None,
        "approved_by": turns[-1].approved_by if turns else None,
        "challenger": life.candidate(),
        "instead": _instead(model),
    }


def _instead(model: Model) -> str | None:
    """The response model that orders a list while no model of the effect is in use."""
    response = None if _registry().version_in_use(model.name) else stands_in(model, the_shelf())
    return response if response and _registry().version_in_use(response) else None


def _print_list(rows: list[dict[str, Any]]) -> None:
    print_table("Models", SHOWN, [tuple(map(digits, (row[name] for name in SHOWN))) for row in rows])


def _in_use(name: str) -> dict[str, Any]:
    registry = _registry()
    card, life = registry.in_use(name), Life(registry, name)
    turns, waiting = life.turns(), life.candidate()
    judgement = registry.page(name, card.version)["judgement"] if card else {"state": "not trained"}
    return {
        "model": name,
        "version": card and card.version,
        "trained_on": card and card.trained_on,
        **{entry: judgement.get(entry) for entry in JUDGED},
        "state": State.LIVE if judgement["state"] in MAY_BE_PROMOTED else judgement["state"],
        "promoted_by": turns[-1].by if turns else None,
        "approved_by": turns[-1].approved_by if turns else None,
        "challenger": waiting,
    }


@command.command()
@click.argument("model", required=False)
@click.option("--all", "every", is_flag=True, help="Every model that has a challenger.")
@click.option("--version", help="Another version than the newest challenger.")
@click.option("--by", required=True, help="Who asks.")
@click.option("--approved-by", required=True, help="The second person.")
@click.option("--json", "as_json", is_flag=True)
def promote(
    model: str | None, *, every: bool, version: str | None, by: str, approved_by: str, as_json: bool
) -> None:
    """Put MODEL's challenger to use from the next night on; two persons, never one."""
    if every == bool(model) or (every and version):
        raise Refusal("one MODEL (perhaps with --version), or --all", "scores promote")
    check_two(by, approved_by)
    names = [name for name in _names() if Life(_registry(), name).candidate()] if every else [_known(model)]
    now = SystemClock().now()
    turns, stayed = [], []
    for name in names:
        try:
            turns.append((name, Life(_registry(), name).promote(by, approved_by, now, version)))
        except Refusal as why:
            if not every:
                raise
            stayed.append(f"{name}: {why}")  # one that may not go must not hold back the others
    _print_turns(turns, as_json=as_json)
    for line in stayed:
        click.secho(line, err=True, fg="yellow")


@command.command()
@click.argument("model")
@click.option("--by", required=True, help="Who reverts.")
@click.option("--json", "as_json", is_flag=True)
def revert(model: str, *, by: str, as_json: bool) -> None:
    """Put the version used before back to use, exactly as it was."""
    turn = Life(_registry(), _known(model)).revert(by, SystemClock().now())
    _print_turns([(model, turn)], as_json=as_json)


def _print_turns(turns: list[tuple[str, Turn]], *, as_json: bool) -> None:
    rows = [{"model": name} | asdict(turn) for name, turn in turns]
    if as_json:
        print_json(rows)
    elif rows:
        print_table("In use from the next night on", tuple(rows[0]), [tuple(row.values()) for row in rows])
    else:
        click.echo("No model has a challenger.")


@command.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True)
def judge(model: str, *, as_json: bool) -> None:
    """The last judgement: out of time (of an undated model out of fold), with intervals, rival, calibration."""
    if model in the_shelf():
        judgement = newest(_registry(), the_shelf()[model])
        print_json(judgement) if as_json else _print(judgement)
        return
    _known(model)
    card = _registry().in_use(model)
    if card is None:
        raise Refusal(f"model {model} was never trained", "scores", "a night, or xiaoer scores train")
    judgement = _registry().page(model, card.version)["judgement"]
    print_json(judgement) if as_json else _print(judgement)


@command.command()
@click.argument("model", required=False)
@click.option("--all", "every", is_flag=True, help="Every model that is judged out of time.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="As known on this day; the last one delivered."
)
@engine_option("Where frames are made and samples taken")
@click.option("--json", "as_json", is_flag=True)
def train(model: str | None, day: datetime | None, engine: str, *, every: bool, as_json: bool) -> None:
    """Train MODEL, or --all, on frames of past month ends and judge it on later ones; it waits as a challenger.

    The undated model `risk` is trained on the features of a day whose night has run.
    """
    if every == bool(model):
        raise Refusal("one MODEL, or --all", "scores train", ", ".join(_names()))
    names = list(the_shelf()) if every else [_known(model)]
    from xiaoer.app.setup import ready

    ready()
    on = day.date() if day else _last_delivered()
    rows = _train(names, on, engine, quiet=as_json) if names[0] in the_shelf() else _train_undated(on, engine)
    print_json(rows) if as_json else _print(rows[0]) if len(rows) == 1 else _print_list(rows)


def _train_undated(day: date, engine: str) -> list[dict[str, Any]]:
    from xiaoer.nightly.modelling import train_risk
    from xiaoer.nightly.night import opened

    with closing(open_engine(EngineName(engine), settings())) as running:
        card = train_risk(opened(settings(), day, running), _registry(), use=False)
    return [_registry().page("risk", card.version)["judgement"]]


def _train(names: list[str], day: date, engine: str, *, quiet: bool) -> list[dict[str, Any]]:
    from xiaoer.nightly.shelf import train_shelf
    from xiaoer.nightly.shelving import tell_desk

    def told(what: str) -> None:
        if not quiet and console.is_terminal:
            console.print(what)

    wanted = [the_shelf()[name] for name in names]
    with closing(open_engine(EngineName(engine), settings())) as running:
        rows = list(train_shelf(settings(), wanted, day, running, told=told))
    tell_desk(settings().home / "models")
    return rows


def _last_delivered() -> date:
    from xiaoer.kit.tables import Lake

    parts = [part for part in Lake(settings().lake).manifest.live() if part.table == "customers"]
    if not parts:
        raise Refusal(
            "no customers were ever delivered", str(settings().lake), "a bank's files", "Run xiaoer intake"
        )
    return max(part.business_date for part in parts)


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


def _names() -> list[str]:
    return [*shelf(), *the_shelf()]


def _known(model: str | None) -> str:
    if model not in _names():
        raise Refusal(f"there is no model {model!r}", "scores", ", ".join(_names()))
    return str(model)


def _print(judgement: dict[str, Any]) -> None:
    plain = {name: value for name, value in judgement.items() if not isinstance(value, dict | list)}
    print_table(f"Judgement of {judgement['model']}", ("", ""), list(plain.items()))
    if blind := judgement.get("without_recency"):
        print_table(
            "Without recency", ("value", "low", "high"), [(blind["value"], blind["low"], blind["high"])]
        )
    tables = {"Calibration": judgement.get("calibration", {}).get("curve"), "Points": judgement.get("points")}
    for title, rows in tables.items():
        if rows:
            print_table(title, tuple(rows[0]), [tuple(row.values()) for row in rows])
