"""`python -m bench.shelf_table HOME`: the shelf as docs/shelf.md, from the judgements in HOME and truth_shelf.json."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.truth_shelf import KEPT
from bench.watching import CHECKOUT, commit
from xiaoer.scores.keeping import newest
from xiaoer.scores.life import stands_in
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model, the_shelf

PAGE = CHECKOUT / "docs" / "shelf.md"
MAY = ("live", "challenger")
HEAD = """# The shelf on the simulated bank

5,000 firms, 30 months (`xiaoer simulate DIR --firms 5000 --months 30 --seed 1`, intake, `xiaoer scores train --all`), \
at commit {commit}. Written by `python -m bench.shelf_table HOME`; what the words mean: [rules/shelf.md](rules/shelf.md).

{summary}

Every figure is of days after those trained on; the interval is 95 % with firms drawn again. `rank` is Spearman's \
correlation of what the model said with what only the simulation knows, `gap` the widest distance between mean chance \
said and mean true chance over fifths of the judged rows.

| model | form | state | metric | value (interval) | rival | rival's value | n / positives | rank with the truth | gap |
|---|---|---|---|---|---|---|---|---|---|
"""
WHY = "\n## Refused, and why\n\n| model | why | in its place |\n|---|---|---|\n"


def rows_of(home: Path) -> list[dict[str, Any]]:
    """The last judgement of every model, with what stands in the place of one that is not in use."""
    registry = Registry(home / "models")
    return [
        newest(registry, model)
        | {"in_use": registry.version_in_use(name), "instead": _response(registry, model)}
        for name, model in the_shelf().items()
    ]


def _response(registry: Registry, model: Model) -> str | None:
    instead = stands_in(model, the_shelf())
    return instead if instead and registry.version_in_use(instead) else None


def line(row: dict[str, Any], truth: dict[str, Any]) -> str:
    cells = [
        f"`{row['model']}`", row.get("form") or "—", row["state"], row["metric"], _interval(row), row["rival"],
        _number(row["rival_value"]), f"{row['n'] or '—'} / {row['positives'] or '—'}", _rank(truth), _gap(truth),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _interval(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return "—"
    return f"{row['value']:.3f} ({row['low']:.3f} – {row['high']:.3f})"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _rank(truth: dict[str, Any]) -> str:
    if truth.get("rank") is None:
        return "—"
    response = truth.get("rank_of_response")
    beside = f" (response {response:.2f})" if response is not None else ""
    return f"{truth['rank']:.2f} with {truth['truth']}{beside}"


def _gap(truth: dict[str, Any]) -> str:
    fifths = truth.get("calibration")
    return f"{max(abs(one['said'] - one['true']) for one in fifths):.3f}" if fifths else "—"


def summary(rows: list[dict[str, Any]]) -> str:
    counts = Counter(row["state"] for row in rows)
    able, used = sum(counts[state] for state in MAY), sum(bool(row["in_use"]) for row in rows)
    worse = [row["model"] for row in rows if row["in_use"] and row["value"] <= row["rival_value"]]
    told = ", ".join(f"{many} {state}" for state, many in counts.most_common())
    return (
        f"{len(rows)} specifications: {told}. {able} may be used, {used} are in use;"
        f" in use and no better than its rival: {', '.join(worse) or 'none'}."
    )


def main(home: Path) -> None:
    """Write the page."""
    rows = rows_of(home)
    truth = {row["model"]: row for row in json.loads(KEPT.read_text(encoding="utf-8"))["rows"]}
    lines = [line(row, truth.get(row["model"], {})) for row in rows]
    refused = [
        f"| `{row['model']}` | {row['refused_because'] or row['state']} | {_instead(row)} |"
        for row in rows
        if row["state"] not in MAY
    ]
    text = HEAD.format(commit=commit(), summary=summary(rows)) + "\n".join(lines) + "\n"
    PAGE.write_text(text + (WHY + "\n".join(refused) + "\n" if refused else ""), encoding="utf-8")
    print(summary(rows))


def _instead(row: dict[str, Any]) -> str:
    return f"order by response, `{row['instead']}`" if row["instead"] else f"by rule: {row['rival']}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
