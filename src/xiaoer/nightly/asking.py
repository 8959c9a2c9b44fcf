"""The firms there is a reason to see, with what proposing needs to know of them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl

from xiaoer.kit.dates import day_number, from_day_number
from xiaoer.kit.text import reason
from xiaoer.nightly import bank_rules, deputies
from xiaoer.nightly.bank_rules import RuleBook
from xiaoer.nightly.handled import Handled
from xiaoer.nightly.offering import Offered
from xiaoer.nightly.pieces import Part
from xiaoer.nightly.run import Night
from xiaoer.nightly.standing import open_tasks
from xiaoer.offers.door import ALWAYS
from xiaoer.offers.terms import Effort, FirmFacts, Occasion, Terms, one_of_a_group
from xiaoer.segments.rules import next_due
from xiaoer.segments.terms import Rhythm

GROUP = "group"  # of the relationships file
FACTS = (
    "customer_id", "potential", "loan_balance", "value", "band", "days_past_due", "last_contact_day", "every_days",
    "due_channel", "opened_date", "sales_12m",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Reasons to see a firm on a `day`: events, promises that fall due (gathered once), offers, the contact plan."""

    night: Night
    day: date
    placed: pl.DataFrame
    groups: Mapping[str, str]
    promised: Mapping[str, list[Occasion]]
    efforts: Mapping[str, Effort]  # of the bank's own rules
    settled: frozenset[str]  # events that somebody closed or put off
    offered: Offered
    deputies: Mapping[str, str] = field(default_factory=dict)  # by whom they stand in for on the day

    @classmethod
    def on(cls, night: Night, day: date) -> "Asked":
        """Of a night that has found its events and portfolios."""
        promised: dict[str, list[Occasion]] = defaultdict(list)
        for task in open_tasks(night):
            if task["due_date"] <= day:
                promised[task["customer_id"]].append(_promised(task))
        placed = pl.DataFrame(night.rows_of("portfolio")).sort("customer_id")
        efforts = bank_rules.efforts(RuleBook.of(night), Terms.in_force(night.business_date))
        groups, settled = _groups(night), Handled.of(night).settled
        offered = Offered.on(night, groups)
        return cls(night, day, placed, groups, promised, efforts, settled, offered, deputies.of_day(night))

    def firms(self, part: Part) -> list[FirmFacts]:
        """The part's firms with an occasion, in order of their numbers."""
        known = part.rows(self.night.made("firms").filter(~nw.col("closed")).select(FACTS))
        occasions = self._occasions(part, known)
        asked = known.filter(pl.col("customer_id").is_in(list(occasions)) | self._may_be_due())
        placed = asked.join(part.among(self.placed), on="customer_id", how="left").sort("customer_id")
        facts = []
        for row in placed.iter_rows(named=True):
            mine = (*occasions.get(row["customer_id"], ()), *contact_due(row, self.day))
            if mine:
                belongs_to = self._belongs_to(row["customer_id"], mine)
                met_by = self.deputies.get(row["manager_id"], "")
                facts.append(replace(_facts(row, mine), belongs_to=belongs_to, met_by=met_by))
        return facts

    def _occasions(self, part: Part, known: pl.DataFrame) -> Mapping[str, list[Occasion]]:
        """Events first, then promises, then offers."""
        found: dict[str, list[Occasion]] = defaultdict(list)
        events = part.in_order("events")
        chances = self.offered.chances(part, events["customer_id"])
        for row in events.iter_rows(named=True):
            if row["event_id"] in self.settled:
                continue
            told = _noticed(row, self.efforts)
            found[row["customer_id"]].append(
                self.offered.with_likely(told, chances.get(row["customer_id"], {}))
            )
        for number in part.firms["customer_id"].filter(part.firms["customer_id"].is_in(list(self.promised))):
            found[number] += self.promised[number]
        for number, mine in self.offered.of_part(part, known, chances).items():
            if mine:
                found[number] += mine
        return found

    def _belongs_to(self, number: str, occasions: Sequence[Occasion]) -> str:
        """The firm's group; whom somebody must see stands alone: no other firm of the group takes its place."""
        return "" if any(one.rule in ALWAYS for one in occasions) else self.groups.get(number, "")

    def _may_be_due(self) -> pl.Expr:
        """Firms whose rhythm has run out, or of whom nobody knows since when it runs."""
        opened = pl.col("opened_date").cast(pl.Int32)
        return pl.coalesce("last_contact_day", opened, 0) + pl.col("every_days") <= day_number(self.day)


def _groups(night: Night) -> dict[str, str]:
    """Firms that the bank's files put under one head: the head by firm, the smallest where there are several."""
    if not one_of_a_group(night.business_date):
        return {}
    ties = night.engine.collect(night.delivered("relationships").filter(nw.col("kind") == GROUP))
    found: dict[str, str] = {}
    for row in ties.to_pylist():
        if row["until_date"] and row["until_date"] < night.business_date:
            continue
        for number in (row["to_id"], row["from_id"]):
            found[number] = min(found.get(number, row["from_id"]), row["from_id"])
    return found


def contact_due(row: Mapping[str, Any], day: date) -> list[Occasion]:
    """The contact plan's turn, where the tier's rhythm has run out."""
    if row["every_days"] is None:
        return []
    last = None if row["last_contact_day"] is None else from_day_number(row["last_contact_day"])
    # Nothing known of when it began and nobody ever there: its turn is now.
    began = row["opened_date"] or day - timedelta(days=row["every_days"])
    due = next_due(last, began, Rhythm(row["every_days"], row["due_channel"]), day)
    if due > day:
        return []
    if last is None:
        because = reason("contact_due_first", due_date=due)
    else:
        because = reason("contact_due", due_date=due, days=(day - last).days)
    channel = row["due_channel"] if row["due_channel"] in ("visit", "call") else "call"
    return [Occasion("contact_due", "note", because, reason("goal_contact_due"), 0, kind=channel)]


def _facts(row: Mapping[str, Any], occasions: tuple[Occasion, ...]) -> FirmFacts:
    return FirmFacts(
        row["customer_id"],
        row["branch_id"],
        row["manager_id"],
        row["potential"] or 0,
        row["loan_balance"] or 0,
        row["value"],
        row["band"],
        row["days_past_due"] or 0,
        occasions,
    )


def _noticed(row: Mapping[str, Any], efforts: Mapping[str, Effort]) -> Occasion:
    because = json.loads(row["because"])[0]
    return Occasion(
        row["rule"], row["severity"], because, json.loads(row["goal"]), row["amount"], row["event_id"],
        effort=efforts.get(row["rule"]),
    )  # fmt: skip


def _promised(task: Mapping[str, Any]) -> Occasion:
    because = reason("follow_up", "warn", made_date=task["day"])
    return Occasion(
        "follow_up", "promised", because, reason("goal_follow_up"), 0, str(task["task_id"]), task["kind"]
    )
