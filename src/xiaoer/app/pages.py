"""The door: signing in and out."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from xiaoer.app.brake import address_of, braked, note_attempt


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. After too many failures it stays shut for a while, whatever the password."""
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(_onward(request))
        return _door(request, "")
    username = request.POST.get("username", "").strip().lower()
    if braked(username, address_of(request)):
        return _door(request, _("Too many failed attempts. Try again in a quarter of an hour."), status=429)
    account = authenticate(request, username=username, password=request.POST.get("password", ""))
    note_attempt(username, address_of(request), succeeded=account is not None)
    if account is None:
        return _door(request, _("Account and password do not fit together."), status=401)
    login(request, account)
    return redirect(_onward(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the session, here and on the server."""
    logout(request)
    return redirect("sign-in")


def _door(request: HttpRequest, wrong: str, status: int = 200) -> HttpResponse:
    known = {"wrong": wrong, "username": request.POST.get("username", ""), "next": _next(request)}
    return render(request, "workbench/sign_in.html", known, status=status)


def _onward(request: HttpRequest) -> str:
    return _next(request) or resolve_url("today")


def _next(request: HttpRequest) -> str:
    """Where to go afterwards; only an address of this desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else ""


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between 中文 and English."""
    return set_language(request)


for _open in (sign_in, language):  # whoever is not signed in may knock, in either language
    _open.login_required = False  # type: ignore[attr-defined]
