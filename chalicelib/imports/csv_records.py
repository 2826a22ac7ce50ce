"""Rows of a CSV file (RFC 4180), one by one, by the names of its first row. Pure.

A line is UTF-8, or else what Windows writes; the delimiter is the one that the first row has most of.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from chalicelib.imports.shapes import Record, Unfit, Unsound

MAX_LINE = 1024 * 1024
MAX_CELL = 256 * 1024
MAX_COLUMNS = 500
DELIMITERS = ",;\t|"

csv.field_size_limit(MAX_CELL)


class Lines:
    """Lines of text, as csv takes them, with how many lines and bytes they were."""

    def __init__(self, file: IO[bytes], line: int = 0, end: int = 0) -> None:
        self.file, self.line, self.end = file, line, end
        self.is_cut = False

    def __iter__(self) -> Iterator[str]:
        while raw := self.file.readline(MAX_LINE):
            self.end += len(raw)
            while not raw.endswith(b"\n") and (rest := self.file.readline(MAX_LINE)):
                self.end += len(rest)
                self.is_cut = True
                if rest.endswith(b"\n"):
                    break
            self.line += 1
            yield _text(raw)


def header(file: IO[bytes], delimiter: str | None) -> tuple[list[str], str, tuple[int, int]]:
    """The names of the columns, the delimiter, and the line and byte that were read. Raises Unsound."""
    lines = Lines(file)
    first = next(iter(lines), "").removeprefix("\ufeff")
    found = delimiter or max(DELIMITERS, key=first.count)
    try:
        names = [name.strip() for name in next(csv.reader([first], delimiter=found), [])]
    except csv.Error:
        told = "its lines end with a carriage return alone, or a cell is longer than 256 kB"
        raise Unsound(f"The first line is no row: {told}. Save the file as CSV UTF-8.") from None
    if not any(names):
        raise Unsound("The first line names no columns.")
    if len(names) > MAX_COLUMNS:
        raise Unsound(f"The first line names more than {MAX_COLUMNS} columns.")
    return names, found, (lines.line, lines.end)


class Rows:
    """Rows as texts by column; empty lines are none. `after`: row, line and byte that were read last."""

    def __init__(
        self, file: IO[bytes], names: Sequence[str], delimiter: str, after: tuple[int, int, int]
    ) -> None:
        self.names, self.delimiter = names, delimiter
        self.number, self.lines = after[0], Lines(file, *after[1:])

    @property
    def line(self) -> int:
        """The last line that was read."""
        return self.lines.line

    def __iter__(self) -> Iterator[Record]:
        lines = self.lines
        reader = csv.reader(iter(lines), delimiter=self.delimiter)
        while True:
            start, lines.is_cut = lines.line + 1, False
            try:
                cells = next(reader, None)
            except csv.Error:
                said: Mapping[str, str] | Unfit = _malformed(start, lines.line)
            else:
                if cells is None:
                    return
                if not any(cell.strip() for cell in cells):
                    continue
                said = _value(self.names, cells, lines.is_cut)
            self.number += 1
            yield Record(self.number, start, lines.end, said)


def _value(names: Sequence[str], cells: Sequence[str], is_cut: bool) -> Mapping[str, str] | Unfit:
    if is_cut:
        return Unfit("too_large", "A line of the row is longer than 1 MB.")
    if len(cells) > len(names):
        told = f"The row has {len(cells)} cells, and there are {len(names)} columns."
        return Unfit("malformed", f"{told} Is a delimiter within a text that has no quotes?")
    return {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _malformed(first: int, last: int) -> Unfit:
    told = f"The lines {first} to {last} are left out." if last > first else "The row is left out."
    return Unfit("malformed", f"A quote is never closed, or a cell is longer than 256 kB. {told}")


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace").replace("\0", "")
