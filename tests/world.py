"""A small bank that does not exist: two branches and a head office, three managers, sixty firms.

Published by the real publish function, so that screens, queries and walls are tried on what the night would
hand over. `publish_world()` for tests and screens alike; `python -m tests.world` fills the database of
XIAOER_HOME and makes accounts (password: the username twice).
"""

import random
import sys
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.arms_world import measured, planned_days
from tests.lending_world import loan_tables
from tests.requests_world import requests
from tests.shelf_world import shelf_tables
from xiaoer.features.terms import catalogue
from xiaoer.kit.scope import pool
from xiaoer.kit.text import parameters, pinyin, wording
from xiaoer.scores.terms import specification

BUSINESS_DATE = date(2026, 11, 18)  # a Wednesday; the desk lives on the Thursday after
RUN_ID = "world-2026-11-18"
FIRMS = 60
ROOMS = Path(__file__).resolve().parents[1] / "src" / "xiaoer"

BRANCHES = (("HQ", "总行", "", "HQ"), ("B1", "城东支行", "HQ", "HQ/B1"), ("B2", "滨江支行", "HQ", "HQ/B2"))
STAFF = (
    ("M1", "陈立", "B1", "relationship_manager"),
    ("M2", "周敏", "B1", "relationship_manager"),
    ("M3", "吴昊", "B2", "relationship_manager"),
    ("H1", "孙雅琴", "B1", "branch_head"),
    ("H2", "郑国栋", "B2", "branch_head"),
    ("T1", "何晓", "B1", "teller"),
    ("S1", "冯洁", "B1", "after_sales_manager"),
    ("C1", "蒋文", "HQ", "call_agent"),
    ("A1", "沈思远", "HQ", "analyst"),
    ("P1", "韩梅", "HQ", "product_manager"),
    ("R1", "杨帆", "HQ", "risk_officer"),
    ("I1", "林晓峰", "B1", "investigator"),
    ("K1", "许静怡", "B1", "credit_clerk"),
    ("G1", "朱建华", "HQ", "management"),
    ("X1", "秦朗", "HQ", "administrator"),
)
PRODUCTS = (
    ("C01", "商务卡", "card"), ("D01", "单位活期存款", "deposit"), ("E01", "企业网银", "electronic"),
    ("L01", "小微快贷", "loan"), ("W01", "周周盈", "wealth"),
)  # fmt: skip
PLACES = ("临江", "青禾", "南浦", "望海", "东岭", "云溪", "新桥", "白石", "清源", "松湖", "金桂", "文昌")
WORDS = ("鼎盛", "恒达", "嘉禾", "瑞丰", "顺发", "明远", "华诚", "天工", "百味", "宏图", "立信", "同心")
TRADES = (
    ("F5126", "五金批发", "五金贸易有限公司"),
    ("C1432", "速冻食品制造", "食品有限公司"),
    ("F5281", "五金零售", "五金店"),
    ("G5431", "普通货物道路运输", "物流有限公司"),
    ("E5019", "建筑装饰", "装饰工程有限公司"),
    ("I6510", "软件开发", "信息技术有限公司"),
    ("H6210", "正餐服务", "餐饮店"),
    ("C3484", "机械零部件加工", "机械配件厂"),
)
OWNERS = ("李秀兰", "张伟", "王建国", "刘洋", "陈静", "赵磊", "黄丽", "徐强", "马俊", "胡燕")
TIERS = ("premier", "excellent", "potential", "general")


@dataclass(frozen=True)
class Placed:
    """A firm's number, branch and manager."""

    customer_id: str
    branch_id: str
    manager_id: str


def placements(firms: int = FIRMS) -> list[Placed]:
    """Sixty firms: twenty for each manager but four, which B1's and B2's pools hold."""
    places = (("B1", "M1"), ("B1", "M2"), ("B2", "M3"))
    made = [Placed(f"C{number:06d}", *places[number % 3]) for number in range(1, firms + 1)]
    return [Placed(p.customer_id, p.branch_id, pool(p.branch_id)) if at % 15 == 14 else p
            for at, p in enumerate(made)]  # fmt: skip


@cache
def _tables(business_date: date, run_id: str, seed: int) -> dict[str, pa.Table]:
    return _made(business_date, run_id, seed)


def tables(business_date: date = BUSINESS_DATE, run_id: str = RUN_ID, seed: int = 7) -> dict[str, pa.Table]:
    """Every published table of the sample world, in a mapping of the caller's own."""
    return dict(_tables(business_date, run_id, seed))


def _made(business_date: date, run_id: str, seed: int) -> dict[str, pa.Table]:
    chance = random.Random(seed)
    placed = placements()
    firms = [_firm(one, chance, business_date) for one in placed]
    profiles = [
        _profile(one, firm, firms, chance, business_date) for one, firm in zip(placed, firms, strict=True)
    ]
    events = [row for one in placed for row in _events(one, chance, business_date)]
    counted = {firm["customer_id"]: 0 for firm in firms}
    for row in events:
        counted[row["customer_id"]] += 1
    for firm in firms:
        firm["events"] = counted[firm["customer_id"]]
    return {
        **organisation(placed),
        "firms": _table(firms),
        "profiles": _table(profiles),
        "scores": _table([_score(one, firm, chance) for one, firm in zip(placed, firms, strict=True)]),
        "cards": _table([{"model": "risk", "version": "world-1", "inputs": _card()}]),
        "events": _table(events),
        "proposals": _table(_proposals(placed, firms, events, chance, today=business_date, run_id=run_id)),
        "shadow_prices": _table(_prices(placed, business_date)),
        "planned_days": _table(planned_days(placed, business_date)),
        "measured": _table(measured(placed, business_date)),
        "brought": _table(
            [row for number, one in enumerate(placed) if (row := _brought(one, number, business_date))]
        ),
        "products": _table(
            [
                {"product_id": number, "name": name, "category": category}
                for number, name, category in PRODUCTS
            ]
        ),
        "openings": _table(
            [_opening(one, business_date) for one in placed if int(one.customer_id[1:]) % 9 == 0]
        ),
        "requests": _table(requests(placed, business_date)),
        "four_flows": _table([_flows(one, firm) for one, firm in zip(placed, firms, strict=True)]),
        **{name: _table(rows) for name, rows in loan_tables(firms, business_date).items()},
        **{name: _table(rows) for name, rows in shelf_tables(firms).items()},
        "deliveries": _table(_deliveries(business_date)),
        "disabled": _table(DISABLED),
    }


def organisation(placed: list[Placed]) -> dict[str, pa.Table]:
    """Branches, staff, posts and assignments."""
    return {
        "branches": _table(
            [{"branch_id": b, "name": n, "parent_id": p, "path": path} for b, n, p, path in BRANCHES]
        ),
        "staff": _table([{"staff_id": s, "name": n, "branch_id": b, "capacity_minutes": 360} for s, n, b, _ in STAFF]),
        "posts": _table(
            [{"staff_id": s, "post": post, "branch_id": b, "from_date": date(2024, 1, 1)} for s, _, b, post in STAFF]
        ),
        "assignments": _table([
            {"customer_id": p.customer_id, "staff_id": p.manager_id, "role": "main", "from_date": date(2024, 1, 1),
             "branch_id": p.branch_id, "manager_id": p.manager_id}
            for p in placed if not p.manager_id.startswith("pool:")
        ]),
    }  # fmt: skip


def publish_world(**changes: Any) -> Any:
    """Publish the sample world through the real function; tests pass other tables or dates."""
    from xiaoer.nightly.publish import publish

    given = {"tables": tables(), "business_date": BUSINESS_DATE, "run_id": RUN_ID} | changes
    return publish(given.pop("tables"), given.pop("business_date"), given.pop("run_id"), **given)


def a_reason(
    room: str, chance: random.Random, tone: str = "plain", today: date = BUSINESS_DATE
) -> dict[str, Any]:
    """Some reason of a room's own vocabulary with every parameter filled believably."""
    codes = _codes(room) or _codes("events")
    code = chance.choice(codes)
    wanted = parameters(wording()[code]["zh"]) | parameters(wording()[code]["en"])
    return {
        "code": code,
        "params": {name: _fill(name, chance, today) for name in sorted(wanted)},
        "tone": tone,
    }


@cache
def _codes(room: str) -> list[str]:
    """The room's codes whose parameters can be filled without knowing them."""
    path = ROOMS / room / "wording.toml"
    if not path.exists():
        return []
    return [c for c in tomllib.loads(path.read_text(encoding="utf-8"))
            if not any(p.endswith("_words") or p == "words" for p in parameters(wording()[c]["zh"]))]  # fmt: skip


def _fill(name: str, chance: random.Random, today: date) -> object:
    if name.endswith("amount"):
        return chance.randint(30, 900) * 1_000_000
    if name.endswith(("share", "rate", "growth")):
        return round(chance.uniform(0.05, 0.6), 3)
    if name.endswith("date"):
        return str(today - timedelta(days=chance.randint(3, 60)))
    if name.endswith(("buyer", "supplier", "name", "firm", "counterparty")):
        return chance.choice(PLACES) + chance.choice(WORDS) + "贸易"
    return chance.randint(5, 45)


def _firm(one: Placed, chance: random.Random, today: date) -> dict[str, Any]:
    number = int(one.customer_id[1:])
    code, industry, ending = TRADES[number % len(TRADES)]
    name = PLACES[number % 12] + WORDS[(number * 5 + number // 12) % 12] + ending
    full, initials = pinyin(name)
    size = chance.choice(("small", "small", "micro", "micro", "medium", "undetermined"))
    turnover = int(chance.lognormvariate(15, 0.9)) * 100
    borrower = chance.random() < 0.5
    return {
        "customer_id": one.customer_id, "branch_id": one.branch_id, "manager_id": one.manager_id,
        "name": name, "pinyin": full, "initials": initials,
        "credit_code": f"91330100MA{number:07d}X", "phone": f"1380000{number:04d}",
        "kind": "sole_trader" if ending.endswith("店") else "enterprise",
        "industry_code": code, "industry": industry, "region": chance.choice(("城东区", "滨江区", "高新区")),
        "district": ("湖滨街道", "学院街道", "沿江街道", "")[number % 4],
        "opened_date": today - timedelta(days=chance.randint(200, 4000)),
        "owner_name": OWNERS[number % len(OWNERS)],
        "staff_count": None if size == "undetermined" else chance.randint(4, 90),
        "size_class": size, "size_missing": ["staff_count"] if size == "undetermined" else [],
        "tier": chance.choices(TIERS, (1, 2, 3, 5))[0], "value_band": chance.randint(1, 5),
        "size_band": chance.randint(1, 5), "borrower": borrower,
        "holdings": sorted(chance.sample(["settlement", "payroll", "acquiring", "deposit", "online_bank", "cash_loan"],
                                         chance.randint(1, 4))),
        "products": chance.randint(1, 5),
        "turnover_12m": turnover, "turnover_prior_12m": int(turnover * chance.uniform(0.7, 1.25)),
        "balance": int(turnover * chance.uniform(0.01, 0.08)),
        "loan_balance": int(turnover * chance.uniform(0.05, 0.25)) if borrower else None,
        "contribution_12m": int(turnover * chance.uniform(0.001, 0.012)),
        "satisfaction": round(chance.uniform(2.8, 5), 1) if chance.random() < 0.7 else None,
        "last_contact_date": today - timedelta(days=chance.randint(2, 180)) if chance.random() < 0.85 else None,
        "next_due_date": today + timedelta(days=chance.randint(1, 40)) if chance.random() < 0.6 else None,
        "due_channel": chance.choice(("visit", "call")), "score_state": "small_sample",
        "pd": round(chance.uniform(0.004, 0.2), 4), "score_points": chance.randint(420, 780), "events": 0,
    }  # fmt: skip


def _profile(
    one: Placed, firm: dict[str, Any], firms: list[dict[str, Any]], chance: random.Random, today: date
) -> dict[str, Any]:
    monthly = firm["turnover_12m"] // 12
    sales = [int(monthly * (0.7 + at / 100) * (1.5 if at % 12 in (0, 10) else 1) * chance.uniform(0.8, 1.2))
             for at in range(36)]  # fmt: skip
    peers = chance.sample([f for f in firms if f["customer_id"] != one.customer_id], 4)
    firm["similar"] = [peer["customer_id"] for peer in peers]
    has_accounts = firm["balance"] is not None and chance.random() < 0.8
    return {
        "customer_id": one.customer_id, "branch_id": one.branch_id, "manager_id": one.manager_id,
        "last_month": today.replace(day=1), "sales": sales, "purchases": [int(value * chance.uniform(0.6, 0.9)) for value in sales],
        "inflow": [int(v * chance.uniform(0.5, 0.9)) for v in sales] if has_accounts else None,
        "outflow": [int(v * chance.uniform(0.5, 0.9)) for v in sales] if has_accounts else None,
        "buyers": _partners(firm, firms, chance, today), "suppliers": _partners(firm, firms, chance, today),
    }  # fmt: skip


def _partners(
    firm: dict[str, Any], firms: list[dict[str, Any]], chance: random.Random, today: date
) -> list[list[Any]]:
    left, rows = 0.9, []
    for at in range(chance.randint(4, 8)):
        share = round(left * chance.uniform(0.2, 0.5), 3)
        left -= share
        known = chance.choice(firms) if chance.random() < 0.2 else None
        rows.append([
            known["name"] if known else chance.choice(PLACES) + chance.choice(WORDS) + "商行",
            known and known["customer_id"], int(firm["turnover_12m"] * share), share,
            str(today - timedelta(days=chance.randint(1, 70))), chance.randint(4, 30),
            [int(firm["turnover_12m"] * share / 12 * chance.uniform(0.3, 1.8)) for _ in range(12)],
        ])  # fmt: skip
        if at > 2 and left < 0.1:
            break
    return rows


def _score(one: Placed, firm: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    usual = [value for _, value in _card()]
    return {
        "customer_id": one.customer_id, "branch_id": one.branch_id, "manager_id": one.manager_id,
        "model": "risk", "version": "world-1", "state": "small_sample", "value": firm["pd"],
        "points": firm["score_points"], "band": chance.choice("ABCD"),
        "previous": round(firm["pd"] * chance.uniform(0.7, 1.4), 4), "parts": [chance.randint(-60, 55) for _ in usual],
        "seen": [round(value * chance.uniform(0.2, 3), 4) if chance.random() < 0.9 else None for value in usual],
    }  # fmt: skip


def _card() -> list[tuple[str, float]]:
    """Inputs of the real card, each with something usual."""
    usual = {"amount": 3_000_000.0, "share": 0.3}
    names = [entry.name for entry in specification("risk").inputs[:8]]
    return [(name, usual.get(catalogue()[name].unit, 20.0)) for name in names]


def _events(one: Placed, chance: random.Random, today: date) -> list[dict[str, Any]]:
    rows = []
    for at in range(chance.choices((0, 1, 2), (4, 4, 2))[0]):
        severity = chance.choice(("act", "watch", "note"))
        tone = {"act": "bad", "watch": "warn", "note": "plain"}[severity]
        told = a_reason("events", chance, tone)
        rows.append({
            "event_id": f"{one.customer_id}-{at}", "customer_id": one.customer_id,
            "branch_id": one.branch_id, "manager_id": one.manager_id, "rule": told["code"],
            "event_date": today - timedelta(days=chance.randint(0, 9)),
            "due_date": today + timedelta(days=chance.randint(1, 14)), "severity": severity,
            "because": [told], "goal": a_reason("offers", chance), "amount": chance.randint(10, 400) * 1_000_000,
        })  # fmt: skip
    return rows


def _proposals(
    placed: list[Placed], firms: list[dict[str, Any]], events: list[dict[str, Any]],
    chance: random.Random, *, today: date, run_id: str,
) -> list[dict[str, Any]]:  # fmt: skip
    because = {row["customer_id"]: row["because"] for row in events}
    rows: list[dict[str, Any]] = []
    used: dict[str, list[int]] = {}
    for one, firm in zip(placed, firms, strict=True):
        if one.customer_id not in because and chance.random() < 0.7:
            continue
        kind, minutes = chance.choice(
            (("visit", 60), ("visit", 45), ("call", 15), ("call", 20), ("message", 5))
        )
        day = used.setdefault(one.manager_id, [])
        if not day:  # the first line of a list is a visit: nobody's consent is asked for it
            kind, minutes = "visit", 45
        day.append(minutes)
        rows.append({
            "offer_id": f"{one.customer_id}-{today:%Y%m%d}", "customer_id": one.customer_id,
            "branch_id": one.branch_id, "manager_id": one.manager_id, "rank": len(day),
            "day": today + timedelta(days=1), "kind": kind, "minutes": minutes,
            "goal": a_reason("offers", chance), "because": because.get(one.customer_id) or [a_reason("events", chance)],
            "expected_return": chance.randint(5, 400) * 10_000, "cost": minutes * 300,
            "risk": chance.choice(("low", "low", "medium", "high")), "at_stake": firm["loan_balance"],
            "chance": 0.1, "priority": 250_000.0, "lever": 1.5, "hour_price": 30_000,
            "fits": sum(day) <= 360, "arm": "treated", "run_id": run_id,
            "changed": a_reason("offers", chance) if chance.random() < 0.2 else None,
        })  # fmt: skip
    return rows


def _prices(placed: list[Placed], today: date) -> list[dict[str, Any]]:
    """An hour of every manager, dearer for each firm of the book."""
    managers = sorted({(one.manager_id, one.branch_id) for one in placed})
    books = {manager: sum(one.manager_id == manager for one in placed) for manager, _ in managers}
    return [
        {"kind": "hours", "place": manager, "branch_id": branch, "manager_id": manager, "day": today + timedelta(1),
         "capacity": 390 if manager.startswith("pool:") else 360, "used": 345, "price": books[manager] * 1_000, "left_out": books[manager] // 4,
         "left_worth": books[manager] * 50_000, "firms": books[manager]}
        for manager, branch in managers
    ]  # fmt: skip


def _brought(one: Placed, number: int, today: date) -> dict[str, Any] | None:
    """Every seventh firm has an application of the bank's files: under way, drawn or declined."""
    if number % 7:
        return None
    stage = ("survey", "approval", "drawn", "declined", "review")[number // 7 % 5]
    received = today - timedelta(days=6 + number)
    ended = stage in {"drawn", "declined"}
    papers = [{"kind": kind, "status": "verified", "expires_date": str(today + timedelta(days=400))}
              for kind in ("licence", "identity", "bank_statement")]  # fmt: skip
    return {
        "application_id": f"U{number:06d}", "customer_id": one.customer_id, "branch_id": one.branch_id,
        "manager_id": one.manager_id, "product_id": "L01", "product_name": "小微快贷", "received_date": received,
        "source": "manager", "amount": (20 + number) * 1_000_000, "term_months": 12, "stage": stage,
        "survey_minutes": 110 + number * 2, "form_minutes": 0 if stage == "survey" else 55 + number,
        "decision": {"drawn": "approved", "declined": "declined"}.get(stage, ""),
        "decided_date": received + timedelta(days=4) if ended else None,
        "decline_reason": "cash_flow" if stage == "declined" else "",
        "approved_amount": (20 + number) * 1_000_000 if stage == "drawn" else None,
        "approved_rate": 0.0435 if stage == "drawn" else None,
        "drawn_date": received + timedelta(days=5) if stage == "drawn" else None,
        "prepared_by": one.manager_id, "reviewed_by": "R1" if ended else "", "approved_by": "G1" if ended else "",
        "papers": papers,
    }  # fmt: skip


def _opening(one: Placed, today: date) -> dict[str, Any]:
    """Every ninth firm has opened online banking twelve days ago; every eighteenth is visited for it."""
    return {
        "customer_id": one.customer_id, "branch_id": one.branch_id, "manager_id": one.manager_id, "product_id": "E01",
        "product": "企业网银", "category": "electronic", "opened_date": today - timedelta(days=12),
        "high_value": int(one.customer_id[1:]) % 18 == 0,
    }  # fmt: skip


def _flows(one: Placed, firm: dict[str, Any]) -> dict[str, Any]:
    """Four indices with their components; every ninth firm has no accounts, so nothing of funds and cash."""
    number = int(one.customer_id[1:])
    banked = number % 9 != 0

    def part(code: str, value: float | None) -> list[Any]:
        return [code, value, None if value is None else int(number * 7 % 101)]

    parts = {
        "credit": [part("pd", firm["pd"]), part("days_past_due", 0.0 if firm["borrower"] else None),
                   part("void_share", 0.03), part("red_amount_share", 0.01)],
        "funds": [part("settlement_share", 0.6 if banked else None), part("inflow_growth_90d", 0.05 if banked else None),
                  part("balance_share", 0.04 if banked else None)],
        "cash": [part("surplus_share", 0.02 if banked else None), part("cover_months", 0.7 if banked else None),
                 part("debt_share", 0.2 if firm["borrower"] else None)],
        "information": [part("known_days", 900.0), part("sale_month_share", 0.92), part("buyer_loyal_share", 0.55),
                        part("electronic_share", 0.8 if banked else None)],
    }  # fmt: skip
    turnover = firm["turnover_12m"]
    known = {
        "sales_12m": turnover, "purchases_12m": turnover * 7 // 10, "inflow_12m": turnover * 6 // 10 if banked else None,
        "outflow_12m": turnover * 58 // 100 if banked else None, "balance_90d": firm["balance"] if banked else None,
        "loan_balance": firm["loan_balance"], "sector_margin_bp": 2_600, "sector_known": 24,
    }  # fmt: skip
    points = number * 7 % 101
    return {
        "customer_id": one.customer_id, "branch_id": one.branch_id, "manager_id": one.manager_id, "credit": points,
        "funds": points if banked else None, "cash": points if banked else None, "information": points,
        "parts": parts, "known": known,
    }  # fmt: skip


def _deliveries(today: date) -> list[dict[str, Any]]:
    arrived = (("customers", 60, 0), ("branches", 3, 0), ("staff", 13, 0), ("assignments", 56, 0),
               ("invoices", 48_213, 12), ("accounts", 75, 0), ("balances", 2_250, 0))  # fmt: skip
    return [
        {"table": name, "feed": "world", "business_date": today, "delivered_on": today, "rows": rows,
         "quarantined": bad, "owner": "数据中心", "missing_fields": ["industry_code"] if name == "customers" else [],
         "reasons": [{"reason": "not_a_date", "count": bad}] if bad else []}
        for name, rows, bad in arrived
    ]  # fmt: skip


DISABLED = [
    {"table": "surveys", "title_zh": "满意度调查", "title_en": "Surveys",
     "enables_zh": "没有它就没有：满意度与忠诚度", "enables_en": "Without it there is no: satisfaction and loyalty"},
    {"table": "collateral", "title_zh": "押品", "title_en": "Collateral",
     "enables_zh": "没有它就没有：按押品计算的损失", "enables_en": "Without it there is no: loss after collateral"},
]  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """JSON columns travel as text: Arrow would give every struct of a column the same fields."""
    import json

    def cell(value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value

    return pa.Table.from_pylist([{name: cell(value) for name, value in row.items()} for row in rows])


def main() -> None:
    """Fill the database of XIAOER_HOME and make one account per member of staff."""
    from xiaoer.app.setup import ready

    ready()
    sys.stdout.write(f"{publish_world()}\n")
    from xiaoer.branches.accounts import make_account

    for staff_id, name, _, post in STAFF:
        make_account(staff_id, password=staff_id.lower() * 2)
        sys.stdout.write(f"{staff_id.lower():4} {staff_id.lower() * 2:6} {post:22} {name}\n")


if __name__ == "__main__":
    main()
