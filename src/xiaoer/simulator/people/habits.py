"""What the bank did before anybody advised it: the managers' habits, and campaigns drawn by lot to learn from."""

from dataclasses import dataclass

import numpy as np

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.draws import Array, Flags, Ints, choose
from xiaoer.simulator.lending import first_missed
from xiaoer.simulator.people.folk import skill_of
from xiaoer.simulator.people.setting import Setting, by
from xiaoer.simulator.people.terms import (
    CALL,
    CARE,
    CHANNELS,
    CHECK,
    COLLECTION,
    MESSAGE,
    NOBODY,
    OFFER,
    RENEWAL,
    VISIT,
    Actions,
    Life,
    actions,
    together,
)
from xiaoer.simulator.terms import table

RENEWAL_DAYS = 60
PURPOSES = np.array([OFFER, CARE, CHECK])


@dataclass(frozen=True)
class Campaign:
    """One past campaign: a product, a channel, and the chance by which each firm of its list was drawn."""

    number: int
    code: str
    product: int
    channel: int
    share: float
    week: int


def campaigns(setting: Setting) -> list[Campaign]:
    """The campaigns of the window, one every so many weeks, the products in turn."""
    page = table("campaigns")
    weeks = range(page["first_week"], setting.weeks, page["every_weeks"])
    rows = page["campaign"]
    return [_campaign(number, week, rows[number % len(rows)]) for number, week in enumerate(weeks)]


def _campaign(number: int, week: int, row: dict[str, Array]) -> Campaign:
    product, channel = product_ids().index(str(row["product"])), CHANNELS.index(str(row["channel"]))
    return Campaign(
        number, f"HD{number + 1:03d}-{row['product']}", product, channel, float(row["share"]), week
    )


def habit(setting: Setting, life: Life) -> Actions:
    """A week as the bank always did it: collections and renewals, the campaign's calls, then what managers like."""
    return together(
        [
            _collections(setting, life),
            _renewals(setting, life),
            drawn_by_lot(setting, life),
            _managers(setting, life),
        ]
    )


def _managers(setting: Setting, life: Life) -> Actions:
    """Each manager sees its firms several times a year; busy ones less, and larger firms are not favoured."""
    figures, rng = by("habits"), setting.draws("habits", life.week)
    count, folk = len(setting.firms), setting.folk
    load = np.bincount(folk.keeper.clip(0), weights=folk.keeper >= 0, minlength=len(folk.skill))
    ease = (figures["full_load"] / load.clip(1)).clip(0.4, 1.3)
    often = np.where(folk.keeper >= 0, figures["managed"] * ease[folk.keeper.clip(0)], figures["pooled"])
    draws = rng.random(count)
    firm = np.flatnonzero((draws < often) & setting.present(life.week, life.closed))
    kind = PURPOSES[choose(rng, [figures["offer"], figures["care"], figures["check"]], count)[firm]]
    channel = np.array([VISIT, CALL, MESSAGE])[choose(rng, [30, 52, 18], count)[firm]]
    channel = np.where((folk.keeper[firm] < 0) & (channel == VISIT), CALL, channel)
    product = np.where(kind == OFFER, _proposals(setting, life, firm), NOBODY)
    order = rng.random(count)[firm].argsort(kind="stable")
    return actions(firm, kind, channel, product).only(order)


def _proposals(setting: Setting, life: Life, firm: Ints) -> Ints:
    """Managers propose what is not held, with a nose for what may be taken; the skilled have the better one."""
    rng = setting.draws("proposals", life.week)
    noise = rng.gumbel(size=setting.folk.liking.shape)[firm]
    nose = by("habits")["nose"] + by("habits")["nose_skill"] * skill_of(setting.folk, life.week)[firm]
    wish = setting.folk.liking[firm] + by("take")["hot"] * life.hot[firm]
    liked = nose.clip(0, 1.2)[:, None] * wish + noise
    liked[life.held[firm]] = -1e9
    liked[:, 0] = -1e9
    return liked.argmax(axis=1)


def _renewals(setting: Setting, life: Life) -> Actions:
    """Many, not all, of the firms whose loan falls due within two months are spoken with."""
    ahead = (life.book.due - setting.day(life.week)).astype("timedelta64[D]").astype(float)
    due = ((life.book.amount > 0) & (ahead >= 0) & (ahead < RENEWAL_DAYS)).any(axis=1)
    due &= ~(setting.day(life.week) - life.renewal_talk <= np.timedelta64(RENEWAL_DAYS, "D"))
    return _some(setting, life, due, by("habits")["renewal"], RENEWAL)


def _collections(setting: Setting, life: Life) -> Actions:
    """Firms that do not pay are called, for half a year."""
    since = (setting.day(life.week) - first_missed(life.stops)).astype("timedelta64[D]").astype(float)
    late = (since >= 3) & (since < 180) & (life.book.amount > 0).any(axis=1)
    return _some(setting, life, late, by("habits")["collection"], COLLECTION)


def _some(setting: Setting, life: Life, who: Flags, share: float, kind: int) -> Actions:
    luck = setting.draws(f"some {kind}", life.week).random(len(setting.firms))
    firm = np.flatnonzero(who & (luck < share) & setting.present(life.week, life.closed))
    return actions(firm, kind, CALL)


def drawn_by_lot(setting: Setting, life: Life) -> Actions:
    """The week's campaign, if there is one: of all firms it fits, a share drawn by lot is approached.

    The whole list is logged with the arm of each firm, so that the firms left alone are known too.
    """
    for campaign in campaigns(setting):
        if campaign.week == life.week:
            return _carry_out(setting, life, campaign)
    return actions(np.zeros(0, dtype=np.int64), OFFER, CALL)


def _carry_out(setting: Setting, life: Life, campaign: Campaign) -> Actions:
    folk, rng = setting.folk, setting.draws("campaign", life.week)
    consent = folk.consent["consent_call" if campaign.channel == CALL else "consent_message"]
    fits = setting.present(life.week, life.closed) & ~life.held[:, campaign.product] & consent
    fits &= folk.consent["consent_marketing"] & (life.silent_until <= life.week)
    fits &= folk.hot_start[:, campaign.product] > by("habits")["least_fit"]
    chosen, lot = rng.random(len(setting.firms)), rng.random(len(setting.firms))
    most = _room(setting, campaign)
    listed = np.flatnonzero(fits & (chosen < most / max(int(fits.sum()), 1) / campaign.share))
    treated = lot[listed] < campaign.share
    life.log.add(
        "lists",
        firm=listed,
        campaign=np.full(len(listed), campaign.number),
        treated=treated,
        day=np.full(len(listed), setting.day(life.week)),
    )
    return actions(listed[treated], OFFER, campaign.channel, campaign.product, campaign=campaign.number)


def _room(setting: Setting, campaign: Campaign) -> float:
    """How many approaches the desk that runs campaigns can make in the week."""
    if campaign.channel == MESSAGE:
        return len(setting.firms) * by("habits")["message_share"]
    return float(setting.minutes[-1]) / 9 * by("habits")["desk_share"]
