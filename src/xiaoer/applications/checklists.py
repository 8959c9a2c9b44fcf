"""Laying the checklists of parameters.toml where PostgreSQL can hold a drawdown against them."""

import tomllib
from pathlib import Path

from xiaoer.applications.models import ChecklistItem
from xiaoer.applications.terms import PRODUCTS, Checklists

PARAMETERS = Path(__file__).with_name("parameters.toml")


def lay_checklists(using: str = "owner") -> int:
    """Every version of the lists, as the owner of the tables; gives how many lines there are. Again changes nothing."""
    with PARAMETERS.open("rb") as file:
        versions = [Checklists.of(told) for told in tomllib.load(file)["checklists"]["version"]]
    rows = [
        ChecklistItem(product=product, kind=kind, from_date=version.from_date, from_amount=least)
        for version in versions
        for product in PRODUCTS
        for kind, least in version.papers[product]
    ]
    kept = {(one.product, one.kind, one.from_date, one.from_amount) for one in rows}
    held = ChecklistItem.objects.using(using)
    standing = set(held.values_list("product", "kind", "from_date", "from_amount"))
    if kept != standing:
        held.all().delete()
        held.bulk_create(rows)
    return len(rows)
