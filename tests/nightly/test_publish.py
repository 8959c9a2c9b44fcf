"""Publishing: whole or not at all, the same night twice changes nothing, no screen mixes two days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from django.db import OperationalError, connections

from tests.conftest import embedded_server
from tests.world import BUSINESS_DATE, RUN_ID, publish_world, tables
from xiaoer.kit.published import FOREVER, pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.nightly import seam
from xiaoer.nightly.publish import EDITIONS_KEPT, publish

pytestmark = pytest.mark.usefixtures("own_world")

NEXT_DATE = BUSINESS_DATE + timedelta(days=1)
NEXT_RUN = "world-next"


class Killed(BaseException):
    """The process died here."""


def next_night() -> dict[str, pa.Table]:
    return tables(NEXT_DATE, NEXT_RUN, seed=8)


def publish_next(**options: Any) -> Any:
    return publish(next_night(), NEXT_DATE, NEXT_RUN, **options)


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Every published row with its edition span, without row ids."""
    rows = {}
    with connections["owner"].cursor() as cursor:
        for name in seam.NAMES:
            model = seam.model_of(name)
            columns = ", ".join(f'"{f.column}"::text' for f in [*seam.columns_of(model)])
            cursor.execute(
                f"SELECT since, until, {columns} FROM {model._meta.db_table} ORDER BY {columns}, since"
            )
            rows[name] = cursor.fetchall()
    return rows


def shown(edition: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """What the desk shows."""
    at = pointer("owner").edition if edition is None else edition
    return {name: sorted(row[2:] for row in rows if row[0] <= at < row[1]) for name, rows in stored().items()}


def fingerprint() -> list[tuple[Any, ...]]:
    """Changes when any row is written, even with the same values (xmin)."""
    with connections["owner"].cursor() as cursor:
        found = []
        for table in [*(seam.model_of(name)._meta.db_table for name in seam.NAMES), "nightly_pointer"]:
            cursor.execute(f"SELECT count(*), max(xmin::text::bigint), sum(xmin::text::bigint) FROM {table}")
            found.append((table, *cursor.fetchone()))
    return found


def test_the_sample_world_is_shown_whole() -> None:
    for name, table in tables().items():
        assert len(shown()[name]) == table.num_rows, name
    assert (pointer("owner").business_date, pointer("owner").run_id) == (BUSINESS_DATE, RUN_ID)


def test_the_same_night_again_changes_no_row() -> None:
    before = fingerprint()
    assert publish_world().rows_changed == 0
    assert fingerprint() == before


def test_the_same_night_again_after_the_next_changes_no_row_twice() -> None:
    assert publish_next().rows_changed > 0
    before = fingerprint()
    again = publish_next()
    assert (again.rows_changed, fingerprint()) == (0, before)


def test_an_unchanged_row_is_neither_closed_nor_written() -> None:
    done = publish(tables(), NEXT_DATE, NEXT_RUN)
    assert (done.edition, done.rows_changed) == (2, 0)
    assert pointer("owner").business_date == NEXT_DATE


def test_only_what_changed_is_written() -> None:
    changed = tables()
    firms = changed["firms"].to_pylist()
    firms[3]["tier"] = "premier" if firms[3]["tier"] != "premier" else "general"
    del firms[7]
    changed["firms"] = pa.Table.from_pylist(firms)
    done = publish(changed, NEXT_DATE, NEXT_RUN)
    told = {change.table: (change.inserted, change.closed) for change in done.changes}
    assert told.pop("firms") == (1, 2)
    assert set(told.values()) == {(0, 0)}


@pytest.mark.parametrize("step", [*seam.NAMES])
def test_killed_after_any_table_yesterday_stays_and_the_rerun_is_equal(step: str) -> None:
    yesterday = shown()

    def die(reached: str) -> None:
        if reached == step:
            raise Killed

    with pytest.raises(Killed):
        publish_next(reached=die)
    assert pointer("owner").run_id == RUN_ID
    assert shown() == yesterday
    with acting_as(Scope("A1", everything=True, edition=1)):
        assert_desk_shows(BUSINESS_DATE)

    publish_next()
    assert pointer("owner").run_id == NEXT_RUN
    assert unbroken() == (stored(), shown())


def unbroken() -> Any:
    """What the very same two nights leave when nothing died, in the same database afterwards."""
    broken = stored(), shown()
    with connections["owner"].cursor() as cursor:
        for name in seam.NAMES:
            cursor.execute(f"DELETE FROM {seam.model_of(name)._meta.db_table}")
        cursor.execute("UPDATE nightly_pointer SET edition = 0, run_id = ''")
    publish_world()
    publish_next()
    assert broken == (stored(), shown())
    return stored(), shown()


def assert_desk_shows(day: date) -> None:
    from xiaoer.offers.models import Proposal

    days = set(
        Proposal.objects.seen_by(Scope("A1", everything=True, edition=1)).values_list("day", flat=True)
    )
    assert days == {day + timedelta(days=1)}


def test_killed_in_the_flip_nothing_of_the_masters_is_left() -> None:
    def die(reached: str) -> None:
        if reached == "assignments":
            raise Killed

    with pytest.raises(Killed):
        publish_next(reached=die)
    masters = [seam.model_of(name)._default_manager.using("owner") for name in seam.MASTERS]
    assert all(rows.filter(since__gt=1).count() == 0 for rows in masters)


def test_a_connection_lost_in_the_middle_is_like_a_kill() -> None:
    yesterday = shown()

    def lose(reached: str) -> None:
        if reached == "scores":
            with embedded_server().superuser() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'xiaoer_owner'"
                    " AND datname = %s", [connections["owner"].settings_dict["NAME"]]
                )  # fmt: skip

    with pytest.raises((OperationalError, psycopg.OperationalError)):
        publish_next(reached=lose)
    connections["owner"].close()
    assert shown() == yesterday
    publish_next()
    assert shown() == next_shown()


def next_shown() -> dict[str, list[tuple[Any, ...]]]:
    broken = stored()
    assert {name: len(rows) for name, rows in shown().items()} == {
        name: table.num_rows for name, table in next_night().items()
    }
    assert stored() == broken
    return shown()


def test_another_night_after_a_killed_one_leaves_nothing_of_it() -> None:
    def die(reached: str) -> None:
        if reached == "events":
            raise Killed

    with pytest.raises(Killed):
        publish_next(reached=die)
    publish_world(run_id="world-again")
    assert shown() == {name: sorted(rows) for name, rows in shown(1).items()}
    assert all(row[1] == FOREVER for rows in stored().values() for row in rows)


def test_a_request_that_began_before_the_flip_still_reads_its_own_day() -> None:
    before = shown()
    publish_next()
    assert shown(1) == before
    assert shown(2) != before


def test_old_editions_are_forgotten() -> None:
    for at in range(EDITIONS_KEPT + 2):
        day = NEXT_DATE + timedelta(days=at)
        publish(tables(day, f"run-{at}", seed=at), day, f"run-{at}")
    edition = pointer("owner").edition
    assert min(row[1] for row in stored()["proposals"]) > edition - EDITIONS_KEPT


def test_a_publish_is_whole_or_refused() -> None:
    without = {name: table for name, table in tables().items() if name != "scores"}
    with pytest.raises(ValueError, match="scores"):
        publish(without, NEXT_DATE, NEXT_RUN)


def test_a_column_the_desk_does_not_know_is_named() -> None:
    strange = tables() | {
        "events": tables()["events"].append_column("mood", pa.array(["blue"] * tables()["events"].num_rows))
    }
    with pytest.raises(ValueError, match="mood"):
        publish(strange, NEXT_DATE, NEXT_RUN)


def test_two_rows_with_one_key_are_a_fault_and_show_nothing() -> None:
    doubled = tables()
    doubled["firms"] = pa.concat_tables([doubled["firms"], doubled["firms"].slice(0, 1)])
    with pytest.raises(ValueError, match=r"customers.Firm: .*C000001"):
        publish(doubled, NEXT_DATE, NEXT_RUN)
    assert pointer("owner").run_id == RUN_ID


def test_nested_arrow_columns_and_json_text_are_the_same() -> None:
    nested = tables()
    rows = [
        row | {"holdings": ["settlement", "payroll"]}
        for row in nested["firms"].drop_columns(["holdings"]).to_pylist()
    ]
    nested["firms"] = pa.Table.from_pylist(rows)
    publish(nested, NEXT_DATE, NEXT_RUN)
    holdings = (
        seam.model_of("firms")
        ._default_manager.using("owner")
        .filter(until=FOREVER)
        .values_list("holdings", flat=True)
    )
    assert set(map(tuple, holdings)) == {("settlement", "payroll")}


# ---------------------------------------------------------------- a portfolio changes hands

MOVED, OLD, NEW = "C000003", ("B1", "M1"), ("B2", "M3")


def handed_over() -> dict[str, pa.Table]:
    """Every table with the one firm in another branch and portfolio."""

    def moved(row: dict[str, Any]) -> dict[str, Any]:
        carries = row.get("customer_id") == MOVED and "manager_id" in row
        return row | {"branch_id": NEW[0], "manager_id": NEW[1]} if carries else row

    return {
        name: pa.Table.from_pylist([moved(row) for row in table.to_pylist()], table.schema)
        for name, table in tables().items()
    }


def written_about(customer_id: str) -> None:
    """A contact with a follow-up, a stop on every channel, a class change, a check and evidence for a renewal, by M1."""
    from uuid import uuid4

    from xiaoer.contact_policy.models import Suppression
    from xiaoer.contacts.actions import About, FollowUp, record_outcome
    from xiaoer.loans.models import Check, ClassStep
    from xiaoer.renewals.models import Evidence
    from xiaoer.satisfaction.handling import record
    from xiaoer.satisfaction.terms import Asked

    today = BUSINESS_DATE + timedelta(days=1)
    scope = Scope("M1", managers=("M1",), rights=frozenset({"contacts.write"}), edition=1)
    with acting_as(scope):
        about = About(customer_id)
        record_outcome(scope, about, "interested", today, note="a note", follow_up=FollowUp(today))
        Suppression.objects.create(
            customer_id=customer_id, branch_id=OLD[0], manager_id=OLD[1], reason="asked_not_to", day=today
        )
        ClassStep.objects.create(
            case=uuid4(), step="made", staff_id="M1", customer_id=customer_id, note_id="N1", from_class="normal",
            to_class="special_mention", branch_id=OLD[0], manager_id=OLD[1], day=today,
        )  # fmt: skip
        Check.objects.create(
            note_id="N1", customer_id=customer_id, found="in_order", words="seen", staff_id="M1", branch_id=OLD[0],
            manager_id=OLD[1], day=today,
        )  # fmt: skip
        Evidence.objects.create(
            note_id="N1", customer_id=customer_id, condition="good_credit", words="seen", staff_id="M1",
            branch_id=OLD[0], manager_id=OLD[1], day=today,
        )  # fmt: skip
    with acting_as(scope):
        record(scope, customer_id, Asked("request", "account", "call", "a new card"), today)
    applied_for(customer_id)
    attended_to(customer_id, today)


def attended_to(customer_id: str, today: date) -> None:
    """A step of an event, why the firm leaves, a lesson, a fact found out, and a hand-over inside the branch."""
    from xiaoer.branches.models import Handover
    from xiaoer.customers.models import Answer
    from xiaoer.events.models import Departure, EventStep
    from xiaoer.products.models import Lesson

    row = {
        "customer_id": customer_id,
        "branch_id": OLD[0],
        "manager_id": OLD[1],
        "staff_id": "M1",
        "day": today,
    }
    EventStep.objects.using("owner").create(**row, rule="silence", step="accepted", owner_id="M1")
    Departure.objects.using("owner").create(**row, event_id="e", rule="leaving", why="price")
    Lesson.objects.using("owner").create(**row, product_id="P1", opened_date=today, step="log_in", end="done")
    Answer.objects.using("owner").create(**row, fact="staff", number=3)
    Handover.objects.using("owner").create(**row | {"staff_id": "H1"}, from_id="M2", to_id="M1")


def applied_for(customer_id: str) -> None:
    """An application with its first step, a paper, an exception, an appraisal, and what comes after its drawdown."""
    from xiaoer.applications import models as applied

    now, today = datetime(2026, 11, 19, 2, tzinfo=UTC), BUSINESS_DATE + timedelta(days=1)
    row = {"customer_id": customer_id, "branch_id": OLD[0], "manager_id": OLD[1], "staff_id": "M1"}
    application = applied.Application.objects.using("owner").create(
        **row,
        product="credit",
        amount=100,
        term_months=12,
        purpose="x",
        received_date=today,
        stage_since_at=now,
    )
    row |= {"application": application, "at": now, "day": today}
    applied.Paper.objects.using("owner").create(**row, kind="licence", state="received")
    applied.Exemption.objects.using("owner").create(**row, kind="identity", words="x")
    applied.Appraisal.objects.using("owner").create(
        **row | {"staff_id": "I1"}, version=1, rules_date=today, inputs={}, result={}
    )
    applied.Application.objects.using("owner").filter(pk=application.pk).update(
        stage="drawn", drawn_date=today
    )
    applied.Explanation.objects.using("owner").create(**row | {"staff_id": "R1"}, words="x")
    owned = {name: row[name] for name in ("customer_id", "branch_id", "manager_id", "application")}
    applied.FoundNote.objects.using("owner").create(**owned, note_id=f"N-{customer_id}", found_date=today)
    photographed(customer_id, now)
    planned(customer_id, today)


def planned(customer_id: str, today: date) -> None:
    from uuid import uuid4

    from xiaoer.segments.models import Goal
    from xiaoer.trials.models import TrialFirm, TrialOutcome

    row = {
        "customer_id": customer_id,
        "branch_id": OLD[0],
        "manager_id": OLD[1],
        "trial": uuid4(),
        "day": today,
    }
    TrialFirm.objects.using("owner").create(**row, arm="first", approached=True, asked=0.5, effect=0.1)
    TrialOutcome.objects.using("owner").create(**row, took=True)
    Goal.objects.using("owner").create(
        customer_id=customer_id, branch_id=OLD[0], manager_id=OLD[1], staff_id="M1", measure="words", words="x",
        begun_date=today, due_date=today + timedelta(days=90),
    )  # fmt: skip


def photographed(customer_id: str, now: datetime) -> None:
    from uuid import uuid4

    from xiaoer.evidence.models import Photo

    Photo.objects.using("owner").create(
        subject="check", subject_key="1", customer_id=customer_id, branch_id=OLD[0], manager_id=OLD[1], staff_id="M1",
        at=now, day=now.date(), folder="0" * 32, name=uuid4(), kind="jpeg", sha256="0" * 64, size=1,
    )  # fmt: skip


def seen_by(staff_id: str, edition: int) -> dict[str, int]:
    from django.apps import apps

    scope = Scope(staff_id, managers=(staff_id,), edition=edition)
    with acting_as(scope):
        return {
            label: apps.get_model(label).objects.filter(customer_id=MOVED).count() for label in seam.FOLLOWING
        }


def test_what_was_written_follows_the_firm() -> None:
    written_about(MOVED)
    assert set(seen_by("M1", 1).values()) == {1}
    publish(handed_over(), NEXT_DATE, NEXT_RUN)
    assert set(seen_by("M3", 2).values()) == {1}
    assert set(seen_by("M1", 2).values()) == {0}


def test_a_publish_that_dies_hands_nothing_over() -> None:
    written_about(MOVED)

    def die(reached: str) -> None:
        if reached == [*seam.NAMES][-1]:
            raise Killed

    with pytest.raises(Killed):
        publish(handed_over(), NEXT_DATE, NEXT_RUN, reached=die)
    assert set(seen_by("M1", 1).values()) == {1}


def test_what_did_not_move_is_not_written() -> None:
    written_about(MOVED)
    written_about(next(one for one in firms_of("M1") if one != MOVED))
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(id) FROM kit_history")
        (before,) = cursor.fetchone()
    publish(handed_over(), NEXT_DATE, NEXT_RUN)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM kit_history WHERE deed = 'update' AND id > %s", [before]
        )
        assert cursor.fetchall() == [(MOVED,)]


def firms_of(manager_id: str) -> list[str]:
    rows = tables()["firms"].to_pylist()
    return sorted(row["customer_id"] for row in rows if row["manager_id"] == manager_id)


def test_every_desk_written_table_follows() -> None:
    from django.apps import apps

    from xiaoer.kit.published import Scoped, Versioned

    rows = {
        model._meta.label
        for model in apps.get_models()
        if issubclass(model, Scoped)
        and (not issubclass(model, Versioned) or model.by_desk)
        and hasattr(model, "customer_id")
    }
    told_of_the_past = {"kit.Reading", "kit.History", "kit.FactRow", "sources.Record"}
    assert rows - told_of_the_past == set(seam.FOLLOWING)
