"""Beginning an application, moving it, its papers, exceptions and appraisals. One transaction each."""

from xiaoer.applications.actions.appraising import appraise, replayed
from xiaoer.applications.actions.exemptions import answer, ask
from xiaoer.applications.actions.explaining import explain
from xiaoer.applications.actions.moving import begin, move
from xiaoer.applications.actions.papers import receive, verify

__all__ = ["answer", "appraise", "ask", "begin", "explain", "move", "receive", "replayed", "verify"]
