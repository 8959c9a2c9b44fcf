"""LightGBM, brought in when a model needs it: it asks the machine for OpenMP, which not every machine has."""

from functools import cache
from importlib import import_module
from typing import Any

from xiaoer.kit.refusal import Refusal


@cache
def lightgbm() -> Any:
    """The library; raises Refusal where the machine lacks what it stands on."""
    try:
        return import_module("lightgbm")
    except OSError as fault:
        raise Refusal(
            f"boosted trees cannot be trained or used here: {fault}",
            "LightGBM",
            "the library libgomp.so.1 (OpenMP)",
            "Install it; on Debian and Ubuntu: apt-get install libgomp1",
        ) from fault
