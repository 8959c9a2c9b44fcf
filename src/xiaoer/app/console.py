"""How commands speak: tables for people, JSON for tools, progress only on a terminal."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from xiaoer.kit.tables import EngineName
from xiaoer.sources.reading import Advance

console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def engine_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--engine duckdb|spark` for commands that make tables."""
    return click.option(
        "--engine",
        type=click.Choice([name.value for name in EngineName]),
        default=EngineName.DUCKDB.value,
        show_default=True,
        help=f"{what}: this process, or Spark on XIAOER_SPARK_MASTER.",
    )


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str, indent=1))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One table; numbers right-aligned with thousands."""
    kept = [[_cell(value) for value in row] for row in rows]
    table = Table(title=title, title_justify="left", header_style="bold")
    for at, name in enumerate(columns):
        numeric = all(
            row[at].replace(",", "").replace(".", "").lstrip("-").isdigit() or not row[at] for row in kept
        )
        table.add_column(name, justify="right" if numeric else "left", overflow="fold", no_wrap=not at)
    for row in kept:
        table.add_row(*row)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


class Watching:
    """A bar per file while it is read; nothing where nobody looks."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __call__(self, file: str, size: int) -> Advance:
        task = self.progress.add_task(file, total=size)
        return lambda step: self.progress.advance(task, step)


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watching]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=quiet or not console.is_terminal
    ) as progress:
        yield Watching(progress)


@contextmanager
def counting(first: str, *, quiet: bool) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """A bar of steps on a terminal: told how many there are, then what was done; nothing where nobody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=quiet or not console.is_terminal
    ) as progress:
        task = progress.add_task(first, total=None)
        yield (
            lambda steps: progress.update(task, total=steps),
            lambda what: progress.update(task, advance=1, description=what),
        )
