"""The policies' years as a table: means over seeds with intervals, and differences seed by seed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from bench.policies.running import Year
from bench.watching import commit
from xiaoer.simulator.calibrated import digest, frozen

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results" / "policies.json"
CONFIDENCE = 0.95
RELATED = CHECKOUT / "bench" / "results" / "related.json"
OPENS, CLOSES = "<!-- policies -->", "<!-- /policies -->"


def table(years: list[Year]) -> list[dict[str, Any]]:
    """One row a policy: profit in yuan a year with its interval over seeds, churn, complaints, contacts."""
    return [_row(name, [year for year in years if year.policy == name]) for name in _names(years)]


def paired(years: list[Year]) -> list[dict[str, Any]]:
    """Every two policies: the difference of profit on the same seed, its interval, and on how many seeds it is above 0."""
    names = _names(years)
    profit, complaints, contacts = (
        {name: np.array([getattr(year, what) for year in years if year.policy == name]) for name in names}
        for what in ("profit", "complaints", "contacts")
    )
    return [
        {
            "policy": one,
            "against": other,
            **_interval(profit[one] - profit[other]),
            "seeds_ahead": int((profit[one] >= profit[other]).sum()),
            "complaints": _interval(complaints[one] - complaints[other], "mean"),
            "contacts": _interval(contacts[one] - contacts[other], "mean"),
        }
        for at, other in enumerate(names)
        for one in names[at + 1 :]
    ]


def share_of_oracle(years: list[Year]) -> dict[str, float]:
    """Each policy's gain over none as a share of the oracle's, all seeds together."""
    total = {name: sum(year.profit for year in years if year.policy == name) for name in _names(years)}
    if not {"none", "oracle"} <= set(total):
        return {}
    gain = total["oracle"] - total["none"]
    return {
        name: round((profit - total["none"]) / gain, 4)
        for name, profit in total.items()
        if name not in {"none", "oracle"}
    }


def keep(years: list[Year], firms: int, end: str) -> dict[str, Any]:
    """Write bench/results/policies.json with the commit and the calibration it was made with."""
    page = {
        "commit": commit(),
        "calibration": {"frozen": frozen(), "digest": digest()},
        "firms": firms,
        "end": end,
        "policies": table(years),
        "paired": paired(years),
        "share_of_oracle": share_of_oracle(years),
        "years": [vars(year) for year in years],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return page


def _names(years: list[Year]) -> list[str]:
    return list(dict.fromkeys(year.policy for year in years))


def _row(name: str, years: list[Year]) -> dict[str, Any]:
    return {
        "policy": name,
        "seeds": len(years),
        **_interval(np.array([year.profit for year in years])),
        "carried": round(float(np.mean([year.carried for year in years]))),
        "churn": round(float(np.mean([year.churn for year in years])), 4),
        "complaints": round(float(np.mean([year.complaints for year in years])), 1),
        "contacts": round(float(np.mean([year.contacts for year in years])), 1),
    }


def _interval(values: np.ndarray, name: str = "profit") -> dict[str, float | None]:
    """Mean and its 95 % interval by Student's t; no interval for one seed."""
    mean = float(values.mean())
    if len(values) == 1:
        return {name: round(mean), "low": None, "high": None}
    half = stats.t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return {name: round(mean), "low": round(mean - half), "high": round(mean + half)}


def as_page(page: dict[str, Any]) -> str:
    """The comparison as two tables in Markdown."""
    rows = [
        "| policy | profit, 10,000 yuan a year | 95 % interval | beyond the year | churn | complaints | contacts |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row['policy']} | {_wan(row['profit'])} | {_wan(row['low'])} – {_wan(row['high'])} |"
            f" {_wan(row['carried'])} | {row['churn']:.1%} | {row['complaints']:.0f} | {row['contacts']:,.0f} |"
            for row in page["policies"]
        ),
        "",
        "| difference on the same seed | 10,000 yuan a year | 95 % interval | seeds ahead | contacts | complaints (95 %) |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row['policy']} − {row['against']} | {_wan(row['profit'])} | {_wan(row['low'])} – {_wan(row['high'])} |"
            f" {row['seeds_ahead']} of {page['policies'][0]['seeds']} | {row['contacts']['mean']:+,} | {_counts(row['complaints'])} |"
            for row in page["paired"]
        ),
    ]
    seeds = sorted({year["seed"] for year in page["years"]})
    told = (
        f"{page['firms']:,} firms, seeds {seeds[0]} to {seeds[-1]}, the year up to {page['end']}, calibration frozen on"
        f" {page['calibration']['frozen']}; slowest week {max(year['slowest_step'] for year in page['years']):.1f} s."
    )
    shares = ", ".join(f"{name} {share:.0%}" for name, share in page["share_of_oracle"].items())
    return "\n".join([told, "", *rows, "", f"Share of the oracle's gain over none: {shares}.", *related()])


def related() -> list[str]:
    """What looking at related firms added, where it was measured (`bench.policies.related`)."""
    if not RELATED.exists():
        return []
    page = json.loads(RELATED.read_text("utf-8"))
    seeds = sorted({year["seed"] for year in page["years"]})
    edges = ", ".join(f"{name} {odds:+.2f}" for name, odds in page["learnt"].items())
    gained = f"{_wan(page['profit'])} (95 % {_wan(page['low'])} to {_wan(page['high'])}) × 10,000 yuan a year"
    told = f"Looking at the answers of related firms, seeds {seeds[0]} to {seeds[-1]}: {gained}"
    return ["", f"{told}; log-odds a yes there adds: {edges}."]


def into_docs(page: dict[str, Any]) -> None:
    """Put the tables between the marks of docs/simulator.md."""
    target = CHECKOUT / "docs" / "simulator.md"
    before, rest = target.read_text("utf-8").split(OPENS, 1)
    after = rest.split(CLOSES, 1)[1]
    target.write_text(f"{before}{OPENS}\n{as_page(page)}\n{CLOSES}{after}", "utf-8")


def _counts(found: dict[str, float | None]) -> str:
    low, high = (found[name] for name in ("low", "high"))
    return f"{found['mean']:+}" + ("" if low is None else f" ({low:+} to {high:+})")


def _wan(yuan: float | None) -> str:
    return "" if yuan is None else f"{yuan / 10_000:,.0f}"
