"""One week of dealing with one another: what the bank does, what the firms make of it, what is left of it."""

from dataclasses import dataclass

import numpy as np

from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints
from xiaoer.simulator.people import borrowing, chances, parting
from xiaoer.simulator.people.gate import admit
from xiaoer.simulator.people.income import earn
from xiaoer.simulator.people.setting import WEEK, Setting, by, loans
from xiaoer.simulator.people.terms import (
    COLLECTION,
    CONTRARY,
    MESSAGE,
    OFFER,
    RENEWAL,
    Actions,
    Life,
)

TALKS = np.array(["refused", "interested", "follow_up", "reached"], dtype=object)
REFUSING = (0.34, 0.54, 0.70)
REST_WEEKS, NEGLECT_WEEKS = 6, 26
TAKEN_AFTER = 3
IMPATIENT = -1.3


@dataclass(frozen=True)
class Met:
    """The week's approaches that were carried out: when, whether anybody was reached, what came of it."""

    todo: Actions
    day: Days
    reached: Flags
    outcome: Array
    accepted: Flags


def step(setting: Setting, life: Life, wish: Actions) -> dict[str, int]:
    """Let a week pass under the actions wished for; `life` moves on. Gives how many actions each rule stopped.

    The random numbers of a week hang on firm, purpose and week alone, so that two policies meet the same luck.
    """
    _needs(setting, life)
    todo, stopped = admit(setting, life, wish)
    met = _meet(setting, life, todo)
    complained = _complaints(setting, life, met)
    _remember(setting, life, met, complained)
    _come_by_themselves(setting, life, met)
    borrowing.fall_due(setting, life)
    borrowing.pay_early(setting, life)
    parting.part(setting, life, met.todo.only(met.reached))
    earn(setting, life, met.todo, met.todo.only(met.reached), complained)
    life.week += 1
    return stopped


def _needs(setting: Setting, life: Life) -> None:
    rng = setting.draws("needs", life.week)
    shape = life.hot.shape
    ends = rng.random(shape, dtype=np.float32) < by("hot")["ends"]
    starts = rng.random(shape, dtype=np.float32) < chances.need_arising(setting, life.week)
    life.hot = np.where(life.hot, ~ends, starts)


def _meet(setting: Setting, life: Life, todo: Actions) -> Met:
    """Carry the approaches out; every offer is logged with both of its possible outcomes."""
    count = len(setting.firms)
    rng = setting.draws("meetings", life.week)
    luck, talk, offset = rng.random(count), rng.random(count), rng.integers(0, WEEK, count)
    hour = np.where(todo.hour < 0, 9 + rng.integers(0, 9, count)[todo.firm], todo.hour)
    timed = Actions(**(vars(todo) | {"hour": hour}))
    day = _days(setting, life.week, offset[todo.firm])
    reached = luck[todo.firm] < chances.reaching(setting, life, timed)
    accepted, refused = _offers(setting, life, timed, reached, talk[todo.firm])
    _take(setting, life, timed.only(accepted), day[accepted], asked=True)
    words = TALKS[np.searchsorted(REFUSING, talk[todo.firm])]
    spoken = np.where(todo.kind == OFFER, words, "reached")
    spoken = np.where((todo.kind == COLLECTION) & (talk[todo.firm] < 0.5), "promised", spoken)
    outcome = np.where(accepted, "accepted", np.where(refused, "refused", spoken))
    outcome = np.where(reached, outcome, "not_reached").astype(object)
    return Met(timed, day, reached, outcome, accepted)


def _days(setting: Setting, week: int, offset: Ints) -> Days:
    """Days of the week other than Sundays, not beyond the last day."""
    day = setting.day(week) + offset.astype("timedelta64[D]")
    sunday = (day.astype("datetime64[D]").astype(int) + 3) % 7 == 6  # 1970-01-01 was a Thursday
    day = np.where(
        sunday, np.where(offset > 0, day - np.timedelta64(1, "D"), day + np.timedelta64(1, "D")), day
    )
    return np.minimum(day, np.datetime64(setting.plan.end))


def _offers(setting: Setting, life: Life, todo: Actions, reached: Flags, talk: Floats) -> tuple[Flags, Flags]:
    """Who accepts, and who is annoyed enough to refuse."""
    offer = (todo.kind == OFFER) & (todo.product >= 0)
    asked = chances.taking_if_asked(setting, life, todo)
    alone = chances.taking_unasked(setting, life)[todo.firm, todo.product.clip(0)]
    luck = taking_luck(setting, life.week)[todo.firm, todo.product.clip(0)]
    accepted = offer & reached & (luck < asked)
    life.log.add(
        "offers",
        week=np.full(int(offer.sum()), life.week),
        firm=todo.firm[offer],
        product=todo.product[offer],
        channel=todo.channel[offer],
        campaign=todo.campaign[offer],
        reached=reached[offer],
        chance_if_asked=asked[offer],
        chance_if_left=alone[offer],
        luck=luck[offer].astype(float),
        takes_if_asked=(luck < asked)[offer],
        takes_if_left=(luck < alone)[offer],
        took=np.where(reached, luck < asked, luck < alone)[offer],
    )
    product = todo.product.clip(0)
    contrary = offer & reached & ~accepted & (setting.folk.nature[todo.firm, product] == CONTRARY)
    return accepted, contrary & (talk < 0.9)


def taking_luck(setting: Setting, week: int) -> Floats:
    """Firms × products: one number a week decides over a taking, asked or unasked."""
    shape = setting.folk.liking.shape
    return setting.draws("takings", week).random(shape, dtype=np.float32)


def _take(setting: Setting, life: Life, todo: Actions, day: Days, *, asked: bool) -> None:
    """Products go on the shelf days after the firm said yes; a loan is applied for first."""
    loan = loans()[todo.product]
    plain, held = todo.only(~loan), day[~loan] + np.timedelta64(TAKEN_AFTER, "D")
    life.since[plain.firm, plain.product] = held
    life.log.add(
        "takings", firm=plain.firm, product=plain.product, day=held, asked=np.full(len(plain), asked)
    )
    want = todo.only(loan)
    borrowing.apply(setting, life, want.firm, want.product, want.concession, day[loan])


def _come_by_themselves(setting: Setting, life: Life, met: Met) -> None:
    """Firms take what they need unasked, unless it was spoken of with them this week."""
    chance = chances.taking_unasked(setting, life)
    spoken = met.reached & (met.todo.kind == OFFER)
    chance[met.todo.firm[spoken], met.todo.product[spoken].clip(0)] = 0.0
    firm, product = np.nonzero(taking_luck(setting, life.week) < chance)
    none = np.zeros(len(firm), dtype=np.int64)
    day = np.full(len(firm), setting.day(life.week) + np.timedelta64(2, "D"))
    _take(setting, life, Actions(firm, none, none, product, none, none - 1, none - 1), day, asked=False)


def _complaints(setting: Setting, life: Life, met: Met) -> Ints:
    """Firms that complain this week: the bank blundered, or it asked too often."""
    rng = setting.draws("complaints", life.week)
    count = len(setting.firms)
    luck, blunder, tells, topic = rng.random(count), rng.random(count), rng.random(count), rng.random(count)
    here = setting.present(life.week, life.closed)
    approached = np.zeros(count)
    approached[met.todo.firm] = 1.0
    plain = (luck < chances.complaining(setting, life, np.zeros(count))) & here
    asked = (luck < chances.complaining(setting, life, approached)) & here & ~plain
    failed = (blunder < by("complaint")["failure"]) & here
    told = failed & (tells < by("complaint")["failure_told"])
    life.lately += np.where(failed, by("mood")["failure"], 0.0)
    who = np.flatnonzero(plain | asked | told)
    life.silent_until[who] = life.week + int(by("complaint")["stops_weeks"])
    life.lately[who] += by("mood")["complaint_handled"]
    life.log.add(
        "complaints",
        firm=who,
        day=_told_on(setting, life.week, met)[who],
        asked_too_often=asked[who],
        topic=topic[who],
    )
    return who


def _told_on(setting: Setting, week: int, met: Met) -> Days:
    """Per firm the day it would complain: the day after the week's approach, else the second of the week."""
    day = np.full(len(setting.firms), setting.day(week) + np.timedelta64(1, "D"))
    day[met.todo.firm] = met.day + np.timedelta64(1, "D")
    return np.minimum(day, np.datetime64(setting.plan.end))


def _remember(setting: Setting, life: Life, met: Met, complained: Ints) -> None:
    """What the week leaves behind in mood and tiredness, and who was last talked with when."""
    figures, todo, week = by("mood"), met.todo, life.week
    _log_contacts(setting, life, met, complained)
    effect = _effect(setting, life, met)
    life.lately[todo.firm] += effect
    neglected = (week - life.talked > NEGLECT_WEEKS) & (setting.folk.keeper >= 0)
    life.lately += np.where(neglected, figures["neglect"], 0.0)
    mine = setting.folk.keeper >= 0
    handed = mine & (setting.folk.handed[setting.folk.keeper.clip(0)] == week)
    life.lately[handed] += figures["handed_over"]
    life.lately *= figures["recovery"]
    life.tired *= by("tiredness")["left"]
    weigh = by("tiredness")
    life.tired[todo.firm] += np.array([weigh["visit"], weigh["call"], weigh["message"]])[todo.channel]
    talk = met.reached & (todo.channel != MESSAGE)
    life.talked[todo.firm[talk]] = week
    spoke = met.reached & (todo.kind == RENEWAL)
    life.renewal_talk[todo.firm[spoke]] = met.day[spoke]
    life.renewal_less[todo.firm[spoke]] = todo.concession[spoke]
    _push(life.marketed, todo.firm[todo.kind == OFFER], week)
    _push(life.refused, todo.firm[met.outcome == "refused"], week)
    put_off = met.reached & (todo.kind == OFFER) & ~met.accepted
    put_off &= setting.folk.nature[todo.firm, todo.product.clip(0)] == CONTRARY
    life.put_off[todo.firm[put_off]] = week + int(by("take")["put_off_weeks"])


def _push(last_two: Ints, firm: Ints, week: int) -> None:
    last_two[firm, 0] = last_two[firm, 1]
    last_two[firm, 1] = week


def _effect(setting: Setting, life: Life, met: Met) -> Floats:
    """Per approach what it does to the firm's mood."""
    figures, todo = by("mood"), met.todo
    firm = todo.firm
    care = np.array([figures["care_visit"], figures["care_call"], figures["care_message"]])[todo.channel]
    rested = (life.week - life.talked[firm] >= REST_WEEKS) & (setting.folk.patience[firm] > IMPATIENT)
    gentle = ~np.isin(todo.kind, [OFFER, COLLECTION])
    kind = np.where(rested, care, np.where(todo.channel == MESSAGE, 0.0, figures["pestered"]))
    contrary = setting.folk.nature[firm, todo.product.clip(0)] == CONTRARY
    refused = np.where(contrary, figures["unwelcome"], figures["refused"])
    sold = np.select(
        [met.outcome == "accepted", met.outcome == "refused"], [figures["accepted"], refused], 0.0
    )
    return np.where(met.reached, np.where(gentle, kind, np.where(todo.kind == OFFER, sold, 0.0)), 0.0)


def _log_contacts(setting: Setting, life: Life, met: Met, complained: Ints) -> None:
    angry = np.zeros(len(setting.firms), dtype=bool)
    angry[complained] = True
    outcome = np.where(angry[met.todo.firm] & met.reached & ~met.accepted, "complained", met.outcome).astype(
        object
    )
    life.log.add(
        "contacts",
        **vars(met.todo),
        day=met.day,
        outcome=outcome,
        mood=chances.mood(setting, life)[met.todo.firm],
        week=np.full(len(met.todo), life.week),
    )
