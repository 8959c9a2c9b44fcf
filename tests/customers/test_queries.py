"""Finding a firm by the beginning of anything it is called by, or by the middle of its name, within one's own."""

from collections.abc import Callable

import pytest

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firm, firms, firms_by_number, matching, search
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(scope_of: Callable[[str], Scope]) -> Firm:
    scope = scope_of("M1")
    with acting_as(scope):
        found = firm(scope, "C000003")
    assert found is not None
    return found


@pytest.mark.parametrize("column", ["name", "pinyin", "initials", "credit_code", "customer_id"])
def test_found_by_the_beginning_of(column: str, known: Firm, scope_of: Callable[[str], Scope]) -> None:
    scope, typed = scope_of("M1"), str(getattr(known, column))
    beginnings = [typed] if column in {"credit_code", "customer_id"} else [typed[:2], typed[:3], typed]
    with acting_as(scope):
        for start in [*beginnings, typed.upper(), f" {typed.lower()} "]:
            assert known.customer_id in {one.customer_id for one in search(scope, start)}, start
            assert firms(scope).filter(matching(scope, start)).filter(pk=known.pk).exists()


@pytest.mark.parametrize(("column", "letters"), [("name", 2), ("pinyin", 5), ("initials", 3)])
@pytest.mark.parametrize("reader", ["M1", "H1", "A1"])
def test_found_by_the_middle_of(
    column: str, letters: int, reader: str, known: Firm, scope_of: Callable[[str], Scope]
) -> None:
    """Names begin with their town; people type what tells them apart. Of a whole bank only where nothing begins so."""
    scope, typed = scope_of(reader), str(getattr(known, column))[2:][:letters]
    with acting_as(scope):
        begins = firms(scope).filter(**{f"{column}__startswith": typed}).exists()
        found = search(scope, typed, at_most=100)
        assert known.customer_id in {one.customer_id for one in found} or (scope.everything and begins)
        assert firms(scope).filter(matching(scope, typed)).count() == len(found)


def test_somebody_elses_firm_is_not_found(known: Firm, scope_of: Callable[[str], Scope]) -> None:
    other = scope_of("M3")
    with acting_as(other):
        assert firm(other, known.customer_id) is None
        assert not firms_by_number(other, {known.customer_id})
        for typed in (
            known.name,
            known.pinyin,
            known.initials,
            known.credit_code,
            known.customer_id,
            known.name[2:4] + known.name[4:],
        ):
            assert known.customer_id not in {one.customer_id for one in search(other, typed)}


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'; DROP TABLE", "zzzzzz", "\uffff", "C\x000"])
def test_nothing_or_rubbish_finds_nothing(typed: str, scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("A1")
    with acting_as(scope):
        assert search(scope, typed) == []


def test_the_search_asks_an_index(scope_of: Callable[[str], Scope]) -> None:
    """Even behind the walls: a beginning is a range, and ranges are leakproof."""
    from django.db import connection

    scope = scope_of("A1")
    with acting_as(scope), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = firms(scope).filter(initials__gte="ab", initials__lt="ac").order_by("name")
        assert "customers_firm_initials" in asked.explain()
