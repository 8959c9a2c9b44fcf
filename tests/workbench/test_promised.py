"""What was promised, beside the day's list: a head sees whose word each is, a manager only their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.world import BUSINESS_DATE
from xiaoer.contacts.actions import promise
from xiaoer.contacts.terms import FollowUp
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db
TODAY = BUSINESS_DATE + timedelta(days=1)
MINE = "C000003"  # M1's


def test_a_head_sees_whose_word_it_is(
    client_of: Callable[[str], Client], scope_of: Callable[[str], Scope]
) -> None:
    scope = scope_of("M1")
    with acting_as(scope):
        promise(scope, MINE, "带上流水", FollowUp(TODAY), TODAY)
    said = {
        who: next(
            line for line in client_of(who).get("/").content.decode().split("<li>") if "带上流水" in line
        )
        for who in ("H1", "M1")
    }
    assert "陈立" in said["H1"]
    assert "陈立" not in said["M1"]
