"""Each house rule finds what it is for, and leaves alone what is right."""

import re
from importlib import import_module

import pytest

from tools.lints.__main__ import RULES
from tools.lints.checkout import Checkout

LAYERS = """
[[tool.importlinter.contracts]]
id = "rooms"
layers = ["app", "workbench | (portal)", "offers", "contacts", "customers", "kit"]
"""
WORDS = '[late]\nzh = "晚 {days} 天"\nen = "{days} days late"\n'
EVENTS = "src/xiaoer/events/night/trade.py"
OFFERS = "src/xiaoer/offers/models.py"
CUSTOMERS = "src/xiaoer/customers"

WRONG = [
    ("module_names", {"src/xiaoer/kit/utils.py": ""}, "'utils' says nothing"),
    ("module_names", {"src/xiaoer/offers/helpers/price.py": ""}, "'helpers' says nothing"),
    ("lengths", {EVENTS: "x = 1\n" * 301}, "301 lines"),
    ("lengths", {EVENTS: "def f():\n" + "    x = 1\n" * 41}, r"f\(\) has 42 lines"),
    ("clock", {EVENTS: "from datetime import datetime\ndatetime.now()\n"}, "kit.dates.Clock"),
    ("clock", {EVENTS: "import datetime\ndatetime.date.today()\n"}, "kit.dates.Clock"),
    ("clock", {EVENTS: "from django.utils import timezone\ntimezone.now()\n"}, "kit.dates.Clock"),
    ("silence", {EVENTS: "try:\n    f()\nexcept ValueError:\n    pass\n"}, "swallowed"),
    ("silence", {EVENTS: "try:\n    f()\nexcept:\n    g()\n"}, "swallowed"),
    ("silence", {EVENTS: "with suppress(Exception):\n    f()\n"}, "suppresses everything"),
    ("truth", {EVENTS: 'open("truth/firms.parquet")\n'}, "tests and bench"),
    ("truth", {EVENTS: 'path = home / "truth"\n'}, "tests and bench"),
    ("truth", {"tools/report.py": 'open("truth/firms.parquet")\n'}, "tests and bench"),
    ("truth", {"mappings/simulator.toml": 'files = ["truth/firms*.csv"]\n'}, "tests and bench"),
    ("truth", {EVENTS: "from xiaoer.simulator.people.seen import seen\n"}, "knows the truth"),
    ("truth", {EVENTS: "from xiaoer.simulator import truth\n"}, "knows the truth"),
    ("truth", {EVENTS: 'path = f"{folder}/truth"\n'}, "tests and bench"),
    ("truth", {EVENTS: 'import_module("xiaoer.simulator.people.living")\n'}, "tests and bench"),
    ("truth", {EVENTS: "from xiaoer.simulator.bank import found_world\n"}, "knows the truth"),
    ("truth", {EVENTS: "from ..simulator.people import living\n"}, "knows the truth"),
    ("float_money", {EVENTS: "def f(loan_amount: float) -> None: ...\n"}, "loan_amount is a float"),
    ("float_money", {EVENTS: "class A:\n    balance: float | None\n"}, "balance is a float"),
    ("float_money", {OFFERS: "class A:\n    fee = models.FloatField()\n"}, "fee is a float"),
    ("float_money", {EVENTS: 'SCHEMA = {"turnover_12m": pl.Float64}\n'}, "turnover_12m is a float"),
    (
        "float_money",
        {"src/xiaoer/sources/contracts/a.toml": '[[columns]]\nname = "amount"\nkind = "number"\n'},
        "its kind is money",
    ),
    ("scoped_queries", {f"{CUSTOMERS}/queries.py": "def firms(): ...\n"}, "answers anybody"),
    ("scoped_queries", {f"{CUSTOMERS}/queries.py": "def firm(key, scope): ...\n"}, "answers anybody"),
    ("addresses", {"lock.txt": "  --index-url https://example.org\n"}, "names a registry"),
    ("addresses", {"package-lock.json": '  "resolved": "https://example.org/x.tgz",\n'}, "names a registry"),
    ("addresses", {"a.md": "see https://pypi.org/project/x\n"}, "names a registry"),
    ("addresses", {"a.py": 'HOME = "/root/bank"\n'}, "names a machine"),
    ("addresses", {"a.py": 'HOME = "/home/li/bank"\n'}, "names a machine"),
    ("addresses", {"a.py": 'HOST = "10.1.2.3"\n'}, "names a machine"),
    ("wording", {"src/xiaoer/events/wording.toml": '[late]\nzh = "晚"\n'}, "not worded in en"),
    ("wording", {"src/xiaoer/events/wording.toml": '[a]\nzh = "{n} 天"\nen = "days"\n'}, "one language only"),
    ("wording", {EVENTS: 'reason("unheard_of")\n'}, "is not worded"),
    (
        "wording",
        {"src/xiaoer/events/wording.toml": WORDS, EVENTS: 'reason("late", tone="bad")\n'},
        r"worded with \['days'\]",
    ),
    ("glossary", {EVENTS: "", "GLOSSARY.md": "nothing"}, "room `events`"),
    (
        "glossary",
        {
            "GLOSSARY.md": "`events`",
            "src/xiaoer/events/terms.py": 'class Rule(StrEnum):\n    LATE = "late"\n',
        },
        "Rule `late`",
    ),
    (
        "layers",
        {f"{CUSTOMERS}/templates/customers/a.html": '{% include "offers/card.html" %}'},
        "customers includes a template of offers",
    ),
    (
        "layers",
        {"src/xiaoer/workbench/templates/workbench/a.html": '{% extends "offers/page.html" %}'},
        "extend one of kit/screens",
    ),
    (
        "layers",
        {f"{CUSTOMERS}/templates/customers/a.html": "<a href=\"{% url 'workbench:firm' 1 %}\">"},
        "customers links to workbench",
    ),
    (
        "layers",
        {
            "src/xiaoer/workbench/urls.py": 'urlpatterns = [path("", pages.today, name="today")]\n',
            "src/xiaoer/kit/screens/templates/screens/a.html": "{% url 'today' %}",
        },
        r"kit links to workbench by name \(today\)",
    ),
    (
        "layers",
        {
            "src/xiaoer/app/urls.py": 'path("in/", x, name="sign-in")\n',
            f"{CUSTOMERS}/pages.py": 'reverse("sign-in")\n',
        },
        "customers names app",
    ),
    ("layers", {f"{CUSTOMERS}/models.py": 'm.ForeignKey("offers.Proposal")\n'}, "customers names offers"),
    (
        "layers",
        {f"{CUSTOMERS}/models.py": 'm.ManyToManyField(to="offers.Proposal")\n'},
        "customers names offers",
    ),
    (
        "layers",
        {f"{CUSTOMERS}/queries.py": 'apps.get_model("offers", "Proposal")\n'},
        "customers names offers",
    ),
    ("layers", {f"{CUSTOMERS}/pages.py": 'redirect("workbench:home")\n'}, "customers names workbench"),
    (
        "layers",
        {
            OFFERS: 'class Proposal(Model):\n    firm = ForeignKey("customers.Firm")\n',
            f"{CUSTOMERS}/queries.py": "def f(scope, firm):\n    return firm.proposal_set.all()\n",
        },
        r"customers reaches offers by \.proposal_set",
    ),
    (
        "layers",
        {
            OFFERS: 'class P(Model):\n    firm = ForeignKey("customers.Firm", related_name="proposals")\n',
            f"{CUSTOMERS}/queries.py": "def f(scope, firm):\n    return firm.proposals\n",
        },
        r"\.proposals",
    ),
    ("layers", {"src/xiaoer/portal/pages.py": 'reverse("workbench:home")\n'}, "portal names workbench"),
]

RIGHT = [
    ("module_names", {"src/xiaoer/kit/money.py": "", "docs/core.md": ""}),
    ("lengths", {EVENTS: "def f():\n" + "    x = 1\n" * 39, "src/xiaoer/kit/a.py": "x = 1\n" * 300}),
    ("clock", {"src/xiaoer/kit/dates.py": "datetime.now(UTC)\n", EVENTS: "clock.now()\nclock.today()\n"}),
    (
        "silence",
        {EVENTS: "try:\n    f()\nexcept ValueError:\n    log()\nwith suppress(KeyError):\n    f()\n"},
    ),
    ("truth", {"src/xiaoer/simulator/a.py": 'x = "truth/a"\n', "tests/a.py": 'x = "truth/a"\n'}),
    ("truth", {EVENTS: 'x = "nothing but the truth"\n'}),
    ("truth", {"bench/a.py": 'x = "truth/a"\n', "docs/a.md": "see truth/a\n"}),
    ("truth", {"src/xiaoer/app/a.py": "from xiaoer.simulator.bank import simulate\n"}),
    ("float_money", {EVENTS: "def f(amount: int, void_share: float, rate: float | None) -> None: ...\n"}),
    ("scoped_queries", {f"{CUSTOMERS}/queries.py": "def firms(scope, day): ...\ndef _rows(key): ...\n"}),
    ("scoped_queries", {f"{CUSTOMERS}/queries.py": "def day():  # unscoped: one date for all\n    ...\n"}),
    (
        "addresses",
        {"a.md": "http://127.0.0.1:8000/work/ and ~/root/x, see docs/tmp/a and https://tabler.io\n"},
    ),
    (
        "wording",
        {
            "src/xiaoer/events/wording.toml": WORDS,
            EVENTS: 'reason("late", days=3)\nreason(code)\nreason("late", **p)\n',
        },
    ),
    (
        "glossary",
        {
            "GLOSSARY.md": "`events` `late`",
            "src/xiaoer/events/terms.py": 'class R(StrEnum):\n    L = "late"\n',
        },
    ),
    (
        "layers",
        {
            OFFERS: 'class P(Model):\n    firm = ForeignKey("customers.Firm", related_name="+")\n',
            "src/xiaoer/offers/templates/offers/a.html": '{% extends "kit/list.html" %}{% include "customers/a.html" %}',
            "src/xiaoer/offers/queries.py": 'x.p_set\nreverse("customers:firm")\nreverse("offers:day")\n',
        },
    ),
]


def checked(rule: str, texts: dict[str, str]) -> list[str]:
    checkout = Checkout({"pyproject.toml": LAYERS, **texts})
    return [str(finding) for finding in import_module(f"tools.lints.{rule}").check(checkout)]


@pytest.mark.parametrize(("rule", "texts", "message"), WRONG)
def test_what_is_wrong_is_found(rule: str, texts: dict[str, str], message: str) -> None:
    found = checked(rule, texts)
    assert len(found) == 1, found
    assert re.search(message, found[0]), found


@pytest.mark.parametrize(("rule", "texts"), RIGHT)
def test_what_is_right_is_left_alone(rule: str, texts: dict[str, str]) -> None:
    assert checked(rule, texts) == []


def test_every_rule_is_shown_failing_and_passing() -> None:
    assert {rule for rule, *_ in WRONG} == {rule for rule, *_ in RIGHT} == set(RULES)
