"""The laboratory: every form of a model judged on any labelled file."""

from pathlib import Path
from typing import Any

import click

from xiaoer.app.console import print_json, print_table


@click.command("lab")
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
                digits(value) for value in (*(row[name] for name in TRIED), row["calibration"]["own_slope"])
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
    print_table(title, tuple(rows[0]), [tuple(map(digits, row.values())) for row in rows])


def digits(value: object) -> object:
    """A figure as the tables show it."""
    return f"{value:.3f}" if isinstance(value, float) else value
