"""The calibration as dots on their ranges, every range drawn to the same width."""

from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from bench.likeness.drawing import INK, QUIET, REAL, SIMULATED, WIDTH, save
from xiaoer.simulator.terms import Figure, figures

SPARE = 0.45  # of a range, shown beyond its ends; a dot farther out sits on the edge


@dataclass(frozen=True)
class Ranged:
    """A calibrated figure with what was measured; `value` is None where nothing measures it yet."""

    figure: Figure
    value: float | None

    @property
    def within(self) -> bool:
        low, high = self.figure.expect or (0.0, 0.0)
        return self.value is not None and low <= self.value <= high

    @property
    def place(self) -> float:
        """0 at the low end of the range, 1 at the high one; cut off where the picture ends."""
        low, high = self.figure.expect or (0.0, 0.0)
        return min(max(((self.value or 0.0) - low) / (high - low), -SPARE), 1 + SPARE)


def ranged(measured: dict[str, float]) -> list[Ranged]:
    """Every figure of the calibration that has a range, in its order."""
    return [Ranged(figure, measured.get(name)) for name, figure in figures().items() if figure.expect]


def draw_ranges(rows: list[Ranged], path: Path, *, chinese: bool) -> None:
    """The dot-and-range picture to a PNG file."""
    picture = Picture(figsize=(WIDTH, 0.65 + 0.27 * len(rows)))
    inch = 1 / picture.get_figheight()
    ax = picture.add_axes((0.29, 0.1 * inch, 0.42, 1 - 0.55 * inch))
    for line, row in enumerate(rows):
        _row(ax, line, row)
    ax.set_xlim(-SPARE - 0.03, 1 + SPARE + 0.03)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.axis("off")
    title = "Calibration: what was measured, on its range"
    title = f"{title}   校准" if chinese else title
    picture.text(0.012, 1 - 0.22 * inch, title, size=10.5, weight="bold", va="center")
    save(picture, path)


def _row(ax: Axes, line: int, row: Ranged) -> None:
    low, high = row.figure.expect or (0.0, 0.0)
    right = 1 + SPARE
    ax.plot([0, 1], [line, line], color=QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ax.plot([0, 1], [line, line], color=QUIET, marker="|", markersize=6, linestyle="", zorder=1)
    ax.text(-SPARE - 0.12, line, row.figure.name, ha="right", va="center", size=8.5, color=INK)
    ax.text(right + 0.36, line, f"{low:g} – {high:g}", va="center", size=8, color=QUIET)
    if row.value is None:
        ax.text(right + 0.3, line, "not measured", ha="right", va="center", size=8.5, color=QUIET)
        return
    colour = REAL if row.within else SIMULATED
    ax.plot([row.place], [line], marker="o", markersize=6, color=colour, zorder=2)
    told = f"{row.value:.3g}"
    ax.text(right + 0.3, line, told, ha="right", va="center", size=8.5, color=colour, weight="bold")
