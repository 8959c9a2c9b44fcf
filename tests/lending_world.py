"""The sample world's loans: notes in every bucket and class, their reports made from the notes themselves."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from xiaoer.kit.dates import add_months, month_start

Row = dict[str, Any]
DAYS = (0, 0, 0, 0, 0, 0, 3, 25, 44, 80, 120, 200, 300, 500)
BEGAN = (0, 1, 91, 271, 361)  # days past due on the day a note came to its class
CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
FLOORS = (1, 31, 61, 91, 181, 271, 361)
PRODUCTS = (("L01", "小微快贷"), ("L02", "经营抵押贷"), ("L03", "担保贷"))


def loan_tables(firms: list[Row], today: date, seed: int = 5) -> dict[str, list[Row]]:
    """notes, class_moves, migrations, vintages, shares, renewals, promises of the world's borrowers."""
    chance = random.Random(seed)
    notes = [
        _note(firm, at, chance, today)
        for firm in firms
        if firm["loan_balance"]
        for at in range(chance.choice((1, 1, 2)))
    ]
    return {
        "notes": notes,
        "arrears": _arrears(notes, today),
        **_guarantees(firms, notes),
        "plans": [_plan(note, at, today) for at, note in enumerate(notes)],
        "class_moves": [_move(note, today) for note in notes if note["rule_class"] != "normal"],
        "migrations": _migrations(notes, today),
        "vintages": _vintages(notes),
        "checks": [_check(note, at, today) for at, note in enumerate(notes)],
        "renewals": _renewals(notes, today),
        "promises": _promises(notes, today),
        "shares": _shares(notes, {firm["customer_id"]: firm["industry_code"][:1] for firm in firms}),
    }


def _note(firm: Row, at: int, chance: random.Random, today: date) -> Row:
    late = chance.choice(DAYS)
    grade = sum(late > floor for floor in (0, 90, 270, 360))
    drawn = today - timedelta(days=chance.randint(30, 700) if late < 300 else 690)
    product, name = chance.choice(PRODUCTS)
    balance = chance.randint(5, 200) * 1_000_000 + chance.randint(0, 99)
    due = [add_months(month_start(today), step).replace(day=21) for step in range(-6, 6)]
    times = [{"floor": floor, "in": str(today - timedelta(days=late - floor)),
              "out": str(today - timedelta(days=late - end)) if late >= end else None}
             for floor, end in zip(FLOORS, (*FLOORS[1:], 9999), strict=True) if late >= floor]  # fmt: skip
    return {
        "note_id": f"N{firm['customer_id'][1:]}{at}", "customer_id": firm["customer_id"],
        "branch_id": firm["branch_id"], "manager_id": firm["manager_id"],
        "contract_id": f"H{firm['customer_id'][1:]}{at}", "product_id": product, "product": name,
        "amount": balance + 3_000_000, "balance": balance, "overdue_amount": min(balance, late * 20_000),
        "days_past_due": late, "book_days_past_due": late,
        "bucket": max((floor for floor in FLOORS if floor <= late), default=0),
        "asset_class": chance.choice(("retail", "non_retail")),
        # The bank has not yet followed the last step down of some.
        "book_class": CLASSES[max(grade - (chance.random() < 0.4), 0)], "rule_class": CLASSES[grade],
        "rule": ("", "overdue", "overdue_90", "overdue_270", "overdue_360")[grade],
        "last_late_date": today if late else None, "drawn_date": drawn, "due_date": add_months(drawn, 36),
        "next_due_date": due[6], "rate": 0.0435, "repayment_method": "equal_principal", "security": "mortgage",
        "credit_limit": balance + 3_000_000, "inclusive": chance.random() < 0.8, "times": times,
        "plan": [{"no": no, "due": str(day), "principal": 100_000, "interest": 4_350 - no * 10,
                  "paid": str(day) if day <= today - timedelta(days=late) else None} for no, day in enumerate(due, 1)],
    }  # fmt: skip


def _arrears(notes: list[Row], today: date) -> list[Row]:
    """Firms past due now; each note late by one due, open since."""
    rows: dict[str, Row] = {}
    for note in notes:
        if late := note["days_past_due"]:
            names = ("customer_id", "branch_id", "manager_id")
            row = rows.setdefault(
                note["customer_id"], {name: note[name] for name in names} | {"times": [], "late": []}
            )
            due = today - timedelta(days=late)
            row["late"].append({"note": note["note_id"], "due": str(due), "from": str(due + timedelta(days=1)),
                                "until": None})  # fmt: skip
            row["times"] = [{"floor": floor, "in": str(due + timedelta(days=floor)), "out": None}
                            for floor in FLOORS if late >= floor]  # fmt: skip
    return list(rows.values())


def _plan(note: Row, at: int, today: date) -> Row:
    """Every fourth plan departs, every sixth contract says nothing of its days."""
    kept = {name: note[name] for name in
            ("note_id", "customer_id", "branch_id", "manager_id", "product", "balance", "rate")}  # fmt: skip
    off = at % 4 == 1
    return kept | {
        "rate_kind": "lpr", "note_rate": note["rate"] + (0.001 if off else 0), "base_date": note["drawn_date"],
        "next_date": add_months(today, 3), "next_rate": 0.042, "day_rule": "" if at % 6 == 0 else "as_written",
        "missing": ["day_rule"] if at % 6 == 0 else [], "compared": 12, "departs": off, "day_rows": 0,
        "amount_rows": 5 if off else 0, "gap_amount": 36_050 if off else 0, "count_gap": 0,
        "rate_gap": 0.001 if off else 0.0, "since_date": note["drawn_date"] if off else None,
    }  # fmt: skip


def _guarantees(firms: list[Row], notes: list[Row]) -> dict[str, list[Row]]:
    """Firms in threes: the first two stand for each other, and the second for the third."""
    owed = {one["customer_id"]: one for one in reversed(notes)}
    borrowers = [one for one in firms if one["customer_id"] in owed]
    ties = []
    for at in range(0, len(borrowers) - 2, 3):
        one, two, three = borrowers[at : at + 3]
        ties += [(one, two, True), (two, one, True), (two, three, False)]
    rows = [
        row
        for number, (guarantor, debtor, mutual) in enumerate(ties)
        for row in _sides(f"G{number:05d}", guarantor, debtor, owed, mutual=mutual)
    ]
    return {"guarantees": rows, "sureties": _sureties(rows, owed)}


def _sides(number: str, guarantor: Row, debtor: Row, owed: dict[str, Row], *, mutual: bool) -> list[Row]:
    """A guarantee on both pages."""
    note = owed[debtor["customer_id"]]
    kept = {"guarantee_id": number, "contract_id": note["contract_id"], "amount": note["amount"],
            "balance": note["balance"], "counted_amount": note["balance"], "start_date": note["drawn_date"],
            "end_date": note["due_date"], "status": "active", "mutual": mutual, "other_kind": "customer"}  # fmt: skip
    rows = []
    for side, mine, other in (("debtor", debtor, guarantor), ("guarantor", guarantor, debtor)):
        theirs = owed[other["customer_id"]]
        named = {"other_id": other["customer_id"], "other": other["name"], "other_class": theirs["rule_class"],
                 "other_days_past_due": theirs["days_past_due"], "other_balance": theirs["balance"]}  # fmt: skip
        whose = {name: mine[name] for name in ("customer_id", "branch_id", "manager_id")}
        rows.append(kept | named | whose | {"side": side})
    return rows


def _sureties(rows: list[Row], owed: dict[str, Row]) -> list[Row]:
    firms: dict[str, Row] = {}
    for row in rows:
        note = owed[row["customer_id"]]
        firm = firms.setdefault(row["customer_id"], {name: row[name] for name in
                                ("customer_id", "branch_id", "manager_id")}
                                | {name: note[name] for name in ("balance", "rule_class", "days_past_due")}
                                | {"guarantors": 0, "covered_amount": 0, "debtors": 0, "stands_for_amount": 0,
                                   "ring": "", "ring_size": 0, "circle": row["customer_id"], "circle_size": 3,
                                   "chain": 1})  # fmt: skip
        if row["side"] == "debtor":
            firm["guarantors"], firm["covered_amount"] = firm["guarantors"] + 1, row["balance"]
        else:
            firm["debtors"] += 1
            firm["stands_for_amount"] += row["counted_amount"]
        if row["mutual"]:
            firm |= {"ring": min(row["customer_id"], row["other_id"]), "ring_size": 2}
    return list(firms.values())


def _move(note: Row, today: date) -> Row:
    before = CLASSES[CLASSES.index(note["rule_class"]) - 1]
    kept = {name: note[name] for name in ("note_id", "customer_id", "branch_id", "manager_id", "rule")}
    return kept | {
        "day": today - timedelta(days=note["days_past_due"] - BEGAN[CLASSES.index(note["rule_class"])]),
        "from_class": before,
        "to_class": note["rule_class"],
    }


def _migrations(notes: list[Row], today: date) -> list[Row]:
    counted: Counter[tuple[Any, ...]] = Counter()
    balances: Counter[tuple[Any, ...]] = Counter()
    for back in range(3):
        for at, note in enumerate(notes):
            before = note["book_class"] if at % 11 else ""
            key = (
                add_months(month_start(today), -back),
                before,
                note["rule_class"],
                note["branch_id"],
                note["manager_id"],
            )
            counted[key] += 1
            balances[key] += note["balance"]
    names = ("month", "from_class", "to_class", "branch_id", "manager_id")
    return [
        dict(zip(names, key, strict=True)) | {"notes": counted[key], "balance": balances[key]}
        for key in counted
    ]


def _vintages(notes: list[Row]) -> list[Row]:
    rows: dict[tuple[Any, ...], Row] = {}
    for note in notes:
        key = (month_start(note["drawn_date"]), note["product_id"], note["branch_id"], note["manager_id"])
        names = ("month", "product_id", "branch_id", "manager_id")
        row = rows.setdefault(key, dict(zip(names, key, strict=True))
                              | {"notes": 0, "amount": 0, "late_30": [], "late_90": []})  # fmt: skip
        row["notes"] += 1
        row["amount"] += note["amount"]
        for name, floor in (("late_30", 31), ("late_90", 91)):
            if note["days_past_due"] >= floor:
                row[name].append([3 if floor == 31 else 5, note["amount"]])
    return list(rows.values())


def _shares(notes: list[Row], sectors: dict[str, str]) -> list[Row]:
    rows: dict[tuple[Any, ...], Row] = {}
    for note in notes:
        key = ("sector", sectors[note["customer_id"]], note["branch_id"], note["manager_id"])
        names = ("kind", "code", "branch_id", "manager_id")
        row = rows.setdefault(key, dict(zip(names, key, strict=True))
                              | {"firms": 0, "notes": 0, "balance": 0, "bad_balance": 0})  # fmt: skip
        row["firms"] += note["note_id"].endswith("0")
        row["notes"] += 1
        row["balance"] += note["balance"]
        row["bad_balance"] += note["balance"] if note["days_past_due"] > 90 else 0
    return list(rows.values())


CONDITIONS = ("lawful_operation", "going_concern", "good_credit", "granting_standard", "own_conditions", "now_normal",
              "in_time")  # fmt: skip
REASONS = {"good_credit": ("use_not_traced", {}), "going_concern": ("sales_of_before", {"now_share": 0.41}),
           "in_time": ("signed_on", {"signed_date": "2026-11-10"})}  # fmt: skip
STAGES = ("failing", "gaps_open", "gaps_open", "signed")


def _renewals(notes: list[Row], today: date) -> list[Row]:
    """Every fourth sound note ends soon: one with a condition failing, two with a gap, one signed."""
    sound = [note for note in notes if not note["days_past_due"]]
    rows = []
    for at, note in enumerate(sound):
        stage = STAGES[at % 4]
        state = {"good_credit": "gap", "going_concern": "failed" if stage == "failing" else "met"}
        rows.append({name: note[name] for name in
                     ("note_id", "customer_id", "branch_id", "manager_id", "product", "balance", "rate")}
                    | {"due_date": today + timedelta(days=3 + at), "stage": stage,
                       "signed_date": date(2026, 11, 10) if stage == "signed" else None,
                       "conditions": [_condition(one, state.get(one, "met")) for one in CONDITIONS]})  # fmt: skip
    return rows


def _condition(code: str, state: str) -> Row:
    word, params = REASONS.get(code, ("is_normal", {}))
    tone = {"failed": "bad"}.get(state, "plain")
    return {"condition": code, "state": state, "because": [{"code": word, "params": params, "tone": tone}]}


def _promises(notes: list[Row], today: date) -> list[Row]:
    whose = sorted({(note["branch_id"], note["manager_id"]) for note in notes})
    return [
        {"month": add_months(month_start(today), -back), "kind": kind, "branch_id": branch, "manager_id": manager,
         "loans": 1 + back, "days": days * (1 + back), "amount": 50_000_000}
        for back in range(3)
        for branch, manager in whose
        for kind, days in (("smooth", 0), ("gap", 9), ("cut", 0))
    ]  # fmt: skip


def _check(note: Row, at: int, today: date) -> Row:
    """Every third over its day; every fifth drawing flagged."""
    over = (-20, 3, 45)[at % 3]
    kept = {name: note[name] for name in
            ("note_id", "customer_id", "branch_id", "manager_id", "product", "balance", "rule_class")}  # fmt: skip
    return kept | {
        "due_date": today - timedelta(days=over), "last_check_date": None,
        "escalated_to": ("", "manager", "risk_officer")[at % 3], "traced_amount": note["balance"],
        "forbidden_amount": note["balance"] // 4 if at % 5 == 0 else 0, "unclear_amount": 0, "flagged": at % 5 == 0,
        "payees": [{"name": "金桂钢材有限公司", "purpose": "trade", "amount": note["balance"] // 2},
                   {"name": "—", "purpose": "owner", "amount": note["balance"] // 4}],
    }  # fmt: skip
