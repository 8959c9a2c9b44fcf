"""The candidates of a week, each with its worth: offers, renewal talks, talks with who leaves, relief in time."""

from dataclasses import dataclass

import numpy as np

from bench.policies.product.lending import Lending
from bench.policies.product.memory import LOANS
from bench.policies.product.told import flagged, only, places, since
from bench.policies.product.week import Week
from xiaoer.offers.worth import Worth, loan_prize, net, over, patience_price, relief_prize
from xiaoer.simulator.catalogue import catalogue
from xiaoer.simulator.curves import COSTS, FTP
from xiaoer.simulator.people.setting import by
from xiaoer.simulator.people.terms import CHANNELS, OFFER, RENEWAL, RESCUE, RETENTION, Actions, actions

TALKED = ("visit", "call")
REACHED = {"visit": 0.93, "call": 0.78}  # usual shares, from the habit years
TAKEN_DAYS = 30
GRANTED = 0.85  # of applications
RELIEF_DAYS, RELIEF_REST_DAYS, HALF_YEAR_DAYS = 130, 110, 182
RENEW_FROM, RENEW_UNTIL, RENEW_REST_DAYS = 14, 68, 75
RETENTION_REST_DAYS, WAY_OUT_DAYS = 12, 120
RETENTION_LESS = 30  # basis points for a year
LEAVING_SHARE = 0.12  # of firms a year
PRODUCT_KEEPS, LOAN_KEEPS = 0.07, 0.25  # how much of it one more product, a first loan takes away
GOING_COUNTS = 0.2

Wish = tuple[Actions, np.ndarray]


@dataclass(frozen=True)
class Outlook:
    """What the week's candidates are weighed by: chances, loans, years that count; arrays over all firms."""

    terms: Worth
    takes: np.ndarray  # channels × firms that may be offered something × products
    asked: np.ndarray  # which firms those are
    fails: np.ndarray  # within half a year
    going: np.ndarray
    lending: Lending
    years: float

    @property
    def fails_yearly(self) -> np.ndarray:
        return over(self.fails, 2, 1).clip(self.terms.least_failure)


def firm_worth(week: Week, look: Outlook) -> np.ndarray:
    """Per firm the yuan that are lost if it leaves now: payments, deposits, products, interest."""
    margins, now = by("income"), week.now
    flows = margins["turnover"] * 12 * week.turnover + margins["deposit"] * np.nan_to_num(now.deposits)
    products = np.where(now.held, _product_years(week), 0.0).sum(axis=1)
    interest = (now.owed * (np.nan_to_num(now.rate) - FTP["ftp_asset"])).sum(axis=1)
    return (flows + products + interest).clip(0) * look.years


def _product_years(week: Week) -> np.ndarray:
    """Firms × products: fees and margins of a year less running cost, by the price list; loans apart."""
    rows = catalogue()
    plain = np.array([12 * (float(str(row["fee"])) - float(str(row["cost"]))) for row in rows])
    share = np.array([float(str(row.get("margin", 0))) * float(str(row.get("volume", 0))) for row in rows])
    share[LOANS] = 0.0
    return plain[None, :] + share[None, :] * week.turnover[:, None]


def prizes(week: Week, look: Outlook) -> np.ndarray:
    """Firms × products: the yuan it brings if taken now, what it does for staying included."""
    stays = LEAVING_SHARE * look.years * firm_worth(week, look)
    prize = _product_years(week) * look.years + (PRODUCT_KEEPS * stays)[:, None]
    loan = _loans(look, look.years)  # most are renewed when they fall due
    prize[:, LOANS] = GRANTED * loan + (LOAN_KEEPS * stays * ~week.now.owing)[:, None]
    prize[look.going] *= GOING_COUNTS
    return prize


def offers(week: Week, look: Outlook, left_alone: np.ndarray) -> list[Wish]:
    """Per channel each firm's best product not held."""
    prize = prizes(week, look)
    free = ~week.now.held & ~_just_taken(week)
    free[:, 0] = False  # the settlement account is no offer
    allowed = ~left_alone[look.asked]
    return [
        _offers_over(week, look, name, np.where(free, prize, -np.inf)[look.asked], allowed) for name in TALKED
    ]


def _just_taken(week: Week) -> np.ndarray:
    """Firms × products said yes to and perhaps not in the registers yet; loans take weeks to be drawn or declined."""
    met = week.known["contacts"]
    lately = since(met, "contact_date", week.now.day, TAKEN_DAYS)
    yes = only(met, lately & (met["outcome"] == "accepted"))
    taken = np.zeros_like(week.now.held)
    taken[yes["i"], places(yes)] = True
    return taken


def _offers_over(week: Week, look: Outlook, name: str, prize: np.ndarray, allowed: np.ndarray) -> Wish:
    firm = look.asked
    expected = look.takes[CHANNELS.index(name)] * prize
    best = expected.argmax(axis=1)
    brings = expected[np.arange(len(firm)), best]
    worth = net(
        REACHED[name],
        brings,
        COSTS[name],
        patience_price(week.wearied[firm], look.terms.wears[name], look.terms),
    )
    good = allowed & week.may[name][firm]
    wish = actions(firm, OFFER, CHANNELS.index(name), best, hour=week.hour[firm])
    return wish.only(good), worth[good]


def renewals(week: Week, look: Outlook) -> list[Wish]:
    """A talk some weeks before a loan falls due, where it is worth keeping."""
    ahead = (week.now.due - week.now.day).astype("timedelta64[D]").astype(float)
    due = (week.now.owed > 0) & (ahead >= RENEW_FROM) & (ahead <= RENEW_UNTIL)
    loan = _loans(look, min(look.years, 1.0))
    prize = look.terms.renewal_lift * np.where(due, loan, 0.0).sum(axis=1)
    ready = (week.now.late == 0) & ~_talked(week, "renewal", RENEW_REST_DAYS)
    return _over_channels(week, look, Talks(RENEWAL, (prize > 0) & ready, dict.fromkeys(TALKED, prize)))


def retention(week: Week, look: Outlook) -> list[Wish]:
    """A talk, with something off the price, where the money flows away."""
    met = week.known["contacts"]
    talks = only(
        met, (met["purpose"] == "retention") & since(met, "contact_date", week.now.day, WAY_OUT_DAYS)
    )
    tries = np.bincount(talks["i"], minlength=len(week.managed))
    just = since(talks, "contact_date", week.now.day, RETENTION_REST_DAYS)
    ready = ~flagged(talks, just, len(tries)) & (tries < look.terms.retention_tries)
    base = week.now.owed.sum(axis=1) + np.nan_to_num(week.now.deposits)
    worth, given = firm_worth(week, look), RETENTION_LESS / 10_000 * base
    prize = {name: look.terms.brought_back[name] * worth - given for name in TALKED}
    return _over_channels(week, look, Talks(RETENTION, look.going & ready, prize, RETENTION_LESS))


def relief(week: Week, look: Outlook) -> list[Wish]:
    """Relief for who owes, still pays, and may soon stop."""
    owed = week.now.owed.sum(axis=1)
    at_risk = (week.now.owed * look.lending.loss_share).sum(axis=1)
    prize = relief_prize(owed, at_risk, over(look.fails, RELIEF_DAYS, HALF_YEAR_DAYS), look.terms)
    ready = (week.now.late == 0) & week.now.here & ~_talked(week, "rescue", RELIEF_REST_DAYS)
    return _over_channels(week, look, Talks(RESCUE, (prize > 0) & ready, dict.fromkeys(TALKED, prize)))


@dataclass(frozen=True)
class Talks:
    """Talks that sell nothing: for what, with whom, what each is worth by channel, basis points offered."""

    kind: int
    wanted: np.ndarray
    prize: dict[str, np.ndarray]
    less: int = 0


def _over_channels(week: Week, look: Outlook, talks: Talks) -> list[Wish]:
    return [_talks_over(week, look, talks, name) for name in TALKED]


def _talks_over(week: Week, look: Outlook, talks: Talks, name: str) -> Wish:
    """They cost a fresh firm's patience, whatever went before: it has a reason to be spoken with."""
    firm = np.flatnonzero(talks.wanted & week.may[name])
    patience = look.terms.retention_patience_yuan * look.terms.wears[name]
    worth = net(REACHED[name], talks.prize[name][firm], COSTS[name], patience)
    wish = actions(firm, talks.kind, CHANNELS.index(name), concession=talks.less, hour=week.hour[firm])
    return wish, worth


def _loans(look: Outlook, years: float) -> np.ndarray:
    """Firms × loan products: what a loan brings over so many years."""
    lending, fails = look.lending, look.fails_yearly[:, None]
    return loan_prize(lending.amount, lending.margin, np.asarray(years), fails, lending.loss_share)


def _talked(week: Week, purpose: str, days: int) -> np.ndarray:
    """Firms that were reached for a purpose within so many days."""
    met = week.known["contacts"]
    reached = (met["purpose"] == purpose) & (met["outcome"] != "not_reached")
    return flagged(met, reached & since(met, "contact_date", week.now.day, days), len(week.managed))
