"""What a rule hands over of what it saw, the same columns for every rule."""

import narwhals as nw
from narwhals.dtypes import DType

from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.tables import Frame

COLUMNS: dict[str, DType] = {
    "partner": nw.String(), "days": nw.Int64(), "habit": nw.Float64(), "now": nw.Int64(), "before": nw.Int64(),
    "part": nw.Float64(), "usual": nw.Float64(), "mark_day": nw.Int64(), "variant": nw.String(),
    "product": nw.String(), "count": nw.Int64(), "began": nw.Int64(), "about": nw.String(),
    "told_day": nw.Int64(), "was": nw.String(), "became": nw.String(),
}  # fmt: skip


def rows(found: Frame, rule: Rule, amount: nw.Expr, **seen: nw.Expr) -> Frame:
    """Rows of customer_id, rule, amount (fen at stake) and `COLUMNS`, null where a rule says nothing of it.

    `variant`: which of the rule's sentences; `about`: a code worded in turn; `began`: the day number
    the happening began, null where that is for `lasting` to say, as is `told_day`.
    """
    told = {name: seen.get(name, nw.lit(None)).cast(kind).alias(name) for name, kind in COLUMNS.items()}
    return found.select(
        "customer_id", nw.lit(rule.value).alias("rule"), amount.cast(nw.Int64).alias("amount"), *told.values()
    )


def said_once(seen: Frame, rules: Rules) -> Frame:
    """Without what another rule says better of the same firm: its `instead_of` names the rules that keep still."""
    for rule, held in rules.held.items():
        if still := held.get("instead_of"):
            speaks = (
                seen.filter(nw.col("rule") == rule).select("customer_id", better=nw.lit(value=True)).unique()
            )
            beside = seen.join(speaks, on="customer_id", how="left")
            seen = beside.filter(~nw.col("rule").is_in(list(still)) | nw.col("better").is_null()).drop(
                "better"
            )
    return seen


def first_true(cases: list[tuple[nw.Expr, str]], otherwise: str | None) -> nw.Expr:
    """The word of the first case that is true; what is not known is not true."""
    told = nw.lit(otherwise, dtype=nw.String)
    for case, word in reversed(cases):
        told = nw.when(case).then(nw.lit(word)).otherwise(told)
    return told


def not_met_since(day: nw.Expr) -> nw.Expr:
    """Nobody of ours was in touch with the firm on that day or later."""
    return nw.coalesce(nw.col("last_contact_day"), nw.lit(0)) < day
