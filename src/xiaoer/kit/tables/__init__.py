"""The only door to the lake: open, read as of a day, write atomically, map Arrow batches through a model."""

from xiaoer.kit.tables.engine import DuckEngine, Engine, Frame
from xiaoer.kit.tables.lake import Lake
from xiaoer.kit.tables.manifest import Manifest, Part
from xiaoer.kit.tables.schema import Kind, TableSchema, empty_table

__all__ = ["DuckEngine", "Engine", "Frame", "Kind", "Lake", "Manifest", "Part", "TableSchema", "empty_table"]
