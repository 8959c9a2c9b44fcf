"""`xiaoer migrate`: tables and walls, by whoever owns the database."""

import click


@click.command()
def command() -> None:
    """Bring the database up to date; again changes nothing."""
    from xiaoer.app.setup import ready

    ready()
    click.echo("The database is up to date.")
