"""`xiaoer quarantine`: the rows held back, with file, line, column and reason."""

from pathlib import Path

import click

from xiaoer.app.console import console, print_json, print_table
from xiaoer.kit.settings import settings
from xiaoer.sources.quarantine import waiting

SHOWN = ("file", "line", "column", "reason", "value")


@click.command("quarantine")
@click.option("--file", "name", default="", help="Only files whose name contains this.")
@click.option("--most", default=50, show_default=True, help="How many rows to show.")
@click.option(
    "--csv", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write all of them here."
)
@click.option("--json", "as_json", is_flag=True)
def command(name: str, most: int, target: Path | None, *, as_json: bool) -> None:
    """Show what was held back, of refused files too; may hold personal data."""
    rows = waiting(settings().lake, name)
    if target:
        rows.write_csv(target, include_bom=True)
        console.print(f"{len(rows):,} rows written to {target}.")
    elif as_json:
        print_json(rows.head(most).to_dicts())
    else:
        print_table(f"{len(rows):,} faults held back", SHOWN, rows.select(SHOWN).head(most).iter_rows())
