"""Every bench starts: a module moved away from under one is seen here, not on the day it is run."""

import importlib
import pkgutil

import pytest

import bench

#: Peers need libraries of their own (bench/peers-requirements.txt).
MODULES = [
    one.name
    for one in pkgutil.walk_packages(bench.__path__, "bench.")
    if not one.name.startswith("bench.beside.")
]


@pytest.mark.parametrize("name", MODULES)
def test_a_bench_can_be_started(name: str) -> None:
    """What it needs is there, and it says what it does."""
    module = importlib.import_module(name)
    assert module.__doc__ or hasattr(module, "__path__")
