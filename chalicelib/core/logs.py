"""JSON logs, a line an entry, each with the request, the workspace and the event it belongs to."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
workspace_id: ContextVar[str | None] = ContextVar("workspace_id", default=None)
event_id: ContextVar[int | None] = ContextVar("event_id", default=None)

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}
# They tell at INFO where credentials were found, and at DEBUG all that is sent.
LIBRARIES = ("boto3", "botocore", "urllib3")


class JsonFormatter(logging.Formatter):
    """One JSON object a record; what is passed as `extra` becomes fields."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            "workspace_id": workspace_id.get(),
            "event_id": event_id.get(),
        }
        entry.update({name: value for name, value in vars(record).items() if name not in STANDARD})
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in entry.items() if value is not None}, default=str)


def configure(level: str) -> None:
    """Makes every handler of the process write JSON. Lambda brings its own handler; elsewhere one is
    added."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(JsonFormatter())
    root.setLevel(level)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
