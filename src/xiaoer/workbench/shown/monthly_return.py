"""The monthly return as a workbook: buckets, classes in force, migration, inclusive loans, and the notes themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from xiaoer.kit.money import from_fen
from xiaoer.loans.terms import FiveClass
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.book_quality import Matrix

MONEY, COUNT, PERCENT = "#,##0.00", "#,##0", "0.00%"
Line = tuple[object, ...]
Key = tuple[str, str, bool]  # class in force, asset class, inclusive


@dataclass(frozen=True)
class Return:
    """Sums of the book on a day. `classes` are sums by the bank's class; `decided` notes stand in another one."""

    day: date | None
    whole: tuple[int, int]
    buckets: Sequence[Mapping[str, Any]]
    classes: Sequence[Mapping[str, Any]]
    decided: Sequence[tuple[Any, str]]
    inclusive_firms: int
    matrix: Matrix

    def by_class(self) -> dict[Key, list[int]]:
        """[notes, fen] by class in force, asset class, inclusive."""
        sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for one in self.classes:
            key = (one["book_class"] or one["rule_class"], one["asset_class"], one["inclusive"])
            sums[key][0] += one["notes"]
            sums[key][1] += one["balance"]
        for note, now in self.decided:
            for code, sign in ((note.book_class or note.rule_class, -1), (now, 1)):
                held = sums[code, note.asset_class, note.inclusive]
                held[0] += sign
                held[1] += sign * note.balance
        return sums


def workbook(given: Return, notes: Iterable[Line]) -> bytes:
    """The xlsx file; money in yuan with two decimals. `notes` are the lines of the last sheet, each note once."""
    book = Workbook(write_only=True)
    _sheet(book, _("Buckets"), (_("Days past due"), _("Notes"), _("Balance (yuan)")), _buckets(given))
    _sheet(
        book,
        _("Five classes"),
        (_("Class"), _("Asset class"), _("Notes"), _("Balance (yuan)")),
        _classes(given),
    )
    heads = (_("from ↓ to →"), *given.matrix.heads, _("Notes"), _("Left"))
    _sheet(book, _("Migration"), heads, _migration(given.matrix))
    _sheet(
        book,
        _("Inclusive loans"),
        (_("Inclusive"), _("Class"), _("Notes"), _("Balance (yuan)")),
        _inclusive(given),
    )
    _sheet(
        book,
        _("Notes"),
        (_("Note"), _("Firm"), _("Bucket"), _("Class"), _("Inclusive"), _("Balance (yuan)")),
        notes,
    )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def note_line(note: Any, now: str) -> Line:
    """A note as the last sheet lists it."""
    bucket = str(lending.BUCKETS[note.bucket])
    return (note.note_id, note.customer_id, bucket, lending.class_word(now), _yes(given=note.inclusive),
            from_fen(note.balance))  # fmt: skip


def _buckets(given: Return) -> list[Line]:
    known = {one["bucket"]: (one["notes"], one["balance"]) for one in given.buckets}
    sums = [(str(words), *known.get(floor, (0, 0))) for floor, words in lending.BUCKETS.items()]
    lines: list[Line] = [(words, notes, from_fen(fen)) for words, notes, fen in sums]
    return [*lines, _whole(lines, 1)]


def _classes(given: Return) -> list[Line]:
    sums = given.by_class()
    lines = [
        (
            lending.class_word(code),
            str(words),
            *_added(sums, [(code.value, kind, flag) for flag in (True, False)]),
        )
        for code in FiveClass
        for kind, words in lending.ASSET_CLASSES.items()
    ]
    return [*lines, _whole(lines, 2)]


def _inclusive(given: Return) -> list[Line]:
    sums = given.by_class()
    lines = [
        (_yes(given=flag), lending.class_word(code),
         *_added(sums, [(code.value, kind, flag) for kind in lending.ASSET_CLASSES]))
        for flag in (True, False)
        for code in FiveClass
    ]  # fmt: skip
    return [*lines, _whole(lines, 2), (_("Firms with inclusive loans"), "", given.inclusive_firms, None)]


def _added(sums: Mapping[Key, list[int]], keys: Iterable[Key]) -> tuple[int, Decimal]:
    held = [sums[key] for key in keys if key in sums]
    return sum(one[0] for one in held), from_fen(sum(one[1] for one in held))


def _migration(matrix: Matrix) -> list[Line]:
    return [
        (row.words, *(float(cell.share) for cell in row.squares), row.notes, row.left) for row in matrix.rows
    ]


def _whole(lines: Sequence[Line], blank: int) -> Line:
    """The line that adds up the last two columns."""
    names = [_("Together"), *[""] * (blank - 1)]
    return (
        *names,
        sum(int(str(one[-2])) for one in lines),
        sum((Decimal(str(one[-1])) for one in lines), Decimal(0)),
    )


def _sheet(book: Workbook, title: str, heads: Line, lines: Iterable[Line]) -> None:
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    for place in range(len(heads)):
        sheet.column_dimensions[chr(ord("A") + place)].width = 22
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _cell(sheet: Any, value: object, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if bold:
        cell.font = Font(bold=True)
    for kind, shape in ((Decimal, MONEY), (int, COUNT), (float, PERCENT)):
        if isinstance(value, kind):
            cell.number_format = shape
    return cell


def _yes(*, given: bool) -> str:
    return _("yes") if given else _("no")
