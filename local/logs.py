"""The Lambdas' logs, followed in the terminal: read from CloudWatch Logs, one line an entry."""

import json
import re
import time
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.deploy import STACK_NAME, Cloud

LIFECYCLE = re.compile(r"(INIT_START|START RequestId|END RequestId|REPORT RequestId)\b")
CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")
SHOWN_APART = {"time", "level", "message", "logger", "request_id", "workspace_id", "exception"}


class LogReader:
    """Gives what the stack's functions have logged since it was last asked."""

    def __init__(self, cloud: Cloud) -> None:
        self._client = cloud.client("logs")
        self._since = int(time.time() * 1000)
        self._seen: set[str] = set()

    def lines(self) -> list[str]:
        """New entries, oldest first; none while the cloud is out of reach."""
        try:
            events = [event for group in self._groups() for event in self._events(group)]
        except (BotoCoreError, ClientError):
            return []
        if events:
            latest = max(event["timestamp"] for event in events)
            # Entries with the latest time stamp may still come: ask for it again, leave out what is known.
            self._since = latest
            self._seen |= {event["eventId"] for event in events if event["timestamp"] == latest}
        events.sort(key=lambda event: event["timestamp"])
        return [text for text in map(_line, events) if text]

    def _groups(self) -> list[str]:
        found = self._client.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK_NAME}-")
        return [group["logGroupName"] for group in found["logGroups"]]

    def _events(self, group: str) -> list[dict[str, Any]]:
        function = CAPITALS.sub("-", group.split("-")[1].removesuffix("Handler")).lower()
        reader = self._client.get_paginator("filter_log_events")
        pages = reader.paginate(logGroupName=group, startTime=self._since)
        return [
            {**event, "function": function}
            for page in pages
            for event in page["events"]
            if event["eventId"] not in self._seen
        ]


def _line(event: dict[str, Any]) -> str:
    text: str = event["message"].rstrip()
    if not text or LIFECYCLE.match(text):
        return ""
    moment = datetime.fromtimestamp(event["timestamp"] / 1000).strftime("%H:%M:%S")
    prefix = f"{moment} {event['function']:<14} "
    try:
        entry = json.loads(text)
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        return prefix + text
    if "_aws" in entry:
        return ""  # a metric, not a message
    level = "" if entry.get("level") in (None, "INFO") else f"{entry['level']} "
    facts = " ".join(f"{name}={value}" for name, value in entry.items() if name not in SHOWN_APART)
    exception = f"\n{entry['exception']}" if entry.get("exception") else ""
    return f"{prefix}{level}{entry.get('message', '')} {facts}".rstrip() + exception
