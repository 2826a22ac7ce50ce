"""Which addresses of the internet may be called on somebody's word: none that leads inside (SSRF).
Standard library only: the egress function loads this.

Sources: the IANA special-purpose address registries (RFC 6890), RFC 6052 and 8215 (NAT64), 3056 (6to4),
4380 (Teredo), the WHATWG URL standard for what a host is that ends in a number.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

MAX_URL = 4096
MAX_HOST = 253
LOWEST_FREE_PORT = 1024

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PRINTABLE = re.compile(r"[!-~]+")
# Names that no public host ends with: RFC 6761 and 6762, and what ICANN keeps for networks inside.
_NAMES_INSIDE = frozenset({"internal", "local", "localdomain", "localhost"})

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and some clouds' own services
        "127.0.0.0/8",
        "168.63.129.16/32",  # what Azure's machines ask about themselves
        "169.254.0.0/16",  # link-local: the metadata of machines and containers
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is handed out as public; in it, what carries an IPv4 address inside or is for protocols.
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


class Refused(Exception):
    """This is not called. `kind` is a word for programs; the text says why, without what an answer held."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: `host` is a name or a plain address, `at` what goes into the request line."""

    scheme: str
    host: str
    port: int
    at: str
    is_local: bool

    @property
    def netloc(self) -> str:
        """The Host header field."""
        usual = {"https": 443, "http": 80}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def target(url: str, local_hosts: Collection[str] = ()) -> Target:
    """Reads a URL strictly: https, no user, port 443 or from 1024, a name or an address as it is written.

    `local_hosts` may be called by plain http and at any port: for laptops. Raises Refused.
    """
    if len(url) > MAX_URL or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise Refused("bad_url", "This is no URL that can be called.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise Refused("bad_url", "This is no URL that can be called.") from None
    if "@" in parts.netloc or parts.fragment or "#" in url:
        raise Refused("bad_url", "A URL that is called carries neither a user nor a fragment.")
    is_local = host in local_hosts
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise Refused("bad_url", "Only https is called.")
    _check_host(host)
    if not is_local:
        _check_inside(host)
    port = port if port is not None else {"https": 443, "http": 80}[parts.scheme]
    if not is_local and port != 443 and port < LOWEST_FREE_PORT:
        raise Refused("blocked", "Only port 443 and ports from 1024 are called.")
    at = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, at, is_local)


def vet(address: str, *, is_local: bool = False) -> None:
    """Raises Refused unless the address is public, or, for a local host, loopback."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        raise Refused("blocked", "This host has no address that is called.") from None
    if is_local != found.is_loopback or not (is_local or is_public(found)):
        raise Refused("blocked", "This host's address is not on the public internet.")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet's, and of nothing that leads elsewhere."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address not in _PUBLIC_6 or any(address in network for network in _NOT_PUBLIC_6):
        return False
    # ISATAP (RFC 5214): the last 32 bits are an IPv4 address behind a tunnel.
    is_tunnel = (int(address) >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE)
    return not is_tunnel or is_public(IPv4Address(int(address) & 0xFFFFFFFF))


def _check_host(host: str) -> None:
    if ":" in host:
        try:
            IPv6Address(host if "%" not in host else "")
        except ValueError:
            raise Refused("bad_url", "This is no host that can be called.") from None
        return
    if len(host) > MAX_HOST or not _HOST.fullmatch(host):
        raise Refused("bad_url", "This is no host that can be called.")
    # 2130706433, 0x7f.1 and 017700000001 are loopback to some resolvers: only the plain spelling is read.
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            IPv4Address(host)
        except ValueError:
            raise Refused("blocked", "An address is written as four decimal numbers.") from None


def _check_inside(host: str) -> None:
    """What is plainly inside is refused before anybody is asked about it."""
    try:
        ip_address(host)
    except ValueError:
        if "." not in host or host.rpartition(".")[2] in _NAMES_INSIDE:
            raise Refused("blocked", "This host's name is not one of the public internet.") from None
    else:
        vet(host)
