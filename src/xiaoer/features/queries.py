"""What the night knows of a firm."""

from xiaoer.features.models import Profile
from xiaoer.kit.scope import Scope


def profile(scope: Scope, customer_id: str) -> Profile | None:
    """Months, partners and similar firms; None for a firm nobody delivered flows for."""
    return Profile.objects.seen_by(scope).filter(customer_id=customer_id).first()
