"""`xiaoer scores`: the model shelf from the command line."""

from contextlib import closing
from datetime import date, datetime
from typing import Any

import click

from xiaoer.app.console import console, engine_option, print_json, print_table
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine
from xiaoer.scores.keeping import Hands, Shelf
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model, the_shelf
from xiaoer.scores.terms import shelf

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
    "version",
    "refused_because",
)
JUDGED = (
    "model", "population", "metric", "value", "low", "high", "rival", "rival_value", "n", "positives", "split",
    "version", "state", "refused_because", "leaks",
)  # fmt: skip
MORE = ("family", "sort", "form", "trained_on", "in_use", "response_value", "effect")


@click.group("scores")
def command() -> None:
    """Models: list, train, judge, promote, revert."""


def _registry() -> Registry:
    return Registry(settings().home / "models")


def _kept() -> Shelf:
    return Shelf(settings().home / "models")


@command.command("list")
@click.option("--json", "as_json", is_flag=True)
def listing(*, as_json: bool) -> None:
    """Every model of the shelf with its last judgement, out of time, rival beside it."""
    rows = [_undated(name) for name in shelf()] + [_row(model) for model in the_shelf().values()]
    print_json(rows) if as_json else _print_list(rows)


def _row(model: Model) -> dict[str, Any]:
    row = _kept().newest(model)
    return {name: row.get(name) for name in (*JUDGED, *MORE)}


def _undated(name: str) -> dict[str, Any]:
    """A model whose outcomes carry no date: it is judged by folds, and says so."""
    card = _registry().in_use(name)
    judgement = _registry().page(name, card.version)["judgement"] if card else {"state": "not trained"}
    known = {"model": name, "family": "risk", "sort": "chance", "in_use": card.version if card else None,
             "trained_on": card.trained_on if card else None}  # fmt: skip
    return {one: (judgement | known).get(one) for one in (*JUDGED, *MORE)}


def _print_list(rows: list[dict[str, Any]]) -> None:
    print_table("Models", SHOWN, [tuple(row[name] for name in SHOWN) for row in rows])


@command.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True)
def judge(model: str, *, as_json: bool) -> None:
    """The judgement of the version in use, or of the last one trained: intervals, rival, calibration."""
    _known(model)
    judgement = _judgement(model)
    print_json(judgement) if as_json else _print(judgement)


def _judgement(model: str) -> dict[str, Any]:
    if model in the_shelf():
        row = _kept().newest(the_shelf()[model])
        if row["state"] == "not trained":
            raise Refusal(f"model {model} was never trained", "scores", "xiaoer scores train")
        return row
    card = _registry().in_use(model)
    if card is None:
        raise Refusal(f"model {model} was never trained", "scores", "a night, or xiaoer scores train")
    judgement: dict[str, Any] = _registry().page(model, card.version)["judgement"]
    return judgement


@command.command()
@click.argument("model", required=False)
@click.option("--all", "every", is_flag=True, help="Every model of the shelf.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="As known on this day; the last one delivered."
)
@engine_option("Where frames are made and samples taken")
@click.option("--json", "as_json", is_flag=True)
def train(model: str | None, day: datetime | None, engine: str, *, every: bool, as_json: bool) -> None:
    """Train MODEL, or --all, on frames of past month ends and judge it on later ones; promotion is a step of its own.

    The undated model `risk` is trained on a night's features and put to use from the next night on.
    """
    names = _asked(model, every=every)
    from xiaoer.app.setup import ready

    ready()
    on = day.date() if day else _last_delivered()
    rows = _train_undated(on, engine) if names == ["risk"] else _train(names, on, engine, quiet=as_json)
    print_json(rows) if as_json else _print(rows[0]) if len(rows) == 1 and rows[0]["n"] else _print_list(rows)


def _asked(model: str | None, *, every: bool) -> list[str]:
    if every == bool(model):
        raise Refusal(
            "neither a model nor --all", "scores", f"one of {', '.join([*shelf(), *the_shelf()])}, or --all"
        )
    if model:
        _known(model)
    return [model] if model else list(the_shelf())


def _train_undated(day: date, engine: str) -> list[dict[str, Any]]:
    from xiaoer.nightly.modelling import train_risk
    from xiaoer.nightly.night import opened

    with closing(open_engine(EngineName(engine), settings())) as running:
        card = train_risk(opened(settings(), day, running), _registry())
    return [_registry().page("risk", card.version)["judgement"]]


def _train(names: list[str], day: date, engine: str, *, quiet: bool) -> list[dict[str, Any]]:
    from xiaoer.nightly.shelf import train_shelf

    def told(what: str) -> None:
        if not quiet and console.is_terminal:
            console.print(what)

    wanted = [the_shelf()[name] for name in names]
    with closing(open_engine(EngineName(engine), settings())) as running:
        return list(train_shelf(settings(), wanted, day, running, told=told))


def _last_delivered() -> date:
    from xiaoer.kit.tables import Lake

    parts = [part for part in Lake(settings().lake).manifest.live() if part.table == "customers"]
    if not parts:
        raise Refusal(
            "no customers were ever delivered", str(settings().lake), "a bank's files", "Run xiaoer intake"
        )
    return max(part.business_date for part in parts)


@command.command()
@click.argument("model", required=False)
@click.option("--all", "every", is_flag=True, help="Every model whose last version is good enough.")
@click.option("--by", required=True, help="Who asks for it.")
@click.option("--approved-by", required=True, help="Who agrees; another person.")
@click.option("--json", "as_json", is_flag=True)
def promote(model: str | None, by: str, approved_by: str, *, every: bool, as_json: bool) -> None:
    """Put the last version of MODEL, or of --all, to use. One person alone is refused."""
    hands = Hands(by, approved_by, SystemClock().now())
    hands.check()
    rows = [_promoted(the_shelf()[name], hands, strict=not every) for name in _dated(model, every=every)]
    print_json(rows) if as_json else _print_changes(rows)


def _promoted(model: Model, hands: Hands, *, strict: bool) -> dict[str, Any]:
    try:
        return {"model": model.name, "version": _kept().promote(model, hands), "refused_because": None}
    except Refusal as why:
        if strict:
            raise
        return {"model": model.name, "version": None, "refused_because": why.what}


@command.command()
@click.argument("model")
@click.option("--by", required=True, help="Who asks for it.")
@click.option("--approved-by", required=True, help="Who agrees; another person.")
@click.option("--json", "as_json", is_flag=True)
def revert(model: str, by: str, approved_by: str, *, as_json: bool) -> None:
    """Put the version of MODEL that was in use before to use again."""
    (name,) = _dated(model, every=False)
    version = _kept().revert(the_shelf()[name], Hands(by, approved_by, SystemClock().now()))
    rows = [{"model": name, "version": version, "refused_because": None}]
    print_json(rows) if as_json else _print_changes(rows)


def _dated(model: str | None, *, every: bool) -> list[str]:
    names = _asked(model, every=every)
    if names == ["risk"]:
        raise Refusal("risk is put to use by the night that trains it", "scores", ", ".join(the_shelf()))
    return names


def _print_changes(rows: list[dict[str, Any]]) -> None:
    print_table("In use", tuple(rows[0]), [tuple(row.values()) for row in rows])


def _known(model: str) -> None:
    names = [*shelf(), *the_shelf()]
    if model not in names:
        raise Refusal(f"there is no model {model!r}", "scores", ", ".join(names))


def _print(judgement: dict[str, Any]) -> None:
    plain = {name: value for name, value in judgement.items() if not isinstance(value, dict | list)}
    print_table(f"Judgement of {judgement['model']}", ("", ""), list(plain.items()))
    if blind := judgement.get("without_recency"):
        print_table(
            "Without recency", ("value", "low", "high"), [(blind["value"], blind["low"], blind["high"])]
        )
    for title, rows in (
        ("Calibration", judgement.get("calibration", {}).get("curve")),
        ("Points", judgement.get("points")),
    ):
        if rows:
            print_table(title, tuple(rows[0]), [tuple(row.values()) for row in rows])
