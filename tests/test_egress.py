"""Calling strangers: never inside (53), never elsewhere than what was vetted (54), never on a detour (55),
never for long or for much (56); TLS proves the name."""

import contextlib
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chalicelib.core import outbound
from chalicelib.core.outbound import Call
from chalicelib.core.vetting import Refused, target, vet
from chalicelib.egress import egress, read
from tests.support.api import Context
from tests.support.for_each import for_each
from tests.support.stranger import Asked, Authority, Stranger, Told

LOCAL = frozenset({"127.0.0.1", "localhost"})
SECRET = b"the stranger's own words"


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    yield stranger
    stranger.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def trusting(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' CA is one that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    outbound._trusted.cache_clear()
    yield
    outbound._trusted.cache_clear()


def kind_of(asked: Call, local: frozenset[str] = LOCAL) -> str:
    """Why a call is refused."""
    with pytest.raises(Refused) as refused:
        outbound.call(asked, local)
    assert SECRET.decode() not in str(refused.value)
    return refused.value.kind


def get(url: str, **options: Any) -> Call:
    return Call("GET", url, **options)


@contextmanager
def replying(*pieces: bytes, more: Iterable[bytes] = ()) -> Iterator[str]:
    """A server that says this to whoever comes first, byte by byte as it stands here; its address."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            connection.recv(65_536)
            for piece in chain(pieces, more):
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = Thread(target=serve, daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        serving.join(10)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The resolver answers with these addresses, one list after the other; returns what was asked."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)
    return asked


class TestCase53:
    @for_each(
        "address",
        [
            *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9"),
            *("169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1"),
            *("192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
            *("239.255.255.255", "240.0.0.1", "255.255.255.255"),
            *("::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1"),
            *("64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c:0:fbff:fffe:0"),
            *(
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
            ),
            *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::5efe:10.0.0.1"),
        ],
    )
    def test_an_address_that_leads_inside_is_blocked(self, address: str) -> None:
        with pytest.raises(Refused) as refused:
            vet(address)
        assert refused.value.kind == "blocked"

    @pytest.mark.parametrize(
        "address",
        ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700:4700::1111"],
    )
    def test_one_of_the_public_internet_is_not(self, address: str) -> None:
        vet(address)

    @for_each(
        "host",
        [
            *("2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1"),
            *("127.0.0.01", "1.2.3.4.5", "999.1.1.1", "example.0x1", "0"),
        ],
    )
    def test_a_number_that_some_resolver_reads_as_an_address_is_blocked(self, host: str) -> None:
        assert kind_of(get(f"https://{host}/"), frozenset()) in ("blocked", "bad_url")

    @for_each(
        "url",
        [
            "https://user@example.org/",
            "https://user:word@example.org/",
            "https://example.org@127.0.0.1/",
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "https:///path",
            "https://",
            "example.org",
            "",
            "https://exa mple.org/",
            "https://example.org/\r\nHost: inside",
            "https://example.org\\@127.0.0.1/",
            "https://example.org/#fragment",
            "https://example.org:99999/",
            "https://example.org:x/",
            "https://%31%32%37.0.0.1/",
            "https://１２７.0.0.1/",
            "https://bücher.example/",
            "https://[::1%25lo]/",
            "https://[::1/",
            "https://a..b/",
            "https://-a.example/",
            "https://example.org/" + "a" * 5000,
        ],
    )
    def test_what_is_no_plain_https_url_is_refused(self, url: str) -> None:
        assert kind_of(get(url)) == "bad_url"

    @pytest.mark.parametrize("port", [1, 22, 25, 80, 445, 1023])
    def test_ports_of_other_services_are_blocked(self, port: int) -> None:
        assert kind_of(get(f"https://example.org:{port}/")) == "blocked"

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "localhost", "db.internal", "router"],
    )
    def test_a_url_of_this_machine_or_its_network_is_blocked(self, host: str) -> None:
        assert kind_of(get(f"https://{host}/latest/meta-data/"), frozenset()) == "blocked"

    def test_one_private_address_among_public_ones_blocks_them_all(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolving(monkeypatch, ["8.8.8.8", "10.0.0.1"])
        assert kind_of(get("https://example.org/")) == "blocked"

    def test_a_local_host_is_loopback_and_nothing_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving(monkeypatch, ["8.8.8.8"])
        assert kind_of(get("http://localhost:8000/")) == "blocked"


class TestCase54:
    def test_what_is_called_is_what_was_vetted_whatever_the_name_says_next(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger.says("/", b"hello")
        asked = resolving(monkeypatch, ["127.0.0.1"], ["8.8.8.8"])
        local = frozenset({"rebound.example"})

        answer = outbound.call(get(f"http://rebound.example:{stranger.port}/"), local)

        assert answer.body == b"hello"
        assert asked == ["rebound.example"]
        assert stranger.heard[0].headers["host"] == f"rebound.example:{stranger.port}"

    def test_a_name_that_turns_inward_is_blocked_before_anything_is_sent(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolving(monkeypatch, ["127.0.0.1"])

        assert kind_of(get(f"https://rebound.example:{stranger.port}/")) == "blocked"
        assert stranger.heard == []

    def test_the_connection_goes_to_an_address_and_no_name(
        self, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger.says("/", b"hello")
        called: list[Any] = []

        class Watched(socket.socket):
            def connect(self, address: Any) -> None:
                called.append(address)
                super().connect(address)

        monkeypatch.setattr(outbound.socket, "socket", Watched)
        outbound.call(get(f"http://localhost:{stranger.port}/"), LOCAL)

        assert {host for host, _ in called} <= {"127.0.0.1", "::1"}


class TestCase55:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_a_failure_and_not_followed(self, stranger: Stranger, status: int) -> None:
        stranger.says("/", SECRET, status, Location=f"{stranger.url}/inside")
        stranger.says("/inside", SECRET)

        assert kind_of(get(f"{stranger.url}/")) == "redirected"
        assert [each.path for each in stranger.heard] == ["/"]


class TestCase56:
    def slow(self, stranger: Stranger, **told: Any) -> list[int]:
        """Gets longer with each byte that it said."""
        said: list[int] = []

        def drip(handler: BaseHTTPRequestHandler) -> None:
            for number in range(200):
                said.append(number)
                handler.wfile.write(b"s")
                time.sleep(0.05)

        stranger.routes["/"] = lambda _: Told(then=drip, **told)
        return said

    @pytest.mark.parametrize("headers", [{}, {"Content-Length": "200"}], ids=["open end", "announced"])
    def test_a_reply_that_drips_is_cut_at_the_deadline(
        self, stranger: Stranger, headers: dict[str, str]
    ) -> None:
        said = self.slow(stranger, headers=headers, body=SECRET)

        assert kind_of(get(f"{stranger.url}/", seconds=0.4)) == "timeout"
        assert len(said) < 200

    def test_header_fields_that_never_end_are_cut(self, stranger: Stranger) -> None:
        def drip(asked: Asked) -> Told:
            handler = stranger.serving
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                handler.wfile.write(b"X")
                handler.wfile.flush()
                time.sleep(0.05)
            return Told()

        stranger.routes["/"] = drip

        assert kind_of(get(f"{stranger.url}/", seconds=0.3)) == "timeout"

    @pytest.mark.parametrize("headers", [{}, {"Content-Length": "99999999"}])
    def test_a_huge_reply_is_cut_at_the_cap(self, stranger: Stranger, headers: dict[str, str]) -> None:
        def flood(handler: BaseHTTPRequestHandler) -> None:
            for _ in range(200):
                handler.wfile.write(SECRET * 1000)

        stranger.routes["/"] = lambda _: Told(headers=headers, then=flood)

        assert kind_of(get(f"{stranger.url}/", max_bytes=10_000)) == "too_large"

    @for_each(
        "reply, kind",
        [
            (b"", "broken"),
            (b"\x16\x03\x01\x02\x00\x01", "broken"),
            (b"ICY 200 OK\r\n\r\n", "broken"),
            (b"HTTP/1.1 99 x\r\n\r\n", "broken"),
            (b"HTTP/1.1 1000 x\r\n\r\n", "broken"),
            (b"HTTP/1.1 2OO OK\r\n\r\n", "broken"),
            (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200, "broken"),
            (b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000, "broken"),
            (b"HTTP/1.1 200 " + b"x" * 100_000, "broken"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broken"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "broken"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 70_000, "broken"),
            (b"HTTP/1.1 300 Choose\r\n\r\n", "redirected"),
            (b"HTTP/1.1 304 Not Modified\r\n\r\n", "redirected"),
            (b"HTTP/1.1 399 x\r\nLocation: http://10.0.0.1/\r\n\r\n", "redirected"),
        ],
        ids=lambda case: str(case)[:50],
    )
    def test_a_reply_that_is_none_is_told_by_a_word(self, reply: bytes, kind: str) -> None:
        with replying(reply) as url:
            assert kind_of(get(url, seconds=2)) == kind

    @pytest.mark.parametrize("again", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100\r\na: b\r\n\r\n"])
    def test_one_that_never_comes_to_the_point_is_cut(self, again: bytes) -> None:
        with replying(*[again] * 200_000) as url:
            assert kind_of(get(url, seconds=0.4)) in ("timeout", "broken")

    def test_chunks_of_no_size_there_is_are_not_read_to_their_end(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"
        sent = [0]

        def flood() -> Iterator[bytes]:
            yield head
            for _ in range(200):
                sent[0] += 1_000_000
                yield b"x" * 1_000_000

        with replying(more=flood()) as url:
            assert kind_of(get(url, max_bytes=1024, cut=True, seconds=5)) == "broken"
        assert sent[0] < 50_000_000

    def test_nobody_asks_for_more_time_or_more_words_than_there_are(self) -> None:
        asked = read({"url": "https://example.org", "seconds": 10**9, "max_bytes": 10**9})

        assert min(asked.seconds, outbound.LONGEST_SECONDS) == 15
        assert min(asked.max_bytes, outbound.MOST_BYTES) == 1024 * 1024

    def test_a_reply_that_breaks_off_is_no_reply(self, stranger: Stranger) -> None:
        stranger.routes["/"] = lambda _: Told(
            headers={"Content-Length": "500"}, body=SECRET, then=lambda _: None
        )
        assert kind_of(get(f"{stranger.url}/")) == "broken"

    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_of_an_answer_only_three_header_fields_are_told(self, stranger: Stranger, status: int) -> None:
        stranger.says("/", b"{}", status, Content_Type="application/json", Set_Cookie="a=b", X_Inside="yes")

        answer = outbound.call(get(f"{stranger.url}/"), LOCAL)

        assert (answer.status, answer.headers) == (status, {"content-type": "application/json"})

    def test_a_resolver_that_hangs_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
        assert kind_of(get("https://example.org/", seconds=0.2)) == "timeout"

    def test_a_host_without_an_address_and_one_that_does_not_listen(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        assert kind_of(get(f"http://127.0.0.1:{port}/")) == "unreachable"

        def nobody(*_: object, **__: object) -> None:
            raise socket.gaierror("no such host")

        monkeypatch.setattr(outbound.socket, "getaddrinfo", nobody)
        assert kind_of(get("https://nowhere.example/")) == "unresolvable"


@pytest.mark.usefixtures("trusting")
class TestTls:
    def test_a_host_that_proves_its_name_is_called(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger = Stranger(authority.server("provider.example"))
        resolving(monkeypatch, ["127.0.0.1"])
        stranger.says("/", b"hello")
        try:
            url = f"https://provider.example:{stranger.port}/"
            assert outbound.call(get(url), frozenset({"provider.example"})).body == b"hello"
        finally:
            stranger.stop()

    @pytest.mark.parametrize("certified", ["another.example", "example"])
    def test_one_that_proves_another_name_is_not(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch, certified: str
    ) -> None:
        stranger = Stranger(authority.server(certified))
        resolving(monkeypatch, ["127.0.0.1"])
        try:
            url = f"https://provider.example:{stranger.port}/"
            assert kind_of(get(url), frozenset({"provider.example"})) == "tls"
            assert stranger.heard == []
        finally:
            stranger.stop()

    def test_one_whose_authority_nobody_knows_is_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger = Stranger(Authority(tmp_path).server("127.0.0.1"))
        try:
            assert kind_of(get(stranger.url)) == "tls"
        finally:
            stranger.stop()


class TestRequests:
    def test_what_is_asked_goes_out_as_it_is(self, stranger: Stranger) -> None:
        stranger.says("/token", b"{}")
        asked = Call("POST", f"{stranger.url}/token?a=1", {"Authorization": "Basic eA=="}, b"grant_type=x")

        outbound.call(asked, LOCAL)

        (heard,) = stranger.heard
        assert (heard.method, heard.path, heard.query, heard.body) == (
            "POST",
            "/token",
            "a=1",
            b"grant_type=x",
        )
        assert heard.headers["authorization"] == "Basic eA=="
        assert heard.headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "inside"},
            {"transfer-encoding": "chunked"},
            {"Content-Length": "5"},
            {"X-A": "a\r\nHost: inside"},
            {"X A": "a"},
            {"X:A": "a"},
            {"": "a"},
            {"X-A": "ü"},
        ],
    )
    def test_header_fields_that_frame_or_break_a_request_are_refused(
        self, stranger: Stranger, headers: dict[str, str]
    ) -> None:
        assert kind_of(get(f"{stranger.url}/", headers=headers)) == "bad_request"
        assert stranger.heard == []

    @pytest.mark.parametrize("method", ["DELETE", "get", "CONNECT", "GET /x HTTP/1.1\r\nA:"])
    def test_only_get_and_post_are_called(self, method: str) -> None:
        assert kind_of(Call(method, "https://example.org/")) == "bad_request"

    def test_more_than_a_megabyte_is_not_sent(self) -> None:
        assert kind_of(Call("POST", "https://example.org/", body=b"a" * (1024 * 1024 + 1))) == "bad_request"

    def test_a_url_says_where_it_leads(self) -> None:
        assert target("https://Example.ORG/a/b?c=d").netloc == "example.org"
        assert target("https://example.org:8443?c=d").at == "/?c=d"
        assert target("https://[2606:4700::1]:8443/").netloc == "[2606:4700::1]:8443"


@pytest.mark.usefixtures("stage")
class TestFunction:
    def test_it_answers_what_it_hears(self, stranger: Stranger) -> None:
        stranger.says("/", b"\x00hello", Content_Type="text/plain")

        answer = egress({"method": "GET", "url": f"{stranger.url}/"}, Context())

        assert answer == {"status": 200, "headers": {"content-type": "text/plain"}, "body": "AGhlbGxv"}

    @pytest.mark.parametrize(
        ("event", "kind"),
        [
            ({}, "bad_request"),
            ({"url": 7}, "bad_request"),
            ({"url": "https://example.org", "headers": {"a": 1}}, "bad_request"),
            ({"url": "https://example.org", "headers": []}, "bad_request"),
            ({"url": "https://example.org", "body": {"a": 1}}, "bad_request"),
            ({"url": "https://example.org", "seconds": "long"}, "bad_request"),
            ({"url": "https://example.org", "max_bytes": 1.5}, "bad_request"),
            ({"url": "https://169.254.169.254/"}, "blocked"),
        ],
    )
    def test_what_it_does_not_do_is_an_answer_too(self, event: dict[str, Any], kind: str) -> None:
        answer = egress(event, Context())

        assert answer["refused"] == kind
        assert answer["detail"].endswith(".")

    def test_neither_url_nor_words_of_an_answer_come_into_the_log(
        self, stranger: Stranger, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stranger.says("/", SECRET, 302, Location="/elsewhere")

        answer = egress({"url": f"{stranger.url}/?token=abc"}, Context())

        told = caplog.text + capsys.readouterr().out + json.dumps(answer)
        assert answer["refused"] == "redirected"
        assert "token=abc" not in told
        assert SECRET.decode() not in told
