"""One morning as the bank sees it: who may be approached how, what each firm is worth, when it is reached."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.policies.product.memory import Memory, Seen, Standing, flagged, of_firms
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
    known: Seen
    managed: np.ndarray
    desk: np.ndarray
    may: dict[str, np.ndarray]  # by channel; "offer" for marketing at all
    wearied: np.ndarray
    turnover: np.ndarray  # yuan of a usual month
    traits: np.ndarray  # size (log yuan a month by staff and industry), young
    young_here: np.ndarray  # in its first year with the bank; enterprise
    hour: np.ndarray


def week_of(living: LivingBank, known: Seen, memory: Memory, terms: Worth) -> Week:
    """Everything once, from what is seen."""
    now, firms, count = memory.note(living, known), known["customers"], len(living.setting.firms)
    turnover = usual_turnover(memory)
    consent = {
        name: of_firms(firms, f"consent_{name}", count) == 1 for name in ("marketing", "call", "message")
    }
    managed = flagged(firms, pl.col("staff_id").is_not_null(), count)
    silent = flagged(
        known["service_requests"],
        pl.col("requested_date") > living.day - timedelta(days=COMPLAINT_DAYS),
        count,
    )
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
            & _free(known, living.day, count),
        },
        wearied=_wearied(known, living.day, count, terms),
        turnover=turnover,
        traits=np.column_stack([size_of(firms, turnover), _young(firms, "founded_date", living.day, count)]),
        young_here=np.column_stack(
            [
                _young(firms, "opened_date", living.day, count, years=1),
                flagged(firms, pl.col("kind") == "enterprise", count),
            ]
        ),
        hour=good_hours(known["contacts"], count),
    )


def _free(known: Seen, day: date, count: int) -> np.ndarray:
    """Firms not offered something twice in three weeks, nor refusing twice in seven: the bank's own caps."""
    offers = known["contacts"].filter(pl.col("purpose") == "offer")
    lately = offers.filter(pl.col("contact_date") >= day - timedelta(days=CAP_DAYS))["i"].to_numpy()
    said_no = offers.filter(
        pl.col("outcome").is_in(["refused", "complained"]),
        pl.col("contact_date") >= day - timedelta(days=PAUSE_DAYS),
    )["i"].to_numpy()
    return (np.bincount(lately, minlength=count) < 2) & (np.bincount(said_no, minlength=count) < 2)


def usual_turnover(memory: Memory) -> np.ndarray:
    """Per firm the yuan a month that usually pass through its accounts, 0 where nothing is known."""
    table = np.stack([one.turnover for one in memory.months[-USUAL_MONTHS:]])
    table[:, np.isnan(table).all(axis=0)] = 0.0
    return np.asarray(np.nanmedian(table, axis=0))


def size_of(firms: pl.DataFrame, turnover: np.ndarray) -> np.ndarray:
    """Log of the sales a month that staff and industry lead to expect; the share settled here is not in it."""
    i = firms["i"].to_numpy()
    staff = np.log(firms["staff_count"].cast(pl.Float64).fill_null(1.0).to_numpy().clip(1))
    gap = np.log(turnover[i] + 1000) - staff
    _, industry = np.unique(firms["industry_code"].str.slice(0, 3).to_numpy(), return_inverse=True)
    total, many = np.bincount(industry, weights=gap), np.bincount(industry)
    mean = (total + SHARE_OF_MEAN * gap.mean()) / (many + SHARE_OF_MEAN)
    size = np.full(len(turnover), float(np.median(staff + mean[industry])))
    size[i] = staff + mean[industry]
    return size


def good_hours(contacts: pl.DataFrame, count: int) -> np.ndarray:
    """Per firm the hour it was oftenest reached around, all hours alike for those never called."""
    calls = contacts.filter(pl.col("channel") == "call")
    near = np.abs(calls["hour"].to_numpy()[:, None] - HOURS) <= NEARBY
    reached = (calls["outcome"] != "not_reached").to_numpy()[:, None]
    share = np.where(near, NEAR_REACHED, FAR_REACHED)
    evidence = np.zeros((count, len(HOURS)))
    np.add.at(evidence, calls["i"].to_numpy(), np.log(np.where(reached, share, 1 - share)))
    likely = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    around = likely.copy()
    around[:, 1:] += likely[:, :-1]
    around[:, :-1] += likely[:, 1:]
    return np.asarray(HOURS[around.argmax(axis=1)])


def _wearied(known: Seen, day: date, count: int, terms: Worth) -> np.ndarray:
    """Per firm what its approaches still weigh, complaints of the last year added."""
    contacts, told = known["contacts"], known["service_requests"]
    ago = (np.datetime64(day) - contacts["contact_date"].to_numpy()).astype("timedelta64[D]").astype(float)
    wears = np.array([terms.wears[name] for name in CHANNELS])
    channel = contacts["channel"].replace_strict(
        {name: at for at, name in enumerate(CHANNELS)}, return_dtype=pl.Int64
    )
    sums = np.zeros(count)
    np.add.at(sums, contacts["i"].to_numpy(), weariness(ago, wears[channel.to_numpy()], terms))
    angry = told.filter(pl.col("requested_date") > day - timedelta(days=YEAR))["i"].to_numpy()
    np.add.at(sums, angry, terms.complaint_wears)
    return sums


def _young(firms: pl.DataFrame, since: str, day: date, count: int, years: int = YOUNG_YEARS) -> np.ndarray:
    return flagged(firms, pl.col(since) > day - timedelta(days=YEAR * years), count).astype(float)


def _desks(living: LivingBank, firms: pl.DataFrame, count: int) -> np.ndarray:
    """Per firm whose minutes it takes: the place of its manager on the staff list, or the call desk at its end."""
    bank, last = living.setting.bank, len(living.setting.minutes) - 1
    staff = {
        name: at for names in (bank.predecessors, bank.managers) for at, name in enumerate(names) if name
    }
    desk = np.full(count, last)
    desk[firms["i"].to_numpy()] = [staff.get(name, last) for name in firms["staff_id"]]
    return desk
