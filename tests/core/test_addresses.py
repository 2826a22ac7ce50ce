"""Which addresses count as one caller."""

import pytest

from chalicelib.core.addresses import network


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:DB8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a:b", "a:b"),
        ("", ""),
    ],
)
def test_an_ipv6_address_stands_for_its_64(address: str, expected: str) -> None:
    assert network(address) == expected
