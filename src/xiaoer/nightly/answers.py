"""What people of the bank found out of a firm, where the bank's files are silent."""

import narwhals as nw

from xiaoer.customers.terms import Asked
from xiaoer.kit.tables import Frame
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night


def told_customers(night: Night) -> Frame:
    """The delivered customers; an empty field with what the desk last answered. What the bank delivers stands."""
    answers = recorded(night, "desk_answers")
    newest = answers.filter(nw.col("answer_id") == nw.col("answer_id").max().over("customer_id", "fact"))
    numbers = [_of(fact, "number") for fact in Asked if fact is not Asked.INDUSTRY]
    wide = newest.group_by("customer_id").agg(*numbers, _of(Asked.INDUSTRY, "text"))
    beside = night.delivered("customers").join(wide, on="customer_id", how="left")
    filled = [nw.coalesce(nw.col(fact), nw.col(f"{fact}_told")).alias(fact) for fact in Asked]
    return beside.with_columns(filled).drop(*(f"{fact}_told" for fact in Asked))


def _of(fact: Asked, column: str) -> nw.Expr:
    return nw.when(nw.col("fact") == fact.value).then(nw.col(column)).max().alias(f"{fact}_told")
