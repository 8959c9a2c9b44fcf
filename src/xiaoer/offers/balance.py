"""Who has more than they can do, and which firms could go to whom; in words: docs/rules/rebalancing.md."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xiaoer.kit.parameters import in_force
from xiaoer.kit.scope import POOL
from xiaoer.kit.text import Reason, reason

OFFERED_BEYOND = 12  # firms shown beside the proposal, for whoever wants to move others
FAMILIAR = 1  # firms in the same place, or of the same sector, from which somebody knows their way


@dataclass(frozen=True, slots=True)
class Limits:
    """The parameters of a day."""

    most_firms: int
    most_weeks: float
    kept_tiers: frozenset[str]
    pooled_tiers: frozenset[str]

    @classmethod
    def in_force(cls, on: date) -> "Limits":
        held = in_force("offers", "room", on)
        kept, pooled = frozenset(held["kept_tiers"]), frozenset(held["pooled_tiers"])
        return cls(held["most_firms"], held["most_weeks"], kept, pooled)


@dataclass(frozen=True, slots=True)
class Book:
    """What a manager, or a branch's pooled desk, looks after.

    `waiting`: minutes of what is on the list or found no hour; `week`: minutes there are in a week; `price`: fen an
    hour would bring. `places` and `sectors`: how many of the firms are where, and of which sector.
    """

    manager_id: str
    firms: int
    waiting: int
    week: int
    price: int
    places: Mapping[str, int] = field(default_factory=dict)
    sectors: Mapping[str, int] = field(default_factory=dict)

    @property
    def weeks(self) -> float:
        """How long the waiting work takes; a desk without hours never gets through it."""
        return self.waiting / self.week if self.week else float(self.waiting > 0)

    @property
    def pooled(self) -> bool:
        return self.manager_id.startswith(POOL)


@dataclass(frozen=True, slots=True)
class Held:
    """A firm: `minutes` it asks for this week, `waits`: it found no hour, `promised`: somebody gave it their word."""

    customer_id: str
    manager_id: str
    tier: str
    place: str = ""
    sector: str = ""
    minutes: int = 0
    waits: bool = False
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A firm that could go to somebody: why, and what the hours moved bring more there (fen).

    `proposed`: part of the proposal, not only offered beside it.
    """

    firm: Held
    to_id: str
    because: tuple[Reason, ...]
    gain: int
    proposed: bool = True


def over(book: Book, limits: Limits) -> list[Reason]:
    """Why somebody has too much; nothing where they have not. A pooled desk has no firms of its own to give away."""
    if book.pooled:
        return []
    told = []
    if book.firms > limits.most_firms:
        told.append(reason("over_firms", "bad", firms=book.firms, most=limits.most_firms))
    if book.weeks > limits.most_weeks:
        told.append(reason("over_weeks", "bad", weeks=f"{book.weeks:.1f}"))
    return told


def proposal(books: Iterable[Book], firms: Iterable[Held], limits: Limits) -> list[Move]:
    """Which firms should go to whom so that nobody of a branch has too much, with as few changes of hands as can be.

    Firms that ask for most go first, from whose hour is dearest, and only those that found no hour as long as their
    number is not too large; never those of the kept tiers, nor where somebody gave their word. They go where there is
    room: to whom knows the place or the sector, then to whose hour is cheapest, and not to an hour as dear. A few more
    firms are offered beside the proposal, for the same reasons.
    """
    held = {book.manager_id: book for book in books}
    by_manager: dict[str, list[Held]] = {}
    for firm in firms:
        by_manager.setdefault(firm.manager_id, []).append(firm)
    moves: list[Move] = []
    for number in sorted(held, key=lambda one: (-held[one].price, one)):
        moves += _relieved(number, held, by_manager.get(number, ()), limits)
    return moves


def reasons(firm: Held, giver: Book, taker: Book, limits: Limits) -> tuple[Reason, ...]:
    """Why this firm to this person, the strongest first."""
    told = [reason("handed_waits", minutes=firm.minutes)] if firm.waits else []
    if giver.firms > limits.most_firms:
        told.append(reason("handed_many"))
    if taker.pooled:
        told.append(reason("handed_pool"))
    elif known := taker.places.get(firm.place, 0) if firm.place else 0:
        told.append(reason("handed_place", place_name=firm.place, firms=known))
    if not taker.pooled and firm.sector and (known := taker.sectors.get(firm.sector, 0)):
        told.append(reason("handed_sector", firms=known))
    if taker.price < giver.price:
        told.append(reason("handed_price", from_amount=giver.price, to_amount=taker.price))
    return tuple(told)


def gain(firm: Held, giver: Book, taker: Book) -> int:
    """What the firm's minutes of a week bring more where it goes, at the prices of an hour; fen."""
    return round(firm.minutes / 60 * (giver.price - taker.price))


def counted(values: Iterable[str]) -> Mapping[str, int]:
    """How many of each, without the unknown."""
    return Counter(value for value in values if value)


def _relieved(number: str, held: dict[str, Book], firms: Sequence[Held], limits: Limits) -> list[Move]:
    """The moves that take from one book what is too much, and a few beyond; `held` is brought up to date."""
    if not over(held[number], limits):
        return []
    moves, beyond = [], 0
    for firm in sorted(firms, key=_first_to_go):
        giver = held[number]
        taker = _taker(firm, giver, held, limits)
        if taker is None or beyond == OFFERED_BEYOND:
            continue
        wanted = bool(over(giver, limits))
        moves.append(_moved(firm, giver, taker, limits, proposed=wanted))
        if wanted:
            held[number] = _less(giver, firm)
            held[taker.manager_id] = _more(taker, firm)
        beyond += not wanted
    return moves


def _moved(firm: Held, giver: Book, taker: Book, limits: Limits, *, proposed: bool) -> Move:
    because = reasons(firm, giver, taker, limits)
    return Move(firm, taker.manager_id, because, gain(firm, giver, taker), proposed)


def _first_to_go(firm: Held) -> tuple[int, str]:
    return -firm.minutes, firm.customer_id


def _taker(firm: Held, giver: Book, held: Mapping[str, Book], limits: Limits) -> Book | None:
    """Who should have the firm; None where nobody may, or has room."""
    asks = firm.waits or giver.firms > limits.most_firms
    if not asks or firm.tier in limits.kept_tiers or firm.promised:
        return None
    able = [book for book in held.values() if book is not giver and _has_room(book, firm, giver, limits)]
    return min(able, key=lambda book: (-_knows(book, firm), book.price, book.manager_id), default=None)


def _has_room(book: Book, firm: Held, giver: Book, limits: Limits) -> bool:
    if book.pooled and firm.tier not in limits.pooled_tiers:
        return False
    fits = book.week and book.waiting + firm.minutes <= limits.most_weeks * book.week
    worth_it = book.price < giver.price or giver.firms > limits.most_firms
    return bool(fits) and worth_it and (book.pooled or book.firms < limits.most_firms)


def _knows(book: Book, firm: Held) -> int:
    if book.pooled:
        return 0
    place, sector = book.places.get(firm.place, 0), book.sectors.get(firm.sector, 0)
    return (place >= FAMILIAR and bool(firm.place)) + (sector >= FAMILIAR and bool(firm.sector))


def _less(book: Book, firm: Held) -> Book:
    return replace(book, firms=book.firms - 1, waiting=book.waiting - firm.minutes)


def _more(book: Book, firm: Held) -> Book:
    return replace(book, firms=book.firms + 1, waiting=book.waiting + firm.minutes)
