"""A mail taken apart into its parts (RFC 2046), without copying it. Pure.

Not by the standard library: its parser walks each line through every open part and descends by recursion
(CPython issues 136063, 103800, 151857), so a small mail can hold it for minutes or make it raise. Here every
level is searched for its one boundary, and levels, parts and false boundaries are counted.
"""

import re
from binascii import Error, a2b_qp, a2b_uu
from dataclasses import dataclass, field

from chalicelib.channels import decoding, fields
from chalicelib.channels.fields import Head

MAX_DEPTH = 20
MAX_PARTS = 500
# Lines that begin as a boundary does and are none.
MAX_MISSES = 10_000

_BOUNDARY_END = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")
_LOOKS_LIKE_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{0,199}?)[ \t]*\r*\n")
# Space that a relay has put behind a soft break (RFC 2045 §6.7, rule 3).
_PADDED = re.compile(rb"=[ \t]+(?=\r?\n)")
_TOKEN = re.compile(r"[\w-]+", re.ASCII)


@dataclass(slots=True)
class Part:
    """One part: its header, what it says of itself, where its body stands, and the parts inside.
    `content_type` is None where it is broken."""

    head: Head
    content_type: str | None
    parameters: dict[str, str]
    disposition: str
    filename: str
    end: int
    children: list["Part"] = field(default_factory=list)

    @property
    def subtype(self) -> str:
        """The subtype of a multipart that has parts, else an empty text."""
        return (self.content_type or "").removeprefix("multipart/") if self.children else ""


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS
    misses: int = MAX_MISSES
    cut: bool = False


def take_apart(raw: bytes) -> tuple[Part, bool]:
    """The whole mail as a part, and whether some of it is beyond the limits and left out."""
    budget = _Budget()
    root = _part(raw, 0, len(raw), 0, "text/plain", budget)
    return root, budget.cut


def content(raw: bytes, part: Part) -> bytes:
    """The body of a part without its transfer encoding; what is broken in that is passed over."""
    body = memoryview(raw)[part.head.body : part.end]
    named = _TOKEN.search(part.head.first("content-transfer-encoding").lower())
    encoding = named[0] if named else ""
    if encoding == "base64":
        return decoding.base64(body)
    if encoding == "quoted-printable":
        return a2b_qp(_PADDED.sub(b"=", body))
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecoded(bytes(body))
    return bytes(body)


def _part(raw: bytes, start: int, end: int, depth: int, default: str, budget: _Budget) -> Part:
    budget.parts -= 1
    head = fields.head(raw, start, end, top=depth == 0)
    budget.cut = budget.cut or head.cut
    said = head.first("content-type") if "content-type" in head.fields else default
    kind, parameters = fields.content_type(said)
    disposition, naming = fields.with_parameters(head.first("content-disposition"))
    part = Part(head, kind, parameters, disposition.lower(), naming.get("filename", ""), end)
    if kind is not None and kind.startswith("multipart/"):
        inside = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        for first, last in _bodies(raw, part, depth, budget):
            part.children.append(_part(raw, first, last, depth + 1, inside, budget))
    return part


def _bodies(raw: bytes, part: Part, depth: int, budget: _Budget) -> list[tuple[int, int]]:
    """Where the parts inside a multipart begin and end; none where it has no boundary at all."""
    if depth >= MAX_DEPTH or budget.parts <= 0:
        budget.cut = True
        return []
    boundary = part.parameters.get("boundary", "").encode()
    found = _between(raw, boundary, part.head.body, part.end, budget) if boundary else []
    if not found:
        guess = _LOOKS_LIKE_BOUNDARY.search(raw[part.head.body : min(part.end, part.head.body + 65_536)])
        if guess and guess[1] != boundary:
            found = _between(raw, guess[1], part.head.body, part.end, budget)
    return found


def _between(raw: bytes, boundary: bytes, start: int, end: int, budget: _Budget) -> list[tuple[int, int]]:
    line = b"\n--" + boundary
    found: list[tuple[int, int]] = []
    opened = None
    # The line break before a boundary belongs to it, and before the first one may have ended the header.
    here = start - 1 if start and raw[start - 1 : start] == b"\n" else start
    while (here := raw.find(line, here, end)) >= 0:
        after = _BOUNDARY_END.match(raw, here + len(line), end)
        if after is None:
            budget.misses -= 1
            if budget.misses < 0:
                budget.cut = True
                break
            here += len(line)
            continue
        if opened is not None:
            found.append((opened, max(opened, here - 1 if raw[here - 1 : here] == b"\r" else here)))
        if after[1]:
            return found
        if len(found) >= budget.parts:
            budget.cut = True
            return found
        # The break that ends this line may begin the next boundary.
        opened, here = after.end(), after.end() - 1
    return [*found, (opened, end)] if opened is not None else found


def _uudecoded(body: bytes) -> bytes:
    found = []
    for line in body.partition(b"begin ")[2].splitlines()[1:]:
        if line.strip() == b"end":
            break
        try:
            found.append(a2b_uu(line))
        except Error:
            # Some encoders add signs at the end of a line: its first sign says how many count.
            try:
                found.append(a2b_uu(line[: 1 + 4 * ((((line[0] - 32) & 63) + 2) // 3)]))
            except (Error, IndexError):
                continue
    return b"".join(found)
