"""What tests of people and access share."""

import pytest

from chalicelib.accounts.keyring import Keyring
from tests.support.cast import signer, signing_secret
from tests.support.connections import Connections, Unit

__all__ = ["Connections", "Unit"]


@pytest.fixture
def keys(stage: dict[str, str]) -> Keyring:
    """The keyring of the test stage."""
    return Keyring(signer(), signing_secret().pepper, 4)
