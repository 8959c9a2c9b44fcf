"""What the risk desk asks of a night besides classes: whose arrears, who stands for whom, plans against terms."""

from dataclasses import asdict

import narwhals as nw
import pyarrow as pa

from xiaoer.loans.night.plans import compared, lined, stated
from xiaoer.loans.terms import Plans
from xiaoer.network.night import sides, sureties, ties
from xiaoer.network.rules import places
from xiaoer.nightly.calendar import calendar
from xiaoer.nightly.run import Night

NOTE = (
    "note_id", "customer_id", "contract_id", "product_id", "balance", "amount", "rate", "drawn_date", "due_date",
    "extended_date",
)  # fmt: skip
RINGS = pa.schema(
    {
        "customer_id": pa.string(), "ring": pa.string(), "ring_size": pa.int64(), "circle": pa.string(),
        "circle_size": pa.int64(), "chain": pa.int64(),
    }
)  # fmt: skip


def risk(night: Night) -> None:
    """Tables: late_notes, guarantee_ties, _rings and _sides, sureties, plan_terms, plan_lines, plan_checks."""
    whose = night.made("notes_drawn").select("note_id", "customer_id")
    night.keep("late_notes", night.made("arrears").join(whose, on="note_id", how="inner"))
    _guarantees(night)
    _plans(night)


def _guarantees(night: Night) -> None:
    """Rings are found in memory: of all ties between firms, which are few, none can be left out."""
    book = night.made("loan_book").select("customer_id", "contract_id", "balance", "grade", "late_days")
    firms = night.made("portfolio").select("customer_id")
    tied = night.keep("guarantee_ties", ties(night.delivered("guarantees"), book, firms, night.on.today))
    between = night.engine.collect(tied.filter(nw.col("ours")).select("guarantor_id", "customer_id").unique())
    found = places(zip(*(between[name].to_pylist() for name in ("guarantor_id", "customer_id")), strict=True))
    rows = [{"customer_id": firm} | asdict(place) for firm, place in sorted(found.items())]
    night.keep_rows("guarantee_rings", pa.Table.from_pylist(rows, RINGS))
    placed = sureties(tied, book, night.made("guarantee_rings")).join(firms, on="customer_id", how="semi")
    standing = night.keep("sureties", placed)
    night.keep("guarantee_sides", sides(tied, standing).join(firms, on="customer_id", how="semi"))


def _plans(night: Night) -> None:
    """Delivered plans of the notes on the book against what their contracts say."""
    book = night.made("loan_book").select("note_id")
    notes = night.delivered("drawdown_notes").join(book, on="note_id", how="semi").select(*NOTE)
    schedules = night.delivered("schedules").join(book, on="note_id", how="semi")
    days = calendar(night, notes)
    terms = night.keep("plan_terms", stated(notes, night.delivered("loan_contracts"), days))
    lines = night.keep("plan_lines", lined(terms, schedules, days))
    tolerance = Plans.in_force(night.business_date).tolerance
    night.keep("plan_checks", compared(terms, lines, schedules, tolerance))
