"""Offers nobody's event leads to: what models in use say a firm will take, and what a firm tied to it took."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import narwhals as nw
import polars as pl

from xiaoer.kit.dates import add_working_days
from xiaoer.nightly import adopted
from xiaoer.nightly.pieces import Part
from xiaoer.nightly.run import Night
from xiaoer.nightly.scoring import SCORES
from xiaoer.nightly.standing import shut
from xiaoer.offers.offering import Counter, Firm, Offering, Product, Tie
from xiaoer.offers.terms import Likely, Occasion, Terms

TAKES, ADDS = "takes_", "asking_"
LOAN = "loan"
ACCEPTED, OFFER, RELEASED, CUSTOMER = "accepted", "offer", "released", "customer"
TIED = {"customer_id": pl.String, "other_id": pl.String, "edge": pl.String, "product_id": pl.String,
        "yes_date": pl.Date}  # fmt: skip
Chances = Mapping[str, dict[str, Likely]]


@dataclass(frozen=True)
class Offered:
    """What offers are made from: the catalogue, and every firm tied to one that said yes of late."""

    counter: Counter
    tied: pl.DataFrame

    @classmethod
    def on(cls, night: Night, groups: Mapping[str, str]) -> "Offered":
        """Of a night whose shelf has spoken; `groups` is the head of each firm that has one."""
        by, terms = Offering.in_force(night.business_date), Terms.in_force(night.business_date)
        return cls(Counter(products(night), by, terms), tied(night, by, groups))

    def chances(self, part: Part, asked: pl.Series) -> Chances:
        """By firm and product what a model in use says of asking; what asking adds goes before who says yes.

        Of the firms `asked`, of those with ties, and of the likeliest of each portfolio.
        """
        told = pl.col("model").str.contains(f"^({TAKES}|{ADDS})")
        mine = pl.col("customer_id").is_in(pl.concat([asked, part.among(self.tied)["customer_id"]]).implode())
        first = pl.col("rank") <= self.counter.by.first_of_portfolio
        rows = part.made(SCORES).filter(told, mine | first)
        found: dict[str, dict[str, Likely]] = defaultdict(dict)
        for row in rows.sort("customer_id", "model", descending=[False, True]).iter_rows(named=True):
            added = row["model"].startswith(ADDS)
            chance = min(max(row["value"], 0.0), 1.0)
            found[row["customer_id"]][row["item"]] = Likely(chance, row["model"], added)
        return found

    def of_part(self, part: Part, firms: pl.DataFrame, chances: Chances) -> dict[str, list[Occasion]]:
        """The occasions of a part's open firms; `firms`: customer_id, sales_12m (fen), value (chance to fail)."""
        ties = self._ties(part)
        asked = firms.filter(pl.col("customer_id").is_in([*chances, *ties]))
        found = {}
        for number, sales, failure in asked.select("customer_id", "sales_12m", "value").iter_rows():
            firm, mine = Firm(sales or 0, failure), chances.get(number, {})
            along = self.counter.related(firm, ties.get(number, ()), mine)
            found[number] = [*along, *self.counter.likely(firm, mine)]
        return found

    def with_likely(self, occasion: Occasion, chances: Mapping[str, Likely]) -> Occasion:
        """An event that leads to a loan, with what the model says of the loan likeliest to be taken."""
        effort = occasion.effort or self.counter.terms.efforts[occasion.rule]
        loans = [one for number, one in sorted(chances.items()) if self._is_loan(number)]
        if effort.brings != LOAN or not loans:
            return occasion
        best = max(loans, key=lambda one: one.chance)
        return replace(occasion, likely=best)

    def _is_loan(self, number: str) -> bool:
        product = self.counter.products.get(number)
        return product is not None and product.loan

    def _ties(self, part: Part) -> dict[str, list[Tie]]:
        """By firm."""
        found: dict[str, list[Tie]] = defaultdict(list)
        for number, other, edge, product, day in part.among(self.tied).iter_rows():
            found[number].append(Tie(edge, other, product, day))
        return found


def products(night: Night) -> dict[str, Product]:
    """The catalogue; what a product brings is the mean of the fees its holders paid in twelve months."""
    rows = pl.DataFrame(night.engine.collect(night.delivered("products"))).unique("product_id", keep="last")
    held = night.delivered("holdings").filter(nw.coalesce(nw.col("status"), nw.lit("open")) == "open")
    paid = held.group_by("product_id").agg(nw.col("fees_12m").mean().alias("fees"))
    fees = dict(pl.DataFrame(night.engine.collect(paid)).select("product_id", "fees").iter_rows())
    return {
        row["product_id"]: Product(
            row["product_id"], row["name"] or row["product_id"], row["category"] == LOAN,
            round(fees.get(row["product_id"]) or 0),
        )
        for row in rows.sort("product_id").iter_rows(named=True)
    }  # fmt: skip


def tied(night: Night, by: Offering, groups: Mapping[str, str]) -> pl.DataFrame:
    """Firms tied to one that said yes and agreed that its group may be told, in order of their numbers; `TIED`.

    Of a pair of firm and product the first edge counts; what is held already is no offer. Of those that may be asked
    at all, so many firms are kept for the group of who said yes.
    """
    said = _said_yes(night, by)
    if said.is_empty():
        return pl.DataFrame(schema=TIED)
    edges = pl.concat([_edge(night, name).with_columns(edge=pl.lit(name), place=at) for at, name in
                       enumerate(by.edges)])  # fmt: skip
    pairs = edges.join(said, on="other_id", how="inner").sort(
        "place",
        "yes_date",
        "customer_id",
        "other_id",
        "product_id",
        descending=[False, True, False, False, False],
    )
    held = _theirs(night, night.made("held").select("customer_id", "product_id"), pairs)
    once = pairs.join(held, on=["customer_id", "product_id"], how="anti", maintain_order="left")
    once = _open(night, once.unique(["customer_id", "product_id"], keep="first", maintain_order=True))
    group = pl.col("other_id").replace(groups) if groups else pl.col("other_id")
    kept = once.filter(pl.int_range(pl.len()).over(group) < by.most_of_group)
    return kept.select(list(TIED)).cast(TIED).sort("customer_id", "product_id")  # type: ignore[arg-type]


def _open(night: Night, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of firms that are there and that nothing but the pace of contacts may keep from being asked."""
    there = night.made("firms").filter(~nw.col("closed")).select("customer_id")
    kept = pairs.join(_theirs(night, there, pairs), on="customer_id", how="semi", maintain_order="left")
    firms, day = set(kept["customer_id"]), add_working_days(night.business_date, 1)
    closed = shut(night, firms, OFFER, day, adopted.policy(night))
    return kept.filter(~pl.col("customer_id").is_in(list(closed)))


def _theirs(night: Night, frame: Any, pairs: pl.DataFrame) -> pl.DataFrame:
    """A table's rows of the firms of some pairs."""
    firms = night.engine.table(pairs.select("customer_id").unique().to_arrow())
    return pl.DataFrame(night.engine.collect(frame.join(firms, on="customer_id", how="semi")))


def _said_yes(night: Night, by: Offering) -> pl.DataFrame:
    """other_id, product_id, yes_date: the last yes of firms that agreed to it within their group."""
    first = night.business_date - timedelta(days=by.looks_back_days)
    agreed = night.delivered("customers").filter(nw.coalesce(nw.col("consent_group"), nw.lit(value=False)))
    met = night.delivered("contacts").filter(
        nw.col("purpose") == OFFER,
        nw.col("outcome") == ACCEPTED,
        ~nw.col("product_id").is_null(),
        nw.col("contact_date") > nw.lit(first),
        nw.col("contact_date") <= nw.lit(night.business_date),
    )
    rows = met.join(agreed.select("customer_id"), on="customer_id", how="semi")
    last = rows.group_by("customer_id", "product_id").agg(nw.col("contact_date").max().alias("yes_date"))
    return pl.DataFrame(night.engine.collect(last)).rename({"customer_id": "other_id"})


def _edge(night: Night, name: str) -> pl.DataFrame:
    """customer_id and other_id along one kind of edge, both ways, firms of the bank alone."""
    made = {"owner": _owners, "guarantee": _guarantees, "trade": _trade}[name](night)
    pairs = pl.DataFrame(night.engine.collect(made)).select("customer_id", "other_id")
    both = pl.concat([pairs, pairs.select(customer_id="other_id", other_id="customer_id")])
    return both.filter(pl.col("customer_id") != pl.col("other_id")).unique()


def _owners(night: Night) -> Any:
    return night.made("neighbours")


def _guarantees(night: Night) -> Any:
    rows = night.delivered("guarantees").filter(
        nw.coalesce(nw.col("status"), nw.lit("")) != RELEASED, nw.col("guarantor_kind") == CUSTOMER
    )
    return rows.select("customer_id", other_id=nw.col("guarantor_id"))


def _trade(night: Night) -> Any:
    """The main partners of each firm that are firms of the bank themselves."""
    ours = night.made("firms").select(other_id=nw.col("customer_id"))
    listed = night.delivered("counterparties").select("counterparty_id", known_as=nw.col("customer_id"))
    main = night.made("main_partners").join(listed, on="counterparty_id", how="left")
    named = main.select("customer_id", other_id=nw.coalesce(nw.col("known_as"), nw.col("counterparty_id")))
    return named.join(ours, on="other_id", how="semi").unique()
