"""An HTTP answer that comes to an end, whatever is sent. Standard library only: the egress function loads
this."""

import http.client

MOST_STATUSES = 20


class FiniteReply(http.client.HTTPResponse):
    """http.client reads a chunk of negative size to the end of the connection, however far that is, and
    interim answers as long as there are some."""

    _statuses = 0

    def _read_status(self) -> tuple[str, int, str]:
        self._statuses += 1
        if self._statuses > MOST_STATUSES:
            raise http.client.BadStatusLine("100")
        status: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
        return status

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:
            raise http.client.IncompleteRead(b"")
        return size
