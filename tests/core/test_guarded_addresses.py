"""The guard's table of addresses: however one that leads inside is spelt, nobody is called (53), and a name
that turns inward is not either (54). The resolver here is the worst there is: it reads any spelling as what
its author hopes for."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import outbound
from chalicelib.core.outbound import Call
from chalicelib.core.vetting import Refused, is_public, target, vet
from tests.support.for_each import for_each

LOOPBACK = (
    *("127.0.0.1", "127.0.0.2", "127.1.1.1", "127.255.255.254", "127.000.000.001", "127.0.0.01"),
    *("127.1", "127.0.1", "127.0.0.1.", "127.0.0.1..", "127.1.", "0", "0.0.0.0", "0.0", "0.0.0", "00"),
    *("2130706433", "2130706434", "02130706433", "2130706433.", "4294967295", "4294967296", "99999999999"),
    *("017700000001", "0177.0.0.1", "0177.0.0.01", "0177.1", "0177.0x0.0.1", "00000177.0.0.1", "0o177.0.0.1"),
    *("0x7f000001", "0X7F000001", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0x7f.1", "0x7F.1", "0x0000007f.1"),
    *("0x7f000001.", "127.0x1", "127.0.0x1", "0x", "0x0", "1.2.3.0x4", "127.0.0.1.0", "1.127.0.0.1"),
    *("127.0.0.256", "127.0.0.-1", "127.0.0.1e0", "127.0.0.1_0", "-127.0.0.1", "+127.0.0.1", "127..0.1"),
    *("localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost.localdomain", "ip6-localhost"),
    *("ip6-loopback", "foo.localhost", "localhost6", "kubernetes.default.svc", "host.docker.internal"),
    *("127.0.0.1.nip.io", "7f000001.sslip.io", "lvh.me", "localtest.me", "spoofed.burpcollaborator.net"),
)
PRIVATE = (
    *("10.0.0.1", "10.255.255.255", "10.1", "012.0.0.1", "0xa.0.0.1", "0x0a000001", "167772161"),
    *("172.16.0.1", "172.31.255.255", "172.16.1", "0xac100001", "2886729729", "0254.020.0.1"),
    *("192.168.0.1", "192.168.1", "192.168.257", "0xc0a80001", "3232235521", "0300.0250.0.1"),
    *("169.254.169.254", "169.254.170.2", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.43518"),
    *("0xa9.0xfe.0xa9.0xfe", "169.254.169.254.", "0251.254.169.254", "169.0xfe.0xa9fe", "425.510.425.510"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("239.255.255.250", "240.0.0.1", "255.255.255.255", "0.0.0.1", "0.1.2.3"),
    *("metadata.google.internal", "metadata", "instance-data", "metadata.azure.com", "rancher-metadata"),
)
IPV6 = (
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0001]"),
    *("[0::1]", "[::1%25lo]", "[::1%lo]", "[::1%251]", "[::%250]", "[fe80::1]", "[fe80::1%25eth0]"),
    *("[febf::1]", "[fc00::1]", "[fd00::1]", "[fdff::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]"),
    *("[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:0:127.0.0.1]"),
    *("[::127.0.0.1]", "[::7f00:1]", "[::10.0.0.1]", "[::169.254.169.254]", "[::ffff:8.8.8.8]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]"),
    *("[64:ff9b:1::1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2002:a00:1::]"),
    *("[2002:a9fe:a9fe::]", "[2002:c0a8:1::]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:0:53aa:64c::1]"),
    *("[2001:10::1]", "[2001:20::1]", "[2001:db8::1]", "[100::1]", "[3fff::1]", "[5f00::1]", "[1::1]"),
    *("[::1", "::1]", "[]", "[1]", "[::g]", "[127.0.0.1]", "[v1.x]", "[::1]x", "[::1].example.org"),
)
UNICODE = (
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "١٢٧.٠.٠.١"),
    *(
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "ｌｏｃａｌｈｏｓｔ",
        "loc\u00adalhost",
        "local\u200bhost",
        "localhoſt",
        "xn--",
        "xn--a.xn--",
    ),
    *("bücher.example", "127.0.0.1\u3002", "\u202e1.0.0.721", "lоcalhost", "％3127.0.0.1"),
)
ODDITIES = (
    *("user@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1@example.org", "user:word@10.0.0.1", "@10.0.0.1"),
    *("example.org#@127.0.0.1", "example.org\\@127.0.0.1", "127.0.0.1\\.example.org", "127.0.0.1%2eexample"),
    *(
        "127.0.0.1%00.example.org",
        "127.0.0.1\x00",
        "127.0.0.1\t",
        "127.0.0.1\n",
        " 127.0.0.1",
        "127.0.0.1\r\nX: y",
    ),
    *("%31%32%37.0.0.1", "%6c%6f%63%61%6c%68%6f%73%74", "example.org:22", "example.org:25", "example.org:80"),
    *(
        "example.org:0",
        "example.org:65536",
        "example.org:-1",
        "example.org:4e3",
        "example.org:",
        "example.org:443:22",
    ),
    *("127.0.0.1:443", "127.0.0.1:8443", "[::1]:8443", "localhost:6379", "", ".", "..", "a..b", "-a.example"),
    *(
        "a-.example",
        "_sip.example",
        "a" * 64 + ".example",
        ("a" * 60 + ".") * 5 + "example",
        "*",
        "*.example.org",
    ),
    *(
        "example.org,127.0.0.1",
        "127.0.0.1;example.org",
        "127.0.0.1?",
        "127.0.0.1&@example.org",
        "$HOME",
        "{host}",
    ),
)
TUNNELS = (
    *("[2606:4700::5efe:10.0.0.1]", "[2606:4700::5efe:7f00:1]", "[2606:4700::200:5efe:169.254.169.254]"),
    *("[2a00:1450:4001::5efe:c0a8:101]", "[2a00:1450:4001:0:200:5efe:a9fe:a9fe]", "[::ffff:0:7f00:1]"),
    *(
        "[::ffff:0:0:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "[0:0:0:0:0:0:127.0.0.1]",
        "[64:ff9b:0::7f00:1]",
    ),
    *("[64:ff9b::169.254.169.254]", "[0064:ff9b:0000::7f00:0001]", "[64:ff9b:1:ffff::10.0.0.1]"),
    *("[2002:7F00:0001::]", "[2002:a9fe:a9fe::a9fe:a9fe]", "[2002:ac10:1::]", "[2002:6440:1::1]"),
    *("[2001::7f00:1]", "[2001:0000:4136:e378:8000:63bf:3fff:fdd2]", "[2001:2::1]", "[2001:1ff::1]"),
    *("[ff01::1]", "[ff05::1:3]", "[fe80::5efe:10.0.0.1]", "[fd12:3456:789a::1]", "[fe80:0:0:0:0:0:0:1]"),
    *("[::fffe:127.0.0.1]", "[0:0:0:0:0:0:0:0]", "[2620:4f:8000::1]", "[4000::1]", "[e000::1]"),
)
NAMES_INSIDE = (
    *("db.internal", "ip-10-0-0-1.ec2.internal", "printer.local", "a.b.localhost", "x.localdomain", "router"),
    *("vpce-1.internal", "LOCALHOST.LocalDomain", "intranet", "db", "a", "metadata.google.INTERNAL"),
)
MORE_NUMBERS = (
    *("168.63.129.16", "0xa83f8110", "0250.077.0201.020", "192.31.196.1", "192.52.193.1", "192.175.48.1"),
    *("0x7f.0.0.0x1", "0x7f000001.0x0", "127.0.0.0x01", "0x00000000000000007f000001", "127.0.0.1.0x0"),
    *(
        "0x7F.0X0.0x0.1",
        "0177.0000.0000.0001",
        "00000000000000000000000000000177.0.0.1",
        "127.0x0.1",
        "127.0.1.0x",
    ),
    *("0b1111111.0.0.1", "1e1.0.0.1", "127.0.0.1e", "127.0.0.٠", "127,0,0,1", "127_0_0_1", "127.0.0.1/8"),
    *("0.0.0.0.0", "256.256.256.256", "10.0.0.1.", "169.254.169.254..", "18446744073709551617", "0x1.0x2"),
)
SPELLINGS = (*LOOPBACK, *PRIVATE, *IPV6, *UNICODE, *ODDITIES, *TUNNELS, *NAMES_INSIDE, *MORE_NUMBERS)
INSIDE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "::ffff:10.0.0.1")


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that somebody connects to. The resolver takes any name for this machine."""
    made: list[Any] = []

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:
            made.append(address)
            raise OSError("nobody is called here")

    def hopeful(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", hopeful)
    monkeypatch.setattr(outbound.socket, "socket", Watched)
    return made


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 150


@for_each("spelling", SPELLINGS, ascii)
def test_case_53_no_spelling_leads_inside(spelling: str, connections: list[Any]) -> None:
    with pytest.raises(Refused) as refused:
        outbound.call(Call("POST", f"https://{spelling}/latest/meta-data", body=b"{}"))
    assert refused.value.kind in ("blocked", "bad_url")
    assert connections == []


@for_each("spelling", SPELLINGS, ascii)
def test_case_53_what_may_be_called_on_a_laptop_opens_no_other_door(
    spelling: str, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A local host is its own spelling, and its address loopback: nothing else is let in by it."""

    def honest(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", honest)
    with pytest.raises(Refused):
        outbound.call(Call("POST", f"http://{spelling}/"), frozenset({"127.0.0.1", "localhost"}))
    assert connections == []


@for_each("inside", INSIDE)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_case_54_one_address_inside_among_those_of_a_name_has_none_of_them_called(
    inside: str, place: int, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ["8.8.8.8", "1.1.1.1"]
    found.insert(place, inside)

    def both(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", both)
    with pytest.raises(Refused) as refused:
        outbound.call(Call("GET", "https://hooks.acme.example/"))
    assert refused.value.kind == "blocked"
    assert connections == []


def test_case_54_the_connection_goes_to_what_was_vetted_whatever_the_name_says_next(
    connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])

    def turning(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in next(answers)]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", turning)
    with pytest.raises(Refused):
        outbound.call(Call("GET", "https://rebound.example/"))
    assert connections == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.acme.example/",
        "https://hooks.acme.example:8443/a?b=c",
        "https://HOOKS.acme.example/",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://168.63.129.17/",
        "https://[2606:4700:4700::1111]/",
        "https://[2606:4700::5efe:8.8.8.8]/",
        "https://internal.acme.example/",
        "https://localhost.acme.example/",
    ],
)
def test_what_is_on_the_public_internet_passes(url: str) -> None:
    assert target(url).scheme == "https"
    for address in ("8.8.8.8", "2606:4700:4700::1111"):
        vet(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6, network="2000::/3") | st.ip_addresses(v=6))
def test_case_53_what_passes_is_global_by_the_library_too(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address) or address.is_global


@given(
    st.sampled_from(
        [IPv4Network(each) for each in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8")]
    ),
    st.data(),
)
def test_case_53_no_address_carries_one_from_inside(network: IPv4Network, data: st.DataObject) -> None:
    inside = data.draw(st.ip_addresses(network=network))
    word = f"{int(inside) >> 16:x}:{int(inside) & 0xFFFF:x}"
    flipped = f"{~int(inside) >> 16 & 0xFFFF:x}:{~int(inside) & 0xFFFF:x}"  # as Teredo hides it
    carriers = (
        *(f"::ffff:{inside}", f"::ffff:0:{word}", f"::{inside}", f"64:ff9b::{inside}", f"64:ff9b:1::{word}"),
        *(f"2002:{word}::1", f"2001:0:{word}::1", f"2001:0:1:1:0:0:{flipped}", f"2606:4700::5efe:{inside}"),
    )
    for carrier in (*carriers, str(inside)):
        with pytest.raises(Refused):
            vet(carrier)
        with pytest.raises(Refused):
            target(f"https://[{carrier}]/" if ":" in carrier else f"https://{carrier}/")
