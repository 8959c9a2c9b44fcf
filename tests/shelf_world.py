"""What the shelf says of the sample world's firms: six models in use, two that gave way to a rule."""

import json
import random
from typing import Any

Row = dict[str, Any]
#: Per model: what it says at least and at most, its item, and an input that pushes with what it is.
LIVE = {
    "distress": (0.01, 0.30, "", ("late_days", "12")),
    "leaving": (0.02, 0.25, "", ("payments_90d", "41")),
    "takes_card": (0.05, 0.40, "C01", ("products_held", "3")),
    "asking_payroll": (-0.02, 0.12, "P01", ("debt_notes", "2")),
    "contribution": (100_000, 9_000_000, "", ("balance_90d", "52345600")),
    "hour": (0.3, 0.8, "10", ("asked_hour_off × reached_share", "2 × 0.6")),
}
RULES = {"complaint": "not_promoted", "asking_card": "response_instead"}
FEWER_MEAN_MORE = {"distress", "leaving"}


def shelf_tables(firms: list[Row], seed: int = 11) -> dict[str, list[Row]]:
    """shelf_scores and models_today."""
    chance = random.Random(seed)
    rows = [_score(firm, name, chance) for name in LIVE for firm in firms if _asked(firm, name)]
    for name in LIVE:
        _place([row for row in rows if row["model"] == name])
    return {"shelf_scores": rows, "models_today": [*(_live(name, rows) for name in LIVE), *map(_rule, RULES)]}


def _asked(firm: Row, name: str) -> bool:
    return bool(firm["loan_balance"]) if name == "distress" else True


def _score(firm: Row, name: str, chance: random.Random) -> Row:
    low, high, item, (of, what) = LIVE[name]
    start, push, other, rest = 540, chance.randint(3, 40), -chance.randint(1, 30), chance.randint(-9, 9)
    pushes = [
        {"of": of, "is": what, "points": push},
        {"of": "relation_months", "is": "31.5", "points": other},
    ]
    return {
        "customer_id": firm["customer_id"], "model": name, "item": item, "version": "v1",
        "value": round(chance.uniform(low, high), 4), "points": start + push + other + rest, "start": start,
        "rest": rest, "pushes": json.dumps(pushes), "branch_id": firm["branch_id"], "manager_id": firm["manager_id"],
    }  # fmt: skip


def _place(rows: list[Row]) -> None:
    for row in rows:
        beside = [one["value"] for one in rows if one["manager_id"] == row["manager_id"]]
        row["rank"], row["among"] = 1 + sum(value > row["value"] for value in beside), len(beside)


def _live(name: str, rows: list[Row]) -> Row:
    said = [row["value"] for row in rows if row["model"] == name]
    likelier = -1 if name in FEWER_MEAN_MORE else 1
    return {"model": name, "version": "v1", "state": "live", "rule": "late_days alone", "why": "",
            "firms": len(said), "mean": sum(said) / len(said), "likelier": likelier}  # fmt: skip


def _rule(name: str) -> Row:
    return {"model": name, "version": "", "state": "rule", "rule": "takes_card" if RULES[name] != "not_promoted" else "calls_90d alone",
            "why": RULES[name], "firms": 0, "mean": None, "likelier": 1}  # fmt: skip
