"""The same nights on both engines: every table they write and every row they show, exact but for floats to 1e-9."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import copy_of_the_world
from tests.engines.two_banks import CHECKOUT, Died, doubled, loaded
from xiaoer.kit.tables import EngineName

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.usefixtures("spark_here")]

END = date(2026, 10, 31)
EARLIER, NEXT = date(2026, 10, 15), END + timedelta(days=2)
FIRMS, MONTHS = 900, 12  # enough known defaults for a score
SIMULATED = CHECKOUT / "mappings" / "simulator.toml"
TABLES = {
    "account_sums", "accounts", "arrears", "borrowing", "buyers", "check_facts", "checked", "checks_due", "lasting", "lessons", "living", "seen", "sign_ins", "to_show", "class_changes", "climate", "drawings_traced", "cohorts", "concentrated", "concentration",
    "concentration_loans", "contacts", "decisions", "shadow_prices", "shared", "events", "features", "firm_spells", "firms",
    "firms_in_book", "flow_months", "four_flows", "bank_lasting", "goods_sold", "group_contacts", "guarantee_rings", "guarantee_sides", "guarantee_ties", "held", "late_notes", "loan_book", "main_partners", "measured", "migration", "months", "neighbours",
    "note_classes", "note_debtors", "note_grades", "note_mixed", "note_plans", "note_spells", "note_told", "note_watched", "note_watches", "notes_drawn", "noticed", "partner_months", "partners",
    "plan_checks", "plan_lines", "plan_terms", "planned_days", "portfolio", "renewal_facts", "renewal_promises", "renewals", "requests", "rhythm", "satisfaction", "scores", "segments", "shelf_models", "shelf_scores", "similar", "sureties", "touched",
    "turnover", "turnover_sums", "value", "vintage_late_30", "vintage_late_90", "watched",
}  # fmt: skip


@pytest.fixture
def databases(postgres_server: object, django_db_blocker: object) -> Iterator[tuple[str, str]]:
    """A desk for each engine."""
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        copy_of_the_world(postgres_server) as one,  # type: ignore[arg-type]
        copy_of_the_world(postgres_server) as other,  # type: ignore[arg-type]
    ):
        yield one, other


def simulated(home: Path, firms: int, months: int) -> Path:
    """A simulated bank's files."""
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan

    simulate(Plan(firms, months, 5, END), home, lambda _: None)
    return home


def test_two_days_of_a_bank_with_all_its_files(tmp_path: Path, databases: tuple[str, str]) -> None:
    """A day, and the next one, after the desk recorded outcomes."""
    home = loaded(SIMULATED, simulated(tmp_path / "files", FIRMS, MONTHS), tmp_path / "bank", END)
    banks = doubled(home, databases)
    report = banks.night(END)
    shown = banks.one.published()
    assert {path.stem for path in banks.other.folder(report).glob("*.parquet")} == TABLES
    assert not [
        name
        for name in (
            "firms",
            "profiles",
            "scores",
            "events",
            "proposals",
            "assignments",
            "brought",
            "four_flows",
            "notes",
            "migrations",
        )
        if not shown[name]
    ]
    banks.both(lambda: record_outcomes([row["customer_id"] for row in shown["proposals"]]))
    report = banks.night(NEXT)
    assert report["steps"][0]["rows"] > 0, "no outcome was collected"


def record_outcomes(firms: list[str]) -> None:
    """What a morning leaves: a firm reached, one not, one that wants no more calls, one that complained."""
    from xiaoer.contacts.actions import About, FollowUp, record_outcome
    from xiaoer.customers.models import Firm
    from xiaoer.kit.published import pointer
    from xiaoer.kit.scope import Scope
    from xiaoer.kit.scope.acting import acting_as

    edition = pointer("owner").edition
    outcomes = ("interested", "not_reached", "do_not_contact", "refused", "problem")
    answering = dict(Firm.objects.using("owner").at(edition).values_list("customer_id", "manager_id"))
    mine = [firm for firm in dict.fromkeys(firms) if not answering[firm].startswith("pool:")]
    assert len(mine) >= len(outcomes)
    for firm, outcome in zip(mine, outcomes * 4, strict=False):
        manager = answering[firm]
        scope = Scope(manager, managers=(manager,), rights=frozenset({"contacts.write"}), edition=edition)
        ahead = FollowUp(NEXT + timedelta(days=2)) if outcome == "not_reached" else None
        with acting_as(scope):
            record_outcome(scope, About(firm), outcome, NEXT, follow_up=ahead)


def test_a_bank_that_delivers_two_files(tmp_path: Path, databases: tuple[str, str]) -> None:
    """Tables nobody delivered are empty on both engines, and what follows from them is the same nothing."""
    whole, thin = simulated(tmp_path / "all", 60, 15), tmp_path / "thin"
    thin.mkdir()
    for name in ("customers", "invoices"):
        for path in whole.glob(f"{name}_*"):
            path.rename(thin / path.name)
    banks = doubled(loaded(SIMULATED, thin, tmp_path / "bank", END), databases)
    banks.night(END)
    assert len(banks.one.published()["firms"]) == 60


def test_what_one_engine_left_the_other_goes_on_with(tmp_path: Path, databases: tuple[str, str]) -> None:
    """A night that died goes on on the other engine, in either direction, so that each does every step once.

    Here on a day that knows a part of the files.
    """
    home = loaded(SIMULATED, simulated(tmp_path / "files", 60, 4), tmp_path / "bank", END)
    banks = doubled(home, databases)
    reports = []
    for bank, other in ((banks.one, EngineName.SPARK), (banks.other, EngineName.DUCKDB)):
        with pytest.raises(Died):
            bank.night(EARLIER, dies_after="scores")
        reports.append(replace(bank, engine=other).night(EARLIER))
    assert [one["engine"] for one in reports] == ["spark", "duckdb"]
    banks.alike(*reports)
