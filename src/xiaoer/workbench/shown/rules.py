"""The list of rules of attention as a declared table: the product's and the bank's own, one line a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.events.lives import Life, Verb
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.kit.text import Reason, Tone, reason, say
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.sentences import Told

ORIGINS = {"bank": pgettext_lazy("rule", "The bank's own"), "product": pgettext_lazy("rule", "The product's")}
TONES: dict[str, Tone] = {
    "unread": "bad", "waits": "warn", "used": "good", "muted": "warn", "tried": "plain", "draft": "plain",
    "ended": "plain",
}  # fmt: skip
WEEKS = 4


@dataclass(frozen=True)
class Came:
    """What came of a rule in the reader's portfolios over recent nights; None where no night has told yet."""

    contacts: int | None = None
    won: int | None = None


@dataclass(frozen=True)
class Line:
    """A rule on the list. `states` are codes of TONES, the weightiest first; `since_date` when it came to stand so."""

    rule: str
    title: str
    origin: str
    states: tuple[str, ...]
    severity: str
    owner: str
    firms: int
    who: str = ""
    since_date: date | None = None
    came: Came = field(default_factory=Came)

    @property
    def state(self) -> str:
        """The order of the list's states."""
        return str(list(TONES).index(self.states[0]))

    @property
    def quiet(self) -> int:
        """Within a state, whoever names most stands first."""
        return -self.firms

    @property
    def contacts(self) -> int | None:
        return self.came.contacts

    @property
    def won(self) -> int | None:
        return self.came.won

    @property
    def is_waiting(self) -> bool:
        return "waits" in self.states

    @property
    def is_used(self) -> bool:
        return "used" in self.states

    @property
    def is_muted(self) -> bool:
        return "muted" in self.states

    @property
    def is_draft(self) -> bool:
        return "draft" in self.states

    @property
    def is_tried(self) -> bool:
        return "tried" in self.states

    @property
    def is_ended(self) -> bool:
        return "ended" in self.states

    @property
    def is_unread(self) -> bool:
        return "unread" in self.states


def states(life: Life | None, today: date, *, tried: bool) -> tuple[str, ...]:
    """Where a rule stands; a rule in use whose next text is on its way has both. The product's are in use or muted."""
    if life is None or not life.texts:
        return ("muted",) if life and life.muted_on(today) else ("used",)
    now = "unread" if life.unread else "muted" if life.muted_on(today) else "used"
    draft = "tried" if tried else "draft"
    coming = {Verb.PROPOSED: "waits", Verb.WRITTEN: draft, Verb.RETURNED: draft, Verb.ENDED: "ended"}
    found = [
        *([now] if life.adopted or now == "unread" else []),
        *filter(None, [coming.get(life.turn or Verb.WRITTEN)]),
    ]
    return tuple(sorted(found, key=list(TONES).index))


def chips(found: Sequence[str]) -> list[Reason]:
    """States as chips."""
    return [reason(f"rule_state_{one}", TONES[one]) for one in found]


def state_words(code: str) -> str:
    """A state in the reader's language."""
    return say(reason(f"rule_state_{code}"), tongue())


def rules(owners: dict[str, Any], lines: Sequence[Line]) -> Table:
    """Every rule; `owners` are titles of posts by code. A column that says the same in all `lines` is left out."""
    return Table(
        name="rules",
        title=pgettext_lazy("place", "Rules"),
        columns=_telling(_columns(owners), lines),
        row_key="rule",
        default_order="state",
        opens=lambda one: reverse("rule", args=[one.rule]),
        filters=(
            Filter("origin", gettext_lazy("Whose"), _choices(ORIGINS, "origin"), few=True),
            Filter("state", gettext_lazy("State"), _states()),
            Filter("severity", gettext_lazy("Weight"), _choices(wordings.SEVERITIES, "severity")),
            Filter("owner", gettext_lazy("Answers for it"), _choices(owners, "owner")),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("used", pgettext_lazy("rule", "In use"), {"state": "used"}),
            View("waits", gettext_lazy("Waiting"), {"state": "waits"}),
            View("bank", pgettext_lazy("rule", "The bank's own"), {"origin": "bank"}),
            View("muted", pgettext_lazy("rule", "Muted"), {"state": "muted"}),
        ),
        finds=lambda typed: Q(title__icontains=typed) | Q(rule__icontains=typed),
        finds_hint=gettext_lazy("Name of a rule"),
        unit_note=_("Counted in the portfolios you see; contacts and accepted offers of %(n)s weeks")
        % {"n": WEEKS},
        empty_title=_("There is no rule"),
        empty_why=_("The product's rules stand here, and those the bank writes."),
    )


def told(lines: list[Line], mine_to_take: int) -> Told:
    """What a colleague would say of the rules."""
    used, firms = sum(one.is_used for one in lines), sum(one.firms for one in lines)
    own, muted = (
        sum(one.is_used and one.origin == "bank" for one in lines),
        sum(one.is_muted for one in lines),
    )
    waits = ngettext("%(n)s rule waits for you", "%(n)s rules wait for you", mine_to_take) % {
        "n": mine_to_take
    }
    parts = [
        ngettext("%(n)s rule in use", "%(n)s rules in use", used) % {"n": used},
        _("%(n)s of them the bank's own") % {"n": own} if own else "",
        ngettext("%(n)s muted", "%(n)s muted", muted) % {"n": muted} if muted else "",
        waits if mine_to_take else "",
    ]
    lede = _(
        "Last night they named firms %(n)s times in the portfolios you see. "
        "What is adopted or muted today counts from the next night on."
    )
    return Told(" · ".join(filter(None, parts)), lede % {"n": formats.count(firms)})


def _columns(owners: dict[str, Any]) -> tuple[Column, ...]:
    return (
        Column("name", pgettext_lazy("list", "Rule"), "title", "name", ("title",), place="title", fixed=True),
        Column("state", gettext_lazy("State"), lambda one: chips(one.states), "chips", ("state", "quiet"),
               place="aside"),
        Column("severity", gettext_lazy("Weight"), lambda one: wordings.word(wordings.SEVERITIES, one.severity),
               order=("severity",), place="second"),
        Column("firms", gettext_lazy("Firms last night"), "firms", "count", ("firms",), place="second"),
        Column("contacts", gettext_lazy("Contacts, 4 weeks"), "contacts", "count", ("contacts",), place="second"),
        Column("won", gettext_lazy("Accepted, 4 weeks"), "won", "count", ("won",)),
        Column("origin", gettext_lazy("Whose"), lambda one: str(ORIGINS[one.origin]), order=("origin",), place="line"),
        Column("owner", gettext_lazy("Answers for it"), lambda one: str(owners.get(one.owner, one.owner)) or "—",
               order=("owner",), chosen=False),
        Column("who", gettext_lazy("Who"), lambda one: one.who or "—", order=("who",)),
        Column("since", pgettext_lazy("rule", "Since"), "since_date", "day", ("since_date",)),
    )  # fmt: skip


def _telling(columns: tuple[Column, ...], lines: Sequence[Line]) -> tuple[Column, ...]:
    many = {
        "origin": len({one.origin for one in lines}) > 1,
        "who": any(one.who for one in lines),
        "since": any(one.since_date for one in lines),
    }
    return tuple(one for one in columns if many.get(one.key, True))


def _states() -> tuple[Choice, ...]:
    fields = {"waits": "is_waiting", "used": "is_used", "muted": "is_muted", "draft": "is_draft", "tried": "is_tried",
              "ended": "is_ended", "unread": "is_unread"}  # fmt: skip
    return tuple(Choice(code, state_words(code), Q(**{column: True})) for code, column in fields.items())


def _choices(titles: Any, column: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, title, Q(**{column: code})) for code, title in titles.items())
