"""The followed logs: one readable line an entry, nothing twice."""

from typing import Any

from local.logs import LogReader


class Cloud:
    """CloudWatch Logs with the entries of one function."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def client(self, service: str) -> "Cloud":
        assert service == "logs"
        return self

    def write(self, message: str, timestamp: int = 4102444800000, stream: str = "s") -> None:
        self.entries.append({"timestamp": timestamp, "message": message, "logStreamName": stream})

    def describe_log_groups(self, **query: str) -> dict[str, Any]:
        return {"logGroups": [{"logGroupName": f"{query['logGroupNamePrefix']}SlaSweep-0A1B2C"}]}

    def get_paginator(self, name: str) -> "Cloud":
        assert name == "filter_log_events"
        return self

    def paginate(self, **query: Any) -> list[dict[str, Any]]:
        return [{"events": [entry for entry in self.entries if entry["timestamp"] >= query["startTime"]]}]


def followed(*messages: str) -> list[str]:
    cloud = Cloud()
    for message in messages:
        cloud.write(message)
    return [line.split(" ", 1)[1] for line in LogReader(cloud).lines()]  # type: ignore[arg-type]


def test_json_becomes_a_sentence_with_its_facts() -> None:
    assert followed('{"level": "INFO", "message": "swept", "breached": 2, "request_id": "r"}') == [
        "sla-sweep      swept breached=2"
    ]


def test_what_is_worse_than_info_says_so_and_shows_its_traceback() -> None:
    lines = followed('{"level": "ERROR", "message": "failed", "exception": "Traceback ..."}')
    assert lines == ["sla-sweep      ERROR failed\nTraceback ..."]


def test_plain_text_is_shown_as_it_is() -> None:
    assert followed("hello") == ["sla-sweep      hello"]


def test_metrics_and_the_lifes_of_sandboxes_are_left_out() -> None:
    assert (
        followed('{"_aws": {}, "Count": 1}', "START RequestId: 1", "END RequestId: 1", "REPORT RequestId: 1")
        == []
    )


def test_an_entry_is_shown_once_and_a_late_one_of_the_same_moment_is_not_missed() -> None:
    cloud = Cloud()
    reader = LogReader(cloud)  # type: ignore[arg-type]
    cloud.write("first")
    first = reader.lines()
    cloud.write("late")
    cloud.write("first")

    second = reader.lines()

    assert [line.split()[-1] for line in first] == ["first"]
    assert sorted(line.split()[-1] for line in second) == ["first", "late"]
    assert reader.lines() == []
