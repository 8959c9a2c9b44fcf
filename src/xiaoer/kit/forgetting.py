"""Forgetting what people typed about a firm: each model says in `forgets` which of its texts can name somebody."""

from django.apps import apps
from django.db.models import Q

FORGOTTEN = "—"  # something stood here


def forget_words(customer_id: str, *, using: str = "owner") -> int:
    """Take every such text out of a firm's rows, on request to be forgotten; who did what and when stays.

    `forgets_only` narrows a model's rows to those whose text is no code. Done as the owner of the tables: at the desk
    most of these rows are never changed. Gives the texts taken out.
    """
    done = 0
    for model in apps.get_models():
        manager, only = model._default_manager, getattr(model, "forgets_only", Q())  # noqa: SLF001  Django's own name
        for column in getattr(model, "forgets", ()):
            rows = manager.using(using).filter(only, customer_id=customer_id)
            done += rows.exclude(**{f"{column}__in": ("", FORGOTTEN)}).update(**{column: FORGOTTEN})
    return done
