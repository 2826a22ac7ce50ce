"""A file of rows on its way to the bucket: in parts, as they fill up, so that it never is in memory, and so
that another go writes on after the last of them.

Each part of a compressed file is a gzip member of its own; members after each other are one file (RFC 1952,
section 2.2).
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from chalicelib.core import storage
from chalicelib.core.spreadsheets import harmless

# S3 takes parts from 5 MiB on, and ten thousand of them.
PART_BYTES = 8 * 1024 * 1024
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
# Spreadsheets take a file without it for one of their country's older character sets.
MARK = "\ufeff"


def cell(text: str) -> str:
    """A text as a cell of CSV, as fn_csv_cell makes it."""
    return '"' + harmless(text).replace('"', '""') + '"'


def header(names: Sequence[str]) -> str:
    """The first line of a CSV file."""
    return MARK + ",".join(cell(name) for name in names) + "\r\n"


@dataclass
class ExportFile:
    """The object `key` of a bucket, being written. `upload` and `marks` are the parts that are there of it,
    `rest` is the key of what was together of the next one: see `place`."""

    bucket: str
    key: str
    format: str
    compressed: bool
    upload: str | None = None
    marks: list[str] = field(default_factory=list)
    size: int = 0
    rest: str | None = None

    def __post_init__(self) -> None:
        self.marks = list(self.marks)  # those given say where another go has come to
        self.is_noted = self.upload is not None
        self._filled = bytearray()
        self._gzip = zlib.compressobj(1, wbits=31)
        self._has_more = False

    @property
    def is_full(self) -> bool:
        """Whether a part is together."""
        return len(self._filled) >= PART_BYTES

    def place(self) -> dict[str, Any]:
        """What another go needs to write on."""
        return {"upload": self.upload, "marks": list(self.marks), "size": self.size, "rest": self.rest}

    def write(self, lines: str) -> None:
        self._take_up()
        raw = lines.encode()
        self._has_more |= bool(raw)
        self._filled += self._gzip.compress(raw) if self.compressed else raw

    def send(self) -> None:
        """Sends what is together as the next part. Raises storage.UploadGone."""
        self._take_up()
        if self.upload is None:
            self.upload = storage.begin_upload(self.bucket, self.key, self._content_type)
        body = self._taken()
        mark = storage.put_part(self.bucket, self.key, self.upload, len(self.marks) + 1, body)
        self.marks.append(mark)
        self.size += len(body)

    def lay_by(self, number: int) -> None:
        """Keeps what is together and too little for a part beside the object, under a number of its own."""
        self._take_up()
        rest = f"{self.key}.{number}.rest"
        storage.put_file(self.bucket, rest, BytesIO(self._taken()), "application/octet-stream")
        self.rest = rest

    def close(self) -> None:
        """Makes the object. Raises storage.UploadGone."""
        self._take_up()
        if self.upload is None:
            body = self._taken()
            storage.put_file(self.bucket, self.key, BytesIO(body), self._content_type)
            self.size = len(body)
        else:
            if self._has_more:
                self.send()
            storage.complete_upload(self.bucket, self.key, self.upload, self.marks)
        storage.delete_all(self.bucket, f"{self.key}.")

    def forget_parts(self) -> None:
        """Leaves nothing of what is no object yet."""
        if self.upload is not None:
            storage.abort_upload(self.bucket, self.key, self.upload)

    def discard(self) -> None:
        """Leaves nothing of it."""
        self.forget_parts()
        storage.delete_all(self.bucket, self.key)

    @property
    def _content_type(self) -> str:
        return "application/gzip" if self.compressed else CONTENT_TYPES[self.format]

    def _take_up(self) -> None:
        """What another go laid by. It stays there: this one may die."""
        if self.rest is None:
            return
        found = storage.read(self.bucket, self.rest)
        if found is None:
            raise storage.UploadGone(f"{self.rest} is not there")
        self._filled[:0] = found
        self.rest, self._has_more = None, True

    def _taken(self) -> bytes:
        if self.compressed:
            self._filled += self._gzip.flush()
            self._gzip = zlib.compressobj(1, wbits=31)
        body, self._filled, self._has_more = bytes(self._filled), bytearray(), False
        return body
