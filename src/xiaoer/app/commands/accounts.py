"""`xiaoer accounts`: ways to sign in, for staff the bank delivered."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

import click

from xiaoer.app.console import print_json, print_table
from xiaoer.kit.refusal import Refusal


@dataclass(frozen=True)
class Made:
    """An account as told once: the password is kept nowhere else."""

    post: str
    staff_id: str
    name: str
    branch_id: str
    username: str
    password: str


@click.command()
@click.argument("staff_ids", nargs=-1)
@click.option("--ready", "for_posts", is_flag=True, help="one account for each post somebody holds")
@click.option("--password", default="", help="the same password for all (demonstrations only)")
@click.option("--json", "as_json", is_flag=True, help="for tools")
def command(staff_ids: tuple[str, ...], for_posts: bool, password: str, as_json: bool) -> None:
    """Make accounts for STAFF_IDS, or with --ready one per post, and print their passwords once."""
    from xiaoer.app.setup import ready

    ready()
    made = ready_accounts(password) if for_posts else [_account(one, password) for one in staff_ids]
    if as_json:
        print_json([asdict(one) for one in made])
    else:
        print_table("Accounts", list(Made.__annotations__), [list(asdict(one).values()) for one in made])


def ready_accounts(password: str = "") -> list[Made]:
    """One account for each kind of post that somebody published holds, in the order of `posts.toml`."""
    from xiaoer.branches.terms import post_kinds

    holders = _busiest_holders()
    return [_account(holders[post], password, post) for post in post_kinds() if post in holders]


def _busiest_holders() -> dict[str, str]:
    """For each post its holder with the longest morning list; ties go to the smaller staff number."""
    from django.db.models import Count

    from xiaoer.branches.models import Post
    from xiaoer.kit.published import pointer
    from xiaoer.offers.models import Proposal

    edition = pointer("owner").edition
    lists = Proposal.objects.using("owner").at(edition).order_by()
    lengths = dict(lists.values_list("manager_id").annotate(Count("pk")))
    posts = Post.objects.using("owner").at(edition).values_list("post", "staff_id")
    found: dict[str, str] = {}
    for post, staff_id in sorted(posts, key=lambda one: (-lengths.get(one[1], 0), one[1])):
        found.setdefault(post, staff_id)
    return found


def _account(staff_id: str, password: str, post: str = "") -> Made:
    from xiaoer.branches.accounts import make_account
    from xiaoer.branches.models import Staff
    from xiaoer.kit.published import pointer

    found = Staff.objects.using("owner").at(pointer("owner").edition).filter(staff_id=staff_id).first()
    if found is None:
        raise Refusal(
            f"nobody has the staff number {staff_id}",
            expected="a number of the published staff table",
            next_step="Run the night first, or correct the number",
        )
    chosen = password or secrets.token_urlsafe(9)
    account = make_account(staff_id, password=chosen)
    return Made(post, staff_id, found.name, found.branch_id, account.username, chosen)
