"""What tests of tickets share with those of accounts: connections at once."""

from tests.accounts.conftest import connections as connections
