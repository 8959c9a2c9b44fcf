"""`xiaoer scores`: the model shelf from the command line."""

from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from xiaoer.app.console import console, engine_option, print_json, print_table
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine
from xiaoer.scores.keeping import newest
from xiaoer.scores.life import MAY_BE_PROMOTED, Life, Turn, check_two
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model, the_shelf
from xiaoer.scores.terms import State, shelf


@click.group("scores")
def command() -> None:
    """Models: list, train, judge; the laboratory."""


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
    }


def _print_list(rows: list[dict[str, Any]]) -> None:
    print_table("Models", SHOWN, [tuple(map(_digits, (row[name] for name in SHOWN))) for row in rows])


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
    turns = [(name, Life(_registry(), name).promote(by, approved_by, now, version)) for name in names]
    _print_turns(turns, as_json=as_json)


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
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--label", required=True, help="Column of two values: 0/1, yes/no, or two words.")
@click.option(
    "--time", help="Column to stand the rows in time order by; later rows are judged by earlier ones, too."
)
@click.option("--in-order", is_flag=True, help="The rows of the file stand in time order.")
@click.option("--drop", default="", help="Columns no model may read, parted by commas.")
@click.option("--groups", default="", help="Columns whose groups are compared, parted by commas.")
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def lab(file: Path, *, seed: int, as_json: bool, **wanted: Any) -> None:
    """Judge every form of a model on FILE (CSV, Parquet): types guessed, leaks left out and named, a rival beside."""
    from xiaoer.app.console import counting
    from xiaoer.scores.laboratory.judging import Watcher, judged_file
    from xiaoer.scores.laboratory.preparing import Wanted

    asked = Wanted(**wanted | {name: _listed(wanted[name]) for name in ("drop", "groups")})
    with counting("leaks and types", quiet=as_json) as (total, done):
        report = judged_file(file, asked, seed, Watcher(total, done))
    print_json(report.rows) if as_json else _print_trial(report.rows, report.notes)


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


TRIED = ("model", "split", "value", "low", "high", "rival_value", "ks", "pr_auc", "lift", "state")


def _print_trial(rows: list[dict[str, Any]], notes: list[str]) -> None:
    first, best = rows[0], max(rows, key=lambda row: row["value"])
    print_table(
        f"{first['population']} · {first['positives']:,} of {first['n']:,} with the outcome · rival: {first['rival']}",
        (*TRIED, "slope"),
        [
            tuple(
                _digits(value) for value in (*(row[name] for name in TRIED), row["calibration"]["own_slope"])
            )
            for row in rows
        ],
    )
    if first["leaks"]:
        print_table("Leaks, left out of the fit", ("column",), [(name,) for name in first["leaks"]])
    _print_rows(f"Calibration of {best['model']}, {best['split']}", best["calibration"]["curve"])
    for column, groups in best["groups"].items():
        _print_rows(f"Groups by {column}", groups)
    print_table("What was done and found", ("",), [(note,) for note in notes])


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    print_table(title, tuple(rows[0]), [tuple(map(_digits, row.values())) for row in rows])


def _digits(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value


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
