"""The order of the night, to be read from top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass

from xiaoer.nightly import (
    checking,
    deciding,
    knowing,
    lending,
    measuring,
    publishing,
    renewing,
    risking,
    scoring,
    shaping,
    watching,
)
from xiaoer.nightly.run import Night


@dataclass(frozen=True)
class Step:
    """A piece of the night that is done whole, or done again."""

    name: str
    work: Callable[[Night], None]


#: What is known before the run has its number: the desk's outcomes, then the bank's files.
INTAKE = ("collect", "load")

PLAN = (
    Step("shape", shaping.shape),  # one table each: trade, partners, borrowing, holdings, contacts
    Step("features", knowing.features),  # one row per firm: what the night knows
    Step("scores", knowing.scores),  # the risk card over it
    Step("segments", knowing.segments),  # contribution, size class, tier, contact rhythm
    Step("books", deciding.books),  # who answers for which firm
    Step("shelf", scoring.shelf),  # every other model in use, over whom it was learnt for
    Step("events", deciding.events),  # what happened that a person should know
    Step("offers", deciding.offers),  # candidates, contact policy, each manager's day
    Step("arms", measuring.arms),  # who of each family is left alone, what came of both
    Step("loans", lending.loans),  # arrears, classes, migration, vintages
    Step("risk", risking.risk),  # whose arrears, who stands for whom, plans against terms
    Step("renewals", renewing.renewals),  # notes that end soon, each condition with evidence
    Step("checks", checking.checks),  # when each note is looked at next, where its drawing went
    Step("watch", watching.watch),  # models in use against what they learnt from
    Step("publish", publishing.publish),  # to the desk, the pointer last
)
ORDER = tuple(step.name for step in PLAN)
