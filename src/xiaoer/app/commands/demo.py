"""`xiaoer demo`: a simulated bank, one night, ready accounts, and the workbench."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from xiaoer.app.console import console, print_table, watching
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.settings import TODAY_IS_THE_PUBLISHED_DAY, Settings, settings
from xiaoer.kit.tables import DuckEngine, Lake

PASSWORD = "dianxiaoer"  # noqa: S105 - printed on the screen; the bank behind it does not exist
PACKAGE = Path(__file__).resolve().parents[2]
SEED = 7
MAIN = "from xiaoer.app.command_line import main; main()"


@click.command("demo")
@click.option("--firms", default=2_000, show_default=True)
@click.option("--months", default=18, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--serve/--no-serve", "serving", default=True, show_default=True, help="Stop before serving.")
def command(*, firms: int, months: int, host: str, port: int, serving: bool) -> None:
    """Simulate a bank if there is none, run the night, serve the workbench."""
    os.environ.setdefault("XIAOER_TODAY", TODAY_IS_THE_PUBLISHED_DAY)
    os.environ.setdefault("XIAOER_ALLOW_ROOT", "1")
    held = settings()
    from xiaoer.app.commands.serve import refuse_taken
    from xiaoer.app.commands.simulate import last_month_end

    if serving:
        refuse_taken(host, port)

    bank = held.home / "simulated-bank"
    if not bank.exists():
        _simulate(bank, firms, months, last_month_end(SystemClock().today()))
    _take_in(held, bank)
    _nights(held)
    _accounts()
    if serving:
        _serve(host, port)


def mappings() -> Path:
    """The shipped mappings: beside the sources in a checkout, inside the package when installed."""
    beside = PACKAGE.parents[1] / "mappings"
    return beside if beside.is_dir() else PACKAGE / "mappings"


def _simulate(bank: Path, firms: int, months: int, end: date) -> None:
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan

    console.print(f"A bank of {firms:,} firms is being simulated, {months} months up to {end}.")
    draft = bank.with_name(f".{bank.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    delivery = simulate(Plan(firms, months, SEED, end), draft, lambda _month: None)
    draft.rename(bank)  # a bank is there whole or not at all
    console.print(f"  {sum(delivery.rows.values()):,} rows in {delivery.files} files.")


def _take_in(held: Settings, bank: Path) -> None:
    from xiaoer.sources.intake import load_bank, receive

    console.print("Its files are being read.")
    lake, engine = Lake(held.lake), DuckEngine(held.home / "scratch")
    with watching(quiet=False) as watch:
        reports = load_bank(
            receive(mappings() / "simulator.toml", bank, held.inbox),
            lake,
            engine,
            SystemClock().today(),
            watch=watch,
        )
    loaded, bad = (sum(getattr(report, name) for report in reports) for name in ("loaded", "quarantined"))
    console.print(f"  {loaded:,} rows loaded, {bad:,} in quarantine with their reasons.")


def _nights(held: Settings) -> None:
    """The last two dates the bank told its customers of, so that there is a night before."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.kit.published import pointer
    from xiaoer.nightly.night import run_night
    from xiaoer.sources.intake import deliveries

    told = {str(row["business_date"]) for row in deliveries(Lake(held.lake)) if row["table"] == "customers"}
    for day in ahead(sorted(told)[-2:], pointer("owner").business_date):
        console.print(f"The night of {day} begins.")
        run_night(held, date.fromisoformat(day), told=_told)


def ahead(days: list[str], shown: date | None) -> list[str]:
    """Of some dates those the desk does not show a later day than; says so where any is left out."""
    left = [day for day in days if shown is None or date.fromisoformat(day) >= shown]
    if len(left) < len(days):
        console.print(f"The desk shows {shown} already.")
    return left


def _told(one: Any) -> None:
    console.print(f"  {one.step:<10} {one.seconds:6.2f} s  {one.rows:>9,} rows")


def _accounts() -> None:
    from xiaoer.app.commands.accounts import ready_accounts

    made = ready_accounts(PASSWORD)
    rows = [(one.post, one.username, one.password, one.name, one.branch_id) for one in made]
    print_table("Ready accounts", ("post", "user", "password", "name", "branch"), rows)


def _serve(host: str, port: int) -> None:
    """The workbench, with what answers dry runs beside it: here both may read the lake."""
    from xiaoer.app.commands.serve import serve

    beside = subprocess.Popen([sys.executable, "-c", MAIN, "dry-runs"])
    try:
        serve(host, port)
    finally:
        beside.terminate()
        beside.wait()
