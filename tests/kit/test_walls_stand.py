"""Walls once raised are left alone: a command begun beside the server must not lock the tables people read."""

import pytest
from django.conf import settings

from xiaoer.kit.scope.walls import raise_walls

pytestmark = pytest.mark.django_db(databases=["owner"])


def test_a_second_process_finds_nothing_to_raise() -> None:
    assert raise_walls(settings.WEB_ROLE, settings.SECRET_KEY) is False
