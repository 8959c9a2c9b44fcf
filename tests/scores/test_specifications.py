"""The shelf: every file reads, covers what a bank asks for, and one file more is one model more."""

import shutil
from pathlib import Path

import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.out_of_time import out_of_time
from xiaoer.scores.specifications import SHELF, Metric, Sort, models

FILE = """
name = "wealth_without_asking"
sort = "chance"
metric = "auc"
name_in = { zh = "自行购买理财", en = "wealth of its own accord" }
purpose = { zh = "三个月内自行开通理财的可能", en = "how likely a firm is to open wealth products by itself" }
owner = { zh = "产品管理部", en = "product management" }

[population]
unit = "products"
where = ["relation_months > 1"]
products = ["W01"]
words = { zh = "未持有理财的客户", en = "firms without wealth products" }

[when]
horizon_days = 92

[label]
rule = "opened_next"

[rival]
input = "balance_90d"

[inputs]
themes = ["deposits", "accounts"]
without = ["fees_12m"]
rising = ["balance_90d"]
"""


def shelf_with(folder: Path, text: str) -> Path:
    """The product's shelf with one file more."""
    shutil.copytree(SHELF, folder / "shelf")
    (folder / "shelf" / "preference" / "one_more.toml").write_text(text, encoding="utf-8")
    return folder / "shelf"


def test_one_file_more_is_one_model_more(tmp_path: Path) -> None:
    known = models(shelf_with(tmp_path, FILE))
    assert len(known) == len(models()) + 1
    model = known["wealth_without_asking"]
    assert (model.family, model.population.products, model.reach_days) == ("preference", ("W01",), 92)
    assert "balance_swing" in model.inputs.names
    assert "fees_12m" not in model.inputs.names


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('rule = "opened_next"', 'rule = "opened"', "no label 'opened'"),
        ('unit = "products"', 'unit = "firm"', "no unit 'firm'"),
        ('themes = ["deposits", "accounts"]', 'themes = ["deposit"]', "theme deposit"),
        ('rising = ["balance_90d"]', 'rising = ["tax_rating"]', "tax_rating is pointed"),
        ('input = "balance_90d"', 'input = "bank_rating"', "bank_rating is nothing a model may read"),
        ('"relation_months > 1"', '"relation_months over 1"', "no condition"),
        ('metric = "auc"', 'metric = "gini"', "gini"),
        ('name = "wealth_without_asking"', 'name = "leaving"', "two models are called leaving"),
        ('owner = { zh = "产品管理部", en = "product management" }', "", "owner"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_its_name(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    assert was in FILE
    with pytest.raises(Refusal, match=said) as refused:
        models(shelf_with(tmp_path, FILE.replace(was, becomes)))
    assert ".toml" in str(refused.value.where)


def test_the_shelf_covers_what_a_bank_asks_for() -> None:
    known = models()
    assert len(known) >= 24
    assert {one.family for one in known.values()} >= {
        "risk", "payment", "activity", "attrition", "response", "uplift", "value", "preference", "price", "need",
        "satisfaction", "turnover", "limit",
    }  # fmt: skip
    responses = {name.removeprefix("takes_") for name, one in known.items() if one.family == "response"}
    uplifts = {name.removeprefix("asking_") for name, one in known.items() if one.family == "uplift"}
    assert responses == uplifts
    assert len(responses) >= 9
    for model in known.values():
        assert (model.sort is Sort.UPLIFT) == (model.metric is Metric.QINI)
        for words in (model.words.name, model.words.purpose, model.words.owner, model.words.population):
            assert words.keys() == {"zh", "en"}


def test_price_sensitivity_is_of_enterprises_only() -> None:
    assert "kind = enterprise" in models()["sensitivity"].population.where


def test_judged_days_lie_a_whole_reach_after_those_trained_on() -> None:
    days = list(range(0, 900, 30))
    found = out_of_time(days, 365, 900)
    assert found is not None
    assert found.judge[-1] + 365 <= 900
    assert found.train[-1] + 365 <= found.judge[0]
    assert out_of_time(days, 451, 900) is None
    closest = out_of_time([0, 365], 365, 730)
    assert closest is not None
    assert (closest.train, closest.judge) == ((0,), (365,))
    assert out_of_time([0, 364], 365, 730) is None
