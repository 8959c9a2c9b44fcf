"""The contracts, read from the pages beside this file; one door for everybody who needs a table's shape."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.terms import Column, Contract, Form

FOLDER = Path(__file__).with_name("contracts")


@cache
def contracts() -> dict[str, Contract]:
    """Every contract by table name."""
    return {path.stem: _contract(path) for path in sorted(FOLDER.glob("*.toml"))}


def contract(name: str) -> Contract:
    """One contract; raises Refusal when the table is not known."""
    try:
        return contracts()[name]
    except KeyError:
        raise Refusal(f"there is no table {name!r}", "contracts", ", ".join(contracts())) from None


def _contract(path: Path) -> Contract:
    page = tomllib.loads(path.read_text(encoding="utf-8"))
    return Contract(
        name=page["name"],
        grain=page["grain"],
        key=tuple(page["key"]),
        day=page.get("day") if page["grain"] == "increment" else None,
        title=page["title"],
        about=page["about"],
        enables=page["enables"],
        columns=tuple(_column(entry) for entry in page["columns"]),
    )


def _column(entry: dict[str, Any]) -> Column:
    known = entry | {"kind": Kind(entry["kind"]), "allowed": tuple(entry.get("allowed", ()))}
    if "form" in entry:
        known["form"] = Form(entry["form"])
    return Column(**(known | {"example": str(entry.get("example", ""))}))
