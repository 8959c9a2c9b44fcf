"""A brake on guessing passwords, counted in PostgreSQL so that every process knows."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest

from xiaoer.branches.models import SignInAttempt
from xiaoer.kit.dates import Clock, SystemClock


def braked(username: str, address: str, clock: Clock | None = None) -> bool:
    """Whether this account, or this address, has failed too often just now."""
    since = (clock or SystemClock()).now() - timedelta(minutes=settings.SIGN_IN_WINDOW_MINUTES)
    tries = SignInAttempt.objects.filter(at__gte=since)
    last = tries.filter(username=username, succeeded=True).order_by("-at").first()
    mine = tries.filter(username=username, succeeded=False)
    if last is not None:
        mine = mine.filter(at__gt=last.at)
    if mine.count() >= settings.SIGN_IN_FAILURES_PER_ACCOUNT:
        return True
    return tries.filter(address=address, succeeded=False).count() >= settings.SIGN_IN_FAILURES_PER_ADDRESS


def note_attempt(username: str, address: str, *, succeeded: bool) -> None:
    """Write an attempt down; a name nobody has is kept too, shortened."""
    SignInAttempt.objects.bulk_create(
        [SignInAttempt(username=username[:150], address=address, succeeded=succeeded)]
    )


def address_of(request: HttpRequest) -> str:
    """Where a request came from; behind a proxy (XIAOER_HTTPS) the address that proxy saw last."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.split(",")[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))
