"""Who acts on which application, and how a no is said."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiaoer.applications.models import Application
from xiaoer.applications.queries import application
from xiaoer.applications.terms import ENDED, RIGHTS, Actor, Part, authority
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, reason, say


def actor_of(scope: Scope, day: date) -> Actor:
    """The scope's owner with the rights and the authority of the posts held."""
    return Actor(scope.staff_id, scope.rights, authority(scope.posts, day))


def refuse(reasons: Collection[Reason]) -> None:
    """Raise a Refusal in the reader's language when any rule says no."""
    if reasons:
        language = get_language() or "zh-hans"
        raise Refusal("；".join(say(one, language) for one in reasons) if language.startswith("zh") else
                      "; ".join(say(one, language) for one in reasons))  # fmt: skip


def found_or_refused(scope: Scope, application_id: int) -> Application:
    """The application; raises Refusal when its firm is out of scope."""
    found = application(scope, application_id)
    if found is None:
        raise Refusal(
            _("there is no application %(application_id)s, or somebody else answers for its firm")
            % {"application_id": application_id},
            next_step=_("Look it up in the list of applications"),
        )
    return found


def on_its_way(scope: Scope, application_id: int) -> Application:
    """The application; Refusal when it has ended."""
    found = found_or_refused(scope, application_id)
    refuse([reason("application_ended", tone="bad")] if found.stage in ENDED else [])
    return found


def has_part(scope: Scope) -> bool:
    """Whether the reader's posts carry any part of applications."""
    return any(scope.may(RIGHTS[part]) for part in Part)


def belonging(found: Application, scope: Scope) -> dict[str, object]:
    """The columns every row beside an application begins with."""
    names = ("customer_id", "branch_id", "manager_id")
    return {"application": found, "staff_id": scope.staff_id} | {name: getattr(found, name) for name in names}
