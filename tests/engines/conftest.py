"""Spark for the tests: skipped loudly where its parts are missing, failing under CI."""

import os
from pathlib import Path

import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import session


@pytest.fixture(scope="session")
def spark_here() -> None:
    """PySpark and a Java runtime are here."""
    try:
        session.check_installed()
        session.check_java()
    except Refusal as lacking:
        if os.environ.get("CI"):
            pytest.fail(f"the second engine needs its parts: {lacking}")
        pytest.skip(f"THE SECOND ENGINE WAS NOT TRIED: {lacking}")


@pytest.fixture
def spark_home(spark_here: None, tmp_path: Path) -> Path:
    """A folder for one session's tables."""
    return tmp_path
