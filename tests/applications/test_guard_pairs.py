"""The database keeps apart exactly the parts that the rules keep apart."""

from itertools import product

import pytest
from django.db import DatabaseError, connections, transaction

from tests.applications.desk import begun
from xiaoer.applications.rules import apart
from xiaoer.applications.terms import EXEMPTION, Part

pytestmark = pytest.mark.usefixtures("own_world")
STEP = (
    "INSERT INTO applications_step (application_id, customer_id, branch_id, manager_id, staff_id, part, verb,"
    " from_stage, to_stage, at, day, waited_minutes, words, reason, reference)"
    " VALUES (%s, '', '', '', %s, %s, '', '', '', now(), now(), 0, '', '', '')"
)
ANSWER = (
    "INSERT INTO applications_exemption (application_id, customer_id, branch_id, manager_id, kind, words, staff_id, at,"
    " day, answer, answer_words, answered_by) VALUES (%s, '', '', '', 'x', '', 'Y', now(), now(), 'granted', '', %s)"
)


def test_every_pair_of_parts() -> None:
    app = begun()
    parts = [*Part, EXEMPTION]
    with connections["owner"].cursor() as cursor:
        for table in ("applications_step", "applications_exemption"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for mine in parts:
            who = f"Z-{mine}"
            cursor.execute(*((ANSWER, [app.pk, who]) if mine == EXEMPTION else (STEP, [app.pk, who, mine])))
    for mine, wanted in product(parts, parts):
        assert kept_apart(app.pk, f"Z-{mine}", wanted) is apart(mine, wanted), (mine, wanted)


def kept_apart(number: int, who: str, wanted: str) -> bool:
    try:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT applications_keep_apart(%s, %s, %s)", [number, who, wanted])
    except DatabaseError:
        return True
    return False
