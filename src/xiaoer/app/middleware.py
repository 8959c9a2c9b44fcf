"""Around every request: headers, one transaction, and the reader's signed scope.

Pages find on the request: `scope` (take it to every query), `today` (the desk's day) and `pointer` (what is
published: edition, business_date). Somebody not signed in has a scope that holds nothing.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict

from xiaoer.branches.queries import handed, standing_in, whole_scope
from xiaoer.kit.dates import Clock, SystemClock
from xiaoer.kit.published import Pointer, pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import hide, show
from xiaoer.kit.settings import TODAY_IS_THE_PUBLISHED_DAY
from xiaoer.kit.settings import settings as environment

Answer = Callable[[HttpRequest], HttpResponse]
Key = TypeVar("Key")
Value = TypeVar("Value")
NOBODY = Scope(staff_id="")

# Scripts and styles only from here; `style` attributes are how charts and bars are drawn.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)


# Where a photo was taken is asked of the device, by our own pages alone and when somebody chooses a photo.
PERMISSIONS = "camera=(), geolocation=(self), microphone=()"


class SecurityHeaders:
    """What a browser may load, keep and reveal."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to every answer, static files included."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class OneTransaction:
    """A request is one transaction: kept when answered, undone by an error, never half."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request inside; an answer of 500 or more undoes it. NUL is no text: 400."""
        if any("\0" in value for value in (request.path_info, *_values(request.GET), *_values(request.POST))):
            return HttpResponseBadRequest()
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _values(sent: QueryDict) -> list[str]:
    return [str(value) for _, values in sent.lists() for value in values]


class SignedScope:
    """Shows PostgreSQL what the reader may see, for this request only."""

    def __init__(self, get_response: Answer, clock: Clock | None = None) -> None:
        self.get_response = get_response
        self.clock = clock or SystemClock()
        self._known: OrderedDict[tuple[str, int, date], Scope] = OrderedDict()
        self._found: OrderedDict[tuple[object, ...], dict[str, object]] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `scope`, `today`, `pointer` and `remembered`; take the scope away again at the end."""
        request.pointer = pointer()  # type: ignore[attr-defined]
        request.today = desk_day(request.pointer, self.clock)  # type: ignore[attr-defined]
        request.scope, request.remembered = NOBODY, {}  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        try:
            scope = self._shown(request.user.staff_id, request.pointer.edition, request.today)  # type: ignore[attr-defined,union-attr]
            request.scope, request.remembered = scope, self._remembered(scope, request.today)  # type: ignore[attr-defined]
            return self.get_response(request)
        finally:
            hide()

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], *_: object
    ) -> HttpResponse | None:
        """Send whoever is not signed in to the door; the interface answers 401 by itself."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": settings.LOGIN_URL_PATH})
        return redirect_to_login(request.get_full_path())

    def _shown(self, staff_id: str, edition: int, today: date) -> Scope:
        """The posts of an edition never change, so what follows from them is remembered; who is away is asked anew."""
        bare, now, key = Scope(staff_id, edition=edition), self.clock.now(), (staff_id, edition, today)
        scope = self._known.get(key)
        if scope is None:
            show(bare, now)
            scope = kept(self._known, key, whole_scope(bare, today))
        show(scope, now)
        wider = standing_in(scope, today)
        if wider is not scope:
            show(wider, now)
        return wider

    def _remembered(self, scope: Scope, today: date) -> dict[str, object]:
        """What pages found in published rows: the same for all who see the same portfolios."""
        key = (scope.everything, scope.branches, scope.managers, scope.edition, today, handed(today))
        found = self._found.get(key)
        return kept(self._found, key, {}) if found is None else found


def kept(known: OrderedDict[Key, Value], key: Key, value: Value) -> Value:
    """Remember something; the oldest is forgotten when there is too much."""
    known[key] = value
    if len(known) > settings.SCOPES_REMEMBERED:
        known.popitem(last=False)
    return value


def desk_day(shown: Pointer, clock: Clock) -> date:
    """The desk's day: the machine's, a fixed one, or the morning after what is published (XIAOER_TODAY)."""
    wanted = environment().today
    if isinstance(wanted, date):
        return wanted
    if wanted == TODAY_IS_THE_PUBLISHED_DAY and shown.business_date is not None:
        return shown.business_date + timedelta(days=1)
    return clock.today()
