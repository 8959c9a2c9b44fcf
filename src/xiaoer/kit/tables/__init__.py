"""The only door to the lake: open, read as of a day, write atomically, map Arrow batches through a model."""

from xiaoer.kit.tables.duck import DuckEngine
from xiaoer.kit.tables.engine import BatchFunction, Engine, Frame, Hold, Work
from xiaoer.kit.tables.lake import Lake
from xiaoer.kit.tables.manifest import Manifest, Part
from xiaoer.kit.tables.opening import EngineName, open_engine
from xiaoer.kit.tables.schema import Kind, TableSchema, empty_table

__all__ = [
    "BatchFunction",
    "DuckEngine",
    "Engine",
    "EngineName",
    "Frame",
    "Hold",
    "Kind",
    "Lake",
    "Manifest",
    "Part",
    "TableSchema",
    "Work",
    "empty_table",
    "open_engine",
]
