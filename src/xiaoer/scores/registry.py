"""Trained models as JSON on disk: one file a version, one line that says which is in use."""

import json
from pathlib import Path
from typing import Any

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.scores.forms.cards import Card, card_from
from xiaoer.scores.terms import Scorecard, State


class Registry:
    """All versions of all models below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, card: Scorecard, judgement: dict[str, Any], *, use: bool = True) -> None:
        """Store a version with its judgement and, where asked, put it to use."""
        self.keep_page(card.model, card.version, {"card": card.as_json(), "judgement": judgement})
        if use:
            self.use(card.model, card.version)

    def keep_page(self, model: str, version: str, page: dict[str, Any]) -> None:
        """Store a version of any form (`making.Made.as_json`); it is not in use until it is promoted."""
        text = json.dumps(page, ensure_ascii=False, indent=1)
        write_atomically(self.folder / model / f"{version}.json", text.encode())

    def form(self, model: str, version: str) -> Card:
        """A version that is a table of points or trees; raises Refusal when it was never kept."""
        return card_from(self.page(model, version)["card"])

    def use(self, model: str, version: str) -> None:
        """Let the night take this version from now on; raises Refusal when it was never kept."""
        self.page(model, version)
        write_atomically(self.folder / model / "in-use", version.encode())

    def rest(self, model: str) -> None:
        """Let the night take no version of this model any more."""
        (self.folder / model / "in-use").unlink(missing_ok=True)

    def version_in_use(self, model: str) -> str | None:
        """The version the night takes; None when there is none."""
        pointer = self.folder / model / "in-use"
        return pointer.read_text() if pointer.exists() else None

    def versions(self, model: str) -> list[str]:
        """Every version that was kept, by name."""
        return sorted(path.stem for path in (self.folder / model).glob("*.json"))

    def in_use(self, model: str, day: str | None = None) -> Scorecard | None:
        """The version in use, or None when the model was never trained.

        With a `day` (ISO) only a card trained on or before it: an earlier night must not know later labels.
        """
        used = self.version_in_use(model)
        if used is None:
            return None
        card = self.version(model, used)
        if day is None or card.trained_on <= day:
            return card
        kept = [self.version(model, version) for version in self.versions(model)]
        usable = [one for one in kept if one.trained_on <= day and one.state != State.REFUSED]
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
