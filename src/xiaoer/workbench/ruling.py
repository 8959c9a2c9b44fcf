"""What the pages of rules need, read from the rooms in the reader's scope and handed to `shown`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.events import adopting, rulebook
from xiaoer.events.legible import read_or_none
from xiaoer.events.lives import BANK, Life
from xiaoer.events.models import DryRun
from xiaoer.events.product import described, start
from xiaoer.events.terms import Rule
from xiaoer.events.written import WrittenRule
from xiaoer.products.queries import names as names_of_products
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import rules as listed
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.dry_parts import Bench
from xiaoer.workbench.shown.dry_run import DryRunPage
from xiaoer.workbench.shown.rule_editor import EMPTY, Editor
from xiaoer.workbench.shown.rule_sheet import TABS, RuleSheet

PRODUCT = {one.value for one in Rule}
RECENT = timedelta(weeks=listed.WEEKS)


@dataclass(frozen=True)
class _Known:
    """What every line of the list is filled from."""

    named: Mapping[str, int]
    came: Mapping[str, listed.Came]
    tried: list[Any]
    titles: Mapping[str, str]
    people: Mapping[str, str]


def lines(desk: Desk) -> list[listed.Line]:
    """Every rule: the product's, and the bank's own."""
    lives = rulebook.all_lives(desk.scope)
    known = _Known(
        rulebook.firms_named(desk.scope),
        _came(desk),
        rulebook.tried(desk.scope, [life.texts[-1].body for life in lives.values() if life.texts]),
        rulebook.titles(desk.scope, tongue()),
        branches.names_of_staff(desk.scope, set(_hands(lives.values()))),
    )
    own = [_own(desk, life, known) for code, life in lives.items() if code not in PRODUCT]
    return [*own, *(_product(desk, rule, lives.get(rule.value), known) for rule in Rule)]


def mine_to_take(desk: Desk) -> int:
    """Proposed texts that this reader may adopt."""
    if not desk.scope.may("rules.adopt"):
        return 0
    return sum(not rulebook.had_a_hand(desk.scope, code) for code in rulebook.proposed(desk.scope))


def _came(desk: Desk) -> dict[str, listed.Came]:
    def find() -> dict[str, listed.Came]:
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for one in rulebook.nights(desk.scope, (desk.as_of or desk.today) - RECENT):
            sums[one["rule"]][0] += one["contacts"]
            sums[one["rule"]][1] += one["won"]
        return {rule: listed.Came(*both) for rule, both in sums.items()}

    return desk.remembered("what came of rules", find)


def _own(desk: Desk, life: Life, known: _Known) -> listed.Line:
    text = life.newest
    stood = life.adopted_step if life.adopted is not None else life.last
    hands = dict.fromkeys(one.staff_id for one in (*life.texts[-1:], stood) if one)
    return listed.Line(
        life.rule,
        _title(text) or known.titles.get(life.rule, life.rule),
        "bank",
        listed.states(life, desk.today, tried=bool(life.texts and life.texts[-1].body in known.tried)),
        text.severity if text else "",
        text.owner if text else "",
        known.named.get(life.rule, 0),
        "、".join(known.people.get(one, one) for one in hands),
        stood.day if stood else None,
        known.came.get(life.rule, listed.Came()),
    )


def _product(desk: Desk, rule: Rule, life: Life | None, known: _Known) -> listed.Line:
    told, muted = described(rule, desk.today), life.mute if life and life.muted_on(desk.today) else None
    return listed.Line(
        rule.value, wordings.word(wordings.RULES, rule.value), "product",
        listed.states(life, desk.today, tried=False), told.severity, "", known.named.get(rule.value, 0),
        since_date=muted.day if muted else None, came=known.came.get(rule.value, listed.Came()),
    )  # fmt: skip


def sheet(desk: Desk, code: str, tab: str = "") -> RuleSheet | None:
    """A rule's page; None where there is no such rule."""
    steps = rulebook.steps(desk.scope, code)
    life = rulebook.life_of(desk.scope, code) if steps else None
    product = described(Rule(code), desk.today) if code in PRODUCT else None
    if product is None and (life is None or not life.texts):
        return None
    text = life.newest if life else None
    asked = rulebook.last_dry_run(desk.scope, text.body) if text else None
    return RuleSheet(
        code,
        _title(text)
        or rulebook.titles(desk.scope, tongue()).get(code)
        or wordings.word(wordings.RULES, code),
        life,
        product,
        steps,
        branches.names_of_staff(desk.scope, {one.staff_id for one in steps}),
        desk.scope,
        desk.today,
        adopting.next_night(desk.today),
        rulebook.firms_named(desk.scope).get(code, 0),
        rulebook.nights(desk.scope, (desk.as_of or desk.today) - RECENT, code),
        rulebook.said_last(desk.scope, code),
        tried=bool(asked and getattr(asked, "answer", None)),
        tab=tab if tab in TABS else "says",
        copies=bool(text or (product and _start(desk, code))),
        dry=run_page(desk, asked) if asked and tab == "dry" else None,
        products=products(desk),
    )


def editor(desk: Desk, code: str = "", like: str = "") -> Editor | None:
    """A new text: empty, like another rule's, or the next version of `code`. None where there is no such rule."""
    if not code:
        text = (_start(desk, like) or _copy(desk, like)) if like else EMPTY
        return checked(desk, text, like=like) if text else None
    life = rulebook.life_of(desk.scope, code)
    if life is None or not life.texts:
        return None
    texts = (life.text(version) for version in range(life.version, 0, -1))
    return checked(desk, next(filter(None, texts), EMPTY), code)


def checked(desk: Desk, text: WrittenRule, code: str = "", *, like: str = "", asked: bool = False) -> Editor:
    """A text with what is wrong with it."""
    life = rulebook.life_of(desk.scope, code) if code else None
    version, adopted = (life.version + 1, life.adopted) if life else (1, None)
    return Editor(text, code, version, adopting.check(text, desk.today), adopted, like, asked, products(desk))


def products(desk: Desk) -> dict[str, str]:
    """The catalogue's names by number."""
    return desk.remembered("products", lambda: names_of_products(desk.scope))


def _start(desk: Desk, code: str) -> WrittenRule | None:
    """A text near to a rule of the product."""
    if code not in PRODUCT:
        return None
    titles = {}
    for side, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            titles[side] = _("%(name)s, our own") % {"name": wordings.word(wordings.RULES, code)}
    return start(Rule(code), desk.today, titles)


def _copy(desk: Desk, code: str) -> WrittenRule | None:
    life = rulebook.life_of(desk.scope, code) if code.startswith(BANK) else None
    return (life.in_force or life.newest) if life else None


def run_page(desk: Desk, run: DryRun) -> DryRunPage:
    """A dry run: only what waits while it waits, all of it once it is answered."""
    rule, answering = read_or_none(run.body), rulebook.is_answering(desk.scope)
    if getattr(run, "answer", None) is None:
        return DryRunPage(run, rule, answering, desk.today)
    counts = list(rulebook.dry_counts(desk.scope, run))
    numbers = {one["customer_id"] for row in counts for one in (*row.examples, *row.gone)}
    firms = customers.firms_by_number(desk.scope, numbers)
    titles = {code: str(word) for code, word in wordings.RULES.items()} | rulebook.titles(
        desk.scope, tongue()
    )
    return DryRunPage(run, rule, answering, desk.today, counts, _bench(desk), firms, titles)


def _bench(desk: Desk) -> Bench:
    """Whom the desk knows, asked once for an edition."""

    def find() -> Bench:
        rows = customers.firms(desk.scope).order_by()
        books = {
            column: {one[column]: one["n"] for one in rows.values(column).annotate(n=Count("pk"))}
            for column in ("manager_id", "branch_id", "tier")
        }
        staff = branches.staff(desk.scope).values_list("staff_id", "name", "capacity_minutes")
        return Bench(
            {number: (name, minutes) for number, name, minutes in staff},
            dict(branches.branches(desk.scope).values_list("branch_id", "name")),
            books["manager_id"],
            books["branch_id"],
            books["tier"],
        )

    return desk.remembered("bench of dry runs", find)


def _title(text: WrittenRule | None) -> str:
    return "" if text is None else text.title_zh if tongue().startswith("zh") else text.title_en


def _hands(lives: Iterable[Life]) -> Iterable[str]:
    for life in lives:
        yield from (one.staff_id for one in (*life.texts[-1:], life.adopted_step, life.last) if one)
