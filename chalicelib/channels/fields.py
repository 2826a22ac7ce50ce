"""The header of a mail or of one of its parts: fields, unfolded, and their parameters (RFC 5322, 2045, 2231).
Pure, linear, and bounded: whatever is beyond the limits is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from chalicelib.channels import decoding

MAX_BYTES = 262_144
MAX_BYTES_OF_PART = 8_192
MAX_LINES = 2_000
MAX_LINE = 65_536
MAX_PARAMETERS = 100
MAX_PARAMETER = 1_024

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_END = re.compile(rb"\n\r*\n")
_LEADING = re.compile(rb"[\r\n]*")
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,100})\s*/\s*([\w!#$&^.+-]{1,100})\s*", re.ASCII)
_COMMENT = re.compile(r"\([^()]*\)")
# What has encoded words in it, though RFC 2047 §5 forbids it.
_SPOKEN = ("name", "filename")
_SEGMENT = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?", re.ASCII)

Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Head:
    """The fields by their names in lower case, where the body begins, and whether some were left out."""

    fields: Fields
    body: int
    cut: bool = False

    def first(self, name: str) -> str:
        """The topmost field of this name, or an empty text."""
        return self.fields.get(name, ("",))[0]


def head(raw: bytes, start: int, end: int, *, top: bool = False) -> Head:
    """The header that begins at `start`. The first line that is of none begins the body, blank or not. `top`:
    it is the mail's own, which may be longer, and blank lines above it count for nothing."""
    found: list[tuple[str, list[bytes]]] = []
    here = _LEADING.match(raw, start, end).end() if top else start  # type: ignore[union-attr]
    most = MAX_BYTES if top else MAX_BYTES_OF_PART
    cut, last, longest = False, here + most, min(most, MAX_LINE)
    for _ in range(MAX_LINES):
        if here >= min(end, last):
            break
        feed = raw.find(b"\n", here, end)
        stop, after = (end, end) if feed < 0 else (feed, feed + 1)
        cut = cut or stop - here > longest
        line = raw[here : min(stop, here + longest)].rstrip(b"\r")
        if not line:
            return Head(_joined(found), after, cut)
        if name := _NAME.match(line):
            found.append((name[1].decode().lower(), [line[name.end() :]]))
        elif line[:1] in b" \t" and found:
            found[-1][1].append(line)
        elif not (line.startswith((b"From ", b">From ")) and not found):
            return Head(_joined(found), here, cut)
        here = after
    if here >= end:
        return Head(_joined(found), end, cut)
    blank = _END.search(raw, here - 1, end)
    return Head(_joined(found), blank.end() if blank else end, True)


def content_type(value: str) -> tuple[str | None, dict[str, str]]:
    """`type/subtype` in lower case, None where it is broken, and the parameters."""
    kind, parameters = with_parameters(value)
    match = _TYPE.fullmatch(_COMMENT.sub("", kind))
    return (f"{match[1]}/{match[2]}".lower() if match else None), parameters


def with_parameters(value: str) -> tuple[str, dict[str, str]]:
    """What stands before the first semicolon, and the parameters by their names in lower case, decoded."""
    first, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    parted: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, given in _assignments(rest):
        segment = _SEGMENT.fullmatch(name)
        if segment is None:
            said = decoding.words(given) if name in _SPOKEN else given
            plain.setdefault(name, decoding.line(said))
        else:
            encoded = segment[2] is None or bool(segment[3])
            parted.setdefault(segment[1], {}).setdefault(int(segment[2] or 0), (encoded, given))
    return first.strip(), plain | {name: _assembled(segments) for name, segments in parted.items()}


def _joined(found: list[tuple[str, list[bytes]]]) -> Fields:
    fields: dict[str, list[str]] = {}
    for name, parts in found:
        fields.setdefault(name, []).append(decoding.line(decoding.text_of(b"".join(parts)), MAX_LINE))
    return {name: tuple(values) for name, values in fields.items()}


def _assignments(text: str) -> list[tuple[str, str]]:
    """Each `name=value`, quotes and their escapes taken off. An open quote takes all that is left."""
    found: list[tuple[str, str]] = []
    here = 0
    while here < len(text) and len(found) < MAX_PARAMETERS:
        equals, semicolon = text.find("=", here), text.find(";", here)
        if equals < 0:
            break
        if 0 <= semicolon < equals:
            here = semicolon + 1
            continue
        name = text[here:equals].strip().lower()[:100]
        here = equals + 1
        while here < len(text) and text[here] == " ":
            here += 1
        if text[here : here + 1] == '"':
            value, here = _quoted(text, here + 1)
        else:
            value, here = text[here : _found(text, ";", here)].strip(), here
        here = _found(text, ";", here) + 1
        if name:
            found.append((name, value[:MAX_PARAMETER]))
    return found


def _quoted(text: str, start: int) -> tuple[str, int]:
    end = start
    while True:
        end = _found(text, '"', end)
        slashes = 0
        while end - slashes > start and text[end - slashes - 1] == "\\":
            slashes += 1
        # An odd number before it is an escape; one before a letter is a path of Windows.
        if end >= len(text) or slashes % 2 == 0:
            return text[start:end].replace('\\"', '"').replace("\\\\", "\\"), end + 1
        end += 1


def _found(text: str, sign: str, start: int) -> int:
    position = text.find(sign, start)
    return len(text) if position < 0 else position


def _assembled(segments: Mapping[int, tuple[bool, str]]) -> str:
    """A value that was sent in pieces, or with its charset (RFC 2231 §3, §4)."""
    charset, pieces = "", []
    for index in range(len(segments)):
        if index not in segments:
            break
        encoded, text = segments[index]
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        pieces.append(unquote_to_bytes(text) if encoded else text.encode())
    return decoding.line(decoding.text_of(b"".join(pieces), charset))
