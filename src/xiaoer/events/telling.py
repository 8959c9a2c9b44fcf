"""Words to what was noticed, a column at a time; row by row the same as `rules.event`, which a test holds."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from xiaoer.events.rules import MISSING_FACTS
from xiaoer.events.terms import FIRM_LIFE, Rule, Rules
from xiaoer.kit.dates import add_working_days, day_number
from xiaoer.kit.jsontext import day, fraction, quoted, rounded, whole, written
from xiaoer.kit.text import Reason, reason

col = pl.col
AMOUNTS = {"now_amount": whole(col("now")), "before_amount": whole(col("before"))}
PART, PARTNER, DAYS = fraction(col("part")), quoted(col("partner")), whole(col("days"))
MARK = day(col("mark_day").cast(pl.Int32).cast(pl.Date))
HABIT = whole(col("habit").round(0, mode="half_to_even").cast(pl.Int64).clip(1))
TIMES = fraction(col("part").map_batches(lambda part: rounded(part, 1), return_dtype=pl.Float64))
BOOK = pl.when(col("usual") >= 0).then(pl.lit('"book_up"')).otherwise(pl.lit('"book_down"'))

USED = {"product": quoted(col("product")), "days": DAYS, "opened_date": MARK, "uses": whole(col("count"))}
SEASON = {
    "about_words": quoted(col("about")), "season_date": MARK, "before_amount": AMOUNTS["before_amount"],
    "now_amount": AMOUNTS["now_amount"], "gap_amount": whole(col("amount")),
}  # fmt: skip
FACTS = {"about_words": quoted(col("about")), "facts": whole(col("count"))}
OPENED = {"product": USED["product"], "days": DAYS, "opened_date": MARK, "steps": USED["uses"]}
COUNTED = whole(col("usual").round(0, mode="half_to_even").cast(pl.Int64))
QUIET = {"days": DAYS, "last_date": MARK, "step": whole(col("count"))}
SHARES = {"part_share": PART, "usual_share": fraction(col("usual"))}
FEWER = {"moves": whole(col("count")), "usual": HABIT, "stake_amount": whole(col("amount"))}
FILE = {"about_words": quoted(col("about")), "seen_date": MARK}
PERSONS = {"was_person": quoted(col("was")), "became_person": quoted(col("became")), **FILE}
PLACES = {"was_place": quoted(col("was")), "became_place": quoted(col("became")), **FILE}
PEOPLE = {"was_people": AMOUNTS["before_amount"], "became_people": AMOUNTS["now_amount"], **FILE}

WORDS: Mapping[str, Reason] = {
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
    **{code: reason(code, "plain", **FACTS) for code in MISSING_FACTS},
    Rule.NEED_AHEAD: reason("need_ahead", "warn", **SEASON),
    "need_ahead_wages": reason("need_ahead_wages", "warn", **SEASON),
    Rule.OPENING: reason("opening", "plain", **OPENED),
    "opening_visit": reason("opening_visit", "plain", **OPENED),
    "activation_never_signed_in": reason("activation_never_signed_in", "warn", **USED),
    "activation_still": reason("activation_still", "warn", **USED),
    "activation_owner_account": reason(
        "activation_owner_account", "warn", **USED, owner_amount=AMOUNTS["now_amount"], part_share=PART
    ),
    "activation_elsewhere": reason(
        "activation_elsewhere", "warn", **USED, sales_amount=AMOUNTS["now_amount"],
        in_amount=AMOUNTS["before_amount"],
    ),
    "activation_no_partners": reason("activation_no_partners", "warn", **USED, counted=COUNTED),
    "activation_counter": reason("activation_counter", "warn", **USED, counted=COUNTED),
    "activation_no_wages": reason("activation_no_wages", "warn", **USED, counted=COUNTED),
    "activation_unknown": reason("activation_unknown", "warn", **USED),
    Rule.COOLING: reason("cooling", "warn", moves=whole(col("count")), usual=HABIT, last_date=MARK),
    Rule.DORMANT: reason("dormant", "warn", **QUIET),
    "dormant_never": reason("dormant_never", "warn", **QUIET),
    Rule.LAPSED: reason("lapsed", "warn", **QUIET),
    "lapsed_never": reason("lapsed_never", "warn", **QUIET),
    "leaving_sent": reason("leaving_sent", "bad", **FEWER, own_amount=AMOUNTS["now_amount"], **SHARES),
    "leaving_collected": reason(
        "leaving_collected", "bad", **FEWER, sales_amount=AMOUNTS["now_amount"], **SHARES
    ),
    "leaving_drained": reason("leaving_drained", "bad", **FEWER, **AMOUNTS),
    Rule.OWNER_CHANGED: reason("owner_changed", "warn", **PERSONS),
    Rule.LEGAL_PERSON_CHANGED: reason("legal_person_changed", "warn", **PERSONS),
    Rule.ADDRESS_CHANGED: reason("address_changed", "warn", **PLACES),
    "address_changed_near": reason("address_changed_near", "warn", **PLACES),
    Rule.STAFF_CHANGED: reason("staff_changed", "warn", **PEOPLE),
    Rule.RECORD_MONTH: reason("record_month", "good", months=whole(col("count")), **AMOUNTS, **FILE),
    Rule.NEW_LINE: reason(
        "new_line", "good", product=USED["product"], papers=whole(col("count")), now_amount=AMOUNTS["now_amount"],
        part_share=PART, **FILE,
    ),
}  # fmt: skip


def told(seen: pl.DataFrame, as_of: date, rules: Rules) -> pl.DataFrame:
    """Rows of `night.lasting` as events, in the same order.

    Out: event_id, customer_id, rule, event_date, due_date, severity, because and goal (JSON), amount (fen).
    """
    days = {"began_date": "began", "known_date": "told_day"}
    dates = {
        name: pl.coalesce(day, pl.lit(day_number(as_of))).cast(pl.Int32).cast(pl.Date)
        for name, day in days.items()
    }
    code = pl.when(col("variant").str.len_bytes() > 0).then(pl.format("{}_{}", "rule", "variant"))
    placed = seen.with_columns(**dates, code=pl.coalesce(code, "rule")).with_row_index("place")
    parts = placed.partition_by("code", as_dict=True)
    by_code = [_worded(str(code), rows, rules) for (code,), rows in parts.items()]
    return pl.concat([_worded(Rule.OVERDUE, placed.clear(), rules), *by_code]).sort("place").drop("place")


def _worded(code: str, rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    rule = Rule(rows["rule"][0]) if rows.height else Rule(code)
    return rows.select(
        "place",
        numbers(rows),
        "customer_id",
        "rule",
        pl.col("began_date").alias("event_date"),
        _due(rows["known_date"], rules.of(rule)["due_days"]),
        pl.lit(rules.of(rule)["severity"]).alias("severity"),
        written([WORDS[code]]).alias("because"),
        _goal(rule).alias("goal"),
        col("amount").fill_null(0),
    )


def _goal(rule: Rule) -> pl.Expr:
    """What the contact is for, told of the partner, the product, the file, where there is one."""
    code, partner, product = f"goal_{rule.value}", col("partner"), col("product")
    file: dict[str, Any] = {"about_words": FILE["about_words"]} if rule in FIRM_LIFE else {}
    by_partner = pl.when(partner.str.len_bytes() > 0).then(written(reason(code, partner=PARTNER, **file)))
    by_product = pl.when(product.str.len_bytes() > 0).then(
        written(reason(code, product=quoted(product), **file))
    )
    both = written(reason(code, partner=PARTNER, product=quoted(product), **file))
    two = pl.when((partner.str.len_bytes() > 0) & (product.str.len_bytes() > 0)).then(both)
    return pl.coalesce(two, by_partner, by_product, written(reason(code, **file)))


def _due(known: pl.Series, due_days: int) -> pl.Series:
    days = {day: add_working_days(day, due_days) for day in known.unique()}
    return pl.Series("due_date", [days[day] for day in known], pl.Date)


def numbers(rows: pl.DataFrame) -> pl.Series:
    """The same number as `rules.event_id` gives; of customer_id, rule, product, partner and `began_date`."""
    named = [pl.when(col(name).str.len_bytes() > 0).then(name) for name in ("product", "partner")]
    of = pl.coalesce(*named, pl.lit(""))
    day = col("began_date").dt.strftime("%Y-%m-%d")
    texts = rows.select(pl.format("{}|{}|{}|{}", "customer_id", "rule", of, day)).to_series()
    told = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    return pl.Series("event_id", told, pl.String)
