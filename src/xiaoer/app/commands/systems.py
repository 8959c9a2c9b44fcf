"""`xiaoer systems`: the bank's own systems that may post records by day, and their keys."""

import click

from xiaoer.app.console import print_json, print_table
from xiaoer.events.terms import RecordKind


@click.group("systems")
def command() -> None:
    """Systems of the bank that may post records to /api/v1/records."""


@command.command("add")
@click.argument("name")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in RecordKind]),
    help="What it may post; all kinds without.",
)
@click.option("--json", "as_json", is_flag=True, help="for tools")
def add(name: str, kinds: tuple[str, ...], as_json: bool) -> None:
    """Give the system NAME a key, and print it once; an earlier key of this name opens nothing any more."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.sources.systems import make_system

    key = make_system(name, kinds or [kind.value for kind in RecordKind])
    print_json({"name": name, "key": key}) if as_json else click.echo(key)


@command.command("close")
@click.argument("name")
def close(name: str) -> None:
    """Let the key of the system NAME open nothing any more."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.sources.systems import close_system

    close_system(name)


@command.command("list")
def show() -> None:
    """The systems, and what each may post."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.sources.models import System

    rows = System.objects.using("owner").order_by("name").values_list("name", "kinds", "is_active", "made_at")
    print_table(
        "Systems", ("name", "may post", "open", "since"), [(a, ", ".join(b), c, d) for a, b, c, d in rows]
    )
