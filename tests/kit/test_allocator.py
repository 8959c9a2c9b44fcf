"""Memory that one range of firms freed is there for the next one."""

import subprocess
import sys

FAULTS = """
{first}
import resource, polars as pl
def worked():
    rows = pl.DataFrame({{"a": range(2_000_000)}}).with_columns(b=pl.col("a") % 1000)
    return rows.group_by("b").agg(pl.col("a").sum()).height
worked()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(12):
    worked()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(first: str) -> int:
    """Pages asked for anew by work done again and again, in a process of its own."""
    command = [sys.executable, "-c", FAULTS.format(first=first)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_what_was_freed_is_kept_for_the_next_range() -> None:
    given_back = faults("import os; os.environ['_RJEM_MALLOC_CONF'] = 'dirty_decay_ms:0,muzzy_decay_ms:0'")
    assert faults("import xiaoer") < 0.7 * given_back
