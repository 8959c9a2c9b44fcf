"""One small bank for all points of the house."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.house.bank import SmallBank


@pytest.fixture(scope="session")
def small_bank(tmp_path_factory: pytest.TempPathFactory) -> "SmallBank":
    """Fifty firms, three months, one night."""
    from tests.house.bank import small_bank_in  # needs Django, which is set up after this file is read

    return small_bank_in(tmp_path_factory.mktemp("house"))
