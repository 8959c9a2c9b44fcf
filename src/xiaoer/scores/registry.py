"""Trained models as JSON on disk: one file a version, one line that says which is in use."""

import json
from pathlib import Path
from typing import Any

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.scores.terms import Scorecard


class Registry:
    """All versions of all models below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, card: Scorecard, judgement: dict[str, Any], *, use: bool = True) -> None:
        """Store a version with its judgement and, where asked, put it to use."""
        page = {"card": card.as_json(), "judgement": judgement}
        text = json.dumps(page, ensure_ascii=False, indent=1)
        write_atomically(self.folder / card.model / f"{card.version}.json", text.encode())
        if use:
            write_atomically(self.folder / card.model / "in-use", card.version.encode())

    def in_use(self, model: str, day: str | None = None) -> Scorecard | None:
        """The version in use, or None when the model was never trained.

        With a `day` (ISO) only a card trained on or before it: an earlier night must not know later labels.
        """
        pointer = self.folder / model / "in-use"
        if not pointer.exists():
            return None
        card = self.version(model, pointer.read_text())
        if day is None or card.trained_on <= day:
            return card
        kept = [self.version(model, path.stem) for path in (self.folder / model).glob("*.json")]
        usable = [one for one in kept if one.trained_on <= day]
        return max(usable, key=lambda one: (one.trained_on, one.version), default=None)

    def version(self, model: str, version: str) -> Scorecard:
        return Scorecard.from_json(self.page(model, version)["card"])

    def page(self, model: str, version: str) -> dict[str, Any]:
        """Card and judgement of a version; raises Refusal when it was never kept."""
        path = self.folder / model / f"{version}.json"
        if not path.exists():
            raise Refusal(f"there is no version {version} of model {model}", str(self.folder))
        page: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return page
