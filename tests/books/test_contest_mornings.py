"""What a morning of the real book flagged came true more often than what a lot would have named."""

from datetime import date
from pathlib import Path

import pytest

from bench.book import BOOK, MAPPING, mornings
from bench.following import compared

MORNING = date(2019, 5, 31)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("book"),
    pytest.mark.skipif(
        not BOOK.is_dir(), reason=f"THE MORNINGS OF THE BOOK ARE NOT TRIED: {BOOK} is not there"
    ),
]


def test_falls_and_silences_that_were_flagged_go_on(tmp_path: Path) -> None:
    (asked,) = mornings(tmp_path, MAPPING, BOOK, (MORNING,))
    falls, silences = compared(asked["fall"]), compared(asked["silence"])
    assert falls["asked"] > 200  # type: ignore[operator]
    assert falls["flagged"] >= 10  # type: ignore[operator]
    assert falls["over_random"] > 0.05  # type: ignore[operator]
    assert silences["over_random"] > 0.2  # type: ignore[operator]
    assert asked["morning list"]["flagged"].any()
