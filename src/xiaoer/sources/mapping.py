"""A mapping file read strictly: a bank's files described in TOML, with hints where a word is misspelt."""

import tomllib
from collections.abc import Mapping as Dict
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.contracts import contract
from xiaoer.sources.entries import check_entries
from xiaoer.sources.terms import Contract, Mapping, Numbers, Source

DEFAULTS: dict[str, Any] = {
    "format": "csv",
    "encoding": "utf-8",
    "delimiter": ",",
    "rename": {},
    "values": {},
    "patterns": {},
    "constants": {},
    "dates": {},
    "date_format": "%Y-%m-%d",
    "numbers": {},
    "dated": None,
    "business_date": None,
    "delivered_on": None,
    "tolerated_bad_share": 0.01,
    "exact_duplicates": "quarantine",
    "duplicate_keys": "quarantine",
    "key": None,
    "sheet": None,
    "header_row": 1,
    "unpivot": {},
    "redelivery": None,
    "may_be_empty": False,
}
OWN = {"table", "feed", "files"}
CHOICES: dict[str, set[str | None]] = {
    "format": {"csv", "parquet", "xlsx"},
    "encoding": {"utf-8", "gb18030"},
    "exact_duplicates": {"quarantine", "keep"},
    "duplicate_keys": {"quarantine", "keep"},
    "redelivery": {None, "adds", "replaces"},
}


def read_mapping(path: Path) -> Mapping:
    """A bank's mapping; raises Refusal naming file, entry and the word that was meant."""
    page = _toml(path)
    head = page.get("mapping", {})
    if "name" not in head:
        raise Refusal("the [mapping] head has no name", path.name, 'name = "our-bank"')
    defaults = DEFAULTS | _checked(page.get("defaults", {}), set(DEFAULTS), f"{path.name} [defaults]")
    sources = tuple(
        _source(entry, defaults, path.name, n) for n, entry in enumerate(page.get("source", ()), 1)
    )
    _no_twin_feeds(sources, path.name)
    return Mapping(head["name"], head.get("title", head["name"]), head.get("owner", ""), sources)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(
            "there is no such mapping file", str(path), "a TOML file such as mappings/simulator.toml"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Refusal(f"this is not a mapping: {fault}", path.name, "a TOML file in UTF-8") from None


def _source(entry: dict[str, Any], defaults: dict[str, Any], file: str, number: int) -> Source:
    where = f"{file} source {number} ({entry.get('feed') or entry.get('table')})"
    _checked(entry, set(DEFAULTS) | OWN, where)
    for word in ("table", "files"):
        if word not in entry:
            raise Refusal(f"{word} is missing", where)
    full = defaults | {"feed": entry["table"]} | entry
    check_entries(full, where)
    _check_choices(full, where)
    _check_columns(full, contract(entry["table"]), where)
    return Source(**(full | _shaped(full, where)))


def _shaped(full: dict[str, Any], where: str) -> dict[str, Any]:
    fixed = full["business_date"]
    return {
        "files": tuple(full["files"]),
        "key": None if full["key"] is None else tuple(full["key"]),
        "constants": {name: str(value) for name, value in full["constants"].items()},
        "numbers": Numbers(**_checked(full["numbers"], {"thousands", "money_unit", "rates"}, where)),
        "business_date": None if fixed is None else _day(str(fixed), where),
    }


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"business_date {text!r} is not a day", where, "such as 2026-10-31") from None


def _checked(entry: dict[str, Any], known: set[str], where: str) -> dict[str, Any]:
    for word in entry:
        if word not in known:
            raise Refusal(f"{word!r} is not known{_hint(word, known)}", where, ", ".join(sorted(known)))
    return entry


def _check_choices(full: Dict[str, Any], where: str) -> None:
    for word, choices in CHOICES.items():
        if full[word] not in choices:
            raise Refusal(
                f"{word} = {full[word]!r} is not a choice", where, " or ".join(sorted(filter(None, choices)))
            )


def _check_columns(full: Dict[str, Any], table: Contract, where: str) -> None:
    known = {column.name for column in table.columns}
    for part in ("rename", "constants", "values", "patterns", "dates"):
        _checked(full[part], known, f"{where} {part}, table {table.name}")


def _no_twin_feeds(sources: tuple[Source, ...], file: str) -> None:
    feeds = [source.feed for source in sources]
    for feed in feeds:
        if feeds.count(feed) > 1:
            raise Refusal(
                f"two sources share the feed {feed!r}", file, "a feed name of its own for each source"
            )


def _hint(word: str, known: set[str]) -> str:
    close = get_close_matches(word, known, 1)
    return f", did you mean {close[0]!r}?" if close else ""
