"""What a night asks of a model: the occasions training found in the past, imagined for the night's own day.

A model of firms or notes is asked about each as it stands. One learnt from offers, lists, calls or approaches is asked
what would come of one today: the offer of its product by the usual channel, a call at each hour, each channel; of
several the likeliest is kept. Nobody can say what a note will be like that nobody applied for: such a model waits for
an application.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xiaoer.kit import parameters
from xiaoer.scores.specifications import Model

#: Units of which a night has no rows of its own, and why.
LEFT_OUT = {"granted": "asked_on_application"}
#: Units whose rows are firms, as the book has them.
OF_FIRMS = ("approaches", "calls", "firms", "lists", "newcomers", "offers")
#: Units whose rows are notes still owed. Loss and cure are learnt from the frame before a default, so they are asked of
#: notes not in default yet: what, if it were to default now.
OF_NOTES = ("failed", "notes")


@dataclass(frozen=True)
class Asking:
    """By which channel an offer is imagined, and which channels and hours are compared."""

    offered_by: str
    channels: tuple[str, ...]
    hours: tuple[int, ...]

    @classmethod
    def in_force(cls, on: date) -> "Asking":
        page = parameters.in_force("scores", "occasions", on)
        return cls(page["offered_by"], tuple(page["channels"]), tuple(page["hours"]))


@dataclass(frozen=True)
class Occasion:
    """One way to ask: `item` names it, `asked` are the columns it brings (asked_product, asked_channel, asked_hour)."""

    item: str
    asked: Mapping[str, str | int]


def occasions(model: Model, asking: Asking) -> tuple[Occasion, ...]:
    """The ways a model is asked about each row of its population, at least one."""
    unit = model.population.unit
    if unit == "calls":
        return tuple(Occasion(f"{hour:02d}", {"asked_hour": hour}) for hour in asking.hours)
    if unit == "approaches":
        return tuple(Occasion(channel, {"asked_channel": channel}) for channel in asking.channels)
    if unit in ("offers", "lists"):
        return _offers(model, asking)
    return (Occasion("", {}),)


def _offers(model: Model, asking: Asking) -> tuple[Occasion, ...]:
    """Each product of the model; where it names none, an offer of whatever product."""
    by = {"asked_channel": asking.offered_by}
    products = model.population.products
    return tuple(Occasion(product, by | {"asked_product": product}) for product in products) or (
        Occasion("", by),
    )
