"""What an entry into an arm is called."""

import polars as pl

from xiaoer.nightly.measuring import named


def test_a_name_told_later_reaches_what_was_kept_before_it() -> None:
    rows = pl.DataFrame(
        {"item": ["E01", "E02", "overdue"], "called": ["", "手机银行（旧名）", ""], "part": [1, 2, 3]}
    )
    names = pl.DataFrame({"product_id": ["E01", "E02"], "product": ["企业网银", "企业手机银行"]})
    told = named(rows, names)
    assert told.columns == rows.columns
    assert told["called"].to_list() == ["企业网银", "手机银行（旧名）", ""]
