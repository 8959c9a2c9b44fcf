"""Since when what tonight sees has held, and since when somebody knows: one matter keeps one number for weeks.

In words: docs/rules/lasting-events.md.
"""

import narwhals as nw

from xiaoer.events.terms import Rule
from xiaoer.kit.tables import Frame

ONE = ["customer_id", "rule", "of"]  # what makes a matter the same one, besides the day it began
MATTER = [*ONE, "began"]  # come again it is another one
BEFORE = ("customer_id", "rule", "product", "partner", "mark_day", "began", "told_day")


def lasting(seen: Frame, before: Frame, said: Frame, met: Frame) -> Frame:
    """Rows of tonight with `began` (never null) and `told_day`, from which their term runs (null: nobody knows yet).

    `seen`: rows of `events.night.rows` beside `today`, the night's day number. `before`: `BEFORE` of the night
    before, empty where too long ago. `said`: `MATTER`, day (it stood on a list, or somebody took it on), until_day
    (put off to, else null). `met`: customer_id, last_contact_day. Day numbers.
    """
    mine = seen.with_columns(of=about())
    known = before.with_columns(of=about()).group_by(ONE).agg(
        nw.col("began").min().alias("began_before"), nw.col("told_day").min().alias("told_before")
    )  # fmt: skip
    began = nw.coalesce("began", "began_before", "today")
    dated = mine.join(known, on=ONE, how="left").with_columns(began=began)
    told = _told(dated.select(*MATTER, "told_before"), said, met)
    beside = dated.drop("told_day").join(told, on=MATTER, how="left")
    return beside.drop("of", "today", "began_before", "told_before")


def about() -> nw.Expr:
    """The product or partner a matter is about; of a loan that matures the day, since the next one is another."""
    day = nw.when(nw.col("rule") == Rule.LOAN_MATURES.value).then(nw.col("mark_day").cast(nw.String))
    return nw.coalesce("product", "partner", day, nw.lit(""))


def _told(matters: Frame, said: Frame, met: Frame) -> Frame:
    """The first day somebody was told of each matter since it began, since it was put off to, and after a contact."""
    until = said.group_by(MATTER).agg(nw.col("until_day").max())
    bounded = (
        matters.unique(MATTER)
        .join(until, on=MATTER, how="left")
        .join(met.select("customer_id", "last_contact_day"), on="customer_id", how="left")
        .with_columns(bound=nw.max_horizontal("began", "until_day", nw.col("last_contact_day") + 1))
    )
    later = said.select(*MATTER, said_day=nw.max_horizontal("day", "until_day"))
    days = bounded.join(later, on=MATTER, how="left")
    heard = nw.when(nw.col("said_day") >= nw.col("bound")).then(nw.col("said_day"))
    known = nw.when(nw.col("told_before") >= nw.col("bound")).then(nw.col("told_before"))
    first = days.with_columns(told_day=nw.min_horizontal(heard, known))
    return first.group_by(MATTER).agg(nw.col("told_day").min())
