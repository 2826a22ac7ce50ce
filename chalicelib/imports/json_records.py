"""Rows of a JSON file, one by one, whatever its length: one object a line, or the objects of a list. Pure.

A list is cut into its objects by their brackets, and each object read by itself: one that is broken within
its brackets is told and passed over. Memory is bounded by the longest row that is taken.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from chalicelib.imports.shapes import Record, Unfit, Unsound

MAX_ROW = 16 * 1024 * 1024
CHUNK = 256 * 1024
# The lists whose objects are tickets, and those that say who and what their ids mean.
TICKETS = frozenset({"tickets", "helpdesk_tickets", "results"})
BESIDE = frozenset({"users", "groups", "organizations", "ticket_fields", "agents", "contacts"})

# Groups that may end in the midst are not possessive: before 3.11.5 Python does not go back to where such a
# one began (CPython issue 106052).
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],]', re.S)
# Up to the next bracket, whatever texts stand before it.
_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*([{}\[\]])', re.S)
_OPENED = re.compile(rb'\s*\{\s*(?:"[^"\\]*"\s*:\s*\[\s*)?')
_UNKEPT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
# Counts and cursors may stand before the first list.
_PLAIN = rb'(?:"[^"\\]*+"\s*+:\s*+(?:"(?:[^"\\]|\\.)*+"|[-+.\w]++)\s*+,\s*+)*'
_NAMED = "|".join(sorted(TICKETS | BESIDE)).encode()
_LISTED = re.compile(rb'\s*+\{\s*+%s"(?:%s)"\s*+:\s*+\[' % (_PLAIN, _NAMED))


def is_nested(opening: bytes) -> bool:
    """Whether a file that begins so is a list, or has lists, of objects; else it has one object a line."""
    first, broken, _ = opening.partition(b"\n")
    if opening.lstrip()[:1] == b"[" or _LISTED.match(opening) or (broken and _OPENED.fullmatch(first)):
        return True
    said = _parsed(first)
    return isinstance(said, dict) and bool((TICKETS | BESIDE) & said.keys())


def lines(file: IO[bytes], after: tuple[int, int, int] = (0, 0, 0)) -> Iterator[Record]:
    """Rows of one object a line. `after`: row, line and byte that were read last."""
    number, line, end = after
    while raw := file.readline(MAX_ROW + 1):
        line, end = line + 1, end + len(raw)
        is_long = len(raw) > MAX_ROW
        while is_long and raw and not raw.endswith(b"\n"):
            raw = file.readline(CHUNK)
            end += len(raw)
        if is_long:
            number += 1
            yield Record(number, line, end, _too_long())
        elif raw.strip():
            number += 1
            yield Record(number, line, end, read(raw.removeprefix(b"\xef\xbb\xbf")))


def read(raw: bytes) -> Mapping[str, Any] | Unfit:
    """An object, or why it is none."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError:
        return Unfit("not_utf8", "The row is not in UTF-8.")
    except (ValueError, RecursionError):
        return Unfit("malformed", "The row is no JSON, or nested too deep.")
    if not isinstance(value, dict):
        return Unfit("malformed", "The row is no JSON object.")
    cleaned: Mapping[str, Any] = _cleaned(value) if _UNKEPT.search(raw) else value
    return cleaned


class Lists:
    """The objects of a file's lists, with the name of the list, "" where the file is one."""

    def __init__(
        self, file: IO[bytes], wanted: frozenset[str], state: Mapping[str, Any] | None = None
    ) -> None:
        """`state`: where an earlier one was after a record, with the file as it is from there on."""
        self.file = file
        self.wanted = wanted
        # `before`: the bytes that are no longer in the buffer; `line`: the one at `counted`. From `kept` on
        # the buffer stays, else from `here` on.
        self.buffer, self.here, self.before = b"", 0, 0
        self.line, self.counted = 1, 0
        self.kept: int | None = None
        self.depth, self.key, self.number = 0, "", 0
        self.inside: str | None = None
        if state:
            self.before, self.line, self.number = state["end"], state["line"], state["number"]
            self.depth, self.inside = state["depth"], state["inside"]

    def state(self, record: Record) -> dict[str, Any]:
        """How to go on after this record, which is the last one."""
        return {
            "end": record.end,
            "line": self._line_at(self.here),
            "number": self.number,
            "depth": self.depth,
            "inside": self.inside,
        }

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        last = b""
        while token := self._next() if self.inside is not None or self.depth < 2 else self._bracket():
            if token[:1] == b'"':
                last = token
                continue
            if token in b"{[" and self._begins(token, last):
                if token == b"{":
                    yield self.inside or "", self._object()
                continue
            if token in b"}]":
                self.depth -= 1
                if self.inside is not None and self.depth < self._level():
                    self.inside = None
                if self.depth < 0:
                    raise Unsound(
                        f"A bracket is closed that was never opened, in line {self._line_at(self.here)}."
                    )
        if self.depth > 0:
            raise Unsound("The file ends in the middle: a bracket is never closed.")

    def _level(self) -> int:
        """How deep the objects of the list stand."""
        return 1 if self.inside == "" else 2

    def _begins(self, token: bytes, last: bytes) -> bool:
        """Takes note of what is opened; whether it is an object of a list that is wanted."""
        if self.inside is not None and self.depth == self._level():
            if token == b"{":
                return True
        elif self.inside is None and token == b"[":
            name = "" if self.depth == 0 else last[1:-1].decode("utf-8", "replace")
            if self.depth == 0 or (self.depth == 1 and name in self.wanted):
                self.inside = name
        self.depth += 1
        return False

    def _object(self) -> Record:
        """The object whose bracket was just read."""
        self.kept, line, depth = self.here - 1, self._line_at(self.here), 1
        is_long = False
        while depth:
            if self.kept is not None and self.here - self.kept > MAX_ROW:
                is_long, self.kept = True, None
            token = self._bracket()
            if not token:
                raise Unsound(f"The file ends in the middle of the row that begins in line {line}.")
            depth += (token in b"{[") - (token in b"}]")
        self.number += 1
        said = _too_long() if is_long else read(self.buffer[self.kept : self.here])
        self.kept = None
        return Record(self.number, line, self.before + self.here, said)

    def _next(self) -> bytes:
        """The next bracket, comma or text, b"" at the end."""
        while True:
            found = _TOKEN.search(self.buffer, self.here)
            quote = self.buffer.find(b'"', self.here, found.start() if found else len(self.buffer))
            if found and quote < 0:
                self.here = found.end()
                return found[0]
            # A text goes on in what is not read yet.
            self.here = quote if quote >= 0 else len(self.buffer)
            if not self._more():
                return b""

    def _bracket(self) -> bytes:
        """The next bracket, b"" at the end."""
        while not (found := _BRACKET.match(self.buffer, self.here)):
            if not self._more():
                return b""
        self.here = found.end()
        return found[1]

    def _more(self) -> bool:
        """Reads on; whether there was any more."""
        self._drop()
        more = self.file.read(CHUNK)
        if more and len(self.buffer) > 2 * MAX_ROW:
            raise Unsound(f"A text never ends: it begins in line {self._line_at(self.here)}.")
        self.buffer += more
        if not more:
            self.here = len(self.buffer)
        return bool(more)

    def _line_at(self, place: int) -> int:
        """The line of a place, which is none before the last that was asked for."""
        self.line += self.buffer.count(b"\n", self.counted, place)
        self.counted = max(place, self.counted)
        return self.line

    def _drop(self) -> None:
        """Lets go of what nobody asks for any more."""
        place = self.here if self.kept is None else self.kept
        self._line_at(place)
        self.buffer, self.before = self.buffer[place:], self.before + place
        self.here, self.counted = self.here - place, self.counted - place
        if self.kept is not None:
            self.kept = 0


def _cleaned(value: Any) -> Any:
    """Without NUL and halves of surrogates, which no database keeps."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(inner) for key, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _too_long() -> Unfit:
    return Unfit("too_large", f"The row is larger than {MAX_ROW // 1024 // 1024} MB.")


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")
