"""AWS as moto plays it: over HTTP, on a thread of this process."""

import logging
import sys
from functools import lru_cache
from threading import Thread
from typing import Any

from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

ACCOUNT, REGION = "123456789012", "us-east-1"


class Untraced(MotoRequestHandler):
    """Nobody measures how moto is covered; being traced for it would slow it down by a third."""

    def handle(self) -> None:
        sys.settrace(None)
        super().handle()


class Dispatcher(DomainDispatcherApplication):
    """Looking for the service of a host takes moto longer than taking a message in."""

    @lru_cache(maxsize=64)  # noqa: B019 - there is one, and it stays to the end
    def get_backend_for_host(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


class PlayedAws:
    """Serving from its making on, at `endpoint`."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line a request
        app = Dispatcher(create_backend_app)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Untraced)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def empty_queues() -> None:
    """Forgets every message: moto looks at all that wait whenever one more is sent."""
    backend = get_backend("sqs")[ACCOUNT][REGION]
    for name, queue in backend.queues.items():
        queue.last_purged_at = None  # else once a minute
        backend.purge_queue(name)
