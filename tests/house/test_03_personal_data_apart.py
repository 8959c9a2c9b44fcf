"""Point 3: personal data lives in one erasable place, never in features, decisions or history tables."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.db import models

from tests.house.bank import SmallBank
from xiaoer.branches.models import Handover
from xiaoer.contacts.actions import About, record_outcome
from xiaoer.events.models import EventStep
from xiaoer.kit.audit import History
from xiaoer.kit.facts.outbox import FactRow
from xiaoer.kit.forgetting import FORGOTTEN, forget_words
from xiaoer.kit.published import Versioned
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.loans.models import Check
from xiaoer.sources.contracts import contract, contracts
from xiaoer.sources.erasing import erase_customer
from xiaoer.sources.quarantine import forget

PERSONAL = {name: contract(name).schema.personal for name in contracts() if contract(name).schema.personal}
NAMES = frozenset().union(*PERSONAL.values())
SHORTEST_TELLING = 4


def test_names_telephones_and_addresses_are_marked() -> None:
    assert {"name", "phone", "address"} <= PERSONAL["customers"]
    assert {"name", "phone"} <= PERSONAL["people"]


def test_no_delivered_or_nightly_table_has_a_personal_value(small_bank: SmallBank) -> None:
    """Looks for the values themselves, in every text column, whatever it is called."""
    told = values_of(small_bank.lake.root / "personal")
    assert len(told) > 100
    for path in [*(small_bank.lake.root / "delivered").rglob("*.parquet"), *small_bank.written()]:
        texts = pl.read_parquet(path).select(pl.col(pl.String))
        for column in texts:
            found = told & set(column.drop_nulls().unique())
            assert not found, (path.parent.name, column.name, sorted(found)[:3])


def values_of(folder: Path) -> set[str]:
    told: set[str] = set()
    for table, columns in PERSONAL.items():
        for path in (folder / table).glob("*.parquet"):
            for column in pl.read_parquet(path, columns=sorted(columns)):
                told |= {
                    text for text in column.cast(pl.String).drop_nulls() if len(text) >= SHORTEST_TELLING
                }
    return told


def test_history_leaves_out_what_can_hold_personal_words() -> None:
    """The row itself can be erased; its history could not, so it never holds them."""
    kept = [model for model in apps.get_models() if getattr(model, "keeps_history", False)]
    assert len(kept) >= 3
    for model in kept:
        columns = {field.column for field in model._meta.concrete_fields}
        told = columns - set(getattr(model, "history_leaves_out", ()))
        assert not told & (NAMES | {"title"}), model


# Texts of tables people write, beside those that `forgets` names: keys, codes, and words about no firm.
CODES = frozenset({
    "branch_id", "manager_id", "customer_id", "staff_id", "application_id", "note_id", "offer_id", "product_id",
    "product", "source", "track", "stage", "from_stage", "to_stage", "part", "verb", "kind", "state", "step", "rule",
    "status", "channel", "outcome", "arm", "case",
})  # fmt: skip
WRITTEN: dict[str, set[str]] = {
    "applications_application": {"decline_reason"},  # a code
    "applications_appraisal": {"inputs", "result"},  # figures
    "applications_checklistitem": set(),
    "applications_exemption": {"answer", "answered_by"},
    "applications_explanation": set(),
    "applications_foundnote": {"differs"},
    "applications_paper": set(),
    "applications_step": {"reason", "reference"},  # a code, the number of a contract
    "applications_trackline": {"name", "joins"},
    "branches_absence": {"deputy_id", "entered_by"},
    "branches_account": {"password", "username"},
    "branches_handover": {"from_id", "to_id", "because", "undone_by"},
    "branches_signinattempt": {"username", "address"},
    "contact_policy_suppression": {"reason"},  # a code
    "contacts_contact": set(),
    "contacts_task": {"title"},  # emptied by contacts.jobs
    "customers_answer": {"fact", "text"},  # an industry's code
    "events_departure": {"event_id", "why", "tier"},  # codes
    "events_dryanswer": {"nights", "why_not"},
    "events_drycount": {"tier", "already", "examples", "gone"},  # numbers of firms, reasons
    "events_dryrun": {"body"},
    "events_eventstep": {"event_id", "owner_id"},
    "events_rulenight": set(),
    "events_rulestep": {"body", "reason"},  # of no firm
    "evidence_photo": {"subject", "subject_key", "folder", "sha256", "taken_told", "place_told", "place"},  # evidence.jobs
    "kit_fact": {"name", "told"},
    "kit_figure_step": {"subject", "figures", "reason"},
    "kit_history": {"deed", "table_name", "row_id", "before", "after"},  # without what `history_leaves_out` names
    "kit_reading": {"what", "detail", "address"},
    "loans_check": {"found"},
    "loans_classstep": {"from_class", "to_class", "book_class"},
    "nightly_pointer": {"run_id"},
    "products_lesson": {"end"},
    "renewals_evidence": {"condition"},
    "satisfaction_requeststep": {"request_id", "owner_id"},
    "satisfaction_survey": {"judged_id", "topics", "taken_by"},
    "scores_shelved": {
        "model", "family", "sort", "name_zh", "name_en", "version", "challenger", "metric", "asked_by", "approved_by",
        "drift_level", "retrain", "page",
    },
    "scores_promotionstep": {"model", "version", "reason"},
    "segments_goal": {"measure", "closed_by"},
    "segments_idealrule": {"criteria", "kept"},
    "sources_record": {"number", "system", "told"},
    "sources_system": {"name", "key_hash", "kinds"},
    "trials_adoption": set(),
    "trials_trial": {"name", "first_order", "second_order", "asks", "versions"},
    "trials_trialfirm": set(),
    "trials_trialoutcome": set(),
    "workbench_savedview": {"page", "name", "query"},
}  # fmt: skip


def test_every_text_people_write_is_erased_or_can_name_nobody() -> None:
    """The night writes its own tables anew from what is erasable; every other one is looked at here, a new one first."""
    texts = (models.TextField, models.CharField, models.JSONField)
    for model in apps.get_models():
        if model.__module__.startswith("django.") or issubclass(model, Versioned):
            continue
        table, forgets = model._meta.db_table, set(getattr(model, "forgets", ()))
        columns = {one.name for one in model._meta.concrete_fields if isinstance(one, texts)}
        assert table in WRITTEN, f"{table} is new: which of its texts can name somebody?"
        assert columns - CODES == WRITTEN[table] | forgets, table
        assert not WRITTEN[table] & forgets, table
        if getattr(model, "keeps_history", False):
            assert forgets <= set(getattr(model, "history_leaves_out", ())), table


def test_what_was_typed_of_a_firm_is_forgotten_and_nobody_elses(own_world: str) -> None:
    row: dict[str, Any] = {"branch_id": "B1", "manager_id": "M1", "staff_id": "H1", "day": date(2026, 11, 19)}
    for number in ("C000003", "C000004"):
        mine = row | {"customer_id": number}
        Handover.objects.using("owner").create(**mine, name="李秀兰面馆", from_id="M2", to_id="M1")
        EventStep.objects.using("owner").create(
            **mine, rule="silence", step="muted", reason="李秀兰说的", until_date=row["day"]
        )
        EventStep.objects.using("owner").create(
            **mine, event_id="E", rule="silence", step="closed", reason="known"
        )
        Check.objects.using("owner").create(
            **mine, note_id="N1", found="in_order", words="见了李秀兰", place="店里"
        )
    assert forget_words("C000003") == 4
    assert forget_words("C000003") == 0
    kept = [(one.name, one.customer_id) for one in Handover.objects.using("owner").order_by("customer_id")]
    assert kept == [(FORGOTTEN, "C000003"), ("李秀兰面馆", "C000004")]
    steps = EventStep.objects.using("owner").filter(customer_id="C000003").order_by("pk")
    assert [one.reason for one in steps] == [FORGOTTEN, "known"], "a code names nobody"
    assert Check.objects.using("owner").get(customer_id="C000003").words == FORGOTTEN


@pytest.mark.django_db
def test_a_note_is_not_in_the_history(scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("M1")
    with acting_as(scope):
        about = About("C000003", "", "visit", 0, 20)
        done = record_outcome(scope, about, "interested", date(2026, 11, 19), note="李秀兰的手机换了")
        kept = History.objects.get(table_name="contacts_contact", row_id=str(done.contact.pk))
        told = [row.told for row in FactRow.objects.filter(customer_id="C000003")]
    assert kept.after["outcome"] == "interested"
    assert "李秀兰" not in json.dumps([kept.after, kept.before, told], ensure_ascii=False)


def test_a_firm_is_erased_from_every_snapshot(small_bank: SmallBank, tmp_path: Path) -> None:
    shutil.copytree(small_bank.lake.root, tmp_path / "lake")
    lake, schema = Lake(tmp_path / "lake"), contract("customers").schema
    victim = str(small_bank.rows("features")[0]["customer_id"])
    assert lake.erase_person(schema, (victim,)) >= 1
    engine = DuckEngine(tmp_path / "scratch")
    seen = engine.collect(lake.open_personal(schema, small_bank.night.business_date, engine)).to_pylist()
    mine = [row for row in seen if row["customer_id"] == victim]
    assert mine
    assert all(row[name] is None for row in mine for name in schema.personal)
    assert any(row["name"] for row in seen if row["customer_id"] != victim)


def test_everything_kept_under_a_customer_is_erased(small_bank: SmallBank, tmp_path: Path) -> None:
    """Comments and notes lie under keys of their own; they go with their customer."""
    shutil.copytree(small_bank.lake.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    surveys = contract("surveys").schema
    engine = DuckEngine(tmp_path / "scratch")
    told = engine.collect(lake.open(surveys, small_bank.night.business_date, engine)).to_pylist()
    victim = str(told[0]["customer_id"])
    answered = {row["survey_id"] for row in told if row["customer_id"] == victim}
    assert erase_customer(lake, victim) >= len(answered) + 1
    left = engine.collect(lake.open_personal(surveys, small_bank.night.business_date, engine)).to_pylist()
    assert all(row["comment"] is None for row in left if row["survey_id"] in answered)
    assert erase_customer(lake, "nobody") == 0


def test_quarantine_forgets_a_customer(tmp_path: Path) -> None:
    folder = tmp_path / "personal" / "quarantine"
    folder.mkdir(parents=True)
    rows = [
        {"file": "a.csv", "line": 2, "row": json.dumps({"customer_id": "C1", "name": "甲"})},
        {"file": "a.csv", "line": 3, "row": json.dumps({"customer_id": "C10", "name": "乙"})},
        {"file": "a.csv", "line": 4, "row": "C1,half a row"},
    ]
    pl.DataFrame(rows).write_parquet(folder / "000001.parquet")
    assert forget(tmp_path, "C1") == 2
    assert pl.read_parquet(folder / "000001.parquet")["line"].to_list() == [3]
    assert forget(tmp_path, "C1") == 0
