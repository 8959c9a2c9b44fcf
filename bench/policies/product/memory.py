"""What the bank remembers: every fourth week how its firms stood, from what could be seen then."""

from dataclasses import dataclass, field

import numpy as np

from bench.policies.product.told import Table, Told, of_firms, places, told_of
from xiaoer.simulator.catalogue import loan_places, product_ids
from xiaoer.simulator.people.living import LivingBank

EVERY_WEEKS = 4
NO_DAY = np.datetime64("NaT", "D")
PRODUCTS = {code: place for place, code in enumerate(product_ids())}
LOANS = loan_places()


@dataclass(frozen=True)
class Standing:
    """How all firms stood on a day: yuan, NaN for who was no customer; loans are firms × loan products."""

    week: int
    day: np.datetime64
    turnover: np.ndarray
    deposits: np.ndarray
    growth: np.ndarray
    owed: np.ndarray
    rate: np.ndarray
    due: np.ndarray
    drawn: np.ndarray
    late: np.ndarray
    held: np.ndarray

    @property
    def here(self) -> np.ndarray:
        return ~np.isnan(self.turnover)

    @property
    def owing(self) -> np.ndarray:
        return self.owed.sum(axis=1) > 0


def standing(living: LivingBank, known: Told) -> Standing:
    """The registers as arrays over all firms."""
    count = len(living.setting.firms)
    notes, at = known["notes"], _loan_cells(known["notes"])
    late = np.zeros(count)
    np.maximum.at(late, notes["i"], notes["days_past_due"].astype(float))
    held = np.zeros((count, len(PRODUCTS)), dtype=bool)
    held[known["holdings"]["i"], places(known["holdings"])] = True
    loans = (count, len(LOANS))
    return Standing(
        living.life.week,
        np.datetime64(living.day),
        *(of_firms(known["customers"], name, count) for name in ("turnover", "deposits", "growth")),
        owed=_cells(np.zeros(loans), at, notes["balance"]),
        rate=_cells(np.full(loans, np.nan), at, notes["rate"]),
        due=_cells(np.full(loans, NO_DAY), at, notes["due_date"]),
        drawn=_cells(np.full(loans, NO_DAY), at, notes["drawn_date"]),
        late=late,
        held=held,
    )


def _loan_cells(notes: Table) -> tuple[np.ndarray, np.ndarray]:
    return notes["i"], np.searchsorted(LOANS, places(notes))


def _cells(table: np.ndarray, at: tuple[np.ndarray, np.ndarray], values: np.ndarray) -> np.ndarray:
    table[at] = values.astype(table.dtype)
    return table


@dataclass
class Memory:
    """Standings of every fourth week, the oldest first, and the last two weeks besides."""

    months: list[Standing] = field(default_factory=list)
    before: Standing | None = None
    now: Standing | None = None

    def watch(self, living: LivingBank) -> None:
        """Remember the week that begins, where it is a fourth one: for the years before anybody advised the bank."""
        if not self.months or living.life.week >= self.months[-1].week + EVERY_WEEKS:
            self.months.append(standing(living, told_of(living)))

    def note(self, living: LivingBank, known: Told) -> Standing:
        """The week that begins, remembered."""
        self.before, self.now = self.now, standing(living, known)
        if not self.months or self.now.week >= self.months[-1].week + EVERY_WEEKS:
            self.months.append(self.now)
        return self.now

    def copy(self) -> "Memory":
        return Memory(list(self.months), self.before, self.now)

    def recent(self, at: int, least: int, most: int) -> list[Standing]:
        """The standings `least` to `most` months before month number `at`."""
        return self.months[max(0, at - most) : max(0, at - least) + 1]
