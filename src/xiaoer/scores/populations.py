"""Who is judged, and on what occasion: the rows of a training set, before anybody looks at what became of them.

Each unit is a function of what was known on the frames' days and of the occasions that came after: an offer, a
drawing, a list. An occasion belongs to the last frame before it. Rows follow `labels.ROW`: customer_id, on_day, item,
from_day; units may add columns that start with `asked_` or `note_`, which a model may read, and `treated`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, share, whole
from xiaoer.scores.labels.happening import notes as notes_told
from xiaoer.scores.labels.terms import KEY, ROW, Later

WITHIN = 31  # days after a frame in which an occasion counts to it
NEW_MONTHS = 3.1
CONDITION = re.compile(r"(\w+) (=|!=|>=|<=|>|<) (.+)")


@dataclass(frozen=True)
class Population:
    """A named rule: the `unit` of a row, conditions on what was known, and for offers and lists which products."""

    unit: str
    where: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """Frames side by side: `firms` (customer_id, on_day, features) and `notes` (note_id, customer_id, on_day, …)."""

    firms: Frame
    notes: Frame


Unit = Callable[[Population, Known, Later], Frame]


def rows(population: Population, known: Known, later: Later) -> Frame:
    """The rows of a population; raises ValueError for a condition that cannot be read."""
    on = known.notes if population.unit == "notes" else known.firms
    met = [condition(one) for one in population.where]
    firms = known.firms.filter(~nw.coalesce(nw.col("closed"), nw.lit(value=False)))
    if population.unit == "notes":
        return UNITS["notes"](population, Known(firms, on.filter(*met) if met else on), later)
    return UNITS[population.unit](population, Known(firms.filter(*met) if met else firms, known.notes), later)


def condition(text: str) -> nw.Expr:
    """`column = a | b`, `!=`, or a comparison with a number; what is not known does not meet it."""
    read = CONDITION.fullmatch(text)
    if read is None:
        message = f"{text!r} is no condition: write column, comparison and value, with single blanks between"
        raise ValueError(message)
    column, sign, value = nw.col(read[1]), read[2], read[3]
    met = _compared(column, sign, value)
    return nw.coalesce(met, nw.lit(value=False))


def _compared(column: nw.Expr, sign: str, value: str) -> nw.Expr:
    if sign in ("=", "!="):
        among = column.is_in(value.split(" | "))
        return among if sign == "=" else ~among
    number = float(value)
    comparisons = {">": column > number, "<": column < number, ">=": column >= number, "<=": column <= number}
    return comparisons[sign]


def newcomer() -> nw.Expr:
    """Whether a firm opened within the last three months."""
    return nw.coalesce(nw.col("relation_months") <= NEW_MONTHS, nw.lit(value=False))


def _firms(_population: Population, known: Known, _later: Later) -> Frame:
    return known.firms.select("customer_id", "on_day", item=nw.lit(""), from_day=nw.col("on_day"))


def _notes(_population: Population, known: Known, _later: Later) -> Frame:
    """Notes still owed, of firms still there."""
    there = known.firms.select("customer_id", "on_day")
    owed = known.notes.join(there, on=["customer_id", "on_day"], how="inner")
    return owed.select("customer_id", "on_day", item=nw.col("note_id"), from_day=nw.col("on_day"))


def _newcomers(_population: Population, known: Known, _later: Later) -> Frame:
    """Firms that opened within the last three months, on the first frame that knows them; from their opening on."""
    opened = day_no("opened_date")
    new = known.firms.filter(newcomer()).with_columns(from_day=opened)
    first = nw.col("on_day") == nw.col("on_day").min().over("customer_id")
    once = new.with_columns(first=first).filter(nw.col("first"))
    return once.select("customer_id", "on_day", "from_day", item=nw.lit(""))


def _granted(_population: Population, known: Known, later: Later) -> Frame:
    """Notes drawn within a month of the frame, with what was granted."""
    drawn = notes_told(later).select(
        "customer_id",
        item=nw.col("note_id"),
        from_day=nw.col("drawn_day"),
        note_amount=nw.col("amount"),
        note_rate=nw.col("rate"),
        note_product=nw.col("product_id"),
        note_months_left=(nw.col("due_day") - nw.col("drawn_day")) / 30.4375,
    )
    return _placed(drawn, known)


def _failed(_population: Population, known: Known, later: Later) -> Frame:
    """Notes that default within a month of the frame; from that day on."""
    failed = notes_told(later).filter(~nw.col("default_day").is_null())
    days = failed.select("customer_id", item=nw.col("note_id"), from_day=nw.col("default_day"))
    return _placed(days, known)


def _offers(population: Population, known: Known, later: Later) -> Frame:
    """Offers of the products (of any, where none are named)."""
    offers = later.tables("contacts").filter(nw.col("purpose") == "offer")
    return _placed(_contacts(offers, population.products), known)


def _calls(population: Population, known: Known, later: Later) -> Frame:
    """Calls for whatever purpose."""
    calls = later.tables("contacts").filter(nw.col("channel") == "call")
    return _placed(_contacts(calls, population.products), known)


def _approaches(population: Population, known: Known, later: Later) -> Frame:
    """Everything the bank began: visits, calls, messages."""
    ours = nw.coalesce(nw.col("direction"), nw.lit("outbound")) != "inbound"
    return _placed(_contacts(later.tables("contacts").filter(ours), population.products), known)


def _contacts(contacts: Frame, products: Sequence[str]) -> Frame:
    kept = contacts.filter(nw.col("product_id").is_in(list(products))) if products else contacts
    return kept.select(
        "customer_id",
        item=nw.col("contact_id"),
        from_day=day_no("contact_date"),
        asked_product=nw.col("product_id"),
        asked_channel=nw.col("channel"),
        asked_hour=nw.col("contacted_at").dt.hour().cast(nw.Int64),
    )


def _lists(population: Population, known: Known, later: Later) -> Frame:
    """Firms on campaigns' lists, approached (`treated` 1) and left alone by lot (0); a list without lot is left out."""
    lots = later.tables("campaign_lists").filter(
        nw.col("product_id").is_in(list(population.products)),
        nw.col("treated_share") > 0,
        nw.col("treated_share") < 1,
    )
    listed = lots.select(
        "customer_id",
        "product_id",
        item=nw.col("campaign_id"),
        from_day=day_no("listed_date"),
        asked_product=nw.col("product_id"),
        asked_channel=nw.col("channel"),
        treated=nw.when(nw.col("arm") == "treated").then(1).otherwise(0),
        treated_share=nw.col("treated_share"),
    )
    return _placed(listed, known)


def _products(population: Population, known: Known, later: Later) -> Frame:
    """Each firm with each product it does not hold, of those named."""
    sold = later.tables("products").filter(nw.col("product_id").is_in(list(population.products)))
    wide = known.firms.select("customer_id", "on_day").join(sold.select(item="product_id"), how="cross")
    held = later.tables("holdings").select(
        "customer_id", item=nw.col("product_id"), opened=day_no("opened_date"), closed=day_no("closed_date")
    )
    there = wide.join(held, on=["customer_id", "item"], how="inner").filter(
        nw.col("opened") <= nw.col("on_day"),
        nw.col("closed").is_null() | (nw.col("closed") > nw.col("on_day")),
    )
    holding = there.select(*KEY).unique()
    free = wide.join(holding, on=list(KEY), how="anti").join(
        _spread(wide, holding), on=["item", "on_day"], how="left"
    )
    return free.select(
        *KEY,
        from_day=nw.col("on_day"),
        asked_product=nw.col("item"),
        product_share=nw.coalesce(nw.col("share"), nw.lit(0.0)),
    )


def _spread(wide: Frame, holding: Frame) -> Frame:
    """item, on_day, share: how many of the firms hold a product on a day."""
    firms = wide.group_by("item", "on_day").agg(whole(nw.len()).alias("firms"))
    holders = holding.group_by("item", "on_day").agg(whole(nw.len()).alias("holders"))
    return holders.join(firms, on=["item", "on_day"], how="inner").select(
        "item", "on_day", share=share("holders", "firms")
    )


def _placed(occasions: Frame, known: Known) -> Frame:
    """Occasions with the last frame before them, at most a month before; others fall out."""
    there = known.firms.select("customer_id", "on_day")
    wide = occasions.join(there, on="customer_id", how="inner")
    after = nw.col("from_day") - nw.col("on_day")
    near = wide.filter(after > 0, after <= WITHIN)
    last = nw.col("on_day") == nw.col("on_day").max().over("customer_id", "item")
    return near.with_columns(last=last).filter(nw.col("last")).drop("last")


UNITS: Mapping[str, Unit] = {
    "approaches": _approaches,
    "calls": _calls,
    "failed": _failed,
    "firms": _firms,
    "granted": _granted,
    "lists": _lists,
    "newcomers": _newcomers,
    "notes": _notes,
    "offers": _offers,
    "products": _products,
}
#: Units whose rows happen after the frame: their days reach so much further.
OCCASIONS = frozenset({"approaches", "calls", "failed", "granted", "lists", "offers"})
__all__ = ["OCCASIONS", "ROW", "UNITS", "WITHIN", "Known", "Population", "condition", "newcomer", "rows"]
