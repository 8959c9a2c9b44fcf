"""The bank itself: branch tree, staff, posts, and who leaves for whom."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Ints, stream
from xiaoer.simulator.names import person_names, phone_numbers
from xiaoer.simulator.terms import MANAGER_MINUTES, Month, Plan, figure, table

HEAD = "B00"
CENTRAL_POSTS = (
    "after_sales_manager",
    "call_agent",
    "call_agent",
    "analyst",
    "product_manager",
    "risk_officer",
    "risk_officer",
    "risk_officer",
    "management",
    "administrator",
)
GRADES = np.array(["M1", "M2", "M3"], dtype=object)


@dataclass(frozen=True)
class Organisation:
    """Branches, staff and posts as files show them, and the managers with their sub-branch and hand-over."""

    branches: pl.DataFrame
    staff: pl.DataFrame
    posts: pl.DataFrame
    sub_branches: Array  # branch codes of the sub-branches
    places: list[dict[str, object]]  # one place per sub-branch
    managers: Array  # staff codes of today's relationship managers
    manager_branch: Ints  # their sub-branch
    predecessors: Array  # staff code of who held the portfolio before, "" for none
    handed_over: list[date | None]
    load: Array  # how many firms each takes against the average
    capacities: Ints  # minutes a day of each
    risk_officers: Array
    call_agents: Array
    renamed: tuple[str, str, date]  # branch, its former name, the day it was renamed


def found(plan: Plan, months: list[Month]) -> Organisation:
    """Found the bank; its size follows the number of firms. A part keeps its own sub-branches and managers."""
    rng = stream(plan.whole_seed, "organisation")
    places = _places(max(2, plan.parts, round(plan.all_firms / figure("firms_per_branch"))))
    subs = [str(place["branch_id"]) for place in places]
    count = max(len(subs), round(plan.all_firms / figure("firms_per_manager")))
    branch_of = np.arange(count) % len(subs)
    leaving = rng.permutation(count)[: max(1, count // 6)]
    handed = months[max(0, len(months) - 5)].first
    staff = _staff(plan, subs, branch_of, leaving, handed, rng)
    ids = staff.filter(pl.col("post") == "relationship_manager")["staff_id"].to_numpy()
    predecessors = np.full(count, "", dtype=object)
    predecessors[leaving] = ids[count:]
    gone = np.isin(np.arange(count), leaving)
    load = np.exp(rng.normal(0, figure("load_spread"), count))
    here = _of_part(plan, len(subs))
    mine = np.isin(branch_of, np.arange(len(subs))[here])
    return Organisation(
        branches=_branches(places),
        staff=staff.drop("post", "from_date", "to_date"),
        posts=_posts(staff),
        sub_branches=np.array(subs, dtype=object)[here],
        places=places[here],
        managers=ids[:count][mine],
        manager_branch=branch_of[mine] - here.start,
        predecessors=predecessors[mine],
        handed_over=[handed if left else None for left in gone[mine].tolist()],
        load=load[mine],
        capacities=staff["capacity_minutes"].to_numpy()[:count][mine],
        risk_officers=staff.filter(pl.col("post") == "risk_officer")["staff_id"].to_numpy(),
        call_agents=staff.filter(pl.col("post") == "call_agent")["staff_id"].to_numpy()[
            plan.part :: plan.parts
        ],
        renamed=_renamed(places, months),
    )


def _of_part(plan: Plan, branches: int) -> slice:
    """The sub-branches of a part: neighbours, as many as its share of the firms."""
    edges = [round(branches * part / plan.parts) for part in (plan.part, plan.part + 1)]
    return slice(*edges)


def _places(count: int) -> list[dict[str, object]]:
    known = table("places")["place"]
    cities = list(dict.fromkeys(place["city"] for place in known))
    return [_place(known[at % len(known)], at // len(known), at, cities) for at in range(count)]


def _place(place: dict[str, object], lap: int, at: int, cities: list[str]) -> dict[str, object]:
    ordinal = "" if lap == 0 else f"第{lap + 1}"
    parent = f"B{cities.index(str(place['city'])) + 1:02d}"
    name = f"{place['city']}{place['district']}{ordinal}支行"
    known = at - lap * len(table("places")["place"])
    return place | {"known": known, "branch_id": f"{parent}{at + 1:04d}", "parent_id": parent, "name": name}


def _branches(places: list[dict[str, object]]) -> pl.DataFrame:
    bank = table("places")["bank"]
    head = {"branch_id": HEAD, "name": f"{bank}总行", "level": "head_office", "region": "湖北省武汉市"}
    cities = {str(place["parent_id"]): place for place in places}
    middle = [
        {
            "branch_id": code,
            "name": f"{place['city']}分行",
            "parent_id": HEAD,
            "level": "branch",
            "region": f"{place['province']}{place['city']}市",
        }
        for code, place in sorted(cities.items())
    ]
    return pl.DataFrame([head, *middle, *(_sub_branch(place) for place in places)], infer_schema_length=None)


def _sub_branch(place: dict[str, object]) -> dict[str, object]:
    longitude, latitude = place["at"]  # type: ignore[misc]
    return {
        "branch_id": place["branch_id"],
        "name": place["name"],
        "parent_id": place["parent_id"],
        "level": "sub_branch",
        "region": f"{place['province']}{place['city']}市",
        "address": f"{place['city']}市{place['district']}区",
        "longitude": longitude,
        "latitude": latitude,
        "opened_date": date(2009, 5, 18),
    }


def _staff(
    plan: Plan, subs: list[str], branch_of: Ints, leaving: Ints, handed: date, rng: np.random.Generator
) -> pl.DataFrame:
    """One row per person with post: today's managers first, then those who left, then all others."""
    rows = [("relationship_manager", subs[at]) for at in branch_of]
    rows += [("relationship_manager", subs[branch_of[at]]) for at in leaving]
    rows += [(post, sub) for sub in subs for post in ("branch_head", "teller", "teller")]
    agents = max(2, plan.parts, round(plan.all_firms / figure("firms_per_agent")))
    rows += [(post, HEAD) for post in (*CENTRAL_POSTS, *["call_agent"] * (agents - 2))]
    count = len(rows)
    gone = np.zeros(count, dtype=bool)
    gone[len(branch_of) : len(branch_of) + len(leaving)] = True
    hired = np.datetime64("2026-01-01") - rng.integers(400, 5000, count).astype("timedelta64[D]")
    left = np.where(gone, np.datetime64(handed), np.datetime64("NaT")).astype("datetime64[D]")
    return pl.DataFrame(
        {
            "staff_id": [f"S{at + 1:05d}" for at in range(count)],
            "name": person_names(rng, count),
            "branch_id": [branch for _, branch in rows],
            "grade": GRADES[rng.integers(0, 3, count)],
            "capacity_minutes": np.where(
                [post == "relationship_manager" for post, _ in rows], MANAGER_MINUTES, 240
            ),
            "hired_date": hired,
            "left_date": left,
            "phone": phone_numbers(rng, count),
            "post": [post for post, _ in rows],
            "from_date": hired,
            "to_date": left,
        }
    )


def _posts(staff: pl.DataFrame) -> pl.DataFrame:
    """Everybody's post; a branch's second teller does its credit papers too, the last risk officer surveys."""
    held = staff.select("staff_id", "post", "branch_id", "from_date", "to_date")
    second = held.filter(post="teller").group_by("branch_id", maintain_order=True).last()
    surveys = held.filter(post="risk_officer").tail(1).with_columns(post=pl.lit("investigator"))
    clerks = second.select(held.columns).with_columns(post=pl.lit("credit_clerk"))
    return pl.concat([held, clerks, surveys])


def _renamed(places: list[dict[str, object]], months: list[Month]) -> tuple[str, str, date]:
    place = places[-1]
    former = f"{place['city']}{place['district']}路支行"
    return str(place["branch_id"]), former, months[max(0, len(months) - 4)].first


def keepers_on(bank: Organisation, manager: Ints, day: np.datetime64) -> Array:
    """Per firm the staff code of its manager on a day, "" for the branch's pool."""
    handed = np.array(
        [np.datetime64(moment) if moment else np.datetime64("1990-01-01") for moment in bank.handed_over]
    )
    who = np.where(day < handed, bank.predecessors, bank.managers)
    return np.where(manager >= 0, who[manager.clip(0)], "")
