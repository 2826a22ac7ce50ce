"""What is made of the template for whoever watches the stack: an alarm of each function that is held back,
and a dashboard that names each function and each queue. All other alarms are in .chalice/resources, for
somebody has to say what they mean.

Source: Amazon CloudWatch User Guide, "Dashboard body structure and syntax".
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from local.errors import StackError

Resources = Mapping[str, Mapping[str, Any]]
Row = list[Any]

FUNCTION, QUEUE = "AWS::Serverless::Function", "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"
API = ["ApiName", "mesa", "Stage", "api"]
DATABASE, READER = ["DBInstanceIdentifier", "<DatabaseServer>"], ["DBInstanceIdentifier", "<DatabaseReader>"]
WRITER = ["DBInstanceIdentifier", "<DatabaseWriter>"]
PERIOD = 300
# A caller who was turned away once comes again; a sweep that was not run is late.
ANSWERING, MOST_TURNED_AWAY = ("APIHandler", "Authorizer", "PublicStatus"), 10
WIDTH, HEIGHT, COLUMNS = 8, 6, 3
# Where docs/runbook.md says what to do, by what is watched.
RUNBOOK = {
    "AWS/Lambda Errors": "a-function-fails",
    "AWS/Lambda Throttles": "a-function-is-held-back",
    "AWS/SQS ApproximateNumberOfMessagesVisible": "messages-were-given-up-on",
    "AWS/SQS ApproximateAgeOfOldestMessage": "a-queue-waits",
    "AWS/ApiGateway": "the-api-fails-or-is-slow",
    "AWS/RDS": "the-database",
    "Mesa": "what-the-clock-does-is-late",
}
# The database's name, whichever kind it is of.
_GIVEN = {"Fn::If": ["DatabaseIsAurora", {"Ref": "DatabaseWriter"}, {"Ref": "DatabaseInstance"}]}
_SERVER = {"Fn::If": ["DatabaseIsRds", {"Ref": "DatabaseServer"}, _GIVEN]}
VALUES: dict[str, dict[str, Any]] = {"DatabaseServer": {"Fn::If": ["DatabaseIsWatched", _SERVER, "-"]}}
PLACE = re.compile(r"<([A-Za-z.:]+)>")


def watch(template: dict[str, Any]) -> None:
    """Adds both."""
    resources = template["Resources"]
    functions = [name for name, each in resources.items() if each["Type"] == FUNCTION]
    resources |= {f"{name}Throttles": _throttles(name, resources[name]) for name in functions}
    for name, each in resources.items():
        if each["Type"] == ALARM:
            each["Properties"]["AlarmDescription"] += f" See docs/runbook.md#{_section(name, each)}."
    properties = {"DashboardName": {"Fn::Sub": "${AWS::StackName}"}, "DashboardBody": _body(resources)}
    resources["Dashboard"] = {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def spoken(name: str) -> str:
    """`SlaSweep` as configuration and people have it: `sla-sweep`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _section(name: str, alarm: Mapping[str, Any]) -> str:
    namespace, metric = (alarm["Properties"].get(each) for each in ("Namespace", "MetricName"))
    section = RUNBOOK.get(f"{namespace} {metric}") or RUNBOOK.get(str(namespace))
    if section is None:
        raise StackError(
            f"The alarm {name} has no place in docs/runbook.md: see RUNBOOK in local/watching.py."
        )
    return section


def _throttles(name: str, function: Mapping[str, Any]) -> dict[str, Any]:
    condition = {"Condition": function["Condition"]} if "Condition" in function else {}
    heard = {"Fn::If": ["AlarmsAreHeard", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    return {
        "Type": ALARM,
        **condition,
        "Properties": {
            "AlarmDescription": f"There was no room to run {spoken(name)}.",
            "Namespace": "AWS/Lambda",
            "MetricName": "Throttles",
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": name}}],
            "Statistic": "Sum",
            "Period": PERIOD,
            "EvaluationPeriods": 1,
            "Threshold": MOST_TURNED_AWAY if name in ANSWERING else 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": heard,
        },
    }


def _body(resources: Resources) -> dict[str, Any]:
    """The dashboard's JSON, put together by CloudFormation where it holds names that only that knows."""
    widgets = [
        {
            "x": place % COLUMNS * WIDTH,
            "y": place // COLUMNS * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            **one,
        }
        for place, one in enumerate(_widgets(resources))
    ]
    parts: list[Any] = PLACE.split(json.dumps({"widgets": widgets}, separators=(",", ":")))
    parts[1::2] = [_value(name, resources) for name in parts[1::2]]
    return {"Fn::Join": ["", parts]}


def _value(place: str, resources: Resources) -> dict[str, Any]:
    """`<Name>` or `<Name.Attribute>`; a dash for what is not there under this stack's conditions."""
    if place in VALUES:
        return VALUES[place]
    name, _, attribute = place.partition(".")
    value = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
    condition = resources.get(name, {}).get("Condition")
    return {"Fn::If": [condition, value, "-"]} if condition else value


def _widgets(resources: Resources) -> list[dict[str, Any]]:
    functions = {name: each for name, each in resources.items() if each["Type"] == FUNCTION}
    queues = {name: each["Properties"] for name, each in resources.items() if each["Type"] == QUEUE}
    fed = [name for name, each in queues.items() if "RedrivePolicy" in each]
    dead = [name for name in queues if name not in fed]
    consumers = [spoken(name) for name, each in functions.items() if _is_fed(each)]
    sweep, relay = ["Schedule", "sla-sweep"], ["Schedule", "event-relay"]

    def of_each(metric: str) -> list[Row]:
        return [_function(metric, name) for name in functions]

    def by_consumer(metric: str) -> list[Row]:
        return [_ours(metric, "Consumer", name) for name in consumers]

    return [
        _drawn("Requests", [_gateway("Count", "all")]),
        _drawn("Refused and failed", [_gateway("4XXError", "4xx"), _gateway("5XXError", "5xx")]),
        _drawn("Latency, ms", [_gateway("Latency", each, each) for each in ("p50", "p99")]),
        _drawn("Functions: errors", of_each("Errors"), "Sum"),
        _drawn("Functions: throttles", of_each("Throttles"), "Sum"),
        _drawn("Functions: p99, ms", of_each("Duration"), "p99"),
        _drawn(
            "Queues: age of the oldest, s", [_queue("ApproximateAgeOfOldestMessage", each) for each in fed]
        ),
        _drawn("Queues: waiting", [_queue("ApproximateNumberOfMessagesVisible", each) for each in fed]),
        _drawn("Dead letters", [_queue("ApproximateNumberOfMessagesVisible", each) for each in dead]),
        _drawn("Sweep: late by, s", [_ours("SweepLate", *sweep)]),
        _drawn("Relay: oldest unsent, s", [_ours("OldestUnsent", *relay)]),
        _drawn("Roll-up: p99 behind, s", [_ours("EventAge", "Consumer", "insight")], "p99"),
        _drawn("Events: p99 until done, s", by_consumer("EventAge"), "p99"),
        _drawn("Events sent, by type", [_found("EventsSent", "Type", "Sum")]),
        _drawn("Records that come again", by_consumer("RecordsFailed"), "Sum"),
        _drawn("Database connections", [["AWS/RDS", "DatabaseConnections", *DATABASE]]),
        _drawn("Database processor, %", [["AWS/RDS", "CPUUtilization", *DATABASE]]),
        _drawn("Database memory free", [["AWS/RDS", "FreeableMemory", *DATABASE]], "Minimum"),
        _drawn("Database storage free", [["AWS/RDS", "FreeStorageSpace", *DATABASE]], "Minimum"),
        _drawn("Aurora: capacity used, %", [["AWS/RDS", "ACUUtilization", *WRITER]]),
        _drawn("Aurora: reader behind, ms", [["AWS/RDS", "AuroraReplicaLag", *READER]]),
        _drawn("Routes: p99, ms", [_found("Latency", "Route,Status", "p99")]),
        _drawn("Calls to strangers", [_found("Calls", "Outcome", "Sum")]),
    ]


def _is_fed(function: Mapping[str, Any]) -> bool:
    return any(event["Type"] == "SQS" for event in function["Properties"].get("Events", {}).values())


def _drawn(title: str, rows: list[Row], statistic: str = "Maximum") -> dict[str, Any]:
    properties = {"title": title, "region": "<AWS::Region>", "view": "timeSeries", "period": PERIOD}
    return {"type": "metric", "properties": {**properties, "stat": statistic, "metrics": rows}}


def _gateway(metric: str, label: str, statistic: str = "Sum") -> Row:
    return ["AWS/ApiGateway", metric, *API, {"label": label, "stat": statistic}]


def _function(metric: str, name: str) -> Row:
    return ["AWS/Lambda", metric, "FunctionName", f"<{name}>", {"label": spoken(name)}]


def _queue(metric: str, name: str) -> Row:
    label = spoken(name).removesuffix("-queue")
    return ["AWS/SQS", metric, "QueueName", f"<{name}.QueueName>", {"label": label}]


def _ours(metric: str, dimension: str, value: str) -> Row:
    return ["Mesa", metric, dimension, value, {"label": value}]


def _found(metric: str, dimensions: str, statistic: str) -> Row:
    """Whatever there is of a metric, by its dimensions."""
    words = f"SEARCH('{{Mesa,{dimensions}}} MetricName=\"{metric}\"', '{statistic}', {PERIOD})"
    return [{"expression": words}]
