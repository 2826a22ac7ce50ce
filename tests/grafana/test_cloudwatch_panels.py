"""Panels of operations ask for what the code writes to CloudWatch, and show all that alarms watch."""

import ast
from functools import cache
from typing import Any

import pytest

from local.merging import FOLDER, merged
from tests.architecture.source import ROOT, calls, modules
from tests.grafana.dashboards import panels
from tests.support.for_each import for_each

TARGETS = [target for panel in panels("mesa-cloudwatch") for target in panel.targets]
OURS = [target for target in TARGETS if target["namespace"] == "Mesa"]
RESOURCES: dict[str, Any] = merged(ROOT / FOLDER)["Resources"]
# What AWS documents of its own namespaces: by which dimensions each is kept.
KEPT_BY = {
    "AWS/ApiGateway": {"ApiName", "Stage"},
    "AWS/Lambda": {"FunctionName"},
    "AWS/RDS": {"DBInstanceIdentifier"},
    "AWS/SQS": {"QueueName"},
}


@cache
def emitted() -> set[tuple[str, frozenset[str]]]:
    """Each metric that is written anywhere in the source, with its dimensions."""
    found = set()
    for module in modules().values():
        for called, node in calls(module):
            if called in ("metrics.emit", "emit"):
                dimensions = frozenset(str(keyword.arg) for keyword in node.keywords)
                for given in ast.walk(node.args[0]):
                    if isinstance(given, ast.Dict):
                        names = [key.value for key in given.keys if isinstance(key, ast.Constant)]
                        found |= {(str(name), dimensions) for name in names}
    return found


def test_the_source_is_read() -> None:
    assert ("RecordsDone", frozenset({"Consumer"})) in emitted()
    assert len(emitted()) >= 15
    assert len(OURS) >= 5


@pytest.mark.parametrize("target", OURS, ids=lambda target: target["metricName"])
def test_a_metric_of_ours_is_written_under_these_dimensions(target: dict[str, Any]) -> None:
    assert (target["metricName"], frozenset(target["dimensions"])) in emitted()


@for_each("target", TARGETS, ids=lambda target: f"{target['namespace']} {target['metricName']}")
def test_a_query_is_whole(target: dict[str, Any]) -> None:
    assert target["region"] == "$region"
    assert target["queryMode"] == "Metrics"
    assert target["statistic"] in ("Average", "Maximum", "Minimum", "Sum", "p50", "p99")
    if target["namespace"] != "Mesa":
        assert {*target["dimensions"]} == KEPT_BY[target["namespace"]]


def test_what_alarms_watch_is_shown() -> None:
    watched = {
        (resource["Properties"]["Namespace"], resource["Properties"]["MetricName"])
        for resource in RESOURCES.values()
        if resource.get("Type") == "AWS::CloudWatch::Alarm" and "MetricName" in resource["Properties"]
    }
    assert len(watched) >= 4
    assert watched - {(target["namespace"], target["metricName"]) for target in TARGETS} == set()
