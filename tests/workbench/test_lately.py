"""What people write is counted anew for one's own firms, and every few seconds for the whole bank."""

from datetime import date
from itertools import count

import pytest

from xiaoer.kit.scope import Scope
from xiaoer.workbench import desk as desks
from xiaoer.workbench.desk import Desk

DAY = date(2026, 11, 2)


def test_one_s_own_are_counted_now_a_bank_s_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(desks.time, "monotonic", lambda: now[0])
    known: dict[str, object] = {}
    own = Desk(Scope("A1", managers=("A1",)), DAY, DAY, known)
    counted = count(0).__next__
    assert [own.lately("open", counted), own.lately("open", counted)] == [0, 1]
    bank = Desk(Scope("H1", everything=True), DAY, DAY, known)
    assert [bank.lately("open", counted), bank.lately("open", counted)] == [2, 2]
    now[0] += desks.LATELY
    assert bank.lately("open", counted) == 3
