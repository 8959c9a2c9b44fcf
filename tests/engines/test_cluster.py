"""A cluster of two workers on loopback, in another time zone than the night, one of them killed at work."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.loopback import cluster
from tests.engines.on_cluster import DAYS, FIRST, LAST
from tests.engines.two_banks import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.usefixtures("spark_here")]


def test_a_worker_killed_at_work_changes_nothing(tmp_path: Path) -> None:
    """The days asked for are those of the calendar, and the model has answered for every row once."""
    work = tmp_path / "work"
    work.mkdir()
    places = {
        "XIAOER_HOME": str(tmp_path / "home"),
        "TZ": "Asia/Shanghai",
        "PYTHONPATH": str(CHECKOUT / "src"),
    }
    with cluster(tmp_path / "cluster") as running, (tmp_path / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.on_cluster", str(work)],
            env={**os.environ, **running.settings, **places},
            cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        both_at_work(process, work / "at-work")
        running.kill()
        told, _ = process.communicate(timeout=300)
    complaints = (tmp_path / "errors").read_text()
    assert process.returncode == 0, complaints[-4000:]
    assert "Lost executor" in complaints
    copies = 8 * sum(2 * number for number, day in enumerate(DAYS) if day <= LAST)
    assert json.loads(told) == {"first": str(FIRST), "last": str(LAST), "days": 31, "sum": copies}


def both_at_work(process: subprocess.Popen[str], marks: Path, seconds: float = 240) -> None:
    """Until the Python of both workers has begun."""
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        if marks.is_dir() and len(list(marks.iterdir())) > 1:
            return
        time.sleep(0.1)
    pytest.fail("the two workers never worked at once")
