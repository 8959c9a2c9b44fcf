"""What the risk desk asks of a night besides classes: whose arrears, who stands for whom, plans against terms."""

from xiaoer.nightly.run import Night


def risk(night: Night) -> None:
    """Table of the night: late_notes."""
    whose = night.made("notes_drawn").select("note_id", "customer_id")
    night.keep("late_notes", night.made("arrears").join(whose, on="note_id", how="inner"))
