"""What PostgreSQL remembers of applications."""

from xiaoer.applications.models.after import Explanation, FoundNote
from xiaoer.applications.models.desk import Application, Appraisal, Exemption, Paper, Step
from xiaoer.applications.models.laid import ChecklistItem, TrackLine
from xiaoer.applications.models.published import Brought, FourFlows

__all__ = [
    "Application",
    "Appraisal",
    "Brought",
    "ChecklistItem",
    "Exemption",
    "Explanation",
    "FoundNote",
    "FourFlows",
    "Paper",
    "Step",
    "TrackLine",
]
