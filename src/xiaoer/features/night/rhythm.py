"""How often a firm sells and buys, and how long it has been quiet against its own habit."""

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.features.rules import Gaps
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole


def rhythm(habits: Frame, on: Windows) -> Frame:
    """Gaps between days with papers (days), and present silence with the feast's quiet days taken off.

    One row per firm that ever sold: for purchases a firm without any sale is left out.
    """
    sale = _side(habits.filter(nw.col("sale")), "sale", on)
    purchase = _side(habits.filter(~nw.col("sale")), "purchase", on)
    return sale.join(purchase, on="customer_id", how="left")


def paid_days(trade: Frame) -> Frame:
    """What `habits` asks for: customer_id, sale, day (a number) of trade with a positive amount, perhaps repeated."""
    return trade.filter(nw.col("amount") > 0).select("customer_id", "sale", "day")


def habits(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Per firm and side: gap_median, gap_usual_longest, gap_longest, days, first_day, last_day.

    A batch of `paid_days` that holds all rows of its firms.
    """
    firms = batch["customer_id"]
    firms = firms if pa.types.is_dictionary(firms.type) else pc.dictionary_encode(firms)
    sale = batch["sale"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    sides = firms.indices.cast(pa.int64()).to_numpy(zero_copy_only=False) * 2 + sale
    gaps = Gaps.of(sides, batch["day"].cast(pa.int64()).to_numpy(zero_copy_only=False))
    none = gaps.counts == 0
    columns = {
        "customer_id": firms.dictionary.cast(pa.string()).take(pa.array(gaps.groups // 2)),
        "sale": pa.array(gaps.groups % 2 == 1),
        "gap_median": pa.array((gaps.at(1, 2) + gaps.at(1, 2, upper=True)) / 2, mask=none),
        "gap_usual_longest": pa.array(gaps.quantile(9, 10), mask=none),
        "gap_longest": pa.array(gaps.at(1, 1), mask=none),
        "days": pa.array(gaps.counts + 1),
        "first_day": pa.array(gaps.first_days),
        "last_day": pa.array(gaps.last_days),
    }
    return pa.RecordBatch.from_pydict(columns)


def _side(habits: Frame, direction: str, on: Windows) -> Frame:
    quiet = nw.when(nw.col("last_day") < on.feast_first).then(on.feast_days_passed).otherwise(0)
    known_days = nw.col("last_day") - nw.col("first_day") + 1
    return habits.select(
        "customer_id",
        nw.col("gap_median").alias(f"{direction}_gap_median"),
        nw.col("gap_usual_longest").alias(f"{direction}_gap_usual_longest"),
        nw.col("gap_longest").alias(f"{direction}_gap_longest"),
        nw.col("days").alias(f"{direction}_days"),
        whole(on.today - nw.col("last_day")).alias(f"days_since_{direction}"),
        whole(on.today - nw.col("last_day") - quiet).alias(f"quiet_{direction}_days"),
        (nw.col("days") / known_days).alias(f"{direction}_day_share"),
    )
