"""`xiaoer doctor`: whether everything is in place, and what the bank's missing data cost."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

import click

from xiaoer.app.console import console, print_json, print_table
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contracts
from xiaoer.sources.intake import deliveries
from xiaoer.sources.reconciling import Reconciliation, reconciled

LANGUAGES = click.Choice(["zh", "en"])


@dataclass(frozen=True)
class Finding:
    """One thing looked at, whether it is well, and what to do if not."""

    what: str
    well: bool
    detail: str


@click.command("doctor")
@click.option("--language", type=LANGUAGES, default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def command(language: str, *, as_json: bool) -> None:
    """Look at settings, database, lake, deliveries and ledger; say once what a missing file disables."""
    held, today = settings(), SystemClock().today()
    findings = list(_findings(held))
    missing = _missing(Lake(held.lake), today, language)
    ledger = _ledger(held).summary(language, today)
    if as_json:
        print_json({"findings": [asdict(one) for one in findings], "missing": missing, "ledger": ledger})
    else:
        _print(findings, missing, ledger)
    if not all(one.well for one in findings):
        raise SystemExit(1)


def _findings(held: Settings) -> Iterator[Finding]:
    yield Finding("home", True, str(held.home))
    yield _looked("database", _database)
    lake = Lake(held.lake)
    parts = lake.manifest.live()
    lost = [part.path for part in parts if not (lake.root / part.path).exists()]
    yield Finding("lake", not lost, f"{len(parts)} parts" if not lost else f"missing: {', '.join(lost[:3])}")
    has_customers = any(part.table == "customers" for part in parts)
    yield Finding(
        "customers",
        has_customers,
        "delivered" if has_customers else "the one file that is required; run xiaoer intake",
    )
    refused = [row for row in deliveries(lake) if row["refused"]]
    yield Finding(
        "refused files", not refused, "; ".join(str(row["refused"]) for row in refused[:3]) or "none"
    )


def _looked(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except Refusal as refusal:
        return Finding(what, False, str(refusal))


def _database() -> str:
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.kit.published import pointer

    shown = pointer("owner")
    return (
        f"the desk shows {shown.business_date}, edition {shown.edition}"
        if shown.edition
        else "no night published yet"
    )


def _ledger(held: Settings) -> Reconciliation:
    return reconciled(Lake(held.lake), DuckEngine(held.home / "scratch"))


def _missing(lake: Lake, today: date, language: str) -> list[dict[str, str]]:
    return [
        {"table": name, "title": one.title[language], "costs": one.enables[language]}
        for name, one in contracts().items()
        if not lake.delivered(name, today)
    ]


def _print(findings: list[Finding], missing: list[dict[str, str]], ledger: str) -> None:
    print_table(
        "",
        ("looked at", "", "found"),
        [(one.what, "well" if one.well else "NOT WELL", one.detail) for one in findings],
    )
    if missing:
        print_table(
            "Not delivered", ("table", "title", "what it costs"), [tuple(row.values()) for row in missing]
        )
    else:
        console.print("Every table of the contracts is delivered.")
    if ledger:
        console.print(ledger)
