"""One HTTP call to a stranger: resolved once and nowhere else, every address vetted, connected to a vetted
one alone (DNS rebinding), TLS checked against the name, no redirect followed, cut when it takes too long or
says too much. Standard library only: the egress function loads this."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from chalicelib.core.finite_reply import FiniteReply
from chalicelib.core.vetting import Refused, Target, target, vet

LONGEST_SECONDS = 15.0
CONNECT_SECONDS = 5.0
MOST_BYTES = 1024 * 1024
MOST_SENT = 1024 * 1024
USER_AGENT = "Mesa"
# What of an answer's header fields is told; all others are the stranger's own business.
TOLD_HEADERS = ("cache-control", "content-type", "retry-after")
# What frames the request or says where it goes is ours to write.
_FRAMING = ("connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade")
OWN_HEADERS = frozenset({"accept-encoding", "host", *_FRAMING})
METHODS = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Call:
    """`seconds` and `max_bytes` bound the answer; a longer one is refused, or `cut`."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = LONGEST_SECONDS
    max_bytes: int = MOST_BYTES
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Whatever was answered but a redirect; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(asked: Call, local_hosts: Collection[str] = ()) -> Answer:
    """Does it. Raises Refused: bad_url bad_request blocked unresolvable unreachable tls timeout too_large
    redirected broken."""
    deadline = time.monotonic() + min(max(asked.seconds, 0.1), LONGEST_SECONDS)
    wanted = target(asked.url, local_hosts)
    _check_request(asked)
    addresses = _resolve(wanted, deadline)
    for address in addresses:
        vet(address, is_local=wanted.is_local)
    raw = _connect(wanted, addresses, deadline)
    with _cut_at(raw, deadline) as is_cut:
        try:
            answer = _exchange(raw, wanted, asked)
        except ssl.SSLError:
            if is_cut():
                raise _too_slow() from None
            raise Refused("tls", "The host did not prove to be the one that it is called.") from None
        except (OSError, http.client.HTTPException, ValueError):
            if is_cut() or time.monotonic() >= deadline:
                raise _too_slow() from None
            raise Refused("broken", "The host's answer broke off or was no HTTP.") from None
        # What ends where the connection ends looks whole when it was cut.
        if is_cut():
            raise _too_slow()
        return answer


def _check_request(asked: Call) -> None:
    if asked.method not in METHODS:
        raise Refused("bad_request", f"Only {' and '.join(METHODS)} are called.")
    if asked.body is not None and len(asked.body) > MOST_SENT:
        raise Refused("bad_request", "That is more than is sent at once.")
    for name, value in asked.headers.items():
        if name.lower() in OWN_HEADERS or not _is_field(name, value):
            raise Refused("bad_request", "A header field of the call is not one that is sent.")


def _is_field(name: str, value: str) -> bool:
    token = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return token and value.isascii() and all(31 < ord(character) < 127 for character in value)


def _resolve(wanted: Target, deadline: float) -> list[str]:
    """Every address of the host, asked for once. The resolver knows no time-out, so a thread waits."""
    found: list[str] = []
    failed = threading.Event()

    def ask() -> None:
        try:
            told = socket.getaddrinfo(wanted.host, wanted.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            failed.set()
            return
        found.extend(dict.fromkeys(str(entry[4][0]) for entry in told))

    waiting = threading.Thread(target=ask, daemon=True)
    waiting.start()
    waiting.join(max(deadline - time.monotonic(), 0))
    if waiting.is_alive():
        raise _too_slow()
    if failed.is_set() or not found:
        raise Refused("unresolvable", "There is no host of this name.")
    return found


def _connect(wanted: Target, addresses: list[str], deadline: float) -> socket.socket:
    """A connection to the first of the vetted addresses that answers."""
    for address in addresses:
        seconds = min(deadline - time.monotonic(), CONNECT_SECONDS)
        if seconds <= 0:
            break
        raw = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        raw.settimeout(seconds)
        try:
            raw.connect((address, wanted.port))
        except OSError:
            raw.close()
        else:
            return raw
    raise Refused("unreachable", "The host does not answer.")


@contextmanager
def _cut_at(raw: socket.socket, deadline: float) -> Iterator[Callable[[], bool]]:
    """Shuts the connection down at the deadline, however slowly it drips; answers whether that happened."""
    # A second handle on it: the first is taken over by TLS, which may not be shut down from another thread.
    handle = raw.dup()
    was_cut = threading.Event()

    def cut() -> None:
        was_cut.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut.is_set
    finally:
        timer.cancel()
        timer.join()
        handle.close()
        raw.close()


def _exchange(raw: socket.socket, wanted: Target, asked: Call) -> Answer:
    raw.settimeout(LONGEST_SECONDS)
    connection = http.client.HTTPConnection(wanted.host, wanted.port)
    connection.response_class = FiniteReply
    if wanted.scheme == "https":
        connection.sock = _trusted().wrap_socket(raw, server_hostname=wanted.host)
    else:
        connection.sock = raw
    try:
        headers = {"User-Agent": USER_AGENT, **asked.headers, "Host": wanted.netloc, "Connection": "close"}
        headers["Accept-Encoding"] = "identity"
        connection.request(asked.method, wanted.at, asked.body, headers)
        return _heard(connection.getresponse(), asked)
    finally:
        connection.close()


def _heard(response: http.client.HTTPResponse, asked: Call) -> Answer:
    with response:
        if 300 <= response.status < 400:
            raise Refused("redirected", "The host sends its callers elsewhere, which nobody follows.")
        most = max(0, min(asked.max_bytes, MOST_BYTES))
        body = response.read(most + 1) if most else b""
        if len(body) > most and not asked.cut:
            raise Refused("too_large", "The host says more than is listened to.")
        if 0 < most >= len(body) and response.length:
            raise http.client.IncompleteRead(b"")
        told = {name: value for name in TOLD_HEADERS if (value := response.getheader(name)) is not None}
        return Answer(response.status, told, body[:most])


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _too_slow() -> Refused:
    return Refused("timeout", "The host took too long.")
