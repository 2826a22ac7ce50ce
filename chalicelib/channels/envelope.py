"""What the receiving server says of a mail: to whom it came, and what it found out about it. Pure.

SES puts these headers on top of what it was sent, so of each name the first one counts and nothing below the
second Received does: whoever sends can write the others. What it adds: Return-Path, Received with the
envelope's recipient (`for acme@mail.example;`), X-SES-Spam-Verdict, X-SES-Virus-Verdict and
Authentication-Results (RFC 8601).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.accounts.emails import normalised

SERVER = "amazonses.com"
MAX_HEADER_BYTES = 64 * 1024

_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(r"\r?\n(?![ \t])")
_FOR = re.compile(r"\sfor\s+<?([^\s<>;]+@[^\s<>;]+)>?\s*;", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_VOUCHED = {
    "spf": re.compile(r"(?<!\S)(?:envelope-from|smtp\.mailfrom)=([^\s;]+)"),
    "dkim": re.compile(r"(?<!\S)header\.[id]=([^\s;]+)"),
    "dmarc": re.compile(r"(?<!\S)header\.from=([^\s;]+)"),
}
_RESULT = re.compile(r"(spf|dkim|dmarc)=([a-z]+)(?=\s|;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Envelope:
    """`return_path` is empty for a bounce, None where nothing says. `failed`: what the server warns of,
    `spam` or `virus`. `domains`: whose owner was shown to have sent this. `names_us`: whether it carries the
    header that only mails of this desk have."""

    recipient: str | None = None
    return_path: str | None = None
    failed: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    names_us: bool = False

    def proves(self, address: str) -> bool:
        """Whether the owner of the address's domain, or of one above it, sent this."""
        domain = address.rpartition("@")[2]
        return bool(domain) and any(domain == each or domain.endswith(f".{each}") for each in self.domains)


def read(raw: bytes) -> Envelope:
    """Of a mail as the server stored it. Never raises."""
    headers = list(_headers(raw))
    trusted = dict(reversed(_on_top(headers)))
    verdicts = {kind: trusted.get(f"x-ses-{kind}-verdict", "") for kind in ("spam", "virus")}
    found = _FOR.search(f" {trusted.get('received', '')};")
    path = trusted.get("return-path")
    return Envelope(
        recipient=normalised(found[1]) if found else None,
        return_path=None if path is None else normalised(path.strip().strip("<>")),
        failed=frozenset(kind for kind, verdict in verdicts.items() if verdict.strip().upper() == "FAIL"),
        domains=_authenticated(trusted.get("authentication-results", "")),
        names_us=any(name == "x-mesa-message-id" for name, _ in headers),
    )


def _headers(raw: bytes) -> Iterator[tuple[str, str]]:
    head = _END.split(raw[:MAX_HEADER_BYTES].lstrip(b"\r\n"), maxsplit=1)[0].decode("latin-1")
    for line in _LINE.split(head):
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), " ".join(value.split())


def _on_top(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the server added: up to the second Received."""
    places = [place for place, (name, _) in enumerate(headers) if name == "received"]
    return headers[: places[1]] if len(places) > 1 else headers


def _authenticated(results: str) -> frozenset[str]:
    """The domains that SPF, DKIM or DMARC vouch for. None where DMARC failed, nor where the text could have
    been written by who sent the mail: a quoted part, a comment within a comment, a result told twice."""
    server, _, told = results.partition(";")
    methods = [method.lower() for method, _ in _RESULT.findall(told)]
    said = _COMMENT.sub(" ", told)
    is_odd = any(sign in told for sign in '"\\') or any(sign in said for sign in "()")
    if server.strip().lower() != SERVER or is_odd or max(map(methods.count, ("spf", "dmarc"))) > 1:
        return frozenset()
    domains, part = set[str](), ""
    for piece in (each.strip().lower() for each in said.split(";")):
        if match := _RESULT.match(piece):
            part = match[1] if match[2] == "pass" else ""
            if (match[1], match[2]) == ("dmarc", "fail"):
                return frozenset()
        if part:
            domains.update(_domains(part, piece))
    return frozenset(domains)


def _domains(method: str, piece: str) -> Iterator[str]:
    """Of one part of a result that passed."""
    for value in _VOUCHED[method].findall(piece):
        if "." in (domain := value.rpartition("@")[2].strip("<>.")):
            yield domain
