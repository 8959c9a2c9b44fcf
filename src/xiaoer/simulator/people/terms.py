"""What the bank may do to a firm in a week, what is remembered of it, and what came of it."""

from dataclasses import dataclass, field, fields

import numpy as np

from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints

KINDS = ("offer", "care", "check", "renewal", "collection", "retention", "rescue")
OFFER, CARE, CHECK, RENEWAL, COLLECTION, RETENTION, RESCUE = range(len(KINDS))
CHANNELS = ("visit", "call", "message")
VISIT, CALL, MESSAGE = range(len(CHANNELS))
MINUTES = np.array([75, 9, 2])
NATURES = ("only_if_asked", "self_starter", "not_interested", "contrary")
ONLY_IF_ASKED, SELF_STARTER, NOT_INTERESTED, CONTRARY = range(len(NATURES))
NOBODY = -1
LONG_AGO = -10_000


@dataclass(frozen=True)
class Actions:
    """What is to be done in one week, a row each, the most important first.

    `firm` and `product` are positions (product -1 where none is spoken of), `kind` and `channel` positions in
    KINDS and CHANNELS, `concession` basis points off a rate, `hour` of the day or -1, `campaign` its number
    or -1.
    """

    firm: Ints
    kind: Ints
    channel: Ints
    product: Ints
    concession: Ints
    hour: Ints
    campaign: Ints

    def __len__(self) -> int:
        return len(self.firm)

    def only(self, which: Array) -> "Actions":
        """The rows chosen by a mask or by positions."""
        return Actions(*(getattr(self, part.name)[which] for part in fields(self)))


def actions(
    firm: Array,
    kind: Array | int,
    channel: Array | int,
    product: Array | int = NOBODY,
    *,
    concession: Array | int = 0,
    hour: Array | int = NOBODY,
    campaign: Array | int = NOBODY,
) -> Actions:
    """Actions from arrays or single values that hold for all rows."""
    rows = [np.broadcast_to(part, len(firm)).astype(np.int64) for part in (kind, channel, product)]
    more = [np.broadcast_to(part, len(firm)).astype(np.int64) for part in (concession, hour, campaign)]
    return Actions(np.asarray(firm, dtype=np.int64), *rows, *more)


def together(parts: list[Actions]) -> Actions:
    """Several lists as one, in their order."""
    return Actions(
        *(np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Actions))
    )


def nothing() -> Actions:
    """Nobody is approached."""
    return actions(np.zeros(0, dtype=np.int64), 0, 0)


@dataclass
class Book:
    """Loans owed, firms × loan products: yuan (0 for none), days, rate, which contract."""

    amount: Floats
    drawn: Days
    due: Days
    rate: Floats
    contract: Ints
    slides: Flags  # repaid in parts along the way


@dataclass
class Log:
    """What happened, one block of columns a week; `joined` gives a kind of happening whole."""

    blocks: dict[str, list[dict[str, Array]]] = field(default_factory=dict)

    def add(self, what: str, **columns: Array) -> None:
        """Append a block; columns are of one length."""
        if len(next(iter(columns.values()))):
            self.blocks.setdefault(what, []).append(columns)

    def joined(self, what: str) -> dict[str, Array]:
        """All blocks of one kind as whole columns; empty where nothing happened."""
        found = self.blocks.get(what, [])
        return {
            name: np.concatenate([block[name] for block in found]) for name in (found[0] if found else {})
        }


@dataclass
class Life:
    """Where everybody stands before a week; arrays are per firm unless said otherwise."""

    week: int
    lately: Floats  # what is left in mood of what happened
    tired: Floats
    since: Days  # firms × products: held since, NaT for not
    hot: Flags  # firms × products: the need is there
    put_off: Ints  # week until which a contrary firm keeps away
    talked: Ints  # week of the last talk
    marketed: Ints  # firms × 2: weeks of the last two marketing approaches
    refused: Ints  # firms × 2: weeks of the last two refusals
    renewal_talk: Days  # last talk about a renewal
    renewal_less: Ints  # basis points offered in it
    silent_until: Ints  # week until which a complaint stops marketing
    going: Ints  # week of the decision to leave, -1 for none
    closing: Ints  # week of the closing that follows
    closed: Days
    reason: Ints  # position in WHY_LEFT, -1
    stops: Days  # from when on it does not pay; NaT once helped
    dies: Days  # the day its business ends; NaT once helped
    lost: Flags  # what it owes was written down
    contracts: int  # how many loan contracts were ever drawn up
    book: Book
    earned: Floats  # yuan since the beginning
    log: Log = field(default_factory=Log)

    @property
    def held(self) -> Flags:
        return ~np.isnat(self.since)


WHY_LEFT = ("price", "service", "other_bank", "business_closed", "moved")
PRICE, SERVICE, OTHER_BANK, BUSINESS_CLOSED, MOVED = range(len(WHY_LEFT))
