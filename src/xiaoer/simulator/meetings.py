"""Contacts and campaign lists as files show them, from what the weeks brought."""

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.draws import Array, Flags, Ints, choose, codes, stream, texts
from xiaoer.simulator.organisation import keepers_on
from xiaoer.simulator.people.habits import campaigns
from xiaoer.simulator.people.terms import CHANNELS, KINDS, MINUTES, PRICE, RESCUE
from xiaoer.simulator.terms import Month
from xiaoer.simulator.world import World

REASONS = np.array(["price", "no_need", "other_bank", "process", "time"], dtype=object)
PURPOSES = np.array(["check" if kind == KINDS[RESCUE] else kind for kind in KINDS], dtype=object)
NOTES = {
    "accepted": "客户同意办理，已约时间。",
    "refused": "客户暂不考虑。",
    "interested": "客户有兴趣，索要资料。",
    "follow_up": "约定下次再谈。",
    "reached": "了解近况，经营正常。",
    "not_reached": "未联系上。",
    "promised": "客户答应近日还款。",
    "complained": "客户表达不满，已转售后。",
}


def within_month(log: dict[str, Array], month: Month) -> dict[str, Array]:
    """The rows of a log whose day lies in a month."""
    if not log:
        return {}
    inside = (log["day"] >= np.datetime64(month.first)) & (log["day"] <= np.datetime64(month.last))
    return {name: column[inside] for name, column in log.items()}


def contacts_of(world: World, month: Month) -> pl.DataFrame:
    """The contacts of a month as a source file; `i` and the mood of the moment are kept for the surveys."""
    met = within_month(world.contacts, month)
    plan, firms = world.plan, world.firms
    rng = stream(plan.seed, "contact file", month.index)
    firm, outcome = met["firm"], met["outcome"]
    count = len(firm)
    minutes = np.maximum(1, MINUTES[met["channel"]] * np.exp(rng.normal(0, 0.35, count)))
    seconds = met["hour"] * 3600 + rng.integers(0, 3600, count)
    later = met["day"] + rng.integers(5, 25, count).astype("timedelta64[D]")
    again = np.isin(outcome, ["follow_up", "interested"])
    marked = np.array([campaign.code for campaign in campaigns(world.setting)] + [None], dtype=object)
    campaign = marked[met["campaign"]]
    frame = pl.DataFrame(
        {
            "i": firm,
            "mood": met["mood"],
            "customer_id": firms["customer_id"].gather(firm),
            "person_id": texts(codes(plan.mark("P"), world.owner[firm] + 1, 7)),
            "staff_id": texts(_staff(world, month, firm, met["campaign"] >= 0)),
            "contact_date": met["day"],
            "contacted_at": met["day"].astype("datetime64[us]") + seconds.astype("timedelta64[s]"),
            "channel": texts(np.array(CHANNELS, dtype=object)[met["channel"]]),
            "direction": ["outbound"] * count,
            "purpose": texts(PURPOSES[met["kind"]]),
            "product_id": texts(_named_product(met["product"])),
            "outcome": texts(outcome),
            "refusal_reason": texts(_refusals(world, rng, firm, outcome == "refused")),
            "follow_up_date": np.where(again, later, np.datetime64("NaT")).astype("datetime64[D]"),
            "minutes": minutes.astype(np.int64),
            "campaign_id": texts(campaign),
            "arm": texts(np.where(met["campaign"] >= 0, "treated", None)),
            "note": texts([NOTES[word] for word in outcome.tolist()]),
        }
    ).sort("contact_date", "customer_id", "channel", maintain_order=True)
    prefix = pl.lit(f"{plan.mark('K')}{month.first:%Y%m}")
    return frame.with_columns(
        contact_id=pl.concat_str(prefix, pl.int_range(pl.len()).cast(pl.String).str.zfill(7))
    )


def _named_product(product: Ints) -> Array:
    return np.array([*product_ids(), None], dtype=object)[product]


def _refusals(world: World, rng: np.random.Generator, firm: Ints, refused: Flags) -> Array:
    """Why: the price for the price-sensitive, else what one says."""
    said = REASONS[choose(rng, [2, 5, 3, 2, 1], len(firm))]
    dear = rng.random(len(firm)) < 0.3 * world.setting.folk.price[firm]
    return np.where(refused, np.where(dear, REASONS[PRICE], said), None)


def _staff(world: World, month: Month, firm: Ints, campaign: Flags) -> Array:
    """Whoever answers for the firm; the call desk for pools and campaigns."""
    agents = world.bank.call_agents
    keeper = keepers_on(world.bank, world.manager, np.datetime64(month.first))[firm]
    return np.where((keeper == "") | campaign, agents[firm % len(agents)], keeper)


def lists_of(world: World, month: Month) -> pl.DataFrame:
    """The lists of the month's campaigns, with the arm that the lot gave each firm."""
    listed = within_month(world.lists, month)
    if not listed:
        return pl.DataFrame()
    run = campaigns(world.setting)
    number = listed["campaign"]
    product = np.array([campaign.product for campaign in run])[number]
    channel = np.array([campaign.channel for campaign in run])[number]
    return pl.DataFrame(
        {
            "campaign_id": texts(np.array([campaign.code for campaign in run], dtype=object)[number]),
            "customer_id": world.firms["customer_id"].gather(listed["firm"]),
            "listed_date": listed["day"],
            "product_id": texts(_named_product(product)),
            "channel": texts(np.array(CHANNELS, dtype=object)[channel]),
            "arm": np.where(listed["treated"], "treated", "held_out"),
            "treated_share": np.array([campaign.share for campaign in run])[number],
        }
    ).sort("listed_date", "customer_id")
