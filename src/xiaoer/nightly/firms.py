"""The published row of a firm, as lists and the head of its page show it."""

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.features.night import similar
from xiaoer.kit.text import pinyin
from xiaoer.nightly import history, seam
from xiaoer.nightly.answers import told_customers
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import Part, as_json, in_parts, said
from xiaoer.nightly.run import Night

OWNER_ROLES = ("legal_representative", "beneficial_owner")
AS_KNOWN = (
    "customer_id", "size_class", "tier", "value_band", "size_band", "loan_balance", "contribution_12m",
    "satisfaction", "matures_date", "last_contact_date",
)  # fmt: skip
AS_TOLD = ("opened_date", "staff_count")
TEXTS = ("credit_code", "industry_code", "industry", "region", "district")
COLUMNS = (
    *AS_KNOWN, *AS_TOLD, *TEXTS, "kind", "size_missing", "borrower", "holdings", "products", "turnover_12m",
    "turnover_prior_12m", "balance", "next_due_date", "due_channel", "tier_low", "tier_high", "stage", "stage_date",
    "pd", "score_points", "score_state", "name", "pinyin", "initials", "tier_before", "phone", "owner_name", "events",
    "similar", "passed_from",
)  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What is looked up for every firm, in order of the firms: names, tiers of the night before, events counted."""

    called: Directory
    products: pl.DataFrame
    before: pl.DataFrame
    counted: pl.DataFrame


def firms(night: Night, called: Directory) -> seam.Rows:
    """One row per firm of the book; amounts in fen."""
    products = night.engine.collect(night.delivered("products").select("product_id", "name"))
    counted = (
        pl.DataFrame(night.rows_of("events").select(["customer_id"])).group_by("customer_id").len("events")
    )
    before = history.tiers_before(night).rename({"tier": "tier_before"})
    beside = Beside(called, pl.DataFrame(products), before, counted.sort("customer_id"))
    shown = in_parts(night, COLUMNS, lambda part: _firms(part, beside))

    def pieces() -> Iterator[pa.Table]:
        night.keep("similar", similar(night.made("features")))
        yield from shown.pieces()

    return seam.Rows(shown.column_names, pieces)


def _firms(part: Part, beside: Beside) -> pl.DataFrame:
    told = part.rows(told_customers(part.night)).unique("customer_id", keep="last")
    known = part.made("firms_in_book").sort("customer_id").select(pl.all().exclude("kind", *AS_TOLD, *TEXTS))
    rows = known.join(told.select("customer_id", "kind", *AS_TOLD, *TEXTS), on="customer_id")
    for one in (
        _called(part, beside.called),
        _owners(part),
        _phones(part),
        _holdings(part, beside.products),
        _similar(part),
        part.among(beside.before),
        part.among(beside.counted),
    ):
        rows = rows.join(one, on="customer_id", how="left", maintain_order="left")
    return rows.with_columns(*_shown())


def _shown() -> list[pl.Expr]:
    last, col = pl.col("last_contact_date"), pl.col
    missing = col("size_missing").str.split(",").list.eval(pl.element().filter(pl.element() != ""))
    return [
        *(col(name).fill_null("") for name in (*TEXTS, "phone", "owner_name", "tier_before", "due_channel")),
        said("kind", "enterprise"),
        col("stage", "tier_low", "tier_high", "passed_from").fill_null(""),
        col("stage_day").cast(pl.Int32).cast(pl.Date).alias("stage_date"),
        as_json(missing).alias("size_missing"),
        (col("loan_balance").fill_null(0) != 0).alias("borrower"),
        col("holdings", "similar").fill_null("[]"),
        col("products").fill_null(0),
        col("events").fill_null(0),
        col("sales_12m").alias("turnover_12m"),
        pl.when(col("growth_12m").is_not_null()).then("sales_prior_12m").alias("turnover_prior_12m"),
        col("balance_90d").alias("balance"),
        (last.cast(pl.Int32) + col("every_days")).cast(pl.Int32).cast(pl.Date).alias("next_due_date"),
        col("value").alias("pd"),
        col("points").alias("score_points"),
        col("state").fill_null("").alias("score_state"),
    ]


def _called(part: Part, called: Directory) -> pl.DataFrame:
    """Names with their pinyin; a firm nobody named is called by its number."""
    named = part.firms.join(part.among(called.firms), on="customer_id", how="left").with_columns(
        said("name", pl.col("customer_id"))
    )
    sounds = [pinyin(name) for name in named["name"]]
    return named.with_columns(
        pinyin=pl.Series([full for full, _ in sounds], dtype=pl.String),
        initials=pl.Series([short for _, short in sounds], dtype=pl.String),
    )


def _owners(part: Part) -> pl.DataFrame:
    """The firm's legal representative, or whoever owns it."""
    roles = part.night.delivered("person_roles").filter(nw.col("role").is_in(OWNER_ROLES))
    people = part.night.personal("people").select("person_id", nw.col("name").alias("owner_name"))
    owners = part.rows(roles.join(people, on="person_id", how="left"))
    first = pl.col("role") != OWNER_ROLES[0]
    chosen = owners.sort(first, "person_id", descending=[False, True]).unique(
        "customer_id", keep="first", maintain_order=True
    )
    return chosen.select("customer_id", "owner_name")


def _phones(part: Part) -> pl.DataFrame:
    rows = part.rows(part.night.personal("customers").select("customer_id", "phone"))
    return rows.unique("customer_id", keep="last")


def _holdings(part: Part, products: pl.DataFrame) -> pl.DataFrame:
    held = part.made("held").select("customer_id", "product_id").join(products, on="product_id", how="left")
    named = held.with_columns(said("name", pl.col("product_id"))).unique(["customer_id", "name"]).sort("name")
    listed = named.group_by("customer_id", maintain_order=True).agg("name")
    return listed.select("customer_id", holdings=as_json(pl.col("name")))


def _similar(part: Part) -> pl.DataFrame:
    pairs = part.made("similar").sort("customer_id", "place")
    listed = pairs.group_by("customer_id", maintain_order=True).agg("neighbour_id")
    return listed.select("customer_id", similar=as_json(pl.col("neighbour_id")))
