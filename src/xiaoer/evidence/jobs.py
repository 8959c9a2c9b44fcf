"""Work done for the bank as the owner of the tables, not at the desk."""

from datetime import datetime

from xiaoer.evidence.keeping import drop_folder, has_folder
from xiaoer.evidence.models import Photo


def forget_photos(customer_id: str, now: datetime) -> int:
    """Remove a firm's photos and where they were taken; who filed what when stays, with the hash.

    Files first: a row that says "erased" is true. Gives the photos erased.
    """
    if has_folder(customer_id):
        drop_folder(customer_id)
    rows = Photo.objects.using("owner").filter(customer_id=customer_id, erased_at=None)
    return rows.update(erased_at=now, longitude=None, latitude=None, place="", taken_at=None)
