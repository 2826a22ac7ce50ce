"""Cold starts: from a fresh process's first import to its first answer, floors and functions turn by turn."""

import json
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks.figure import Figure, progress
from benchmarks.gateway import authorizer_event, proxy_event
from benchmarks.sampling import interleaved
from benchmarks.sandbox import Sandbox
from benchmarks.stage import Stage

STARTS = 15


def measure(stage: Stage) -> Iterator[Figure]:
    """The authorizer against Chalice with PyJWT, the public look-up against pg8000, the API by itself."""
    yield _authorizer(stage)
    yield _public_status(stage)
    yield _api(stage)


def _authorizer(stage: Stage) -> Figure:
    progress("cold starts of the authorizer")
    event = authorizer_event(stage.cast.ada)

    def allows(answer: Any) -> bool:
        return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")

    measured = _sandbox(stage, "chalicelib.api.authorizer.authorizer", event, allows)
    floor = _sandbox(stage, "floors.authorizer.authorizer", event, allows)
    ours, bare = interleaved(STARTS, measured.start, floor.start).medians
    return Figure("cold start: authorizer (floor: Chalice, PyJWT)", ours, 1.3, "ms", bare)


def _public_status(stage: Stage) -> Figure:
    progress("cold starts of the public look-up")
    ticket = stage.database.rows(
        "SELECT t.label, u.email FROM tickets t JOIN users u ON u.id = t.requester_id LIMIT 1"
    )[0]
    event = proxy_event(
        "POST", "/v1/public/{workspace}/ticket-status", path={"workspace": "acme"}, body=dict(ticket)
    )

    def finds(answer: Any) -> bool:
        return bool(answer["statusCode"] == 200 and json.loads(answer["body"])["label"] == ticket["label"])

    measured = _sandbox(stage, "chalicelib.api.public_status.public_status", event, finds)
    floor = _sandbox(stage, "floors.public_status.handler", event, finds)
    ours, bare = interleaved(STARTS, measured.start, floor.start).medians
    return Figure("cold start: public status (floor: pg8000)", ours, 1.5, "ms", bare)


def _api(stage: Stage) -> Figure:
    progress("cold starts of the API")
    ticket = str(stage.database.value("SELECT id FROM tickets ORDER BY number DESC LIMIT 1"))
    event = proxy_event("GET", "/v1/tickets/{ticket_id}", caller=stage.cast.dario, path={"ticket_id": ticket})

    def shows(answer: Any) -> bool:
        return bool(answer["statusCode"] == 200 and json.loads(answer["body"])["id"] == ticket)

    sandbox = _sandbox(stage, "app.app", event, shows)
    return Figure("cold start: API, a ticket", median(sandbox.start() for _ in range(STARTS)), 450, "ms")


def _sandbox(stage: Stage, handler: str, event: Mapping[str, Any], fits: Any) -> Sandbox:
    environment = {**stage.environment, "FLOOR_DATABASE": json.dumps({**stage.dsn, "ssl_context": False})}
    return Sandbox(handler, event, fits, stage.task, environment)
