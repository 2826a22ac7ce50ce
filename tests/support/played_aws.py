"""AWS as moto plays it: over HTTP, on a thread of this process; boto reaches it without a socket."""

import json
import logging
import sys
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from moto.backends import get_backend
from moto.core.botocore_stubber import MockRawResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from urllib3 import HTTPHeaderDict
from werkzeug.serving import make_server

from tests.support.played_at_once import ACCOUNT, REGION, at_once


class Dispatcher(DomainDispatcherApplication):
    """Looking for the service of a host takes moto longer than taking a message in."""

    @lru_cache(maxsize=64)  # noqa: B019 - there is one, and it stays to the end
    def get_backend_for_host(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


class PlayedAws:
    """Serving from its making on, at `endpoint`."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line a request
        self._app = Dispatcher(create_backend_app)
        self._server = make_server(
            "127.0.0.1", 0, self._app, threaded=True, request_handler=MotoRequestHandler
        )
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._send_by_socket = URLLib3Session.send
        URLLib3Session.send = self._short_cut()

    def stop(self) -> None:
        URLLib3Session.send = self._send_by_socket
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _short_cut(self) -> Callable[[URLLib3Session, AWSPreparedRequest], AWSResponse]:
        """What comes to moto is the same; a connection and a thread a call would take longer than moto."""
        place, by_socket = f"{self.endpoint}/", self._send_by_socket

        def send(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            if not request.url.startswith(place):
                return by_socket(session, request)
            return at_once(request) or self._answer(request)

        return send

    def _answer(self, request: AWSPreparedRequest) -> AWSResponse:
        answered: list[Any] = []
        parts = self._app(environ(request), lambda *begin: answered.extend(begin))
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, fields = answered[:2]
        raw = MockRawResponse(b"" if request.method == "HEAD" else body)
        answer = AWSResponse(request.url, int(status.split()[0]), HTTPHeaderDict(fields), raw)
        if not request.stream_output:
            _ = answer.content  # as botocore reads what is not to be streamed
        return answer


def environ(request: AWSPreparedRequest) -> dict[str, Any]:
    """A request as werkzeug's server would tell of it (PEP 3333)."""
    url = urlsplit(request.url)
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    body = body.encode() if isinstance(body, str) else body
    target = f"{url.path}?{url.query}" if url.query else url.path
    found: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path).encode().decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    fields = {"Host": url.netloc, **request.headers, "Content-Length": len(body)}
    fields.pop("Transfer-Encoding", None)  # it is all here
    for name, value in fields.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        found[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return found


@lru_cache(maxsize=8)
def client(service: str, endpoint: str) -> Any:
    """A client for arranging with: making one takes longer than many a test."""
    return boto3.client(service, endpoint_url=endpoint)


def taken(url: str) -> list[Any]:
    """Takes all that waits in a queue, as the parsed bodies, as receiving and deleting it would."""
    queue = get_backend("sqs")[ACCOUNT][REGION].queues[url.rpartition("/")[2]]
    with queue._messages_lock:
        found = queue.messages
        for message in found:
            queue._messages.remove(message)
    return [json.loads(message.body) for message in found]


def empty_queues() -> None:
    """Forgets every message: moto looks at all that wait whenever one more is sent."""
    backend = get_backend("sqs")[ACCOUNT][REGION]
    for name, queue in backend.queues.items():
        queue.last_purged_at = None  # else once a minute
        backend.purge_queue(name)


def empty_bucket(name: str) -> None:
    """Forgets every object of it."""
    get_backend("s3")[ACCOUNT]["aws"].buckets[name].keys.clear()
