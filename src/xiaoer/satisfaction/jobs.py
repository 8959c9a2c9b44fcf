"""Work done for the bank as the owner of the tables, not at the desk."""

from xiaoer.satisfaction.models import Survey


def forget_words(customer_id: str) -> int:
    """Empty what a firm wrote in surveys, on request to be forgotten; scores and days stay."""
    return (
        Survey.objects.using("owner").filter(customer_id=customer_id).exclude(comment="").update(comment="")
    )
