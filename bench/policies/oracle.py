"""The policy of somebody who knows every trait, chance and fate, though not how the dice fall.

Each week it weighs every approach it could make by what it changes in expected profit, less what it costs in
money, patience and minutes; the minutes of each manager have a price that makes the week fit.
"""

from dataclasses import dataclass

import numpy as np

from bench.policies.choosing import Desks, chosen
from xiaoer.simulator.people import chances
from xiaoer.simulator.people.borrowing import LOSSES, interest, owed
from xiaoer.simulator.people.gate import standing_stops
from xiaoer.simulator.people.income import cost_of, given_away, running, staying
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.setting import Setting, by, loan_columns
from xiaoer.simulator.people.terms import (
    CALL,
    CARE,
    CONTRARY,
    MESSAGE,
    MINUTES,
    OFFER,
    RENEWAL,
    RESCUE,
    RETENTION,
    VISIT,
    Actions,
    Life,
    actions,
    together,
)

CARRIED_YEARS = 0.85  # what is counted beyond the end: a further year, times the chance to stay
LASTING_WEEKS = 1 / (1 - 0.97)
REST_WEEKS = 6
CONCESSION = 30


@dataclass
class Oracle:
    """Weighs by true chances; `ends` is the week in which the year is over."""

    ends: int

    def __call__(self, living: LivingBank) -> Actions:
        setting, life = living.setting, living.life
        wish, value = self._candidates(setting, life)
        order = np.argsort(-value, kind="stable")
        wish, value = wish.only(order), value[order]
        keep = value > 0
        return fitted(setting, life, wish.only(keep), value[keep])

    def years(self, life: Life) -> float:
        """Years that count from now on."""
        return max(self.ends - life.week, 0) / 52 + CARRIED_YEARS

    def worth(self, setting: Setting, life: Life) -> np.ndarray:
        """Per firm the yuan that are lost if it leaves now."""
        year = 52 * (running(setting, life) / staying(life).clip(0.1) + interest(setting, life))
        return year.clip(0) * self.years(life)

    def _candidates(self, setting: Setting, life: Life) -> tuple[Actions, np.ndarray]:
        parts = [
            *(self._offers(setting, life, channel) for channel in (VISIT, CALL, MESSAGE)),
            *(self._care(setting, life, channel) for channel in (VISIT, CALL)),
            self._retention(setting, life, VISIT),
            self._retention(setting, life, CALL),
            self._rescues(setting, life),
            self._renewals(setting, life),
        ]
        wish = together([part[0] for part in parts])
        value = np.concatenate([part[1] for part in parts])
        return wish, value - cost_of(wish) - self._harm(setting, life, wish)

    def _offers(self, setting: Setting, life: Life, channel: int) -> tuple[Actions, np.ndarray]:
        """The best product for each firm over this channel: what asking adds to what would come anyhow."""
        count, products = life.held.shape
        firm, product = np.repeat(np.arange(count), products), np.tile(np.arange(products), count)
        free = ~life.held[firm, product] & (product > 0)
        firm, product = firm[free], product[free]
        todo = actions(firm, OFFER, channel, product, hour=setting.folk.hour[firm])
        asked = chances.taking_if_asked(setting, life, todo)
        alone, after = self._alone(setting, life, firm, product)
        gain = asked * (1 - alone) - (1 - asked) * (alone - after)
        mood = np.where(
            setting.folk.nature[firm, product] == CONTRARY, by("mood")["unwelcome"], by("mood")["refused"]
        )
        hurt = (1 - asked) * mood * 0.4 + asked * by("mood")["accepted"]
        value = chances.reaching(setting, life, todo) * (
            gain * self._product_value(setting, life)[firm, product]
            + self._mood_value(setting, life)[firm] * hurt
        )
        best = np.full(count, -np.inf)
        np.maximum.at(best, firm, value)
        top = np.flatnonzero((value >= best[firm]) & (value > 0))
        top = top[np.unique(firm[top], return_index=True)[1]]
        return todo.only(top), value[top]

    def _alone(
        self, setting: Setting, life: Life, firm: np.ndarray, product: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The chance that it is taken by the year's end without asking, and after a refusal."""
        weekly = chances.taking_unasked(setting, life)[firm, product]
        ends, rest = by("hot")["ends"], max(self.ends - life.week, 0)
        hot = life.hot[firm, product]
        lasting = np.where(hot, (1 - (1 - ends) ** rest) / ends, rest)
        starter = setting.folk.nature[firm, product] % 2 == 1
        later = np.where(starter, setting.folk.hot_start[firm, product] * rest * 0.2, 0.0)
        alone = 1 - (1 - weekly) ** lasting * (1 - later.clip(0, 0.9))
        contrary = setting.folk.nature[firm, product] == CONTRARY
        return alone, np.where(contrary, alone * 0.35, alone)

    def _product_value(self, setting: Setting, life: Life) -> np.ndarray:
        """Firms × products: the yuan a product brings until the year's end and a little beyond."""
        busy = setting.level(life.week).clip(0, 3) ** 0.7
        plain = setting.folk.worth * (0.4 + 0.6 * busy)[:, None] * self.years(life)
        loyal = self._stay_value(setting, life) * -by("leaving")["product"]
        value = plain + loyal[:, None]
        value[:, loan_columns()] = self._loan_value(setting, life)
        dies = life.dies <= setting.day(life.week) + np.timedelta64(200, "D")
        value[dies | (life.going >= 0)] *= 0.2
        return value

    def _loan_value(self, setting: Setting, life: Life) -> np.ndarray:
        """Firms × loan products: margin while it runs, less the loss should the firm stop paying meanwhile."""
        share = 0.14 * np.array([0.6, 1.6, 1.0, 0.7]) * np.exp(0.125)
        yuan = (setting.sales[:, None] * 12 * share).clip(50_000, 10_000_000)
        spread = (95 + 28 * setting.folk.weakness[:, None] + np.array([60, -25, 30, 45])).clip(
            0, 400
        ) / 10_000
        rate = chances.market_rate(setting, life.week) - by("market")["spread"] + spread
        years = np.minimum(self.years(life), np.array([1.0, 2.2, 1.0, 1.0]) + 0.4)
        gain = yuan * (rate - by("income")["money"]) * years
        figures = by("approval")
        granted = chances.chance(figures["plain"] + figures["weakness"] * setting.folk.weakness)
        ahead = (life.stops - setting.day(life.week)).astype("timedelta64[D]").astype(float)
        fails = (ahead >= 0) & (ahead < 7 * max(self.ends - life.week, 1))
        loss = np.array([by("income")[name] for name in LOSSES])
        return granted[:, None] * np.where(fails[:, None], -yuan * loss, gain)

    def _stay_value(self, setting: Setting, life: Life) -> np.ndarray:
        """Per firm the yuan for one less in the log-chance of leaving, from now until the year's end."""
        weeks = max(self.ends - life.week, 1)
        return chances.leaving(setting, life) * weeks * self.worth(setting, life) * 0.5

    def _mood_value(self, setting: Setting, life: Life) -> np.ndarray:
        """Per firm the yuan for one point of mood that wears off."""
        weeks = min(LASTING_WEEKS, max(self.ends - life.week, 1))
        fewer = chances.leaving(setting, life) * -by("leaving")["mood"] * weeks * self.worth(setting, life)
        return fewer + by("complaint")["plain"] * weeks * by("income")["complaint"]

    def _care(self, setting: Setting, life: Life, channel: int) -> tuple[Actions, np.ndarray]:
        firm = np.flatnonzero((life.week - life.talked >= REST_WEEKS) & (setting.folk.patience > -1.3))
        todo = actions(firm, CARE, channel, hour=setting.folk.hour[firm])
        lift = by("mood")["care_visit" if channel == VISIT else "care_call"]
        neglected = (setting.folk.keeper[firm] >= 0) * -by("mood")["neglect"] * 10
        value = (
            chances.reaching(setting, life, todo) * self._mood_value(setting, life)[firm] * (lift + neglected)
        )
        return todo, value

    def _retention(self, setting: Setting, life: Life, channel: int) -> tuple[Actions, np.ndarray]:
        firm = np.flatnonzero((life.going >= 0) & np.isnat(life.closed))
        todo = actions(firm, RETENTION, channel, concession=CONCESSION, hour=setting.folk.hour[firm])
        back = chances.bringing_back(setting, life, todo)
        value = back * self.worth(setting, life)[firm] - given_away(setting, life, todo)
        return todo, chances.reaching(setting, life, todo) * value

    def _rescues(self, setting: Setting, life: Life) -> tuple[Actions, np.ndarray]:
        """Relief where a willing firm is about to stop paying and enough is at stake."""
        until = (life.stops - setting.day(life.week)).astype("timedelta64[D]").astype(float)
        figures = by("rescue")
        timely = (until >= -figures["to_days"] + 7) & (until <= -figures["from_days"]) & ~life.lost
        firm = np.flatnonzero(timely & (life.book.amount > 0).any(axis=1))
        todo = actions(firm, RESCUE, VISIT, hour=setting.folk.hour[firm])
        todo = Actions(**(vars(todo) | {"channel": np.where(setting.folk.keeper[firm] < 0, CALL, VISIT)}))
        share = np.array([by("income")[name] for name in LOSSES])
        left = owed(life, setting.day(life.week))[firm]
        stake = (left * share).sum(axis=1)
        given = by("income")["relief"] * left.sum(axis=1)
        helps = chances.relief_helps(setting, firm)
        # Whether it helps is decided once; who was talked to about relief before is not asked again.
        tried = np.zeros(len(setting.firms), dtype=bool)
        met = life.log.joined("contacts")
        if met:
            done = (met["kind"] == RESCUE) & (met["outcome"] != "not_reached")
            tried[met["firm"][done]] = True
        value = np.where(tried[firm], -1.0, chances.reaching(setting, life, todo) * (helps * stake - given))
        return todo, value

    def _renewals(self, setting: Setting, life: Life) -> tuple[Actions, np.ndarray]:
        """A talk some weeks before a loan falls due makes its renewal likelier."""
        ahead = (life.book.due - setting.day(life.week)).astype("timedelta64[D]").astype(float)
        fails = life.stops[:, None] <= life.book.due + np.timedelta64(200, "D")
        due = (life.book.amount > 0) & (ahead >= 14) & (ahead <= by("renewal")["spoken_days"] - 7) & ~fails
        spoken = life.renewal_talk >= setting.day(life.week) - np.timedelta64(75, "D")
        firm, place = np.nonzero(due & ~spoken[:, None])
        before, after = (
            chances.renewing(setting, life, firm, place, np.full(len(firm), said)) for said in (0.0, 1.0)
        )
        margin = life.book.amount[firm, place] * (life.book.rate[firm, place] - by("income")["money"])
        todo = actions(firm, RENEWAL, CALL, hour=setting.folk.hour[firm])
        return todo, chances.reaching(setting, life, todo) * (after - before) * margin * min(
            self.years(life), 1.0
        )

    def _harm(self, setting: Setting, life: Life, wish: Actions) -> np.ndarray:
        """What the tiredness of one more approach costs: complaints and leaving over the next weeks."""
        weigh = by("tiredness")
        more = np.array([weigh["visit"], weigh["call"], weigh["message"]])[wish.channel]
        bears = (weigh["bearable"] + weigh["bearable_patience"] * setting.folk.patience).clip(0.2)[wish.firm]
        over = (life.tired[wish.firm] * weigh["left"] + more - bears).clip(0, 4)
        leave = chances.leaving(setting, life)[wish.firm] * (np.exp(by("leaving")["tired"] * over) - 1) * 3
        anger = by("complaint")["asked"] * np.exp(
            by("complaint")["mood"] * chances.mood(setting, life)[wish.firm]
            + by("complaint")["tired"] * chances.worn(setting, life)[wish.firm]
        )
        return leave * self.worth(setting, life)[wish.firm] + anger * by("income")["complaint"]


def fitted(setting: Setting, life: Life, wish: Actions, value: np.ndarray) -> Actions:
    """The wishes to make, within every desk's minutes."""
    keeper = setting.folk.keeper[wish.firm]
    desk = np.where(keeper < 0, len(setting.minutes) - 1, keeper)
    desks = Desks(desk, MINUTES[wish.channel], setting.minutes)
    return wish.only(chosen(wish.firm, value, desks, _allowed(setting, life, wish)))


def _allowed(setting: Setting, life: Life, wish: Actions) -> np.ndarray:
    """Which wishes no standing rule forbids: consents, caps, stops."""
    stopped = np.zeros(len(wish), dtype=bool)
    for _, hit in standing_stops(setting, life, wish):
        stopped |= hit
    return ~stopped
