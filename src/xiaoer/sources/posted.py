"""Records posted by day: kept as long as one may be posted again."""

from datetime import date, datetime, time, timedelta

from xiaoer.kit.dates import CHINA
from xiaoer.kit.parameters import in_force
from xiaoer.sources.models import Record


def forget_old_records(today: date, *, using: str = "owner") -> int:
    """Remove records posted longer ago than `kept_days`; gives how many."""
    first = today - timedelta(days=in_force("sources", "records", today)["kept_days"])
    old = Record.objects.using(using).filter(at__lt=datetime.combine(first, time(), CHINA))
    return old.delete()[0]
