"""The bank's own rules by night: which are in force, whom they name, and how long what they noticed stands."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.events.finding import named
from xiaoer.events.lives import Life, Taken, Verb, lives, words_code
from xiaoer.events.rules import numbered
from xiaoer.events.terms import Severity
from xiaoer.events.written import WrittenRule, param, shown_by
from xiaoer.kit.dates import add_working_days, day_number
from xiaoer.kit.jsontext import fraction, whole, written
from xiaoer.kit.tables import Frame
from xiaoer.kit.text import reason, say
from xiaoer.nightly import history
from xiaoer.nightly.bank_lasting import STATE, Standing
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.offers.rules import unmeasured
from xiaoer.offers.terms import Effort, Terms

log = logging.getLogger(__name__)
TONES = {Severity.ACT.value: "bad", Severity.WATCH.value: "warn", Severity.NOTE.value: "plain"}
MILDER = {Severity.ACT.value: Severity.WATCH.value, Severity.WATCH.value: Severity.NOTE.value}
EVENTS = pa.schema(
    {
        "event_id": pa.string(), "customer_id": pa.string(), "rule": pa.string(), "event_date": pa.date32(),
        "due_date": pa.date32(), "severity": pa.string(), "because": pa.string(), "goal": pa.string(),
        "amount": pa.int64(),
    }
)  # fmt: skip
COLUMNS = {
    "event_id": pl.String, "customer_id": pl.String, "rule": pl.String, "event_date": pl.Date, "due_date": pl.Date,
    "severity": pl.String, "because": pl.String, "goal": pl.String, "amount": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class RuleBook:
    """The rules in force on a night, by code, each with its version; and every muted rule's code.

    A rule whose kept text can no longer be read names nobody: the log says so, and so does its page.
    """

    rules: Mapping[str, tuple[int, WrittenRule]]
    muted: frozenset[str]

    @classmethod
    def of(cls, night: Night) -> "RuleBook":
        """As the desk had left it on the business date."""
        rows = pl.DataFrame(night.engine.collect(recorded(night, "desk_rules"))).sort("step_id")
        known = lives(_taken(row) for row in rows.iter_rows(named=True))
        muted = frozenset(code for code, life in known.items() if life.muted_on(night.business_date))
        standing = {}
        for code, life in sorted(known.items()):
            text = life.in_force
            if life.adopted is not None and text is None:
                _say_unread(life)
            elif life.adopted is not None and text is not None and code not in muted:
                standing[code] = (life.adopted, text)
        return cls(standing, muted)


def _say_unread(life: Life) -> None:
    fault = life.unread
    why = say(fault.why, "en") if fault else ""
    log.warning(
        "rule %s version %s is in force but its kept text cannot be read (%s: %s): it names nobody tonight. "
        "Write it anew on its page, or end it.",
        life.rule, life.adopted, fault.field if fault else "", why,
    )  # fmt: skip


def _taken(row: dict[str, Any]) -> Taken:
    body = json.loads(row["body"]) if row["body"] else None
    return Taken(
        row["rule"], row["version"], Verb(row["step"]), row["day"], body=body, until=row["until_date"]
    )


def efforts(book: RuleBook, terms: Terms) -> dict[str, Effort]:
    """What a contact takes that one of these rules asks for."""
    return {
        code: unmeasured(rule.way, rule.purpose, rule.minutes, rule.brings, terms)
        for code, (_, rule) in book.rules.items()
    }


def events(night: Night, book: RuleBook) -> Iterator[pa.RecordBatch]:
    """What the rules notice tonight, and what they noticed before and still stands."""
    known, standing = Known.of(night), Standing.of(night)
    before = standing_before(night, standing)
    states = [pl.DataFrame(STATE.empty_table())]
    for code, (version, rule) in book.rules.items():
        named = standing.since_when(found(night, known, rule), code, rule.stands_days)
        states.append(standing.after(named, code, rule.stands_days))
        rows = told(named, night, code, version, rule)
        faded = fading(before, rows, night, code, rule)
        made = pl.concat([rows, faded]).sort("customer_id", "event_id")
        yield from made.to_arrow().cast(EVENTS).to_batches()
    night.keep_rows("bank_lasting", pl.concat(states).to_arrow().cast(STATE))


@dataclass(frozen=True)
class Known:
    """A night's open firms, the products they hold, and where the night before left the same table."""

    firms: Frame
    held: Frame
    before: frozenset[str]

    @classmethod
    def of(cls, night: Night) -> "Known":
        firms = night.made("firms").filter(~nw.col("closed"))
        return cls(firms, night.made("held"), history.columns_before(night, "firms"))


def found(night: Night, known: Known, rule: WrittenRule) -> pl.DataFrame:
    """The firms a rule names, in the order of their numbers: customer_id, tier, amount, evidence."""
    wanted = sorted(rule.reads_before)
    before = None
    if wanted and known.before >= set(wanted):
        rows = history.made_before(night, "firms", ["customer_id", *wanted])
        before = None if rows is None else night.engine.table(rows)
    seen = named(known.firms, before, known.held, rule)
    return pl.DataFrame(night.engine.collect(seen)).sort("customer_id")


def told(rows: pl.DataFrame, night: Night, code: str, version: int, rule: WrittenRule) -> pl.DataFrame:
    """Named firms as events: the reason carries values, its words are the version's own.

    They carry `began` and `told_day`, from which the term runs; where nobody was told yet, from tonight.
    """
    began, known = (rows[name].cast(pl.Int32).cast(pl.Date) for name in ("began", "told_day"))
    terms = {day: add_working_days(day or night.business_date, rule.due_days) for day in known.unique()}
    return rows.select(
        _numbers(rows["customer_id"], code, began),
        "customer_id",
        pl.lit(code).alias("rule"),
        began.alias("event_date"),
        pl.Series("due_date", [terms[day] for day in known], pl.Date),
        pl.lit(rule.severity).alias("severity"),
        written([because(code, version, rule)]).alias("because"),
        pl.lit(json.dumps(reason(f"goal_{words_code(code, version)}"))).alias("goal"),
        pl.col("amount").cast(pl.Int64),
    )


def because(code: str, version: int, rule: WrittenRule) -> dict[str, object]:
    """The reason's shape, each value an expression over the row."""
    values = {param(name): _value(name) for name in rule.evidence}
    return {"code": words_code(code, version), "params": values, "tone": TONES[rule.severity]}


def _value(name: str) -> pl.Expr:
    column = pl.col(name)
    if shown_by(name).unit in ("amount", "days", "count"):
        return whole(column.cast(pl.Float64).round(0).cast(pl.Int64))
    return fraction(column.cast(pl.Float64))


def _numbers(firms: pl.Series, code: str, began: pl.Series) -> pl.Series:
    pairs = zip(firms, began, strict=True)
    return pl.Series(
        "event_id", [numbered(firm, code, "", day.isoformat()) for firm, day in pairs], pl.String
    )


def standing_before(night: Night, standing: Standing) -> pl.DataFrame:
    """Events that stood the night before, with the last day their rule named the firm (`held_day`)."""
    rows = history.made_before(night, "events", list(COLUMNS))
    events = pl.DataFrame(schema=COLUMNS) if rows is None else pl.DataFrame(rows).cast(COLUMNS)  # type: ignore[arg-type]
    held = standing.before.select("customer_id", "rule", "held_day")
    return events.join(held, on=["customer_id", "rule"], how="inner")


def fading(
    before: pl.DataFrame, tonight: pl.DataFrame, night: Night, code: str, rule: WrittenRule
) -> pl.DataFrame:
    """What is not noticed anew stands so many days more, one step milder, under its own number."""
    age = day_number(night.business_date) - pl.col("held_day")
    mine = before.filter(pl.col("rule") == code, age <= rule.stands_days)
    kept = mine.join(tonight, on="customer_id", how="anti")
    milder = pl.lit(MILDER.get(rule.severity, Severity.NOTE.value)).alias("severity")
    return kept.with_columns(milder).select(tonight.columns)
