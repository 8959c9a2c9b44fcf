"""The laboratory: types guessed, leaks named and left out, no figure of rows that were fitted to."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from xiaoer.app.commands.scores import command
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.laboratory.guessing import guessed
from xiaoer.scores.laboratory.judging import judged_file
from xiaoer.scores.laboratory.labels import labelled
from xiaoer.scores.laboratory.opening import opened
from xiaoer.scores.laboratory.preparing import Wanted, prepared

ROWS = 900


def book(rows: int = ROWS, seed: int = 4) -> pl.DataFrame:
    """Loans as a bank might send them; who does not repay hangs on turnover and trade."""
    draw = np.random.default_rng(seed)
    turnover = draw.lognormal(11, 1, rows)
    trade = draw.integers(0, 3, rows)
    odds = -1.2 * (np.log(turnover) - 11) + 1.2 * (trade == 1) - 1.2
    bad = draw.random(rows) < 1 / (1 + np.exp(-odds))
    days = np.datetime64("2023-01-01") + np.sort(draw.integers(0, 700, rows)).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "loan_number": [f"L{at:06d}" for at in range(rows)],
            "row": list(range(rows)),
            "turnover": [f"${amount:,.2f}" for amount in turnover],
            "margin": [f"{share:.1f}%" for share in draw.normal(12, 5, rows)],
            "trade": [("bakery", "haulage", "dentist")[at] for at in trade],
            "country": ["CN"] * rows,
            "approved": [f"{day.month}/{day.day}/{day.year}" for day in days.tolist()],
            "written_off": [f"{draw.integers(1, 10**6)}" if one else "0" for one in bad],
            "status": ["CHGOFF" if one else "P I F" for one in bad],
        }
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "loans.csv"
    book().write_csv(path)
    return path


def test_a_file_is_judged_whole(file: Path) -> None:
    said = CliRunner().invoke(
        command,
        ["lab", str(file), "--label", "status", "--groups", "trade", "--json"],
        catch_exceptions=False,
    )
    rows = json.loads(said.output)
    assert [row["model"] for row in rows] == ["scorecard", "glass_box", "trees"]
    for row in rows:
        assert row["split"] == "5-fold, stratified, out of fold"
        assert row["leaks"] == []
        assert row["rival"] == "turnover alone, in bins"
        assert 0.5 < row["low"] < row["value"] < row["high"] < 0.9
        assert row["n"] == ROWS and row["positives"] == (book()["status"] == "CHGOFF").sum()
        assert {group["group"] for group in row["groups"]["trade"]} == {"bakery", "haulage", "dentist"}
        assert row["time_proposed"] == ["approved"]
        assert set(row["dropped"]) == {"loan_number", "row", "country", "written_off"}
    card = rows[0]
    assert card["value"] > card["rival_value"] and card["state"] == "challenger"


def test_with_a_time_both_splits_are_told(file: Path) -> None:
    report = judged_file(file, Wanted("status", time="approved"))
    splits = [row["split"] for row in report.rows]
    assert (
        len(splits) == 6
        and splits[0].startswith("5-fold")
        and splits[-1].startswith("out of time: fitted before")
    )
    assert all(row["n"] < ROWS / 3 for row in report.rows[3:])
    assert report.rows[0]["apart"]["columns_that_tell_the_time"] == {}


def test_a_leak_is_named_and_left_out(file: Path, tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    bad = (book()["status"] == "CHGOFF").to_numpy()
    leaky = book().with_columns(
        pl.Series("days_late", bad * 5 + draw.normal(0, 1, ROWS)),
        # A pattern no order of sizes shows: whole years for those who repaid.
        pl.Series("term", np.where(bad, draw.integers(1, 120, ROWS), 12 * draw.integers(1, 10, ROWS))),
    )
    leaky.write_csv(tmp_path / "leaky.csv")
    report = judged_file(tmp_path / "leaky.csv", Wanted("status"))
    assert report.rows[0]["leaks"] == ["days_late", "term"]
    assert all(row["value"] < 0.9 for row in report.rows)


def test_nothing_but_chance_is_refused_or_near_half(tmp_path: Path) -> None:
    shuffled = book().with_columns(pl.col("status").shuffle(seed=9)).drop("written_off")
    shuffled.write_parquet(tmp_path / "noise.parquet")
    for row in judged_file(tmp_path / "noise.parquet", Wanted("status")).rows:
        assert 0.4 < row["value"] < 0.6


@pytest.mark.parametrize(
    ("cells", "kind", "first"),
    [
        (["$1,234.50", "$ 12", "($5.00)"], "number", 1234.5),
        (["12%", "7.5 %", "3%"], "number", 0.12),
        (["¥1,000", "", "¥2,000"], "number", 1000),
        (["1万", "2万", "3万"], "category", "1万"),
        (["31/12/2020", "1/2/2021", "28/2/2021"], "date", "2020-12-31"),
        (["20200101", "20201231", "20210101"], "date", "2020-01-01"),
        (["2020年1月2日", "2020年12月31日", "2021年3月4日"], "date", "2020-01-02"),
        (["2020-01-02 10:00:00", "2020-01-03T11:00:00", "2020-01-04 12:00:00"], "date", "2020-01-02"),
        (["10000001", "99999999", "12345678"], "number", 10000001),
        (["2019", "2020", "2021"], "number", 2019),
        (["$60K - $80K", "Less than $40K", "$120K +"], "category", "$60K - $80K"),
    ],
)  # fmt: skip
def test_types_are_guessed(cells: list[str], kind: str, first: object) -> None:
    guess = guessed(pl.Series("x", cells))
    assert guess.kind == kind
    assert str(guess.values[0]) == str(first) or guess.values[0] == pytest.approx(first)


def test_brackets_mean_less_than_nothing_and_blanks_are_missing() -> None:
    assert guessed(pl.Series("x", ["(5)", "7", " ", "N/A"])).values.to_list() == [-5, 7, None, None]


@pytest.mark.parametrize(
    ("values", "positive"),
    [(["yes", "no", "no", "yes"], "yes"), (["P I F"] * 3 + ["CHGOFF"], "CHGOFF"), (["1", "0"], "1"), (["是", "否"], "是")],
)  # fmt: skip
def test_two_words_are_a_label(values: list[str], positive: str) -> None:
    assert labelled(pl.Series("y", values)).positive == positive


def test_what_cannot_be_judged_is_a_sentence(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="3 different values"):
        judged_file(file, Wanted("trade"))
    with pytest.raises(Refusal, match="there is no column 'staus'"):
        judged_file(file, Wanted("staus"))
    with pytest.raises(Refusal, match="no such file"):
        opened(tmp_path / "none.csv")
    with pytest.raises(Refusal, match="--time trade"):
        judged_file(file, Wanted("status", time="trade"))


def test_chinese_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "gb.csv").write_bytes("企业,违约\n甲,是\n乙,否\n".encode("gb18030"))
    assert opened(tmp_path / "gb.csv").columns == ["企业", "违约"]


def test_a_day_is_never_on_both_sides() -> None:
    ready = prepared(book(), Wanted("status", time="approved"))
    from xiaoer.scores.splits import last_part

    ((fit, test),) = last_part(ready.sample).parts
    assert ready.sample.when is not None
    assert ready.sample.when[fit].max() < ready.sample.when[test].min()
