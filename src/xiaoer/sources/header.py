"""Which contract columns a file brings, told from its header."""

from difflib import get_close_matches
from pathlib import Path

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.terms import Contract, Source


def delivered_columns(
    header: list[str], contract: Contract, source: Source, path: Path
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Contract column → file header for what is there, and the contract columns that are missing.

    Raises Refusal when a required column, or one the mapping names, is not in the file.
    """
    made = {source.unpivot["into"], source.unpivot["value"]} if source.unpivot else set()
    wanted = {column.name: source.rename.get(column.name, column.name) for column in contract.columns}
    wanted |= {name: name for name in made}
    there = {name: head for name, head in wanted.items() if head in header or name in made}
    filled = set(there) | set(source.constants)
    _refuse_lost(header, [wanted[name] for name in source.rename if name not in there], path, source)
    needed = [column.name for column in contract.columns if column.required and column.name not in filled]
    _refuse_lost(header, [wanted[name] for name in needed], path, source)
    return there, tuple(name for name in wanted if name not in filled)


def _refuse_lost(header: list[str], lost: list[str], path: Path, source: Source) -> None:
    if not lost:
        return
    close = get_close_matches(lost[0], header, 1)
    hint = f"The nearest in the file is {close[0]!r}" if close else _likely_cause(header, source)
    raise Refusal(
        f"the column {lost[0]!r} is missing",
        f"{path.name} line {source.header_row}",
        f"{', '.join(map(repr, lost))} among {', '.join(map(repr, header[:12]))}",
        f"{hint}; correct the file or the mapping's rename",
    )


def _likely_cause(header: list[str], source: Source) -> str:
    others = [mark for mark in ",;\t|" if mark != source.delimiter and mark in header[0]]
    if len(header) == 1 and others:
        return f"The line has {others[0]!r} where the mapping says {source.delimiter!r}"
    if source.encoding == "gb18030" and _reads_as_utf8("".join(header)):
        return 'The header reads as UTF-8: set encoding = "utf-8" if so'
    return "No column has a similar name"


def _reads_as_utf8(text: str) -> bool:
    try:
        return text.encode("gb18030").decode() != text
    except UnicodeError:
        return False
