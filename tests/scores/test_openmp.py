"""A machine without OpenMP gets a sentence, not a traceback."""

import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms import openmp


def test_a_machine_without_openmp_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(openmp, "import_module", missing)
    openmp.lightgbm.cache_clear()
    with pytest.raises(Refusal, match="libgomp1"):
        openmp.lightgbm()
    monkeypatch.undo()
    openmp.lightgbm.cache_clear()
    assert openmp.lightgbm().Dataset
