"""Which language a reader gets: the one chosen at the door or in the frame; without a choice, the house's own."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class HouseTongue(LocaleMiddleware):
    """Django's own, but a browser's language settings decide nothing: staff share machines set up in English."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(known)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self,
        request: HttpRequest,  # noqa: ARG002  Django asks for it by position
        response: HttpResponseBase,
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response
