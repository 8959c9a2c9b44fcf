"""A machine without OpenMP gets a sentence, not a traceback."""

import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms import library


def test_a_machine_without_openmp_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(library, "import_module", missing)
    library.lightgbm.cache_clear()
    with pytest.raises(Refusal, match="libgomp1"):
        library.lightgbm()
    monkeypatch.undo()
    library.lightgbm.cache_clear()
    assert library.lightgbm().Dataset
