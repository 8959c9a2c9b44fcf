"""`xiaoer listen`: records from a queue of the bank's broker."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from xiaoer.kit.refusal import Refusal


@click.command()
@click.option(
    "--broker",
    "address",
    required=True,
    envvar="XIAOER_BROKER",
    help="nats://[user:password@]host:4222 or tls://…; XIAOER_BROKER keeps a password off the command line",
)
@click.option("--subject", required=True, help="what the systems send records to; a stream must keep it")
@click.option("--refused", help="where what is refused is put aside  [default: refused.SUBJECT]")
@click.option(
    "--durable", default="xiaoer", show_default=True, help="the consumer's name: the broker knows its place"
)
@click.option(
    "--key",
    envvar="XIAOER_LISTEN_KEY",
    default="",
    help="the system's key for messages without one; better by XIAOER_LISTEN_KEY",
)
@click.option(
    "--credentials", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a .creds file"
)
def command(**given: Any) -> None:
    """Take records from a queue as from POST /api/v1/records, until Ctrl+C; several may share the work."""
    check_installed()
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.app.listening import Plan, listen

    plan = Plan(**given | {"refused": given["refused"] or put_aside(given["subject"])})
    listen(plan, lambda where: click.echo(f"listening to {where}"))


def put_aside(subject: str) -> str:
    """Where what is refused of a subject goes when nobody says otherwise."""
    return ".".join(["refused", *(word for word in subject.split(".") if word not in ("*", ">"))])


def check_installed() -> None:
    """Raises Refusal where the extra is missing."""
    if find_spec("faststream") is None or find_spec("nats") is None:
        raise Refusal("the extra for queues is not installed", "listen", "xiaoer[queue]",
                      "Install it: pip install 'xiaoer[queue]', or post records to /api/v1/records")  # fmt: skip
