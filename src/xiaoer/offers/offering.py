"""What to offer a firm without an event: what a model says it will take, and what a firm tied to it said yes to.

In words, with a worked example: docs/rules/worth-of-a-contact.md. Money in fen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason, reason
from xiaoer.offers.terms import FEN_PER_WAN, Likely, Occasion, Terms
from xiaoer.offers.worth import loan_prize

LIKELY, RELATED = "likely", "related"
CREDIT = "credit"


@dataclass(frozen=True)
class Product:
    """A product of the catalogue; `yearly`: fen that a holder brings in a year, loans apart."""

    product_id: str
    name: str
    loan: bool
    yearly: int


@dataclass(frozen=True)
class Firm:
    """What a prize depends on: turnover of twelve months (fen), chance to fail within a year, None where not known."""

    turnover: int
    failure: float | None


@dataclass(frozen=True)
class Tie:
    """A firm tied to one of ours along an `edge` that said yes to a product on a day."""

    edge: str
    other_id: str
    product_id: str
    day: date


@dataclass(frozen=True)
class Offering:
    """The parameters of offering on a day."""

    least: float
    first_of_portfolio: int
    most_products: int
    years: float
    granted_share: float
    funded_share: float
    largest_wan: int
    smallest_wan: int
    failure_unknown: float
    edges: tuple[str, ...]
    looks_back_days: int
    most_of_group: int
    unmeasured: float

    @classmethod
    def in_force(cls, on: date) -> "Offering":
        held = dict(in_force("offers", "offering", on)) | dict(in_force("offers", "related", on))
        held.pop("from_date")
        return cls(**held | {"edges": tuple(held["edges"])})


@dataclass(frozen=True)
class Counter:
    """What is on offer on a day, and by which terms: `products` by number."""

    products: Mapping[str, Product]
    by: Offering
    terms: Terms

    def prize(self, product: Product, firm: Firm) -> int:
        """Fen it brings the bank over the years counted; a loan less what is lost should the firm fail."""
        if not product.loan:
            return round(product.yearly * self.by.years)
        worth, amount = self.terms.worth, firm.turnover * self.by.funded_share
        if amount < self.by.smallest_wan * FEN_PER_WAN:
            return 0
        amount = min(amount, self.by.largest_wan * FEN_PER_WAN)
        failure = self.by.failure_unknown if firm.failure is None else max(firm.failure, worth.least_failure)
        margin, lost = float(self.terms.loan["margin"]), float(worth.loss_share[CREDIT])
        return round(self.by.granted_share * loan_prize(float(amount), margin, self.by.years, failure, lost))

    def likely(self, firm: Firm, chances: Mapping[str, Likely]) -> list[Occasion]:
        """The worthiest products a model says the firm will take, at most so many; `chances` by product."""
        found = [
            self._offer(LIKELY, firm, number, number, one, _because(one))
            for number, one in chances.items()
            if one.chance >= self.by.least and number in self.products
        ]
        worthiest = sorted((one for one in found if one.prize), key=_least_worth)
        return worthiest[: self.by.most_products]

    def related(self, firm: Firm, ties: Iterable[Tie], chances: Mapping[str, Likely]) -> list[Occasion]:
        """For each product that a tied firm said yes to, an occasion with the tie as its reason."""
        unmeasured = Likely(self.by.unmeasured, "")
        found = [
            self._offer(
                RELATED, firm, f"{tie.edge}|{tie.other_id}|{tie.product_id}", tie.product_id,
                chances.get(tie.product_id, unmeasured),
                reason(f"related_{tie.edge}", "good", partner=tie.other_id, yes_date=tie.day),
            )
            for tie in ties
            if tie.product_id in self.products
        ]  # fmt: skip
        return [one for one in found if one.prize]

    def _offer(self, rule: str, firm: Firm, *told: Any) -> Occasion:
        source, number, likely, because = told
        product = self.products[number]
        named = because | {"params": because["params"] | {"product": product.name}}
        goal = reason("goal_offer_product", product=product.name)
        prize = max(self.prize(product, firm), 0)
        return Occasion(rule, "note", named, goal, 0, source, prize=prize, product_id=number, likely=likely)


def _because(one: Likely) -> Reason:
    return reason(
        "likely_added" if one.added else "likely_to_take", "good", chance_share=round(one.chance, 4)
    )


def _least_worth(one: Occasion) -> tuple[float, str]:
    chance = one.likely.chance if one.likely else 0.0
    return -(chance * (one.prize or 0)), one.product_id
