"""Which days to compare with which."""

from datetime import date

from xiaoer.features.terms import Windows
from xiaoer.kit.dates import Feast, day_number, feast_day

FEAST_NEAR_DAYS = 100
QUIET_BEFORE, QUIET_AFTER = 8, 15


def windows(as_of: date) -> Windows:
    """The windows of a business date, lunar while the Spring Festival lies within the last 100 days."""
    today = day_number(as_of)
    feast = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year))
    if today < feast - QUIET_BEFORE:
        feast = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 1))
        before = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 2))
    else:
        before = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 1))
    near = today - feast <= FEAST_NEAR_DAYS
    return Windows(
        today=today,
        same_day_last_year=today - (feast - before) if near else today - 365,
        feast_first=feast - QUIET_BEFORE,
        feast_last=feast + QUIET_AFTER,
    )
