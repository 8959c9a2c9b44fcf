"""The calibration table of docs/simulator.md: `python -m xiaoer.simulator.documentation` prints it."""

import sys

from xiaoer.simulator.terms import Figure, figures

HEADER = "| figure | value | output must lie in | what | source |\n|---|---|---|---|---|"


def calibration_table() -> str:
    """Every calibrated figure as one row."""
    return "\n".join([HEADER, *(_row(row) for row in figures().values())])


def _row(row: Figure) -> str:
    expect = f"{row.expect[0]:g} – {row.expect[1]:g}" if row.expect else ""
    return f"| `{row.name}` | {row.value:g} | {expect} | {row.about} | {row.source} |"


if __name__ == "__main__":
    sys.stdout.write(calibration_table() + "\n")
