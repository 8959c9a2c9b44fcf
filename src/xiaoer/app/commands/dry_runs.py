"""`xiaoer dry-runs`: answer what analysts ask of their rules, beside the lake."""

import time
from contextlib import closing

import click

from xiaoer.app.console import console, engine_option
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName

LOOK_SECONDS = 1.0


@click.command("dry-runs")
@engine_option("Where nights are read")
@click.option("--once", is_flag=True, help="Answer what waits, then stop.")
def command(engine: str, *, once: bool) -> None:
    """Answer dry runs of rules until Ctrl+C; runs where the lake is, as the night does."""
    from xiaoer.app.setup import ready

    ready()
    while True:
        for said in answered(EngineName(engine)):
            console.print(said)
        if once:
            return
        time.sleep(LOOK_SECONDS)


def answered(engine: EngineName) -> list[str]:
    """A sentence for each dry run answered now."""
    from xiaoer.kit.tables import open_engine
    from xiaoer.nightly.dry_runs import answer, waiting

    asked = waiting()
    if not asked:
        return []
    with closing(open_engine(engine, settings())) as running:
        done = [answer(one, settings(), running) for one in asked]
    return [f"dry run {one.run_id}: {len(one.nights)} nights, {one.seconds:.1f} s" for one in done]
