"""What a model's page is made of: curves by hand, refusals in both languages, tables of a readable card."""

import numpy as np
import pyarrow as pa
import pytest

from xiaoer.kit.text import say
from xiaoer.scores.curves import beside, by_tenths, curves, gained, roc
from xiaoer.scores.explaining import split, why
from xiaoer.scores.sheets import _shape
from xiaoer.scores.specifications import Sort


def test_a_curve_by_hand() -> None:
    """Two hits of four; the first and the third in order: half found at once, all once half the others came along."""
    hit, told = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    found = roc(hit, told)
    assert (found[0], found[10], found[20]) == (0.5, 1.0, 1.0)
    assert roc(hit, np.ones(4))[10] == pytest.approx(0.5), "rows that tie move together: the diagonal"


def test_tenths_the_likeliest_first() -> None:
    told = np.arange(100)[::-1] / 100
    assert by_tenths((told > 0.945).astype(float), told) == [0.5, *[0.0] * 9]
    assert beside(told * 2, told)[0] == [pytest.approx(0.945, abs=0.01), pytest.approx(1.89, abs=0.01)]


def test_what_a_list_wins() -> None:
    gains = gained(np.array([2.0, 0.0, -2.0, 0.0]), np.array([3.0, 2.0, 0.0, 1.0]))
    assert (gains[0], gains[5], gains[15], gains[20]) == (0.0, 500.0, 500.0, 0.0)


def test_each_sort_has_its_own_curves() -> None:
    rows = pa.table({"said": [0.2, 0.8], "label": [0.0, 1.0], "treated": [1, 0], "treated_share": [0.5, 0.5]})
    assert set(curves(Sort.CHANCE, rows)) == {"roc", "lift"}
    assert set(curves(Sort.AMOUNT, rows)) == {"tenths"}
    assert set(curves(Sort.UPLIFT, rows)) == {"gain"}
    assert curves(Sort.UPLIFT, rows.drop(["treated_share"])) == {}
    assert curves(Sort.CHANCE, pa.table({})) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("too good to be true: balance_90d, payments_90d", "refused_leaks"),
        ("no better than sales_90d alone", "refused_rival"),
        ("no better than less sales_90d alone", "refused_rival"),
        ("no better than the order by response, which is used instead", "refused_response"),
        ("39 positives of 900; 40 of each outcome are needed for promotion", "small_positives"),
        ("12 where 40 are needed for promotion", "small_of"),
        ("3 of 900 rows have the outcome", "refused_rare"),
        ("no two of the 6 days with known outcomes lie 365 days apart", "refused_short"),
        ("no outcome is known", "refused_unknown"),
        ("every known outcome is 1", "refused_same"),
        ("something nobody foresaw", "refused_else"),
    ],
)
def test_a_refusal_is_told_in_both_languages(text: str, code: str) -> None:
    told = why(text)
    assert told is not None
    assert told["code"] == code
    assert all(say(told, language) for language in ("zh", "en"))
    assert why(None) is None


def test_how_it_was_judged_is_told_in_both_languages() -> None:
    told = split("out of time: trained on 6 month ends 2025-06-30 to 2025-11-30, judged on 3 from 2026-06-30 to"
                 " 2026-08-31; outcome within 183 days")  # fmt: skip
    assert told is not None
    assert told["code"] == "judged_later"
    assert "183" in say(told, "zh")
    other = split("5-fold, out of fold")
    assert other is not None
    assert say(other, "en") == "5-fold, out of fold"


def test_the_bins_of_a_card_with_many_are_thinned_and_their_ends_meet() -> None:
    cuts = [float(at) for at in range(100)]
    axis = {"name": "sales_90d", "cuts": cuts, "special": [], "groups": [], "others": 0}
    shape = _shape({"axes": [axis], "worth": [*range(101), 7]})
    assert len(shape["bins"]) <= 41
    assert (shape["bins"][0]["low"], shape["bins"][-1]["high"], shape["missing"]) == (None, None, 7)
    assert all(
        one["high"] == later["low"] for one, later in zip(shape["bins"], shape["bins"][1:], strict=False)
    )
