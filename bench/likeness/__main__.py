"""How like a real bank the simulated one is: `python -m bench.likeness --bank DIR [--book DIR] [--docs DIR]`.

Reads the files of a simulated bank (24 months or more) and the real book of 425 firms, compares both over the same
calendar months, and writes likeness.md and pictures/likeness/ below `docs`. The book is looked for under
XIAOER_REAL_DATA, else in shared/data beside the checkout. The same files give the same page.
"""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

from bench.calibration import files_of, measured
from bench.likeness import drawing, page
from bench.likeness.judgement import pairs, plots
from bench.likeness.papers import Book, cut, same_months, take_in, whole_months
from bench.likeness.ranges import draw_ranges, ranged
from bench.likeness.survey import survey
from xiaoer.kit.refusal import Refusal

CHECKOUT = Path(__file__).resolve().parents[2]
REAL_DATA = Path(os.environ.get("XIAOER_REAL_DATA") or CHECKOUT.parent / "shared" / "data")
BOOK_ENDS = date(2019, 10, 31)  # from November 2019 on the book's firms drop out one by one
EVER = date(2100, 1, 1)


def main() -> int:
    """Compare, draw, write; 1 with a sentence where something is missing."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--bank", type=Path, required=True, help="folder of a simulated bank")
    asked.add_argument("--book", type=Path, default=REAL_DATA / "cumcm2020c")
    asked.add_argument("--docs", type=Path, default=CHECKOUT / "docs")
    given = asked.parse_args()
    try:
        print(compare(given.bank, given.book, given.docs))
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def compare(bank_folder: Path, book_folder: Path, docs: Path) -> Path:
    """The whole run; gives the page's path."""
    if not book_folder.is_dir():
        raise Refusal("the real book is not there", str(book_folder), "its folder", "Name it with --book")
    bank, book = read_both(bank_folder, book_folder)
    bank_survey, book_survey = survey(bank), survey(book)
    ranges = ranged(measured(files_of(bank_folder)))
    chinese, pictures = drawing.begin(), docs / page.PICTURES
    for plot in plots().values():
        drawing.draw(plot, bank_survey, book_survey, pictures / f"{plot.name}.png", chinese=chinese)
    draw_ranges(ranges, pictures / "calibration.png", chinese=chinese)
    found = pairs(bank_survey, book_survey)
    return page.write(page.Run(bank_folder, bank, book, bank_survey, book_survey, found, ranges), docs)


def read_both(bank_folder: Path, book_folder: Path) -> tuple[Book, Book]:
    """Both through the intake, cut to the same calendar months."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-likeness-") as scratch:
        bank = take_in(CHECKOUT / "mappings" / "simulator.toml", bank_folder, Path(scratch) / "bank", EVER)
        book = take_in(CHECKOUT / "mappings" / "cumcm2020c.toml", book_folder, Path(scratch) / "book", EVER)
    window = whole_months(bank.invoices["business_date"])
    return cut(bank, window), cut(book, same_months(window, BOOK_ENDS))


if __name__ == "__main__":
    sys.exit(main())
