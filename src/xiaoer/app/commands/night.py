"""`xiaoer night --date D`: run or resume the night."""

from datetime import date, datetime
from typing import Any

import click

from xiaoer.app.console import console, engine_option, print_json, print_table
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName


@click.command("night")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The business date; yesterday if not given."
)
@engine_option("Where tables are made")
@click.option("--from", "from_step", help="Do this step and all after it again.")
@click.option("--backwards", is_flag=True, help="Show this day although the desk shows a later one.")
@click.option("--json", "as_json", is_flag=True, help="The run with its steps as JSON.")
def command(
    day: datetime | None, engine: str, from_step: str | None, *, backwards: bool, as_json: bool
) -> None:
    """Collect, load, shape, know, judge, notice, decide, publish; goes on where an earlier run stopped."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.nightly.night import run_night
    from xiaoer.nightly.plan import ORDER
    from xiaoer.nightly.run import StepRecord

    if from_step and from_step not in ORDER:
        raise click.BadParameter(f"{from_step!r} is no step; the steps are {', '.join(ORDER)}")

    def told(record: StepRecord) -> None:
        if not as_json:
            console.print(f"  {record.step:<10} {record.seconds:8.2f} s  {record.rows:>12,} rows")

    report = run_night(
        settings(),
        _day(day),
        engine=EngineName(engine),
        from_step=from_step,
        backwards=backwards,
        told=told,
    )
    print_json(report) if as_json else _print(report)


def _day(given: datetime | None) -> date:
    return given.date() if given else date.fromordinal(SystemClock().today().toordinal() - 1)


def _print(report: dict[str, Any]) -> None:
    seconds = sum(step["seconds"] for step in report["steps"])
    console.print(
        f"The night of {report['business_date']} is published: run {report['run_id']}, {seconds:.1f} s."
    )
    print_table("What it found", ("table", "rows"), _found())


def _found() -> list[tuple[str, int]]:
    """A first look without a browser."""
    from xiaoer.customers.models import Firm
    from xiaoer.events.models import Event
    from xiaoer.kit.published import pointer
    from xiaoer.offers.models import Proposal

    edition = pointer("owner").edition
    tables = (("firms", Firm), ("events", Event), ("proposals", Proposal))
    return [(name, model.objects.using("owner").at(edition).count()) for name, model in tables]
