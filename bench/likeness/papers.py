"""The invoices of a bank or of a book, taken in by the product itself, cut to the two years that are compared."""

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from xiaoer.kit.dates import add_months, month_start, months_between
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contract
from xiaoer.sources.intake import load_bank
from xiaoer.sources.mapping import read_mapping

MONTHS = 24
TABLES = ("invoices", "customers")


@dataclass(frozen=True)
class Window:
    """Whole months, from the first day of one to the last day of another."""

    first: date
    last: date

    @property
    def months(self) -> int:
        return months_between(self.first, self.last) + 1

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def month_of(self, day: str) -> pl.Expr:
        """Number of a day's month in the window, 0 the first."""
        at = pl.col(day)
        since = (at.dt.year().cast(pl.Int64) - self.first.year) * 12 + at.dt.month().cast(pl.Int64)
        return since - self.first.month


@dataclass(frozen=True)
class Book:
    """Invoices within the window and the firms they belong to.

    `papers`: firm, side (sale, purchase), day, partner (or null), net (fen, negative on red ones), void. Exact duplicates and
    broken rows are not in it. `regular` are the firms with sales enough to be described. `labels`: firm, defaulted
    (empty where nothing was lent).
    """

    papers: pl.DataFrame
    labels: pl.DataFrame
    window: Window
    left_out: int  # rows the intake held back, over the whole delivery

    @property
    def regular(self) -> pl.Series:
        return regular_firms(self.papers, self.window)

    def side(self, side: str) -> pl.DataFrame:
        """All papers of one side of the regular firms."""
        return self.papers.filter((pl.col("side") == side) & pl.col("firm").is_in(self.regular.implode()))


@dataclass(frozen=True)
class Delivered:
    """Both tables as the lake gives them back, and how many invoice rows were held back."""

    invoices: pl.DataFrame
    customers: pl.DataFrame
    left_out: int


def take_in(mapping: Path, folder: Path, scratch: Path, day: date) -> Delivered:
    """Load invoices and customers of a folder into a lake of their own; raises Refusal with the intake's words."""
    inbox, engine = scratch / "inbox", DuckEngine(scratch / "engine")
    _lay_links(mapping, folder, inbox)
    lake = Lake(scratch / "lake")
    reports = load_bank(inbox, lake, engine, day, mapping_path=mapping)
    refused = [report.refused for report in reports if report.refused]
    if refused:
        raise Refusal(f"{len(refused)} files were refused, the first: {refused[0]}", str(folder))
    frames = [pl.from_arrow(engine.collect(lake.open(contract(name).schema, day, engine))) for name in TABLES]
    engine.close()
    return Delivered(*frames, sum(report.quarantined for report in reports if report.table == "invoices"))


def _lay_links(mapping: Path, folder: Path, inbox: Path) -> None:
    """Only the files needed: a bank's payments are ten times its invoices."""
    inbox.mkdir(parents=True)
    sources = [source for source in read_mapping(mapping).sources if source.table in TABLES]
    for path in {path for source in sources for name in source.files for path in folder.glob(name)}:
        (inbox / path.name).symlink_to(path.resolve())


def cut(delivered: Delivered, window: Window) -> Book:
    """The papers of the window under the names used here."""
    invoices = delivered.invoices.filter(pl.col("invoice_date").is_between(window.first, window.last))
    papers = invoices.select(
        firm="customer_id",
        side="direction",
        day="invoice_date",
        partner="counterparty_id",
        net=pl.coalesce("net", "gross"),
        void=(pl.col("status") == "void").fill_null(value=False),
    )
    labels = delivered.customers.select(firm="customer_id", defaulted="defaulted")
    return Book(papers, labels, window, delivered.left_out)


def regular_firms(papers: pl.DataFrame, window: Window) -> pl.Series:
    """Firms with at least twelve sales in at least six months: fewer say nothing about a firm."""
    sold = good(papers.filter(pl.col("side") == "sale")).group_by("firm")
    counted = sold.agg(papers=pl.len(), months=window.month_of("day").n_unique())
    return counted.filter((pl.col("papers") >= 12) & (pl.col("months") >= 6))["firm"].sort()


def good(papers: pl.DataFrame) -> pl.DataFrame:
    """Neither void nor red."""
    return papers.filter(~pl.col("void") & (pl.col("net") > 0))


def whole_months(days: pl.Series) -> Window:
    """The last two years of whole months between delivery days; raises Refusal where there are fewer."""
    first, last = days.min(), days.max()
    if last.day < calendar.monthrange(last.year, last.month)[1] - 3:
        last = add_months(month_start(last), -1)
    window = two_years_to(last)
    if window.first < month_start(first):
        raise Refusal(
            f"its invoices were delivered from {first} to {last}",
            "the bank's folder",
            f"{MONTHS} whole months",
            f"Simulate one: xiaoer simulate DIR --months {MONTHS}",
        )
    return window


def same_months(window: Window, not_after: date) -> Window:
    """The window of the same calendar months that ends latest, but not after a day."""
    years = window.last.year - not_after.year
    last = add_months(window.last, -12 * years)
    return two_years_to(last if last <= not_after else add_months(last, -12))


def two_years_to(day: date) -> Window:
    """The window that ends with a day's month."""
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Window(add_months(month_start(last), 1 - MONTHS), last)
