"""A list as an Excel workbook: the same rows, columns and figures as on the screen, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from xiaoer.kit.money import from_fen
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import Column

MONEY = frozenset({"wan", "money"})
FORMATS = {
    "wan": "#,##0.00",
    "money": "#,##0.00",
    "percent": "0.0%",
    "change": "0.0%",
    "day": "yyyy-mm-dd",
    "count": "#,##0",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def workbook(listing: Listing, language: str, *, keys: Iterable[str] = (), note: str = "") -> bytes:
    """An xlsx file of every row found (or of the given keys); money in yuan. `note` goes under the table."""
    columns = [column for column in listing.columns if column.kind != "links"]  # nothing to tap on paper
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(listing.table.title)[:31])
    sheet.freeze_panes = "B2"
    for place, column in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = 30 if column.kind in {"name", "chips"} else 15
    sheet.append([_bold(sheet, _title(column, language)) for column in columns])
    for record in _records(listing, set(keys)):
        sheet.append([_cell(sheet, column, column.of(record), language) for column in columns])
    if note:
        sheet.append([])
        sheet.append([note])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _records(listing: Listing, keys: set[str]) -> Iterator[Any]:
    rows = listing.found.filter(**{f"{listing.table.row_key}__in": keys}) if keys else listing.found
    return iter(rows.iterator(chunk_size=2000))


def _title(column: Column, language: str) -> str:
    unit = ("（元）" if language.startswith("zh") else " (yuan)") if column.kind in MONEY else ""
    return f"{column.title}{unit}"


def _bold(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: WriteOnlyWorksheet, column: Column, value: object, language: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=_plain(column, value, language))
    if column.kind in FORMATS and isinstance(cell.value, int | float | date):
        cell.number_format = FORMATS[column.kind]
    return cell


def _plain(column: Column, value: Any, language: str) -> object:
    if value is None or value == "":
        return None
    if column.kind in MONEY:
        return float(from_fen(value))
    if column.kind == "chips":
        return "；".join(formats.told(reason, language) for reason in value)
    if column.kind in {"count", "percent", "change", "points", "score", "day"}:
        return value if isinstance(value, int | float | date) else str(value)
    return _no_formula(str(value))


def _no_formula(text: str) -> str:
    """Excel runs a text that starts like a formula; a leading apostrophe makes it text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def sheet_of(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]], note: str = "") -> bytes:
    """An xlsx file of plain rows: what a report shows, numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append([_bold(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_no_formula(value) if isinstance(value, str) else value for value in row])
    if note:
        sheet.append([])
        sheet.append([note])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
