"""Charts of a model's page: how it orders, whether it tells the truth, how it held, what it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.features.terms import catalogue
from xiaoer.kit.money import short_amount
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.kit.text import wording
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

FEN = 100
UNITS = {"days": gettext_lazy(" d"), "months": gettext_lazy(" mo"), "hour": gettext_lazy(" h")}


def called(name: str) -> str:
    """A feature, sector or group in words; its code where nobody worded it."""
    if name in wordings.KINDS:
        return str(wordings.KINDS[name])
    both = wording().get(name) or wording().get(f"sector_{name}") or {}
    return both.get("zh" if tongue().startswith("zh") else "en", name)


def judged(curves: Mapping[str, Any], judgement: Mapping[str, Any]) -> list[Chart]:
    """The charts a judgement has figures for."""
    made = [_roc(curves.get("roc")), _lift(curves.get("lift"), judgement), _tenths(curves.get("tenths")),
            _gain(curves.get("gain")), _calibration((judgement.get("calibration") or {}).get("curve")),
            _months(judgement)]  # fmt: skip
    return [one for one in made if one is not None]


def _roc(found: Sequence[float] | None) -> Chart | None:
    if not found:
        return None
    labels = _percents(len(found))
    return _chart(
        _("Outcomes found, by how many others come along"),
        labels,
        [Series(gettext_lazy("This model"), _hundred(found), "line"),
         Series(gettext_lazy("By lot"), _hundred([at / (len(found) - 1) for at in range(len(found))]), "usual")],
        top=100,
        head=_("Share of those without the outcome"), after="%", digits=0,
    )  # fmt: skip


def _lift(found: Sequence[float] | None, judgement: Mapping[str, Any]) -> Chart | None:
    if not found:
        return None
    mean = (judgement.get("positives") or 0) / (judgement.get("n") or 1)
    return _chart(
        _("Outcomes in each tenth, the likeliest first"),
        tuple(str(at + 1) for at in range(len(found))),
        [Series(gettext_lazy("Had the outcome"), _hundred(found), "bar"),
         Series(gettext_lazy("All rows"), _hundred([mean] * len(found)), "usual")],
        head=_("Tenth"), after="%",
    )  # fmt: skip


def _tenths(found: Sequence[Sequence[float]] | None) -> Chart | None:
    if not found:
        return None
    said, came = zip(*found, strict=True)
    money = max(map(abs, (*said, *came))) > FEN * 1000
    scale = (1e6 if tongue().startswith("zh") else 1e5) if money else 1
    return _chart(
        _("What was said and what came, by tenths of the rows"),
        tuple(str(at + 1) for at in range(len(found))),
        [Series(gettext_lazy("Came"), tuple(round(value / scale, 2) for value in came), "bar"),
         Series(gettext_lazy("Said"), tuple(round(value / scale, 2) for value in said), "line")],
        head=_("Tenth"), after=(" 万元" if tongue().startswith("zh") else "k") if money else "",
        before="¥" if money and not tongue().startswith("zh") else "",
    )  # fmt: skip


def _gain(found: Sequence[float] | None) -> Chart | None:
    if not found:
        return None
    by_lot = tuple(round(found[-1] * at / (len(found) - 1), 2) for at in range(len(found)))
    return _chart(
        _("Extra takers per thousand firms, going down the list"),
        _percents(len(found)),
        [Series(gettext_lazy("This model"), tuple(found), "line"), Series(gettext_lazy("By lot"), by_lot, "usual")],
        head=_("Share of the list approached"),
    )  # fmt: skip


def _calibration(curve: Sequence[Mapping[str, Any]] | None) -> Chart | None:
    if not curve:
        return None
    notes = tuple(
        _("95 %%: %(low)s to %(high)s, of %(n)s rows")
        % {
            "low": formats.percent(one["low"]),
            "high": formats.percent(one["high"]),
            "n": formats.count(one["n"]),
        }
        for one in curve
    )
    return _chart(
        _("Does it tell the truth: expected and what came"),
        tuple(formats.percent(one["expected"]) for one in curve),
        [Series(gettext_lazy("Came"), _hundred([one["observed"] for one in curve]), "bar"),
         Series(gettext_lazy("Expected"), _hundred([one["expected"] for one in curve]), "usual")],
        head=_("Expected"), after="%", notes=notes,
    )  # fmt: skip


def _months(judgement: Mapping[str, Any]) -> Chart | None:
    found = judgement.get("months") or []
    if len(found) < 2:
        return None
    whole = judgement.get("value")
    return _chart(
        _("Month by month"),
        tuple(one["month"][2:] for one in found),
        [Series(gettext_lazy("This model"), tuple(one["value"] for one in found), "line"),
         Series(gettext_lazy("All months"), (whole,) * len(found), "usual")],
        long=tuple(one["month"] for one in found), head=_("Month"), digits=3,
    )  # fmt: skip


def drift(nights: Sequence[Mapping[str, Any]], watch_from: float) -> Chart | None:
    """The index of the scores, night by night, against where the watch begins."""
    if not nights:
        return None
    return _chart(
        _("How far the scores moved, night by night"),
        tuple(one["date"][5:] for one in nights),
        [Series("PSI", tuple(one["psi"] for one in nights), "line"),
         Series(gettext_lazy("Look at it from"), (watch_from,) * len(nights), "usual")],
        long=tuple(one["date"] for one in nights), head=_("Night"), digits=3,
    )  # fmt: skip


def shape(found: Mapping[str, Any]) -> Chart:
    """What each bin of one input is worth in points."""
    name = found["input"]
    bins = [(_bin(name, one), one["points"]) for one in found["bins"]]
    bins += [(f"= {_size(name, one['special'])}", one["points"]) for one in found.get("special", [])]
    if found["missing"]:
        bins.append((_("missing"), found["missing"]))
    labels, points = zip(*bins, strict=True)
    return Chart(
        kind="months", title=called(name), labels=labels, series=(Series(gettext_lazy("Points"), points, "bar"),),
        digits=0, height="small", head=called(name),
    )  # fmt: skip


def _bin(name: str, one: Mapping[str, Any]) -> str:
    if "words" in one:
        shown = [called(word) for word in one["words"]]
        return (
            _listed(shown) + (("、…" if tongue().startswith("zh") else ", …") if one["others"] else "") or "…"
        )
    low, high = one["low"], one["high"]
    if low is None:
        return f"≤ {_size(name, high)}" if high is not None else _("any")
    return f"> {_size(name, low)}" if high is None else f"{_size(name, low)} – {_size(name, high)}"


def _size(name: str, value: float) -> str:
    known = catalogue().get(name)
    unit = known.unit if known else ""
    if unit == "amount":
        return short_amount(round(value), "zh" if tongue().startswith("zh") else "en")
    if unit == "share":
        return formats.percent(value)
    figure = f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
    return f"{figure}{UNITS.get(unit, '')}"


def _listed(parts: Sequence[str]) -> str:
    shown = [*parts[:3], *(["…"] if len(parts) > 3 else [])]
    return ("、" if tongue().startswith("zh") else ", ").join(shown)


def _chart(
    title: str, labels: Sequence[str], series: Sequence[Series], *, digits: int = 1, **more: Any
) -> Chart:
    return Chart(
        kind="months", title=title, labels=tuple(labels), series=tuple(series), digits=digits, **more
    )


def _percents(many: int) -> tuple[str, ...]:
    return tuple(f"{round(100 * at / (many - 1))}%" for at in range(many))


def _hundred(shares: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(100 * share, 2) for share in shares)
