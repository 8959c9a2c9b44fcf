"""The five classes of all notes at once, by the same rule book `rules/classification.py` asks one by one."""

from collections.abc import Iterable

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import total, whole
from xiaoer.loans.night.facts import MEASURES, OVER_90
from xiaoer.loans.terms import NON_PERFORMING, ClassRule, RuleBook

NOUGHT = nw.lit(0)
DEBTOR = ["on_day", "customer_id"]
DEBTOR_MEASURES = (
    "debtor_claims", "debtor_non_performing", "debtor_debts", "debtor_overdue_90", "debtor_bad_elsewhere",
)  # fmt: skip


def classified(facts: Frame, elsewhere: Frame, book: RuleBook) -> Frame:
    """The notes with `grade` (0 normal to 4 loss) and `rule`, the one that decided, empty for none.

    `facts` as `facts_on` gives them with balance (fen); `elsewhere` on_day, customer_id, other_debts,
    other_overdue_90, other_bad. Rules whose facts no file brings (expected loss, evasion, diversion) stay with people.
    """
    own = facts.with_columns(_own=_grade(_known(book.of_view("note"))))
    debtors = _debtors(own, elsewhere)
    joined = own.join(debtors, on=DEBTOR, how="left").with_columns(
        **{name: nw.coalesce(nw.col(name), NOUGHT) for name in DEBTOR_MEASURES}
    )
    rules = _known(book.rules)
    return joined.with_columns(grade=_grade(rules), rule=_rule(rules)).drop("_own", *DEBTOR_MEASURES)


def _known(rules: Iterable[ClassRule]) -> list[ClassRule]:
    """Rules the night has facts for, worst first, in the book's order."""
    kept = [one for one in rules if one.measure in (*MEASURES, *DEBTOR_MEASURES)]
    return sorted(kept, key=lambda one: -one.at_least.grade)


def _debtors(own: Frame, elsewhere: Frame) -> Frame:
    """What the debtor rules look at, for debtors with a claim the rules could concern."""
    concerned = own.filter(nw.col("asset_class") != "retail").select(DEBTOR).unique()
    claims = own.join(concerned, on=DEBTOR, how="semi")
    here = claims.group_by(DEBTOR).agg(
        total("balance").alias("debtor_claims"),
        total("balance", nw.col("_own") >= NON_PERFORMING).alias("debtor_non_performing"),
        total("balance", nw.col("days_past_due") > OVER_90).alias("_late"),
    )
    there = {
        name: nw.coalesce(nw.col(name), NOUGHT) for name in ("other_debts", "other_overdue_90", "other_bad")
    }
    return here.join(elsewhere, on=DEBTOR, how="left").select(
        *DEBTOR,
        "debtor_claims",
        "debtor_non_performing",
        debtor_debts=whole(nw.col("debtor_claims") + there["other_debts"]),
        debtor_overdue_90=whole(nw.col("_late") + there["other_overdue_90"]),
        debtor_bad_elsewhere=whole(there["other_bad"]),
    )


def _grade(rules: list[ClassRule]) -> nw.Expr:
    chosen: nw.Expr = nw.lit(0)
    for one in reversed(rules):
        chosen = nw.when(_holds(one)).then(nw.lit(one.at_least.grade)).otherwise(chosen)
    return whole(chosen)


def _rule(rules: list[ClassRule]) -> nw.Expr:
    chosen: nw.Expr = nw.lit("")
    for one in reversed(rules):
        chosen = nw.when(_holds(one)).then(nw.lit(one.code)).otherwise(chosen)
    return chosen


def _holds(rule: ClassRule) -> nw.Expr:
    value = nw.col(rule.measure) * (100 if rule.of else 1)
    of = nw.col(rule.of) if rule.of else nw.lit(1)
    met = value > rule.above * of if rule.above is not None else value >= (rule.reaches or 1) * of
    held = met & (of > 0)
    return held if rule.applies == "all" else held & (nw.col("asset_class") == rule.applies)
