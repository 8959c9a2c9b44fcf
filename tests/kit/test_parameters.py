from datetime import date
from pathlib import Path

import pytest

from xiaoer.kit import parameters
from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal

TOML = """
[tiers]
owner = "somebody"
[[tiers.version]]
from_date = 2026-01-01
size = 1
[[tiers.version]]
from_date = 2026-07-01
size = 2
[orphan]
[[orphan.version]]
from_date = 2026-01-01
"""


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments/parameters.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.setattr(parameters, "ROOMS", tmp_path)


def test_the_last_version_that_has_begun_holds() -> None:
    assert in_force("segments", "tiers", date(2026, 6, 30))["size"] == 1
    assert in_force("segments", "tiers", date(2026, 7, 1))["size"] == 2


@pytest.mark.parametrize(
    ("room_name", "section", "on", "message"),
    [
        ("segments", "tiers", date(2025, 12, 31), "no version holds on 2025-12-31"),
        ("segments", "unknown", date(2026, 1, 1), "the section is missing"),
        ("segments", "orphan", date(2026, 1, 1), "nobody answers"),
        ("nowhere", "tiers", date(2026, 1, 1), "no such file"),
    ],
)
def test_what_is_not_in_force_is_refused(room_name: str, section: str, on: date, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        in_force(room_name, section, on)
