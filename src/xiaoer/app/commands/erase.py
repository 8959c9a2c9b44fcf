"""`xiaoer erase`: forget a customer's or a person's personal data, in the lake and on the desk."""

import click

from xiaoer.app.console import console
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import Lake
from xiaoer.sources.erasing import erase_customer, erase_person


@click.command("erase")
@click.argument("number")
@click.option("--person", is_flag=True, help="NUMBER is a person's, not a customer's.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(number: str, *, person: bool, yes: bool) -> None:
    """Blank every personal value kept under NUMBER; figures that name nobody stay."""
    if not yes:
        click.confirm(f"Forget the personal data of {number} for good?", abort=True)
    lake = Lake(settings().lake)
    rows = erase_person(lake, number) if person else erase_customer(lake, number) + _words(number)
    if not rows:
        raise Refusal(f"nothing personal is kept under {number}", "erase", "a number of the bank's own")
    console.print(f"{rows} rows no longer name anybody. Run the night: the desk shows it from then on.")


def _words(customer_id: str) -> int:
    """What people typed at the desk, names kept there, and photos they filed."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.contacts.jobs import forget_promises
    from xiaoer.evidence.jobs import forget_photos
    from xiaoer.kit.dates import SystemClock
    from xiaoer.kit.forgetting import forget_words

    return (
        forget_words(customer_id)
        + forget_promises(customer_id)
        + forget_photos(customer_id, SystemClock().now())
    )
