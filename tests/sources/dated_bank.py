"""A bank whose files are named after the day they speak for, delivered one by one."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contract
from xiaoer.sources.intake import load_bank
from xiaoer.sources.reconciling import Reconciliation, reconcile
from xiaoer.sources.terms import FileReport

TODAY = date(2026, 12, 31)
TABLES = (
    *("customers", "accounts", "branches", "people"),
    *("invoices", "transactions", "balances", "drawdown_notes", "repayments", "contacts", "ledger_totals"),
)
SOURCE = """
[[source]]
table = "{table}"
files = ["{table}_*.csv"]
dated = '{table}_(?P<date>\\d{{8}})'
"""
HEAD = '[mapping]\nname = "bank"\n\n[defaults]\ntolerated_bad_share = 0.5\n'


@dataclass
class DatedBank:
    """Its folder and its lake; `more` are further sources of the mapping."""

    root: Path
    more: str = ""
    lake: Lake = field(init=False)
    engine: DuckEngine = field(init=False)

    def __post_init__(self) -> None:
        (self.root / "files").mkdir(parents=True)
        self.mapping = self.root / "bank.toml"
        self.mapping.write_text(
            HEAD + "".join(SOURCE.format(table=table) for table in TABLES) + self.more, "utf-8"
        )
        self.lake, self.engine = Lake(self.root / "lake"), DuckEngine(self.root / "scratch", threads=1)

    def deliver(self, name: str, *lines: str, arrived: date = TODAY, dry_run: bool = False) -> FileReport:
        """Lay down one file, header first, and take in what is new; the file's report."""
        (self.root / "files" / name).write_text("\n".join((*lines, "")), "utf-8")
        reports = load_bank(
            self.root / "files", self.lake, self.engine, arrived, mapping_path=self.mapping, dry_run=dry_run
        )
        report = next(report for report in reports if report.file == name)
        assert report.refused == "", report.refused
        return report

    def rows(self, table: str, as_of: date = TODAY) -> list[dict[str, object]]:
        """A table as known on a day."""
        frame = self.lake.open(contract(table).schema, as_of, self.engine)
        rows: list[dict[str, object]] = self.engine.collect(frame).to_pylist()
        return rows

    def reconcile(self, as_of: date = TODAY) -> Reconciliation:
        return reconcile(self.lake, self.engine, as_of)
