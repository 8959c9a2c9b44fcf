"""Offers of the night: models in use bring them with their factors, a yes of a tied firm is a reason, consent is kept."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from tests.nightly.conftest import DAY
from xiaoer.contact_policy.terms import Stop
from xiaoer.kit.text import reason
from xiaoer.nightly import adopted, offering, showing, standing
from xiaoer.nightly.directory import directory
from xiaoer.nightly.measuring import _with_outcomes
from xiaoer.nightly.offering import TIED, Offered, tied
from xiaoer.nightly.run import Night
from xiaoer.nightly.standing import shut
from xiaoer.offers.offering import Offering
from xiaoer.offers.terms import Likely, Occasion, Terms

pytestmark = pytest.mark.xdist_group("house")

CARD = "C01"


def decided(night: Night) -> pl.DataFrame:
    return pl.DataFrame(night.rows_of("decisions"))


def test_a_model_in_use_brings_offers_with_every_factor_kept(night: Night) -> None:
    rows = decided(night)
    likely = rows.filter(rule="likely")
    assert likely.height > 0
    assert set(likely["told_by"]) == {"asking_card"}  # what asking adds goes before who says yes
    assert set(likely["product_id"]) == {CARD}
    scored = pl.DataFrame(night.rows_of("shelf_scores")).filter(model="asking_card")
    beside = likely.join(scored, on="customer_id")
    assert beside["propensity"].to_list() == pytest.approx(beside["value"].clip(0, 1).to_list())
    made = (likely["propensity"] * likely["context"]).clip(0, 1) * likely["prize"]
    assert likely["expected_return"].to_list() == pytest.approx(made.round().to_list(), abs=1)
    assert (likely["patience"] > 0).all()


def test_where_no_model_speaks_the_chance_of_the_rule_stands(night: Night) -> None:
    rows = decided(night).filter(told_by="", rule="contact_due")
    assert rows.height > 0
    assert set(rows["propensity"]) == {Terms.in_force(DAY).efforts["contact_due"].chance}
    assert set(rows["context"]) == {1.0}
    assert set(rows["patience"]) == {0}


def test_a_yes_is_looked_for_along_ties_and_only_where_it_may_be_told(night: Night) -> None:
    by = Offering.in_force(DAY)
    wide = replace(by, looks_back_days=240)
    rows = tied(night, wide, {})
    assert rows.schema == TIED
    assert rows.height > 0
    customers = pl.DataFrame(night.engine.collect(night.delivered("customers")))
    agreed = set(customers.filter(pl.col("consent_group"))["customer_id"])
    assert set(rows["other_id"]) <= agreed
    assert (rows["yes_date"] > DAY - timedelta(days=240)).all()
    assert not (rows["customer_id"] == rows["other_id"]).any()
    assert rows["other_id"].value_counts()["count"].max() <= wide.most_of_group
    assert set(rows["edge"]) <= set(wide.edges)
    everybody = tied(night, wide, dict.fromkeys(customers["customer_id"], "one head"))
    assert everybody.height == wide.most_of_group  # the budget is the group's


def test_the_budget_of_a_group_goes_to_firms_that_may_be_asked(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = replace(Offering.in_force(DAY), looks_back_days=240)
    customers = pl.DataFrame(night.engine.collect(night.delivered("customers")))
    group = dict.fromkeys(customers["customer_id"], "one head")
    first = tied(night, wide, group)["customer_id"][0]
    monkeypatch.setattr(offering, "shut", lambda *_: {first})
    (left,) = tied(night, wide, group)["customer_id"]
    assert left != first
    held = pl.read_parquet(night.path("held")).select("customer_id", "product_id")
    everybody = tied(night, replace(wide, most_of_group=1_000_000), group)
    assert everybody.join(held, on=["customer_id", "product_id"], how="semi").is_empty()
    there = pl.DataFrame(night.rows_of("firms")).filter(~pl.col("closed"))["customer_id"]
    assert set(everybody["customer_id"]) <= set(there)


def test_a_firm_that_agreed_to_nothing_is_shut_and_one_for_which_a_stop_stands(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pl.DataFrame(night.engine.collect(night.delivered("customers")))
    may = rows.filter(pl.col("kind") == "enterprise", pl.col("consent_marketing").fill_null(value=True))
    refused = rows.filter(~pl.col("consent_marketing"))["customer_id"]
    asked, policy = [may["customer_id"][0], may["customer_id"][1], *refused], adopted.policy(night)
    stopped = {asked[0]: (Stop("workout", DAY),)}
    monkeypatch.setattr(standing, "_stops", lambda _: stopped)
    assert shut(night, asked, "offer", DAY, policy) == {asked[0], *refused}


def test_a_family_the_bank_no_longer_has_is_not_judged(night: Night) -> None:
    ripe = pl.DataFrame(night.rows_of("measured")).with_columns(
        due_date=pl.lit(DAY), ripe=pl.lit(value=False)
    )
    families = adopted.families(night)
    name = ripe["family"][0]
    left = replace(families, of={key: one for key, one in families.of.items() if key != name})
    rows = _with_outcomes(night, ripe, left)
    assert rows["ripe"].all()
    assert rows.filter(family=name)["won"].null_count() == rows.filter(family=name).height > 0


def test_what_is_held_is_not_offered_again(night: Night) -> None:
    held = pl.read_parquet(night.path("held")).select("customer_id", "product_id")
    offered = decided(night).filter(pl.col("rule").is_in(["likely", "related"]))
    assert offered.join(held, on=["customer_id", "product_id"], how="semi").is_empty()


def test_an_event_for_a_loan_takes_the_chance_of_the_likeliest_loan(night: Night) -> None:
    offered = Offered.on(night, {})
    event = Occasion("season_ahead", "note", reason("goal_contact_due"), reason("goal_contact_due"), 100)
    loans = {
        "L01": Likely(0.1, "takes_working_capital"),
        "L02": Likely(0.2, "b"),
        CARD: Likely(0.9, "takes_card"),
    }
    assert offered.with_likely(event, loans).likely == Likely(0.2, "b")
    assert offered.with_likely(event, {CARD: Likely(0.9, "takes_card")}).likely is None
    care = Occasion("silence", "note", reason("goal_contact_due"), reason("goal_contact_due"), 100)
    assert offered.with_likely(care, loans).likely is None


def test_what_is_published_tells_the_factors(night: Night) -> None:
    pieces = [pl.DataFrame(piece) for piece in showing.proposals(night, directory(night)).pieces()]
    rows = pl.concat(pieces)
    assert {"product_id", "propensity", "told_by", "context", "prize", "patience"} <= set(rows.columns)
    assert (
        rows["product_id"].null_count() == rows["context"].null_count() == rows["patience"].null_count() == 0
    )
