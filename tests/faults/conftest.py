"""The checkout of the end-to-end tests, for faults that are made in it."""

import pytest

from tests.e2e.conftest import Checkout, checkout
from tests.faults.inventory import Inventory

__all__ = ["checkout"]


@pytest.fixture(scope="module")
def whole(checkout: Checkout) -> Inventory:
    """The inventory of the stack when nothing ever went wrong."""
    checkout.succeed("up")
    return Inventory.of(checkout)
