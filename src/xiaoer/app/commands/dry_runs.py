"""`xiaoer dry-runs`: answer what analysts ask of their rules, beside the lake."""

import time
from contextlib import closing
from typing import Any

import click

from xiaoer.app.console import console, engine_option
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName
from xiaoer.kit.text import say

LOOK_SECONDS = 1.0


@click.command("dry-runs")
@engine_option("Where nights are read")
@click.option("--once", is_flag=True, help="Answer what waits, then stop.")
def command(engine: str, *, once: bool) -> None:
    """Answer dry runs of rules until Ctrl+C; runs where the lake is, as the night does."""
    from xiaoer.app.setup import ready

    ready()
    _wait_for_the_turn(once=once)
    while True:
        for said in answered(EngineName(engine)):
            console.print(said)
        if once:
            return
        time.sleep(LOOK_SECONDS)


def _wait_for_the_turn(*, once: bool) -> None:
    """One process answers at a time; a second one stands by."""
    from xiaoer.nightly.dry_runs import hold

    told = False
    while not hold():
        if once:
            raise Refusal(
                "another process answers dry runs already", "dry-runs", next_step="Nothing: it will answer"
            )
        if not told:
            console.print("Another process answers dry runs; this one stands by.")
        told = True
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
    return [f"dry run {one.run_id}: {_said(one)}" for one in done]


def _said(one: Any) -> str:
    return say(one.why_not, "en") if one.why_not else f"{len(one.nights)} nights, {one.seconds:.1f} s"
