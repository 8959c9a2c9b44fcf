"""A model's page: its card in words, its judgement, what it reads, the watch over it, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiaoer.kit.scope import Scope
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart
from xiaoer.scores import explaining
from xiaoer.workbench.shown import model_charts, model_history
from xiaoer.workbench.shown import model_words as words
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.model_watch import WatchShown
from xiaoer.workbench.shown.promotions import Case

TABS = ("judged", "inside", "watch", "history")


@dataclass(frozen=True)
class Tab:
    title: str
    address: str
    here: bool


@dataclass(frozen=True)
class Line:
    """A line of the card: what is asked, what the specification answers."""

    title: str
    answer: str


@dataclass(frozen=True)
class Tile:
    """A figure with its name and a note; `term` names its definition."""

    name: str
    value: str
    note: str
    term: str
    loud: bool = False


@dataclass(frozen=True)
class ModelSheet:
    """What the page shows of one model; `shelved` is its row, `cases` its promotions."""

    shelved: Any
    cases: Sequence[Case]
    people: Mapping[str, str]
    reader: Scope
    today: date
    tab: str = "judged"

    @property
    def page(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.shelved.page
        return found

    @property
    def name(self) -> str:
        return words.name(self.shelved)

    @property
    def family(self) -> str:
        return words.family(self.shelved.family)

    @property
    def state(self) -> Any:
        return words.state(self.shelved.state)

    @property
    def purpose(self) -> str:
        return words.worded(self.page["words"].get("purpose"))

    @property
    def tabs(self) -> list[Tab]:
        titles = {"judged": _("Judgement"), "inside": _("What it reads"), "watch": pgettext("model", "Watch"),
                  "history": _("History")}  # fmt: skip
        at = reverse("model", args=[self.shelved.model])
        return [Tab(titles[one], f"{at}?tab={one}", one == self.tab) for one in TABS]

    @property
    def judgement(self) -> Mapping[str, Any]:
        return self.page["judgement"] or {}

    @property
    def tiles(self) -> list[Tile]:
        one, metric = self.shelved, self.shelved.metric
        level = words.drift(one.drift_level)
        return [
            Tile(str(words.METRICS.get(metric, metric)), words.figure(metric, one.value),
                 _("95 %%: %(span)s") % {"span": words.between(metric, one.low, one.high)} if one.value is not None
                 else _("not judged yet"), "model_value"),
            Tile(_("Rival"), words.figure(metric, one.rival_value), self.rival, "model_rival"),
            Tile(_("Age"), words.days_old((self.today - one.trained_on).days if one.trained_on else None),
                 _("trained on %(day)s") % {"day": formats.day(one.trained_on, tongue(), self.today)}
                 if one.trained_on else _("not trained"), "model_age"),
            Tile(pgettext("model", "Watch"), words.figure("psi", one.drift) if one.drift is not None else "—",
                 formats.told(level, tongue()), "psi", one.drift_level == "act"),
        ]  # fmt: skip

    @property
    def rival(self) -> str:
        asked = self.page["asked"]
        return formats.told(explaining.rival(asked["rival"], asked["rival_sign"]), tongue())

    @property
    def refused(self) -> Any:
        """Why the version judged last may not be used; None where it may."""
        return explaining.why(self.judgement.get("refused_because"))

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """What the watch says of the version in use, each with its first day."""
        return self.watch.alarms if self.watch and self.shelved.drift_level else []

    @property
    def is_loud(self) -> bool:
        return bool(self.shelved.drift_level == "act")

    @property
    def retrain(self) -> Any:
        return self.shelved.retrain

    @property
    def card(self) -> list[Line]:
        """Who, when, what, from what, judged how, against whom: fixed before any training."""
        asked, told = self.page["asked"], self.page["words"]
        judged, leaks = self.judgement, self.judgement.get("leaks")
        lines = [
            (_("For whom"), words.worded(told["population"])),
            (
                _("Looks ahead"),
                _("%(n)s days") % {"n": asked["horizon_days"]} if asked["horizon_days"] else "",
            ),
            (_("Reads"), self._reads),
            (_("The more, the likelier"), _joined(asked["rising"])),
            (_("The more, the less likely"), _joined(asked["falling"])),
            (pgettext("model", "Form"), str(words.FORMS.get(judged.get("form") or "", ""))),
            (_("Rows judged"), self._rows),
            (_("Judged"), self._split),
            (_("Leaks"), _joined(leaks) or _("none found"))
            if leaks is not None and self.shelved.n
            else ("", ""),
            (_("Trained anew"), str(words.REFRESHED.get(asked["refreshed"], ""))),
            (_("Owner"), words.worded(told["owner"])),
        ]
        return [Line(str(title), str(answer)) for title, answer in lines if answer]

    @property
    def _reads(self) -> str:
        told, used = (
            _("%(n)s inputs") % {"n": self.page["asked"]["inputs"]},
            self.page["tables"].get("inputs"),
        )
        return told + (_(", of which %(n)s count") % {"n": used} if used else "")

    @property
    def _rows(self) -> str:
        if self.shelved.n is None:
            return ""
        if self.shelved.sort == "amount":
            return _("%(n)s of %(firms)s firms") % {
                "n": formats.count(self.shelved.n),
                "firms": formats.count(self.shelved.positives),
            }
        return _("%(n)s, %(hits)s with the outcome") % {
            "n": formats.count(self.shelved.n), "hits": formats.count(self.shelved.positives),
        }  # fmt: skip

    @property
    def _split(self) -> str:
        if in_parts := words.folds(self.judgement.get("split") or ""):
            return in_parts
        told = explaining.split(self.judgement.get("split"))
        return formats.told(told, tongue(), self.today) if told else ""

    @property
    def charts(self) -> list[Chart]:
        return model_charts.judged(self.page["curves"], self.judgement)

    @property
    def measures(self) -> list[Line]:
        """The smaller figures of a judgement."""
        one, told = self.judgement, self.judgement.get("calibration") or {}
        lines = [
            ("KS", one.get("ks")), (_("PR area"), one.get("pr_auc")),
            (_("Lift of the best tenth"), one.get("lift")), (_("Calibration slope"), told.get("slope")),
            (_("Brier score"), told.get("brier")), (_("Brier score of the mean"), told.get("brier_of_mean")),
            (_("Qini of the order by response"), one.get("response_value")), (_("Mean effect"), one.get("effect")),
        ]  # fmt: skip
        return [Line(title, f"{value:g}".replace("-", "−")) for title, value in lines if value is not None]

    @property
    def forms(self) -> list[Line]:
        """How each form did on the last of the training days."""
        return [Line(str(words.FORMS.get(name, name)), words.figure("auc", value))
                for name, value in (self.judgement.get("forms") or {}).items()]  # fmt: skip

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Groups compared: each column of which rows were judged, with expected beside observed."""
        return [
            {"title": model_charts.called(column),
             "rows": [_group(one) for one in sorted(rows, key=lambda one: -one["n"])]}
            for column, rows in (self.judgement.get("groups") or {}).items() if rows
        ]  # fmt: skip

    @property
    def shapes(self) -> list[Chart]:
        return [model_charts.shape(one) for one in self.page["tables"].get("shapes", [])]

    @property
    def pairs(self) -> list[str]:
        return [" × ".join(map(model_charts.called, pair)) for pair in self.page["tables"].get("pairs", [])]

    @property
    def used(self) -> list[dict[str, Any]]:
        """What trees gained by each input, as a share of all."""
        found = self.page["tables"].get("used", [])
        widest = max((share for _name, share in found), default=1) or 1
        return [{"name": model_charts.called(name), "share": share, "width": f"{100 * share / widest:.0f}"}
                for name, share in found if share]  # fmt: skip

    @property
    def weights(self) -> list[dict[str, Any]]:
        return [
            one | {"name": model_charts.called(one["input"])}
            for one in self.page["tables"].get("weights", [])
        ]

    @property
    def widest_weight(self) -> float:
        return max((abs(one["points_per_spread"]) for one in self.weights), default=1)

    @property
    def watch(self) -> WatchShown | None:
        return WatchShown(self.page["watch"], self.today) if self.page["watch"] else None

    @property
    def versions(self) -> list[dict[str, Any]]:
        return model_history.versions(self.page, self.shelved.metric)

    @property
    def turns(self) -> list[dict[str, Any]]:
        return model_history.turns(self.page, self.people)

    @property
    def duel(self) -> list[dict[str, Any]]:
        return model_history.duel(self.page, self.shelved)

    @property
    def asks(self) -> bool:
        """Whether the reader may ask for the challenger now."""
        return (
            bool(self.shelved.challenger)
            and self.reader.may("models.ask")
            and not any(one.waits for one in self.cases)
        )

    @property
    def ask_address(self) -> str:
        return reverse("model-ask", args=[self.shelved.model])


def _group(one: Mapping[str, Any]) -> dict[str, Any]:
    name, measure = model_charts.called(str(one["group"])), words.figure("auc", one["value"])
    return dict(one) | {"name": name, "measure": measure}


def _joined(names: Sequence[str] | None) -> str:
    return ("、" if tongue().startswith("zh") else ", ").join(map(model_charts.called, names or ()))
