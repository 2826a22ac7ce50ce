"""The file of an import, read from the bucket piece by piece: from the middle too, and unpacked where it is
gzip (RFC 1952). One file: should another come in its place, reading fails."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from chalicelib.core import storage
from chalicelib.imports.shapes import Unsound

PIECE = 4 * 1024 * 1024
MAX_UNPACKED = 20_000_000_000
GONE = "The file is not there. Send it as the import says, and start the import again."
REPLACED = "Another file came in the place of the one that was being read. Start the import again."

# A piece of the file: from this byte, at most so many. None where the file is gone or is another one.
Fetch = Callable[[int, int], bytes | None]


class Pieces(io.RawIOBase):
    """A file that comes by pieces."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.fetch, self.size = fetch, size
        self.place = 0
        self.piece, self.start = b"", 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        here = self.place - self.start
        if not 0 <= here < len(self.piece):
            if self.place >= self.size:
                return 0
            piece = self.fetch(self.place, min(PIECE, self.size - self.place))
            if piece is None:
                raise Unsound(REPLACED)
            self.piece, self.start, here = piece, self.place, 0
        part = self.piece[here : here + len(buffer)]
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)


@contextmanager
def reading(bucket: str, key: str, etag: str | None) -> Iterator[tuple["SourceFile", str]]:
    """The file, and its mark, by which it is known again. Raises Unsound where it is not there, is another
    one, or cannot be unpacked."""
    found = storage.look(bucket, key)
    if found is None:
        raise Unsound(GONE)
    size, mark = found
    if etag is not None and etag != mark:
        raise Unsound(REPLACED)
    file = SourceFile(lambda start, length: storage.read_part(bucket, key, mark, start, length), size)
    try:
        yield file, mark
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unsound("The file ends too early, or is no sound gzip file.") from error


class SourceFile:
    """A file that can be opened at any byte of what is in it."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.fetch, self.size = fetch, size
        self.pieces = Pieces(fetch, size)

    def open(self, at: int = 0) -> IO[bytes]:
        """The file from this byte on. Raises Unsound for what no import reads."""
        self.pieces = Pieces(self.fetch, self.size)
        raw = io.BufferedReader(self.pieces, 256 * 1024)
        magic = raw.peek(4)[:4]
        if magic == b"PK\x03\x04":
            raise Unsound("The file is a ZIP archive. Send the file that is in it; gzip is fine.")
        if magic[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Unsound("The file is in UTF-16. Save it as UTF-8.")
        if magic[:2] != b"\x1f\x8b":
            raw.seek(at)
            return raw
        unpacked = io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=raw)), 256 * 1024)
        left = at
        while left > 0 and (skipped := unpacked.read(min(left, PIECE))):
            left -= len(skipped)
        return unpacked

    def done(self) -> int:
        """How many bytes of the file, as it is packed, were read."""
        return min(self.pieces.place, self.size)


class _Bounded(io.RawIOBase):
    """What a file unpacks to, up to a bound: some are made to fill a disk."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self.file, self.left = file, MAX_UNPACKED

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        part = self.file.read1(len(buffer))
        self.left -= len(part)
        if self.left < 0:
            raise Unsound("The file unpacks to more than 20 GB. Import it in parts.")
        buffer[: len(part)] = part
        return len(part)
