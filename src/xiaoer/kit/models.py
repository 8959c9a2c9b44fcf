"""What the kit keeps in PostgreSQL."""

from xiaoer.kit.adopted.models import FigureStep
from xiaoer.kit.audit import History, Reading
from xiaoer.kit.facts.outbox import FactRow
from xiaoer.kit.published import Pointer

__all__ = ["FactRow", "FigureStep", "History", "Pointer", "Reading"]
