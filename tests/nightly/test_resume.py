"""A night that dies anywhere goes on where it died, and leaves what an unbroken one leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xiaoer.kit.settings import Settings, settings

pytestmark = pytest.mark.xdist_group("house")

CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 10, 31)
FIRMS, MONTHS = 60, 2
STEPS = ("shape", "features", "scores", "segments", "events", "offers", "publish")


class Died(BaseException):
    """As a killed process would: nothing below catches it."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank's files, received and loaded once."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    home = tmp_path_factory.mktemp("resume")
    simulate(Plan(FIRMS, MONTHS, 11, DAY), home / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", home / "bank", home / "inbox")
    load_bank(received, Lake(home / "lake"), DuckEngine(home / "scratch"), DAY)
    return home


def home_of(bank: Path, folder: Path) -> Settings:
    """A home of one's own with the bank's files and lake."""
    for name in ("inbox", "lake"):
        shutil.copytree(bank / name, folder / name)
    return replace(settings(), home=folder)


@pytest.fixture
def home(bank: Path, tmp_path: Path) -> Settings:
    return home_of(bank, tmp_path)


def night(home: Settings) -> dict[str, Any]:
    from xiaoer.nightly.night import run_night

    return run_night(home, DAY, backwards=True)


def shown() -> dict[str, list[dict[str, Any]]]:
    """Every published table as the desk sees it, without the row numbers and editions."""
    from xiaoer.kit.published import pointer
    from xiaoer.nightly import seam

    edition = pointer("owner").edition
    return {name: _rows(seam.model_of(name), edition) for name in seam.NAMES}


def _rows(model: Any, edition: int) -> list[dict[str, Any]]:
    from xiaoer.nightly.seam import EDITION_COLUMNS, columns_of

    names = [column.column for column in columns_of(model) if column.column not in EDITION_COLUMNS]
    rows = model.objects.using("owner").at(edition).values(*names)
    return sorted(rows, key=lambda row: json.dumps(row, default=str, sort_keys=True))


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, step: str, writes: int) -> Iterator[None]:
    """Die in the middle of a step: after it has written so many tables."""
    from xiaoer.nightly.plan import PLAN
    from xiaoer.nightly.run import Night, RunTable

    left = {"writes": writes, "inside": False}
    keep, keep_rows, run = Night.keep, Night.keep_rows, RunTable.run

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def write(self: Any, *args: Any) -> Any:
            if left["inside"] and left["writes"] == 0:
                raise Died
            left["writes"] -= left["inside"]
            return original(self, *args)

        return write

    def watched(self: Any, name: str, *args: Any) -> Any:
        left["inside"] = name == step
        return run(self, name, *args)

    assert step in {one.name for one in PLAN}
    with monkeypatch.context() as patched:
        patched.setattr(Night, "keep", counted(keep))
        patched.setattr(Night, "keep_rows", counted(keep_rows))
        patched.setattr(RunTable, "run", watched)
        yield


@pytest.fixture(scope="module")
def unbroken(
    bank: Path, tmp_path_factory: pytest.TempPathFactory, postgres_server: Any, django_db_blocker: Any
) -> Any:
    from tests.conftest import copy_of_the_world, pointed_at

    folder = tmp_path_factory.mktemp("unbroken")
    with django_db_blocker.unblock(), copy_of_the_world(postgres_server) as name, pointed_at(name):
        report = night(home_of(bank, folder))
        return report, shown()


def test_killed_while_loading(
    own_world: str, home: Settings, unbroken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files committed before the death stay; the rest is loaded by the next run; nothing counts twice."""
    from xiaoer.kit.tables import Lake

    shutil.rmtree(home.lake)
    commit, left = Lake.commit, iter(range(20))

    def counted(self: Lake, part: Any) -> None:
        if next(left, None) is None:
            raise Died
        commit(self, part)

    before = shown()
    with monkeypatch.context() as patched:
        patched.setattr(Lake, "commit", counted)
        with pytest.raises(Died):
            night(home)
    assert shown() == before
    assert len(Lake(home.lake).manifest.live()) == 20
    assert night(home)["run_id"] == unbroken[0]["run_id"]
    assert shown() == unbroken[1]


@pytest.mark.parametrize("step", STEPS[:-1])
def test_killed_in_the_middle_of_a_step(
    own_world: str, home: Settings, unbroken: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = shown()
    with dying(monkeypatch, step, writes=0 if step in ("scores", "offers") else 1), pytest.raises(Died):
        night(home)
    assert shown() == before
    report = night(home)
    assert report["run_id"] == unbroken[0]["run_id"]
    assert shown() == unbroken[1]


@pytest.mark.parametrize("table", ["firms", "proposals", "branches", "pointer"])
def test_killed_while_publishing(
    own_world: str, home: Settings, unbroken: Any, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    from xiaoer.nightly import publishing

    before, bridge = shown(), publishing.over_the_bridge

    def die(reached: str) -> None:
        if reached == table:
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "over_the_bridge", lambda *args: bridge(*args, reached=die))
        with pytest.raises(Died):
            night(home)
    if table != "pointer":
        assert shown() == before
    night(home)
    assert shown() == unbroken[1]


def test_a_second_run_changes_no_row(own_world: str, home: Settings) -> None:
    from xiaoer.kit.published import pointer

    first, edition = night(home), pointer("owner").edition
    second = night(home)
    assert second["run_id"] == first["run_id"]
    assert pointer("owner").edition == edition
    assert second["steps"][2:-1] == first["steps"][2:-1]
    assert second["steps"][-1]["rows"] == 0


def test_a_process_killed_outright(own_world: str, home: Settings, unbroken: Any) -> None:
    """SIGKILL from inside, half-way through a step of a real process; the next run resumes."""
    script = (
        "import os, signal, sys; from pathlib import Path; from datetime import date\n"
        "from xiaoer.kit.settings import settings; from dataclasses import replace\n"
        "from xiaoer.nightly.run import Night\n"
        "from xiaoer.nightly.night import run_night\n"
        "import xiaoer.nightly.knowing as knowing\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "knowing.places = die\n"
        "run_night(replace(settings(), home=Path(sys.argv[1])), date.fromisoformat(sys.argv[2]), backwards=True)\n"
    )
    setup = (
        "import django; from django.conf import settings as s; django.setup()\n"
        f"for one in s.DATABASES.values(): one['NAME'] = {own_world!r}\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", setup + script, str(home.home), DAY.isoformat()],
        env=os.environ,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    report = night(home)
    assert report["run_id"] == unbroken[0]["run_id"]
    assert shown() == unbroken[1]
