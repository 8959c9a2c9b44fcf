"""The published rows of loans: notes with their times and plans, class moves, and the reports' sums."""

import polars as pl
import pyarrow as pa

from xiaoer.loans.terms import Buckets, FiveClass
from xiaoer.nightly import seam
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import Part, as_json, in_parts, said
from xiaoer.nightly.run import Night

NOTES = (
    "note_id", "customer_id", "contract_id", "product_id", "product", "amount", "balance", "overdue_amount",
    "days_past_due", "book_days_past_due", "bucket", "asset_class", "book_class", "rule_class", "rule",
    "last_late_date", "drawn_date", "due_date", "next_due_date", "rate", "repayment_method", "security",
    "credit_limit", "inclusive", "times", "plan",
)  # fmt: skip
CHECKS = (
    "note_id", "customer_id", "product", "balance", "rule_class", "due_date", "last_check_date", "escalated_to",
    "traced_amount", "forbidden_amount", "unclear_amount", "flagged", "payees",
)  # fmt: skip
PAYEES_SHOWN = 6
RENEWALS = (
    "note_id", "customer_id", "product", "balance", "rate", "due_date", "stage", "signed_date", "conditions",
)  # fmt: skip
MOVES = ("note_id", "customer_id", "day", "from_class", "to_class", "rule", "rule_before")
GRADES = {grade: one.value for grade, one in enumerate(FiveClass)}
WHOSE = ["branch_id", "manager_id"]
VINTAGE = ["cohort", "product_id", *WHOSE]
OUTSIDE = ""


def notes(night: Night) -> seam.Rows:
    """Every note on the book."""
    products = product_names(night)
    floors = Buckets.in_force(night.business_date).floors
    return in_parts(night, NOTES, lambda part: _notes(part, products, floors))


def class_moves(night: Night) -> seam.Rows:
    """Each change of what the rules ask for."""
    return in_parts(night, MOVES, _moves)


def migrations(night: Night) -> pa.Table:
    """Moves between month-ends, summed by whom they belong to."""
    rows = pl.DataFrame(night.rows_of("migration"))
    months = rows.with_columns(_first_of("month").alias("month"), *_classes("from", "to"))
    return months.drop("from_grade", "to_grade").to_arrow()


def vintages(night: Night) -> pa.Table:
    """Cohorts with what ripened at each age."""
    rows = pl.DataFrame(night.rows_of("cohorts"))
    for name in ("late_30", "late_90"):
        ages = pl.DataFrame(night.rows_of(f"vintage_{name}")).sort("age")
        listed = ages.group_by(VINTAGE, maintain_order=True).agg(pl.concat_list("age", "amount").alias(name))
        texts = listed.with_columns(as_json(pl.col(name)).alias(name))
        rows = rows.join(texts, on=VINTAGE, how="left").with_columns(pl.col(name).fill_null("[]"))
    return rows.with_columns(_first_of("cohort").alias("month")).drop("cohort").to_arrow()


def shares(night: Night) -> pa.Table:
    """Balances by sector and group."""
    return night.rows_of("concentration_loans")


def renewals(night: Night) -> seam.Rows:
    """Notes that end soon with their conditions."""
    products = product_names(night)

    def made(part: Part) -> pl.DataFrame:
        items = (
            part.made("renewals")
            .sort("note_id")
            .join(products, on="product_id", how="left", maintain_order="left")
        )
        return items.with_columns(said("product", pl.col("product_id").fill_null("")))

    return in_parts(night, RENEWALS, made)


def checks(night: Night, called: Directory) -> seam.Rows:
    """When each note is looked at next, and the payees of its drawing by name."""
    products = product_names(night)

    def made(part: Part) -> pl.DataFrame:
        rows = (
            part.made("checks_due")
            .sort("note_id")
            .join(products, on="product_id", how="left", maintain_order="left")
        )
        listed = _payees(part, called)
        return rows.join(listed, on="note_id", how="left", maintain_order="left").with_columns(
            said("product", pl.col("product_id").fill_null("")),
            pl.col("payees").fill_null("[]"),
            pl.col("grade").replace_strict(GRADES, return_dtype=pl.String).alias("rule_class"),
        )

    return in_parts(night, CHECKS, made)


def promises(night: Night) -> pa.Table:
    """The three no's of the last two years, month by month."""
    last = night.business_date.year * 12 + night.business_date.month - 1
    rows = pl.DataFrame(night.rows_of("renewal_promises")).filter(pl.col("month").is_between(last - 23, last))
    return rows.with_columns(_first_of("month").alias("month")).to_arrow()


def product_names(night: Night) -> pl.DataFrame:
    """product_id and its name as `product`."""
    rows = night.engine.collect(night.delivered("products").select("product_id", "name"))
    return pl.DataFrame(rows).unique("product_id", keep="last").rename({"name": "product"})


def _payees(part: Part, called: Directory) -> pl.DataFrame:
    """The largest uses of each note's drawing, as JSON."""
    ordered = ["note_id", "amount", "counterparty_id", "purpose"]
    rows = part.made("drawings_traced").sort(ordered, descending=[False, True, False, False])
    first = rows.group_by("note_id", maintain_order=True).head(PAYEES_SHOWN)
    named = called.called(first)
    listed = named.select("note_id", pl.struct("name", "purpose", "amount").alias("payees"))
    texts = listed.group_by("note_id", maintain_order=True).agg("payees")
    return texts.with_columns(as_json(pl.col("payees")).alias("payees"))


def _notes(part: Part, products: pl.DataFrame, floors: tuple[int, ...]) -> pl.DataFrame:
    rows = (
        part.made("loan_book")
        .sort("note_id")
        .join(products, on="product_id", how="left", maintain_order="left")
    )
    for one in (_times(part), _plans(part)):
        rows = rows.join(one, on="note_id", how="left", maintain_order="left")
    return rows.with_columns(
        *(pl.col(name).fill_null("") for name in ("contract_id", "product_id", "repayment_method", "security")),
        *(pl.col(name).fill_null("[]") for name in ("times", "plan")),
        said("product", pl.col("product_id").fill_null("")),
        (pl.col("overdue_principal").fill_null(0) + pl.col("overdue_interest").fill_null(0)).alias("overdue_amount"),
        pl.col("days_past_due").alias("book_days_past_due"),
        pl.col("late_days").alias("days_past_due"),
        _bucket(floors).alias("bucket"),
        pl.col("classification").fill_null("").alias("book_class"),
        pl.col("grade").replace_strict(GRADES, return_dtype=pl.String).alias("rule_class"),
        _day("last_late_day").alias("last_late_date"),
        pl.col("counts").fill_null(value=False).alias("inclusive"),
    )  # fmt: skip


def _bucket(floors: tuple[int, ...]) -> pl.Expr:
    late = pl.col("late_days")
    return pl.max_horizontal(
        pl.lit(0), *(pl.when(late >= floor).then(floor).otherwise(0) for floor in floors)
    )


def _times(part: Part) -> pl.DataFrame:
    """When each note entered and left its buckets, as JSON."""
    rows = part.made("note_spells").sort("note_id", "in_day", "floor")
    days = [_day(f"{name}_day").cast(pl.String).alias(name) for name in ("in", "out")]
    entries = rows.select("note_id", pl.struct("floor", *days).alias("times"))
    listed = entries.group_by("note_id", maintain_order=True).agg("times")
    return listed.with_columns(as_json(pl.col("times")).alias("times"))


def _plans(part: Part) -> pl.DataFrame:
    """The instalments of a year back and ahead, as JSON."""
    rows = part.made("note_plans").sort("note_id", "instalment")
    entry = pl.struct(
        pl.col("instalment").alias("no"),
        pl.col("due_date").cast(pl.String).alias("due"),
        pl.col("principal").fill_null(0),
        pl.col("interest").fill_null(0),
        pl.col("paid_date").cast(pl.String).alias("paid"),
    )
    listed = rows.select("note_id", entry.alias("plan")).group_by("note_id", maintain_order=True).agg("plan")
    return listed.with_columns(as_json(pl.col("plan")).alias("plan"))


def _moves(part: Part) -> pl.DataFrame:
    rows = part.made("class_changes").sort("note_id", "day", "to_grade")
    once = rows.unique(["note_id", "day", "to_grade"], keep="last", maintain_order=True)
    return once.with_columns(*_classes("from", "to"), _day("day").alias("day"))


def _classes(*names: str) -> list[pl.Expr]:
    """Grades as class codes, "" for not on the book."""
    return [
        pl.col(f"{name}_grade").replace_strict(GRADES, default=OUTSIDE, return_dtype=pl.String).alias(f"{name}_class")
        for name in names
    ]  # fmt: skip


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date)


def _first_of(column: str) -> pl.Expr:
    """A month number's first day."""
    return pl.date(pl.col(column) // 12, pl.col(column) % 12 + 1, 1)
