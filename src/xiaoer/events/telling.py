"""Words to what was noticed, a column at a time; row by row the same as `rules.event`, which a test holds."""

import hashlib
from collections.abc import Mapping
from datetime import date

import polars as pl

from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.dates import add_working_days
from xiaoer.kit.jsontext import day, fraction, quoted, rounded, whole, written
from xiaoer.kit.text import Reason, reason

col = pl.col
AMOUNTS = {"now_amount": whole(col("now")), "before_amount": whole(col("before"))}
PART, PARTNER, DAYS = fraction(col("part")), quoted(col("partner")), whole(col("days"))
MARK = day(col("mark_day").cast(pl.Int32).cast(pl.Date))
HABIT = whole(col("habit").round(0, mode="half_to_even").cast(pl.Int64).clip(1))
TIMES = fraction(col("part").map_batches(lambda part: rounded(part, 1), return_dtype=pl.Float64))
BOOK = pl.when(col("usual") >= 0).then(pl.lit('"book_up"')).otherwise(pl.lit('"book_down"'))

WORDS: Mapping[Rule, Reason] = {
    Rule.TURNOVER_FALLS: reason(
        "turnover_falls", "bad", **AMOUNTS, fall_share=fraction(-col("part")), book_words=BOOK,
        book_share=fraction(col("usual").abs()),
    ),
    Rule.TURNOVER_GROWS: reason("turnover_grows", "good", **AMOUNTS, rise_share=PART),
    Rule.SILENCE: reason("silence", "bad", days=DAYS, habit=HABIT, last_date=MARK),
    Rule.MAIN_BUYER_LOST: reason(
        "main_buyer_lost", "bad", partner=PARTNER, days=DAYS, habit=HABIT, part_share=PART
    ),
    Rule.MAIN_BUYER_NEW: reason(
        "main_buyer_new", "good", partner=PARTNER, now_amount=AMOUNTS["now_amount"], part_share=PART,
        first_date=MARK,
    ),
    Rule.SEASON_AHEAD: reason("season_ahead", "plain", before_amount=AMOUNTS["before_amount"], times=TIMES),
    Rule.RED_PAPERS: reason(
        "red_papers", "warn", papers=DAYS, now_share=PART, usual_share=fraction(col("usual"))
    ),
    Rule.BALANCE_FALLS: reason("balance_falls", "bad", **AMOUNTS),
    Rule.LOAN_MATURES: reason(
        "loan_matures", "warn", balance_amount=AMOUNTS["now_amount"], days=DAYS, due_date=MARK
    ),
    Rule.OVERDUE: reason("overdue", "bad", days=DAYS, balance_amount=AMOUNTS["now_amount"]),
}  # fmt: skip


def told(seen: pl.DataFrame, as_of: date, rules: Rules) -> pl.DataFrame:
    """Rows of `night.noticed` as events, in the same order.

    Out: event_id, customer_id, rule, event_date, due_date, severity, because and goal (JSON), amount (fen).
    """
    placed = seen.with_row_index("place")
    by_rule = [_worded(Rule(name), placed.filter(rule=name), as_of, rules) for name in seen["rule"].unique()]
    return (
        pl.concat([_worded(Rule.OVERDUE, placed.clear(), as_of, rules), *by_rule]).sort("place").drop("place")
    )


def _worded(rule: Rule, rows: pl.DataFrame, as_of: date, rules: Rules) -> pl.DataFrame:
    held = rules.of(rule)
    known = col("partner").str.len_bytes() > 0
    goal = written(reason(f"goal_{rule.value}"))
    return rows.select(
        "place",
        _numbers(rows, rule, as_of),
        "customer_id",
        "rule",
        pl.lit(as_of).alias("event_date"),
        pl.lit(add_working_days(as_of, held["due_days"])).alias("due_date"),
        pl.lit(held["severity"]).alias("severity"),
        written([WORDS[rule]]).alias("because"),
        pl.when(known)
        .then(written(reason(f"goal_{rule.value}", partner=PARTNER)))
        .otherwise(goal)
        .alias("goal"),
        col("amount").fill_null(0),
    )


def _numbers(rows: pl.DataFrame, rule: Rule, as_of: date) -> pl.Series:
    """The same number as `rules.event_id` gives."""
    texts = rows.select(
        pl.format(f"{{}}|{rule.value}|{{}}|{as_of.isoformat()}", "customer_id", col("partner").fill_null(""))
    ).to_series()
    numbers = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    return pl.Series("event_id", numbers, pl.String)
