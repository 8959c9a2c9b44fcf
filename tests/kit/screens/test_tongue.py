"""The house's language, unless somebody chose the other."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from xiaoer.kit.screens.tongue import HouseTongue


def answered(**cookies: str) -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    request.COOKIES = dict(cookies)

    def speaks(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    with translation.override(None):
        return HouseTongue(speaks)(request)


@pytest.mark.parametrize(
    ("cookies", "language"),
    [({}, "zh-hans"), ({"django_language": "en"}, "en"), ({"django_language": "xx"}, "zh-hans")],
)
def test_a_choice_decides_and_nothing_else(cookies: dict[str, str], language: str) -> None:
    response = answered(**cookies)
    assert response.content.decode() == language
    assert response.headers["Content-Language"] == language
