"""The front door: `xiaoer VERB`, each verb a file of its own under `commands/`, loaded when called."""

import importlib
import sys
from pathlib import Path

import click

from xiaoer.kit.refusal import Refusal

FOLDER = Path(__file__).with_name("commands")


class Verbs(click.Group):
    """Commands by file name, so that `xiaoer --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"xiaoer.app.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=Verbs)
def verbs() -> None:
    """店小二: reads the bank's files each night, puts the few meetings that matter on each desk."""


def main() -> None:
    """Run a verb; a refusal is one sentence and exit status 2."""
    try:
        verbs(prog_name="xiaoer")
    except Refusal as refusal:
        click.secho(str(refusal), err=True, fg="red")
        sys.exit(2)
