"""Typing errors that can still be read: put right where that is safe, counted where the cell cannot be right.

A row is loaded all the same: a wrong check sign is no reason to lose a customer.
"""

from collections.abc import Iterator
from functools import cache, reduce
from itertools import product
from operator import add

import polars as pl

from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.cells import Batch, Rows
from xiaoer.sources.terms import Contract, Form

Marks = dict[str, Rows]
MENDED, DOUBTFUL = "mended", "doubtful"

# GB 32100-2015: 31 signs (no I, O, S, V, Z); the weighted sum with the check sign is a multiple of 31.
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)
PAIRS = [one + two for one, two in product(SIGNS, repeat=2)]
CREDIT_CODE = rf"^[{SIGNS}]{{2}}\d{{6}}[{SIGNS}]{{10}}$"

# Numbers as China's numbering plan gives them out: mobile, fixed with or without area code, 400 and 800, short;
# foreign ones begin with + and another country. Several may stand in one cell.
MOBILE = r"(?:\+?86-?)?1\d{2}-?\d{4}-?\d{4}"
FIXED = r"(?:\+?86-?\(?0?|\(?0)(?:(?:10|2\d)\)?-?\d{8}|[3-9]\d{2}\)?-?\d{7,8})"
LOCAL = r"[2-8]\d{6,7}"
SERVICE = r"[48]00-?\d{3}-?\d{4}|95\d{3,6}|1\d{4}"
FOREIGN = r"\+(?:[1-79]\d|8[0-57-9])[\d-]{5,14}"
NUMBER = rf"(?:{MOBILE}|(?:{FIXED}|{LOCAL}|{SERVICE})(?:(?:-|转)\d{{1,6}})?|{FOREIGN})"
TELEPHONE = rf"^{NUMBER}(?:[,;/、\s]+{NUMBER})*$"

BLANKS = {Form.CREDIT_CODE: r"[\s-]+", Form.TELEPHONE: r"\s+"}
WIDE_KEY = r"^[!-~！-～]+$"  # nothing but ASCII and the full-width forms of it


def mend(raw: Batch, contract: Contract) -> tuple[Batch, Marks]:
    """A batch of words with typing errors put right, and marks on the rows where something was.

    Marks are named "mended COLUMN" and "doubtful COLUMN", as long as the batch. Looked at are the columns with
    a form (blanks, full-width signs, small letters; then check sign or number of digits) and keys written in
    full-width signs. What stays doubtful keeps its words, but for full-width signs, small letters, blanks around.
    """
    found = dict(_formed(raw, contract)) | dict(_narrowed(raw, contract))
    marks: Marks = {}
    for name, (text, odd) in found.items():
        before = raw.cells[name]
        marks[f"{MENDED} {name}"] = before.where((text != before.words) & (text != ""))
        marks[f"{DOUBTFUL} {name}"] = before.where(odd)
    anew = {name: raw.cells[name].saying(text) for name, (text, _) in found.items()}
    whole = Batch(raw.lines, {**raw.cells, **anew})
    return whole, {name: mark for name, mark in marks.items() if mark.any()}


def _formed(raw: Batch, contract: Contract) -> Iterator[tuple[str, tuple[pl.Series, pl.Series]]]:
    for column in contract.columns:
        if column.form and column.name in raw.cells:
            yield column.name, put_right(raw.cells[column.name].words, column.form)


def _narrowed(raw: Batch, contract: Contract) -> Iterator[tuple[str, tuple[pl.Series, pl.Series]]]:
    """Keys in full-width letters and digits are the same keys; names that serve as keys are left alone."""
    keys = [one.name for one in contract.columns if one.kind is Kind.KEY and one.name in raw.cells]
    for name in keys:
        words = raw.cells[name].words
        if not raw.cells[name].clean and (words.str.len_bytes() != words.str.len_chars()).any():
            wide = words.str.strip_chars().str.contains(WIDE_KEY)
            narrow = words.str.normalize("NFKC")
            yield name, (narrow.zip_with(wide, words), pl.repeat(value=False, n=len(words), eager=True))


def put_right(words: pl.Series, form: Form) -> tuple[pl.Series, pl.Series]:
    """Cells as they should read, and which of them cannot be right; empty cells are neither.

    Blanks inside (in a credit code hyphens too) are left out only where the cell then is right.
    """
    text = words.str.normalize("NFKC").str.strip_chars()
    text = text.str.to_uppercase() if form is Form.CREDIT_CODE else text
    odd = ~_fits(text, form) & (text != "")
    where = odd.arg_true()
    if len(where):
        closer = text.gather(where).str.replace_all(BLANKS[form], "")
        fit = _fits(closer, form)
        text = text.scatter(where.filter(fit), closer.filter(fit))
        odd = odd.scatter(where.filter(fit), values=False)
    return text, odd


def _fits(text: pl.Series, form: Form) -> pl.Series:
    if form is Form.TELEPHONE:
        return text.str.contains(TELEPHONE)
    code = pl.col(text.name)
    sign_holds = (_weighted(code) % 31 == 0).fill_null(value=False)
    return text.to_frame().select(code.str.contains(CREDIT_CODE) & sign_holds).to_series()


def _weighted(code: pl.Expr) -> pl.Expr:
    """The sum whose remainder by 31 tells whether the check sign holds; null where a sign is none of the 31."""
    pairs = [
        code.str.slice(2 * at, 2).replace_strict(PAIRS, worth, default=None, return_dtype=pl.Int32)
        for at, worth in enumerate(_worths())
    ]
    return reduce(add, pairs)


@cache
def _worths() -> list[list[int]]:
    """What each pair of signs adds at each of the nine places: half as many look-ups as sign by sign."""
    return [
        [
            SIGNS.index(one) * WEIGHTS[at] + SIGNS.index(two) * WEIGHTS[at + 1]
            for one, two in product(SIGNS, repeat=2)
        ]
        for at in range(0, len(WEIGHTS), 2)
    ]
