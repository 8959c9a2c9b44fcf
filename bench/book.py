"""`python -m bench.book [--mapping FILE --folder DIR]`: the mornings of a real book against what its invoices did next.

A night is run at six month-ends of 2019, each knowing only what was there on its day; what it flagged is held against a
list drawn by lot and one of the largest firms, of the same length. Results go to bench/results/book.json and into
docs/book.md.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bench.banks import settled
from bench.following import QUESTIONS, buyers_lost, compared, falls, silences
from bench.watching import CHECKOUT, commit

MORNINGS = tuple(
    date.fromisoformat(f"2019-{day}") for day in ("01-31", "03-31", "05-31", "07-31", "09-30", "10-31")
)
DAY = date(2020, 2, 21)
BOOK = CHECKOUT.parent / "shared" / "data" / "cumcm2020c"
MAPPING = CHECKOUT / "mappings" / "cumcm2020c.toml"
RESULTS, PAGE = CHECKOUT / "bench" / "results" / "book.json", CHECKOUT / "docs" / "book.md"
OPENS, CLOSES = "<!-- book -->", "<!-- /book -->"
CUSTOMERS = 'table = "customers"'
LAST_STEP = "offers"
TROUBLE = ("turnover_falls", "silence", "main_buyer_lost")


def main() -> int:
    """Run, print, keep."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mapping", type=Path, default=MAPPING)
    asked.add_argument("--folder", type=Path, default=BOOK)
    given = asked.parse_args()
    if not given.folder.is_dir():
        print(
            f"THE BOOK IS NOT TRIED: {given.folder} is not there; --folder names where it lies",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="xiaoer-book-") as scratch:
        without_desk(Path(scratch))
        rows = told(mornings(Path(scratch), given.mapping, given.folder))
    page = {"commit": commit(), "mornings": [day.isoformat() for day in MORNINGS], "questions": rows}
    RESULTS.write_text(json.dumps(page, indent=1) + "\n", "utf-8")
    into_docs(page)
    print(as_table(rows))
    return 0


def without_desk(home: Path) -> None:
    """Everything below one folder; the night's rooms are wired, no database is asked."""
    settled(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaoer.app.settings")
    import django

    django.setup()


def mornings(
    home: Path, mapping: Path, folder: Path, days: Sequence[date] = MORNINGS
) -> Iterator[dict[str, pl.DataFrame]]:
    """Each morning's questions, a table each."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.sources.intake import load_bank, receive

    lake, engine = Lake(home / "lake"), DuckEngine(home / "scratch")
    for day in days:
        register = register_of(day, mapping, home / day.isoformat())
        load_bank(receive(register, folder, home / "inboxes" / day.isoformat()), lake, engine, day)
    load_bank(receive(mapping, folder, home / "inbox"), lake, engine, DAY)
    sales = all_sales(lake, engine)
    for day in days:
        yield questions(night_of(day, lake, engine, home), sales, day)


def register_of(day: date, mapping: Path, folder: Path) -> Path:
    """A mapping that delivers the customers alone, on a day: the book's one register stands for all evenings.

    Invoices need no such help: each is known from the day it was written.
    """
    head, *sources = mapping.read_text("utf-8").split("[[source]]")
    customers = [source for source in sources if CUSTOMERS in source]
    text = "[[source]]".join([head.replace(DAY.isoformat(), day.isoformat()), *customers])
    folder.mkdir(parents=True)
    target = folder / mapping.name
    target.write_text(text, "utf-8")
    return target


def night_of(day: date, lake: Any, engine: Any, home: Path) -> Any:
    """A night as far as the managers' days."""
    from xiaoer.nightly.plan import ORDER, PLAN
    from xiaoer.nightly.run import Night, run_number

    night = Night(
        day, run_number(day, lake), lake, engine, home / "nights" / day.isoformat(), home / "models"
    )
    for step in PLAN[: ORDER.index(LAST_STEP) + 1]:
        step.work(night)
    print(f"{day}: the night is done", flush=True)
    return night


def all_sales(lake: Any, engine: Any) -> pl.DataFrame:
    """Every valid sale of the book, those after the mornings too: the judge knows them, the nights do not."""
    from xiaoer.sources.contracts import contract

    columns = ("customer_id", "counterparty_id", "direction", "invoice_date", "status", "gross")
    papers = pl.DataFrame(
        engine.collect(lake.open(contract("invoices").schema, DAY, engine).select(*columns))
    )
    valid = papers.filter(pl.col("direction") == "sale", pl.col("status") == "valid")
    return valid.select("customer_id", "counterparty_id", day="invoice_date", amount="gross")


def questions(night: Any, sales: pl.DataFrame, day: date) -> dict[str, pl.DataFrame]:
    """What the night flagged, beside what came of it."""
    seen = pl.DataFrame(night.rows_of("noticed"))
    log = pl.DataFrame(night.rows_of("decisions"))
    line = log.filter(pl.col("fits").fill_null(value=False), pl.col("rule").is_in(TROUBLE))
    lost = seen.filter(pl.col("rule") == "main_buyer_lost")
    return {
        "fall": falls(sales, day, _firms(seen, "turnover_falls")),
        "silence": silences(sales, day, _firms(seen, "silence")),
        "buyer lost": buyers_lost(sales, day, set(lost.select("customer_id", "partner").iter_rows())),
        "morning list": falls(sales, day, set(line["customer_id"])),
    }


def _firms(seen: pl.DataFrame, rule: str) -> set[str]:
    return set(seen.filter(pl.col("rule") == rule)["customer_id"])


def told(found: Iterator[dict[str, pl.DataFrame]]) -> list[dict[str, Any]]:
    """A row a question over all mornings."""
    tables = list(found)
    return [
        {"question": name, **compared(pl.concat([table[name] for table in tables]))} for name in QUESTIONS
    ]


def as_table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    head = (
        "| question | asked | flagged | came true | by lot | largest first | over lot | over largest |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(_line(row) for row in rows)])


def _line(row: dict[str, Any]) -> str:
    shares = (row["flagged_true"], row["random"], row["largest_true"])
    gaps = (_gap(row, "over_random"), _gap(row, "over_largest"))
    return f"| {row['question']} | {row['asked']:,} | {row['flagged']} | {' | '.join(map(_share, shares))} | {' | '.join(gaps)} |"


def _gap(row: dict[str, Any], name: str) -> str:
    return f"{_share(row[name])} ({_share(row[f'{name}_low'])} to {_share(row[f'{name}_high'])})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def into_docs(page: dict[str, Any]) -> None:
    """Put the table between the marks of docs/book.md."""
    before, rest = PAGE.read_text("utf-8").split(OPENS, 1)
    after = rest.split(CLOSES, 1)[1]
    PAGE.write_text(f"{before}{OPENS}\n{as_table(page['questions'])}\n{CLOSES}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
