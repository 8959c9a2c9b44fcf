"""Work done for the bank as the owner of the tables, not at the desk."""

from xiaoer.contacts.models import Task
from xiaoer.kit.text import reason


def forget_promises(customer_id: str) -> int:
    """Empty what was promised to a firm in a person's words, on request to be forgotten; for when stays."""
    promises = Task.objects.using("owner").filter(customer_id=customer_id, title__code="promised")
    return promises.update(title=reason("promised", text=""))
