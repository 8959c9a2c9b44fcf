"""The pictures: thin axes, direct words, two colours. One picture has one panel or a few, each with both books."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator
from PIL import Image

from bench.likeness.judgement import Plot
from bench.likeness.survey import Curve, Floats, Sample, Survey

INK, REAL, SIMULATED, QUIET = "#16283c", "#0f5f73", "#c98a2b", "#8a939c"
CHINESE = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
WIDTH, HEIGHT, HEAD = 7.0, 2.05, 0.62  # inches; 200 dots each, so that 700 pixels show half of them
COLOURS = 160
STEPS = np.linspace(0, 1, 801)
THOUSANDS = ((1e6, "m"), (1e3, "k"))


@dataclass(frozen=True)
class Drawn:
    """What a panel draws: lines in their colours."""

    survey: Survey
    colour: str


def begin() -> bool:
    """Set the style; says whether a font with Chinese is there (else titles are English alone)."""
    mpl.use("agg")
    mpl.rcParams.update(mpl.rcParamsDefault)
    known = set(font_manager.get_font_names())
    chinese = [name for name in CHINESE if name in known][:1]
    mpl.rcParams.update(
        {
            "font.family": ["DejaVu Sans", *chinese],
            "font.size": 8,
            "text.color": INK,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "savefig.dpi": 200,
        }
    )
    return bool(chinese)


def draw(plot: Plot, bank: Survey, book: Survey, path: Path, *, chinese: bool) -> None:
    """One picture to a PNG file."""
    count = len(plot.panels)
    columns = 2 if count == 4 else count
    rows = -(-count // columns)
    figure = Figure(figsize=(WIDTH, HEAD + rows * HEIGHT))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, ax in zip(plot.panels, axes, strict=True):
        _panel(ax, panel, (Drawn(book, REAL), Drawn(bank, SIMULATED)))
    for ax in axes[np.arange(count) % columns > 0]:
        ax.set_ylabel("")
    _head(figure, plot, bank, book, chinese=chinese)
    figure.tight_layout(rect=(0, 0, 1, 1 - HEAD / figure.get_figheight()), w_pad=1.6, h_pad=1.4)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """A PNG of few colours: lines and words need no more, and the page stays light."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def _head(figure: Figure, plot: Plot, bank: Survey, book: Survey, *, chinese: bool) -> None:
    top, inch = 1.0, 1 / figure.get_figheight()
    title = f"{plot.title}   {plot.title_zh}" if chinese else plot.title
    figure.text(0.012, top - 0.2 * inch, title, size=10.5, weight="bold", va="center")
    split = any("split" in panel for panel in plot.panels)
    firms = [sum(one.known) if split else one.firms for one in (book, bank)]
    words = ((f"real book, {firms[0]:,} firms", REAL), (f"simulated bank, {firms[1]:,} firms", SIMULATED))
    for left, (text, colour) in zip((0.012, 0.27), words, strict=True):
        figure.text(left, top - 0.45 * inch, text, size=8.5, color=colour, weight="bold", va="center")


def _panel(ax: Axes, panel: dict[str, Any], drawn: tuple[Drawn, Drawn]) -> None:
    if "split" in panel:
        _fates(ax, panel["of"], drawn[0] if panel["split"] == "real" else drawn[1])
        _share_axis(ax, "share of firms")
    elif panel["of"] in drawn[0].survey.curves:
        for one in drawn:
            _curve(ax, one.survey.curves[panel["of"]], one.colour, panel)
    else:
        for one in drawn:
            _steps(ax, one.survey.samples[panel["of"]], one.colour, panel)
        _share_axis(ax, "share at or below")
    _scale(ax, panel)
    ax.set_xlabel(panel["label"], size=8)


def _steps(ax: Axes, sample: Sample, colour: str, panel: dict[str, Any], **style: Any) -> None:
    """Share of the weight at or below a value; what lies beneath a logarithmic axis sits on its left edge."""
    values = sample.quantiles(STEPS)
    if panel.get("scale") == "log":
        values = values.clip(panel["limits"][0])
    ax.step(values, STEPS, where="post", color=colour, **({"linewidth": 1.5} | style))


def _fates(ax: Axes, name: str, drawn: Drawn) -> None:
    bad, good = drawn.survey.known
    _steps(ax, drawn.survey.samples[f"{name}_others"], QUIET, {}, linewidth=1.2)
    _steps(ax, drawn.survey.samples[f"{name}_defaulted"], drawn.colour, {}, linewidth=1.8)
    for height, text, colour in (
        (0.2, f"defaulted ({bad})", drawn.colour),
        (0.07, f"others ({good:,})", QUIET),
    ):
        ax.text(0.98, height, text, transform=ax.transAxes, ha="right", color=colour, weight="bold")


def _share_axis(ax: Axes, label: str) -> None:
    ax.set_ylim(0, 1.01)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "½", "", "1"])
    ax.axhline(0.5, color=QUIET, linewidth=0.5, linestyle=(0, (2, 3)), zorder=0)
    ax.set_ylabel(label, size=7.5)


def _curve(ax: Axes, curve: Curve, colour: str, panel: dict[str, Any]) -> None:
    long = len(curve.values) > 60
    dots = {} if len(curve.values) > 31 else {"marker": "o", "markersize": 3}
    ax.plot(
        curve.places,
        curve.values,
        color=colour,
        linewidth=0.5 if long else 1.4,
        alpha=0.6 if long else 1,
        **dots,
    )
    if long:
        ax.plot(curve.places, _weekly(curve.values), color=colour, linewidth=1.9)
    if places := panel.get("places"):
        ax.set_xticks(
            curve.places if isinstance(places[0], str) else places, [str(place) for place in places]
        )
    ax.set_ylim(*panel["limits"])
    level = 0 if panel["limits"][0] < 0 else 1
    ax.axhline(level, color=QUIET, linewidth=0.6, linestyle=(0, (4, 3)), zorder=0)


def _weekly(values: Floats) -> Floats:
    """Mean of the seven days about each day, fewer at the ends."""
    around = [values[max(0, at - 3) : at + 4] for at in range(len(values))]
    return np.array([part.mean() for part in around])


def _scale(ax: Axes, panel: dict[str, Any]) -> None:
    if "scale" not in panel:
        if ax.get_ylabel():
            ax.set_xlim(*panel["limits"])
        return
    ax.set_xscale(panel["scale"], **({"linthresh": 1} if panel["scale"] == "symlog" else {}))
    low, high = panel["limits"]
    powers = [10.0**power for power in range(-1, 9)]
    ax.set_xlim(low, high)
    ax.set_xticks([at for at in ([0.0] if low == 0 else []) + powers if low <= at <= high and not 0 < at < 1])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def short(value: float) -> str:
    """1200000 as "1.2m"."""
    for size, sign in THOUSANDS:
        if value >= size:
            return f"{value / size:g}{sign}"
    return f"{value:g}"
