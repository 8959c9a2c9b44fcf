"""`xiaoer simulate DIR`: a bank that does not exist, as source files."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from xiaoer.app.console import console, print_json, print_table
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.files import Delivery
from xiaoer.simulator.terms import Plan

LEAST_FIRMS, LEAST_MONTHS = 20, 2


@click.command("simulate")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--firms", default=2_000, show_default=True, help="How many firms.")
@click.option(
    "--months", default=18, show_default=True, help="How many months, the last one ending on --end."
)
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same bytes.")
@click.option(
    "--end", type=click.DateTime(["%Y-%m-%d"]), help="Last day; by default the last month end gone by."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def command(folder: Path, *, firms: int, months: int, seed: int, end: datetime | None, as_json: bool) -> None:
    """Write the source files of a simulated bank to DIR, and its truth to DIR/truth."""
    plan = _plan(firms, months, seed, end.date() if end else last_month_end(SystemClock().today()))
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("the folder is not empty", str(folder), "a new or empty folder", "Choose another one")
    started = time.perf_counter()
    delivery = _run(plan, folder, quiet=as_json)
    _report(plan, delivery, time.perf_counter() - started, as_json=as_json)


def last_month_end(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(1)


def _plan(firms: int, months: int, seed: int, end: date) -> Plan:
    if firms < LEAST_FIRMS or months < LEAST_MONTHS:
        raise Refusal(
            "the bank would be too small",
            "simulate",
            f"at least {LEAST_FIRMS} firms and {LEAST_MONTHS} months",
        )
    return Plan(firms, months, seed, end)


def _run(plan: Plan, folder: Path, *, quiet: bool) -> Delivery:
    with Progress(
        console=Console(stderr=True), transient=True, disable=quiet or not console.is_terminal
    ) as progress:
        task = progress.add_task("simulating", total=plan.months)
        return simulate(plan, folder, lambda month: progress.update(task, advance=1, description=month))


def _report(plan: Plan, delivery: Delivery, seconds: float, *, as_json: bool) -> None:
    rows = dict(sorted(delivery.rows.items()))
    if as_json:
        print_json(
            {
                "firms": plan.firms,
                "months": plan.months,
                "seed": plan.seed,
                "end": plan.end,
                "files": delivery.files,
                "rows": rows,
                "seconds": round(seconds, 2),
            }
        )
        return
    print_table(f"Simulated bank, {plan.firms:,} firms to {plan.end}", ("table", "rows"), rows.items())
    console.print(f"{sum(rows.values()):,} rows in {delivery.files} files, {seconds:.1f} s")
