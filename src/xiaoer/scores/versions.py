"""A kept version asked again: what it says of rows, in the unit of its model, from the JSON of its card."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xiaoer.scores.forms.amounts import Amounts
from xiaoer.scores.forms.cards import Card, card_from
from xiaoer.scores.forms.openmp import lightgbm
from xiaoer.scores.forms.reading import Order, Reading
from xiaoer.scores.forms.trees import Trees
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field


@dataclass(frozen=True)
class Version:
    """A card of whatever form with the fields it reads."""

    card: Card | Amounts
    fields: tuple[Field, ...]

    def say(self, columns: Mapping[str, Floats]) -> Floats:
        """Chances, amounts or effects, as the model says them."""
        return (
            self.card.told(columns)
            if isinstance(self.card, Amounts)
            else self.card.score(columns).probability
        )


def version_from(card: Mapping[str, Any]) -> Version:
    """A version from a page's card; one of amounts and effects is told by its `logged`."""
    fields = tuple(_field(row) for row in card["fields"])
    if "logged" not in card:
        return Version(card_from(card), fields)
    orders = {name: Order(tuple(one["of_words"]), one["others"]) for name, one in card["orders"].items()}
    trees = Trees(tuple(card["texts"]), card["sha256"], Reading(fields, orders))
    return Version(Amounts(trees, card["logged"]), fields)


def used_most(card: Mapping[str, Any]) -> list[tuple[str, float]]:
    """What a card's trees gained by splitting each input, as a share of all they gained; the most first."""
    fields, gained = [row["name"] for row in card["fields"]], dict[str, float]()
    for text in card["texts"]:
        gains = lightgbm().Booster(model_str=text).feature_importance(importance_type="gain")
        for name, gain in zip(fields, gains[: len(fields)], strict=True):
            gained[name] = gained.get(name, 0.0) + float(gain)
    whole = sum(gained.values()) or 1.0
    return sorted(
        ((name, round(gain / whole, 4)) for name, gain in gained.items()), key=lambda one: (-one[1], one[0])
    )


def _field(row: Mapping[str, Any]) -> Field:
    return Field(row["name"], row["kind"], tuple(row["levels"]), tuple(row["special"]), row["monotone"])
