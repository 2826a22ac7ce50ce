"""A bucket that takes parts and keeps none of them: what it costs to send, without what it costs to store."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

BEGUN = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
ENDED = b"<CompleteMultipartUploadResult><ETag>&quot;e&quot;</ETag></CompleteMultipartUploadResult>"
LISTED = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
PIECE = 1024 * 1024


class _Door(BaseHTTPRequestHandler):
    """As much of Amazon S3's API as multipart uploads ask for."""

    protocol_version = "HTTP/1.1"
    server: "BucketSink"

    def do_PUT(self) -> None:
        self.server.bytes += self._read()
        self._answer(b"", ETag='"e"')

    def do_POST(self) -> None:
        self._read()
        self._answer(BEGUN if self.path.endswith("?uploads") else ENDED)

    def do_GET(self) -> None:
        self._answer(LISTED)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""

    def _read(self) -> int:
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        length = left = int(self.headers.get("Content-Length", 0))
        while left:
            left -= len(self.rfile.read(min(left, PIECE)))
        return length

    def _answer(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class BucketSink(ThreadingHTTPServer):
    """At `url`; `bytes` that were sent so far."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.bytes = 0
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"
