"""`xiaoer simulate DIR`: a bank that does not exist, as source files."""

import re
import shutil
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
from xiaoer.simulator.terms import SEED_MASK, Plan, Shock, table

LEAST_FIRMS, LEAST_MONTHS = 20, 2
MOST_FIRMS, MOST_MONTHS = 3_000_000, 240


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
@click.option(
    "--shock",
    "shocks",
    multiple=True,
    metavar="INDUSTRY@DAY=LEVEL",
    help="An industry falls to a share of its business, such as C17@2026-05-01=0.5.",
)
@click.option("--jobs", default=2, show_default=True, help="Processes for the parts of a large bank.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def command(
    folder: Path,
    *,
    firms: int,
    months: int,
    seed: int,
    end: datetime | None,
    shocks: tuple[str, ...],
    jobs: int,
    as_json: bool,
) -> None:
    """Write the source files of a simulated bank to DIR, and its truth to DIR/truth."""
    last = end.date() if end else last_month_end(SystemClock().today())
    plan = _plan(firms, months, seed, last, tuple(_shock(text) for text in shocks))
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("the folder is not empty", str(folder), "a new or empty folder", "Choose another one")
    started = time.perf_counter()
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    delivery = _run(plan, draft, max(jobs, 1), quiet=as_json)
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)  # a bank is there whole or not at all
    _report(plan, delivery, time.perf_counter() - started, as_json=as_json)


def last_month_end(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(1)


def _plan(firms: int, months: int, seed: int, end: date, shocks: tuple[Shock, ...]) -> Plan:
    if firms < LEAST_FIRMS or months < LEAST_MONTHS:
        raise Refusal(
            "the bank would be too small",
            "simulate",
            f"at least {LEAST_FIRMS} firms and {LEAST_MONTHS} months",
        )
    for name, value, low, high in (
        ("seed", seed, 0, SEED_MASK),
        ("firms", firms, LEAST_FIRMS, MOST_FIRMS),
        ("months", months, LEAST_MONTHS, MOST_MONTHS),
    ):
        if not low <= value <= high:
            raise Refusal(f"{name} {value} is out of range", f"simulate --{name}", f"{low} to {high}")
    if end > SystemClock().today():
        raise Refusal(
            f"{end} lies ahead", "simulate --end", "a day that is over: the intake refuses the future"
        )
    for shock in shocks:
        _check_shock(shock, end, months)
    return Plan(firms, months, seed, end, shocks)


def _check_shock(shock: Shock, end: date, months: int) -> None:
    known = sorted(str(row["code"]) for row in table("industries")["industry"])
    if not any(code.startswith(shock.industry) for code in known):
        raise Refusal(f"no firm is of industry {shock.industry}", "simulate --shock", ", ".join(known))
    if not shock.level > 0:
        raise Refusal("a share of 0 leaves no business", "simulate --shock", "a share above 0, such as 0.5")
    first = end - timedelta(int(months * 30.4))
    if not first <= shock.day <= end:
        raise Refusal(f"{shock.day} lies outside the months", "simulate --shock", f"{first} to {end}")


def _shock(text: str) -> Shock:
    found = re.fullmatch(r"([A-Z]\d{0,4})@(\d{4}-\d{2}-\d{2})=(0\.\d+|[1-9](?:\.\d+)?)", text)
    try:
        if found:
            return Shock(found[1], date.fromisoformat(found[2]), float(found[3]))
    except ValueError:
        found = None
    raise Refusal(
        f"{text!r} is not a shock",
        "simulate --shock",
        "an industry, a day and the share of business that is left, such as C17@2026-05-01=0.5",
    )


def _run(plan: Plan, folder: Path, jobs: int, *, quiet: bool) -> Delivery:
    with Progress(
        console=Console(stderr=True), transient=True, disable=quiet or not console.is_terminal
    ) as progress:
        task = progress.add_task("simulating", total=plan.months)
        return simulate(plan, folder, lambda month: progress.update(task, advance=1, description=month), jobs)


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
