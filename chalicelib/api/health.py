"""Whether the desk is up: at all, and with its database and queues."""

import os

from chalicelib.api.endpoint import Answer
from chalicelib.api.resource import Routes, api_settings
from chalicelib.api.schemas.common import Health, Readiness
from chalicelib.core import db, events
from chalicelib.core.errors import Unavailable

routes = Routes(__name__, tag="Health")


@routes.get("/health", summary="Is the API up? Asks nothing else", answer=Health, needs_database=False)
def show_health(_: None) -> Answer:
    return Answer({"status": "ok", "stage": os.environ.get("MESA_STAGE")})


@routes.get(
    "/v1/health/ready",
    summary="Are the database and the queues in reach?",
    answer=Readiness,
    needs_database=False,
)
def show_readiness(_: None) -> Answer:
    db.check()
    try:
        events.check_queues((*api_settings().event_queue_urls, api_settings().job_queue_url))
    except Exception as error:
        raise Unavailable("A queue is out of reach.", retry_after=5) from error
    return Answer({"status": "ok", "database": "ok", "queues": "ok"})
