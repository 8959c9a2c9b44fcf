"""What the bank itself can see on a morning: registers, holdings, loans, contacts. No trait, no chance, no future."""

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.draws import Array, Ints, texts
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.lending import PRODUCTS, first_missed
from xiaoer.simulator.people.borrowing import owed
from xiaoer.simulator.people.habits import campaigns
from xiaoer.simulator.people.income import deposits, staying
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import CHANNELS, KINDS

KNOWN = (
    "customer_id",
    "kind",
    "industry_code",
    "region",
    "district",
    "branch_id",
    "founded_date",
    "opened_date",
    "staff_count",
)

CONTACTS = {
    "i": pl.Int64,
    "contact_date": pl.Date,
    "channel": pl.String,
    "purpose": pl.String,
    "product_id": pl.String,
    "outcome": pl.String,
    "hour": pl.Int64,
}
LISTS = {
    "i": pl.Int64,
    "campaign": pl.Int64,
    "listed_date": pl.Date,
    "product_id": pl.String,
    "arm": pl.String,
}


def seen(living: LivingBank) -> dict[str, pl.DataFrame]:
    """Tables of the bank on the first day of the coming week; `i` is a firm's position for Actions.

    customers (with consents, deposits in yuan, turnover through the accounts in yuan and its growth over a year, all
    of the last month that was over), holdings, notes, contacts and campaign_lists of the past, service_requests
    (complaints).
    """
    return {
        "customers": _customers(living),
        "holdings": _holdings(living),
        "notes": _notes(living),
        "contacts": _contacts(living),
        "campaign_lists": _lists(living),
        "service_requests": _complaints(living),
    }


def _customers(living: LivingBank) -> pl.DataFrame:
    setting, life = living.setting, living.life
    here = setting.present(life.week, life.closed)
    turnover = setting.sales * setting.level_told(life.week) * setting.settles * staying(life)
    frame = setting.firms.select("i", *KNOWN).with_columns(
        staff_id=texts(_keepers(living)),
        deposits=pl.Series(deposits(setting, life, setting.level_told(life.week)).round(2)),
        turnover=pl.Series(turnover.round(2)),
        growth=pl.Series(setting.growth_told(life.week).round(4)).fill_nan(None),
        **{name: pl.Series(agrees) for name, agrees in setting.folk.consent.items()},
    )
    return frame.filter(pl.Series(here))


def _keepers(living: LivingBank) -> Array:
    folk, bank = living.setting.folk, living.setting.bank
    now = np.where(living.life.week < folk.handed, bank.predecessors, bank.managers)
    return np.where(folk.keeper >= 0, now[folk.keeper.clip(0)], None)


def _holdings(living: LivingBank) -> pl.DataFrame:
    firm, product = np.nonzero(living.life.since <= living.setting.day(living.life.week))
    return pl.DataFrame(
        {
            "i": firm,
            "product_id": pl.Series(product_ids()).gather(product),
            "opened_date": living.life.since[firm, product],
        }
    )


def _notes(living: LivingBank) -> pl.DataFrame:
    """Loans owed: amount in yuan, rate per year, days past due so far."""
    setting, life = living.setting, living.life
    day = setting.day(life.week)
    firm, place = np.nonzero((life.book.amount > 0) & (life.book.drawn <= day))
    late = (day - first_missed(life.stops[firm])).astype("timedelta64[D]").astype(float)
    return pl.DataFrame(
        {
            "i": firm,
            "product_id": pl.Series(PRODUCTS).gather(place),
            "balance": owed(life, day)[firm, place].round(2),
            "rate": life.book.rate[firm, place],
            "drawn_date": life.book.drawn[firm, place],
            "due_date": life.book.due[firm, place],
            "days_past_due": np.where(late > 0, late, 0).astype(int),
        }
    )


def _contacts(living: LivingBank) -> pl.DataFrame:
    met = living.life.log.joined("contacts")
    if not met:
        return pl.DataFrame(schema=CONTACTS)
    return pl.DataFrame(
        {
            "i": met["firm"],
            "contact_date": met["day"],
            "channel": pl.Series(CHANNELS).gather(met["channel"]),
            "purpose": pl.Series(KINDS).gather(met["kind"]),
            "product_id": _products(met["product"]),
            "outcome": texts(met["outcome"]),
            "hour": met["hour"],
        }
    )


def _products(product: Ints) -> pl.Series:
    return texts(np.array([*product_ids(), None], dtype=object)[product])


def _lists(living: LivingBank) -> pl.DataFrame:
    listed = living.life.log.joined("lists")
    if not listed:
        return pl.DataFrame(schema=LISTS)
    product = np.array([campaign.product for campaign in campaigns(living.setting)])[listed["campaign"]]
    return pl.DataFrame(
        {
            "i": listed["firm"],
            "campaign": listed["campaign"],
            "listed_date": listed["day"],
            "product_id": _products(product),
            "arm": np.where(listed["treated"], "treated", "held_out"),
        }
    )


def _complaints(living: LivingBank) -> pl.DataFrame:
    told = living.life.log.joined("complaints")
    if not told:
        return pl.DataFrame({"i": np.zeros(0, dtype=int), "requested_date": np.full(0, NO_DAY)})
    return pl.DataFrame({"i": told["firm"], "requested_date": told["day"]})
