"""What the sample bank's firms came with: open, late, and closed over the last months."""

from datetime import date, timedelta
from typing import Any

from xiaoer.kit.dates import add_months
from xiaoer.satisfaction.rules import due_date
from xiaoer.satisfaction.terms import TOPICS, RequestRule

OPEN = (  # number of the firm, kind, cause, days ago
    (42, "complaint", "speed", 12),
    (48, "request", "account", 1),
    (51, "question", "fees", 0),
    (44, "complaint", "attitude", 2),
    (46, "fault", "system", 9),
)
KINDS = ("complaint", "request", "fault", "question")
CLOSED_MONTHS, CLOSED_A_MONTH = 8, 5


def requests(placed: list[Any], today: date) -> list[dict[str, Any]]:
    """Rows as the night publishes them."""
    rule = RequestRule.in_force(today)
    late = [(placed[number - 1], f"W{number:06d}", kind, topic, today - timedelta(days=ago))
            for number, kind, topic, ago in OPEN]  # fmt: skip
    return [_row(one, rule) for one in late] + [
        _closed(placed, back * CLOSED_A_MONTH + at, add_months(today, -back - 1), rule)
        for back in range(CLOSED_MONTHS)
        for at in range(CLOSED_A_MONTH)
    ]


def _closed(placed: list[Any], at: int, day: date, rule: RequestRule) -> dict[str, Any]:
    began, firm = day - timedelta(days=at % 9), placed[3 + (at * 7) % (len(placed) - 3)]
    row = _row((firm, f"W1{at:05d}", KINDS[at % 4], TOPICS[(at * 5) % len(TOPICS)], began), rule)
    return row | {
        "status": "closed",
        "closed_date": began + timedelta(days=2 + at % 7),
        "confirmed": at % 3 > 0,
    }


def _row(told: tuple[Any, str, str, str, date], rule: RequestRule) -> dict[str, Any]:
    one, number, kind, topic, day = told
    owner = "" if one.manager_id.startswith("pool:") else one.manager_id
    return {
        "request_id": number, "customer_id": one.customer_id, "kind": kind, "topic": topic, "channel": "call",
        "product": "", "requested_date": day, "due_date": due_date(kind, day, rule), "owner_id": owner,
        "status": "open", "closed_date": None, "confirmed": None, "branch_id": one.branch_id,
        "manager_id": one.manager_id,
    }  # fmt: skip
