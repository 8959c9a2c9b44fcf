"""Arms of the sample world, a campaign that worked and one that did not, and lists of days gone by."""

from datetime import date, timedelta
from typing import Any

DAYS = 60
PRODUCTS = {
    "E02": ("企业网银", 0.6, 0.1),
    "L01": ("小微快贷", 0.25, 0.25),
}  # came true when treated, when left alone


def measured(placed: list[Any], today: date) -> list[dict[str, Any]]:
    """Every firm on two campaign lists whose time is over, and by the contact plan in an arm that is not over."""
    rows = []
    for number, one in enumerate(placed):
        for product, (called, *chances) in PRODUCTS.items():
            held_out = number % 2 == 1
            won = (number // 2 * 7 % 30) / 30 < chances[held_out]
            rows.append(_row(one, number, "campaigns", (product, called), today - timedelta(days=90)) | {
                "arm": "holdout" if held_out else "treated", "held_share": 0.5, "ripe": True, "won": won,
                "met": number % 3 == 0 if held_out else number % 5 != 0, "expected": None,
                "balance_change": (number % 11 - 5) * 1_000_000 + 4_000_000 * won,
                "profit": (number % 11 - 5) * 12_000 + 300_000 * won,
            })  # fmt: skip
        rows.append(_row(one, number, "contact_plan", ("contact_due", ""), today - timedelta(days=number % 20)) | {
            "arm": "holdout" if number % 10 == 0 else "treated", "held_share": 0.1, "ripe": False, "won": None, "met": None,
            "expected": 50_000, "balance_change": None, "profit": None,
        })  # fmt: skip
    return rows


def _row(one: Any, number: int, family: str, what: tuple[str, str], entered: date) -> dict[str, Any]:
    item, called = what
    return {
        "family": family, "item": item, "called": called, "customer_id": one.customer_id, "part": number * 37 % 256,
        "tier": ("premier", "excellent", "potential", "general")[number % 4] if family != "campaigns" else "",
        "dealt_date": entered if family == "campaigns" else date(2026, 7, 1), "entered_date": entered,
        "due_date": entered + timedelta(days=DAYS), "branch_id": one.branch_id, "manager_id": one.manager_id,
    }  # fmt: skip


def planned_days(placed: list[Any], today: date) -> list[dict[str, Any]]:
    """Two rules on every manager's list, each working day of the last week and the day after today."""
    managers = sorted({(one.manager_id, one.branch_id) for one in placed})
    days = [today + timedelta(days=at) for at in range(-6, 2) if (today + timedelta(days=at)).weekday() < 5]
    return [
        {"day": day, "branch_id": branch, "manager_id": manager, "rule": rule, "kind": kind, "lines": lines,
         "minutes": lines * 30, "expected_return": lines * 100_000, "cost": lines * 9_000}
        for day in days for manager, branch in managers for rule, kind, lines in (
            ("silence", "call", 3), ("turnover_grows", "visit", 2))
    ]  # fmt: skip
