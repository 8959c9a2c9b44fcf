"""The published rows of scores, events, proposals and deliveries."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from xiaoer.kit.text import reason
from xiaoer.nightly import history, seam
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import Part, as_json, in_parts
from xiaoer.nightly.run import Night
from xiaoer.offers.rules import risk_shown
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import Scorecard
from xiaoer.trials.families import HOLDOUT

OTHERS_SHOWN = 3
BY_LOT = json.dumps(reason("left_alone_by_lot", "plain"), ensure_ascii=False)
SCORES = (
    "customer_id",
    "model",
    "version",
    "state",
    "value",
    "points",
    "band",
    "parts",
    "seen",
    "previous",
)
EVENTS = (
    "event_id", "customer_id", "rule", "event_date", "due_date", "severity", "because", "goal", "amount",
)  # fmt: skip
OPENINGS = ("customer_id", "product_id", "product", "category", "opened_date", "high_value")
PROPOSALS = (
    "offer_id", "customer_id", "day", "kind", "minutes", "expected_return", "cost", "arm", "run_id", "rank", "fits",
    "stopped", "goal", "because", "risk", "at_stake", "changed", "dropped", "others", "hour_price", "chance",
    "priority", "lever", "product_id", "propensity", "told_by", "context", "prize", "patience",
)  # fmt: skip


def scores(night: Night) -> seam.Rows:
    """Every score with what moved it, and with the night before beside it; the desk puts the words to the numbers."""
    before = history.scores_before(night).rename({"value": "previous"})
    cards = _cards(night)
    read = sorted({entry.name for card in cards for entry in card.inputs})

    def made(part: Part) -> pl.DataFrame:
        known = part.rows(night.made("features").select("customer_id", *read))
        rows = part.made("scores").join(known, on="customer_id", how="left", maintain_order="left")
        shown = pl.concat([_seen(card, rows) for card in cards]) if cards else _seen(None, rows)
        return shown.join(part.among(before), on="customer_id", how="left", maintain_order="left")

    return in_parts(night, SCORES, made)


def _seen(card: Scorecard | None, rows: pl.DataFrame) -> pl.DataFrame:
    """A card's rows with `seen`, what each of its inputs is; null where nothing is known."""
    if card is None:
        return rows.with_columns(parts=pl.lit("[]"), seen=pl.lit("[]"))
    mine = rows.filter(model=card.model, version=card.version)
    return mine.with_columns(
        parts=as_json(pl.col("parts")),
        seen=as_json(pl.concat_list(_plain(entry.name) for entry in card.inputs)),
    )


def _plain(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def cards(night: Night) -> pa.Table:
    """What the cards behind the scores read, and what is usual in it."""
    rows = [
        {
            "model": card.model,
            "version": card.version,
            "inputs": json.dumps([[entry.name, entry.usual] for entry in card.inputs]),
        }
        for card in _cards(night)
    ]
    return pa.Table.from_pylist(rows) if rows else pa.table({})


def _cards(night: Night) -> list[Scorecard]:
    """The cards the night's scores were made with; none where nothing was scored."""
    used = night.engine.collect(night.made("scores").select("model", "version").unique())
    return [Registry(night.models).version(*row.values()) for row in used.to_pylist()]


def events(night: Night, called: Directory) -> seam.Rows:
    """Events with partners called by name."""
    return in_parts(night, EVENTS, lambda part: _named(part.made("events"), called))


def openings(night: Night) -> seam.Rows:
    """Products opened lately that are taught."""
    opened = pl.col("opened_day").cast(pl.Int32).cast(pl.Date).alias("opened_date")

    def made(part: Part) -> pl.DataFrame:
        rows = part.made("lessons").with_columns(opened)
        return rows.select(OPENINGS).unique(["customer_id", "product_id"]).sort("customer_id", "product_id")

    return in_parts(night, OPENINGS, made)


def proposals(night: Night, called: Directory) -> seam.Rows:
    """What is on somebody's morning, and what was stopped by a rule worth telling."""
    return in_parts(night, PROPOSALS, lambda part: _proposals(part, called))


def _proposals(part: Part, called: Directory) -> pl.DataFrame:
    facts = part.made("firms").select("customer_id", "band", "loan_balance", "days_past_due")
    rows = _named(part.made("decisions"), called)
    lines = rows.filter(pl.col("offer_id").is_not_null())
    named = lines.join(facts, on="customer_id", how="left", maintain_order="left")
    named = named.join(_others(rows, lines), on="offer_id", how="left", maintain_order="left")
    risks = [risk_shown(band, late or 0) for band, late in named.select("band", "days_past_due").iter_rows()]
    return named.with_columns(
        pl.col("rank").fill_null(0),
        pl.col("fits").fill_null(value=False),
        pl.Series("risk", risks, pl.String),
        pl.col("loan_balance").alias("at_stake"),
        pl.col("others").fill_null("[]"),
        pl.col("hour_price").fill_null(0),
        pl.col("product_id", "told_by").fill_null(""),
        pl.col("context").fill_null(1.0),
        pl.col("patience").fill_null(0),
    )


def _others(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """By offer_id the firm's other occasions, the dearest first, each with what forbids it or why it stands back.

    Left alone by lot is such a reason too: the firm is not met for that, and for this it is.
    """
    by_lot = pl.when(pl.col("arm") == HOLDOUT).then(pl.lit(BY_LOT))
    why = pl.coalesce("stopped", "dropped", by_lot)
    mine = lines.select("customer_id", told="offer_id")
    beside = rows.filter(why.is_not_null()).join(mine, on="customer_id", how="inner")
    beside = beside.filter(pl.col("offer_id").is_null() | (pl.col("offer_id") != pl.col("told")))
    one = pl.concat_str(
        pl.lit('{"goal":'), "goal", pl.lit(',"kind":"'), "kind", pl.lit('","minutes":'), "minutes",
        pl.lit(',"expected_return":'), "expected_return", pl.lit(',"cost":'), "cost", pl.lit(',"priority":'),
        pl.col("priority").round().cast(pl.Int64), pl.lit(',"propensity":'),
        pl.col("propensity").cast(pl.String).fill_null("null"), pl.lit(',"prize":'),
        pl.col("prize").cast(pl.String).fill_null("null"), pl.lit(',"why":'), why, pl.lit("}"),
    )  # fmt: skip
    ordered = beside.sort("priority", "rule", descending=[True, False]).group_by("told", maintain_order=True)
    listed = ordered.agg(one.head(OTHERS_SHOWN).alias("others"))
    return listed.select(offer_id="told", others=pl.lit("[") + pl.col("others").list.join(",") + pl.lit("]"))


def _named(rows: pl.DataFrame, called: Directory) -> pl.DataFrame:
    """Rows whose reasons (`because`, `goal`) tell of counterparties and people by name."""
    told = pl.concat([rows["because"], rows["goal"]]).unique().drop_nulls()
    mentions = told.str.contains('"partner"', literal=True) | told.str.contains('_person"', literal=True)
    by_number = {text: json.loads(text) for text in told.filter(mentions)}
    names = called.names(sorted({one for told in by_number.values() for one in _partners(told)}))
    by_name = {text: _renamed(told, names, called.people) for text, told in by_number.items()}
    return (
        rows.with_columns(rows[column].replace(by_name) for column in ("because", "goal"))
        if by_name
        else rows
    )


def _reasons(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _partners(told: Any) -> list[str]:
    return [one["params"]["partner"] for one in _reasons(told) if one["params"].get("partner")]


def _renamed(told: Any, names: Mapping[str, str], people: Mapping[str, str]) -> str:
    for one in _reasons(told):
        params = one["params"]
        if number := params.get("partner"):
            params["partner"] = names[number]
        params |= {
            name: people.get(number, number) for name, number in params.items() if name.endswith("_person")
        }
    return json.dumps(told, ensure_ascii=False)
