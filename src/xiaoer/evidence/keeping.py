"""Where the files lie: XIAOER_HOME/evidence, a folder for each firm, names that say nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from uuid import UUID

from xiaoer.kit.settings import settings

PLACE = "evidence"
FOLDER_LETTERS = 32


def folder_of(customer_id: str) -> str:
    """A firm's folder: a hash, so that no number can lead out of the place."""
    return hashlib.sha256(customer_id.encode()).hexdigest()[:FOLDER_LETTERS]


def path_of(folder: str, name: UUID) -> Path:
    """The file of a photo. Raises ValueError for a folder that is no hash."""
    if len(folder) != FOLDER_LETTERS or not set(folder) <= set("0123456789abcdef"):
        message = "not a folder of evidence"
        raise ValueError(message)
    return settings().home / PLACE / folder / name.hex


def keep(folder: str, name: UUID, data: bytes) -> None:
    """Write a file that only the product's account reads; it is whole on the disk before this returns."""
    path = path_of(folder, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def drop_folder(customer_id: str) -> None:
    """Remove everything kept of a firm, files without a row, too."""
    shutil.rmtree(settings().home / PLACE / folder_of(customer_id), ignore_errors=False)


def has_folder(customer_id: str) -> bool:
    return (settings().home / PLACE / folder_of(customer_id)).is_dir()
