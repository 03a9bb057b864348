from __future__ import annotations

import pytest

from sodien.billing.tariff import Book
from sodien.tariff_files import load_book


@pytest.fixture(scope="session")
def book() -> Book:
    """The packaged tariff of a household in Viet Nam."""
    return load_book()
