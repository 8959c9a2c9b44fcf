"""One morning as the bank sees it: who may be approached how, what each firm is worth, when it is reached."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from bench.policies.product.memory import Memory, Standing
from bench.policies.product.told import Table, Told, flagged, of_firms, only, since
from xiaoer.offers.worth import Worth, weariness
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import CHANNELS

YEAR, YOUNG_YEARS = 365, 3
CAP_DAYS, PAUSE_DAYS = 21, 49
COMPLAINT_DAYS = 57  # marketing rests so long after one
HOURS = np.arange(9, 18)
NEARBY, NEAR_REACHED, FAR_REACHED = 1, 0.86, 0.68
USUAL_MONTHS = 6
SHARE_OF_MEAN = 5  # firms an industry's own mean must outweigh


@dataclass(frozen=True)
class Week:
    """What the policy looks at; arrays over all firms."""

    day: date
    now: Standing
    known: Told
    managed: np.ndarray
    desk: np.ndarray
    may: dict[str, np.ndarray]  # by channel; "offer" for marketing at all
    wearied: np.ndarray
    turnover: np.ndarray  # yuan of a usual month
    traits: np.ndarray  # size (log yuan a month by staff and industry), young
    young_here: np.ndarray  # in its first year with the bank; enterprise
    hour: np.ndarray


def week_of(living: LivingBank, known: Told, memory: Memory, terms: Worth) -> Week:
    """Everything once, from what is seen."""
    now, firms, count = memory.note(living, known), known["customers"], len(living.setting.firms)
    turnover = usual_turnover(memory)
    consent = {
        name: of_firms(firms, f"consent_{name}", count) == 1 for name in ("marketing", "call", "message")
    }
    managed = flagged(firms, firms["staff_id"] != None, count)  # noqa: E711 - compared one by one
    angry = known["service_requests"]
    silent = flagged(angry, since(angry, "requested_date", now.day, COMPLAINT_DAYS), count)
    young = _young(firms, "founded_date", now.day, count)
    return Week(
        day=living.day,
        now=now,
        known=known,
        managed=managed,
        desk=_desks(living, firms, count),
        may={
            "visit": now.here & managed,
            "call": now.here & consent["call"],
            "message": now.here & consent["message"],
            "offer": now.here
            & consent["marketing"]
            & ~silent
            & (now.late == 0)
            & _free(known, now.day, count),
        },
        wearied=_wearied(known, now.day, count, terms),
        turnover=turnover,
        traits=np.column_stack([size_of(firms, turnover), young]),
        young_here=np.column_stack(
            [
                _young(firms, "opened_date", now.day, count, years=1),
                flagged(firms, firms["kind"] == "enterprise", count),
            ]
        ),
        hour=good_hours(known["contacts"], count),
    )


def _free(known: Told, day: np.datetime64, count: int) -> np.ndarray:
    """Firms not offered something twice in three weeks, nor refusing twice in seven: the bank's own caps."""
    offers = only(known["contacts"], known["contacts"]["purpose"] == "offer")
    lately = offers["i"][since(offers, "contact_date", day, CAP_DAYS + 1)]
    refusing = (offers["outcome"] == "refused") | (offers["outcome"] == "complained")
    said_no = offers["i"][refusing & since(offers, "contact_date", day, PAUSE_DAYS + 1)]
    return (np.bincount(lately, minlength=count) < 2) & (np.bincount(said_no, minlength=count) < 2)


def usual_turnover(memory: Memory) -> np.ndarray:
    """Per firm the yuan a month that usually pass through its accounts, 0 where nothing is known."""
    table = np.stack([one.turnover for one in memory.months[-USUAL_MONTHS:]])
    table[:, np.isnan(table).all(axis=0)] = 0.0
    return np.asarray(np.nanmedian(table, axis=0))


def size_of(firms: Table, turnover: np.ndarray) -> np.ndarray:
    """Log of the sales a month that staff and industry lead to expect; the share settled here is not in it."""
    i = firms["i"]
    staff = np.log(np.nan_to_num(firms["staff_count"].astype(float), nan=1.0).clip(1))
    gap = np.log(turnover[i] + 1000) - staff
    letters = np.array([code[:3] for code in firms["industry_code"]])
    _, industry = np.unique(letters, return_inverse=True)
    total, many = np.bincount(industry, weights=gap), np.bincount(industry)
    mean = (total + SHARE_OF_MEAN * gap.mean()) / (many + SHARE_OF_MEAN)
    size = np.full(len(turnover), float(np.median(staff + mean[industry])))
    size[i] = staff + mean[industry]
    return size


def good_hours(contacts: Table, count: int) -> np.ndarray:
    """Per firm the hour it was oftenest reached around, all hours alike for those never called."""
    calls = only(contacts, contacts["channel"] == "call")
    near = np.abs(calls["hour"][:, None] - HOURS) <= NEARBY
    reached = (calls["outcome"] != "not_reached")[:, None]
    share = np.where(near, NEAR_REACHED, FAR_REACHED)
    evidence = np.zeros((count, len(HOURS)))
    np.add.at(evidence, calls["i"], np.log(np.where(reached, share, 1 - share)))
    likely = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    around = likely.copy()
    around[:, 1:] += likely[:, :-1]
    around[:, :-1] += likely[:, 1:]
    return np.asarray(HOURS[around.argmax(axis=1)])


def _wearied(known: Told, day: np.datetime64, count: int, terms: Worth) -> np.ndarray:
    """Per firm what its approaches still weigh, complaints of the last year added."""
    contacts, told = known["contacts"], known["service_requests"]
    ago = (day - contacts["contact_date"]).astype("timedelta64[D]").astype(float)
    wears = np.select(
        [contacts["channel"] == name for name in CHANNELS], [terms.wears[name] for name in CHANNELS]
    )
    sums = np.bincount(contacts["i"], weariness(ago, wears, terms), minlength=count)
    angry = told["i"][since(told, "requested_date", day, YEAR)]
    return sums + terms.complaint_wears * np.bincount(angry, minlength=count)


def _young(firms: Table, column: str, day: np.datetime64, count: int, years: int = YOUNG_YEARS) -> np.ndarray:
    return flagged(firms, since(firms, column, day, YEAR * years), count).astype(float)


def _desks(living: LivingBank, firms: Table, count: int) -> np.ndarray:
    """Per firm whose minutes it takes: the place of its manager on the staff list, or the call desk at its end."""
    bank, last = living.setting.bank, len(living.setting.minutes) - 1
    staff = {
        name: at for names in (bank.predecessors, bank.managers) for at, name in enumerate(names) if name
    }
    desk = np.full(count, last)
    desk[firms["i"]] = [staff.get(name, last) for name in firms["staff_id"]]
    return desk
