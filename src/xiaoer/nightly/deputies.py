"""Who is away on the day planned, and who meets their firms then."""

from collections.abc import Mapping
from types import SimpleNamespace

from xiaoer.branches.rules import away
from xiaoer.kit.dates import add_working_days
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night


def of_day(night: Night) -> Mapping[str, str]:
    """Deputies by whom they stand in for, on the working day after the business date."""
    day = add_working_days(night.business_date, 1)
    rows = night.engine.collect(recorded(night, "desk_absences")).sort_by("absence_id").to_pylist()
    return {row["staff_id"]: row["deputy_id"] for row in rows if away(SimpleNamespace(**row), day)}
