"""Work done for the bank as the owner of the tables, not at the desk."""

from xiaoer.contacts.models import Contact, Task
from xiaoer.kit.text import reason


def forget_words(customer_id: str) -> int:
    """Empty what people typed about a firm, on request to be forgotten; what happened and when stays.

    Done as the owner of the tables: at the desk a contact is never changed. Gives the rows emptied.
    """
    notes = Contact.objects.using("owner").filter(customer_id=customer_id).exclude(note="")
    promises = Task.objects.using("owner").filter(customer_id=customer_id, title__code="promised")
    return notes.update(note="") + promises.update(title=reason("promised", text=""))
