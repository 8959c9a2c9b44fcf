"""One small bank for all points of the house, made by whichever worker comes first."""

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.house.bank import SmallBank


@pytest.fixture(scope="session")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> "SmallBank":
    """Fifty firms, three months, one night. Shared by all workers: read it, or copy it first."""
    from tests.house.bank import made_in, opened  # needs Django, which is set up after this file is read

    home = Path(os.environ["XIAOER_HOME"]) / "house"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            made_in(home)
            (home / "ready").touch()
    return opened(home, tmp_path_factory.mktemp("scratch"))
