"""The Lambdas' logs, followed in the terminal: read from CloudWatch Logs, one line an entry."""

import json
import re
import time
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local.deploy import STACK_NAME, Cloud

LIFECYCLE = re.compile(r"(INIT_START|START RequestId|END RequestId|REPORT RequestId)\b")
CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")
SHOWN_APART = {"time", "level", "message", "logger", "request_id", "workspace_id", "exception"}


class Entry(NamedTuple):
    timestamp: int
    function: str
    stream: str
    text: str


class LogReader:
    """Gives what the functions have logged since it was last asked; at first since now, or `since`."""

    def __init__(self, cloud: Cloud, since: float | None = None) -> None:
        self._client = cloud.client("logs")
        self._since = int((time.time() if since is None else since) * 1000)
        self._seen: Counter[Entry] = Counter()

    def lines(self) -> list[str]:
        """New entries, oldest first; none while the cloud is out of reach."""
        try:
            events = [event for group in self._groups() for event in self._events(group)]
        except (BotoCoreError, ClientError):
            return []
        # Entries with the latest time stamp may still come: it is asked for again, without what is known.
        found = Counter(events)
        fresh = sorted((found - self._seen).elements(), key=lambda entry: entry.timestamp)
        if fresh:
            self._since = fresh[-1].timestamp
            self._seen = Counter({entry: n for entry, n in found.items() if entry.timestamp == self._since})
        return [text for text in map(_line, fresh) if text]

    def _groups(self) -> list[str]:
        found = self._client.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK_NAME}-")
        return [group["logGroupName"] for group in found["logGroups"]]

    def _events(self, group: str) -> list[Entry]:
        function = CAPITALS.sub("-", group.split("-")[1].removesuffix("Handler")).lower()
        reader = self._client.get_paginator("filter_log_events")
        pages = reader.paginate(logGroupName=group, startTime=self._since)
        return [
            Entry(event["timestamp"], function, event["logStreamName"], event["message"].rstrip())
            for page in pages
            for event in page["events"]
        ]


def _line(entry: Entry) -> str:
    if not entry.text or LIFECYCLE.match(entry.text):
        return ""
    moment = datetime.fromtimestamp(entry.timestamp / 1000).strftime("%H:%M:%S")
    prefix = f"{moment} {entry.function:<14} "
    try:
        fields = json.loads(entry.text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return prefix + entry.text
    if "_aws" in fields:
        return ""  # a metric, not a message
    level = "" if fields.get("level") in (None, "INFO") else f"{fields['level']} "
    facts = " ".join(f"{name}={value}" for name, value in fields.items() if name not in SHOWN_APART)
    exception = f"\n{fields['exception']}" if fields.get("exception") else ""
    return f"{prefix}{level}{fields.get('message', '')} {facts}".rstrip() + exception
