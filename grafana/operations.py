"""How the machinery runs: the API, functions, queues, the clock, the database, as CloudWatch has it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable, TextBoxVariable
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import VariableRefresh

from grafana import panels
from grafana.sources import CLOUDWATCH, metric

API = {"ApiName": "mesa", "Stage": "api"}
EACH_FUNCTION = {"FunctionName": "$function"}
EACH_QUEUE = {"QueueName": "$queue"}
NAMED = "${PROP('Dim.%s')}"


def operations() -> Dashboard:
    return panels.page(
        "mesa-operations",
        "Mesa: operations",
        "How the machinery runs. What alarms watch is in the template.",
        "now-6h",
        [*api(), *functions(), *queues(), *clock(), *database()],
        [
            QueryVariable("region").label("Region").datasource(CLOUDWATCH).query({"queryType": "regions"}),
            TextBoxVariable("stack").label("Stack").default_value("mesa"),
            of_account("function", "Functions", "AWS/Lambda", "Invocations", "FunctionName"),
            of_account("queue", "Queues", "AWS/SQS", "NumberOfMessagesSent", "QueueName"),
            of_account("instance", "Database", "AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", ""),
        ],
        refresh="1m",
    )


def of_account(
    name: str, label: str, namespace: str, known_by: str, dimension: str, only: str = "/^${stack}-/"
) -> QueryVariable:
    """What there is of a kind in the account: of this stack, where its name says so."""
    query: dict[str, object] = {
        "queryType": "dimensionValues",
        "namespace": namespace,
        "metricName": known_by,
        "dimensionKey": dimension,
        "region": "$region",
        "dimensionFilters": {},
    }
    return (
        QueryVariable(name)
        .label(label)
        .datasource(CLOUDWATCH)
        .query(query)
        .regex(only)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(True)
        .include_all(True)
    )


def drawn(
    title: str, formula: str, *queries: Builder[Dataquery], unit: str = "short", stacked: bool = False
) -> object:
    return panels.over_time(title, formula, *queries, unit=unit, source=CLOUDWATCH, stacked=stacked, width=8)


def api() -> list[object]:
    latency = [
        metric("AWS/ApiGateway", "Latency", each, API, each, ref)
        for each, ref in (("p50", "A"), ("p99", "B"))
    ]
    answers = [
        metric("AWS/ApiGateway", name, "Sum", API, label, ref)
        for name, label, ref in (("Count", "all", "A"), ("4XXError", "4xx", "B"), ("5XXError", "5xx", "C"))
    ]
    by_route = metric("Mesa", "Latency", "p99", {"Route": "*", "Status": "2xx"}, NAMED % "Route")
    return [
        drawn("Answers", "Requests, and how many of them were refused or failed.", *answers),
        drawn(
            "Latency", "Half the requests took no longer, and all but one of a hundred.", *latency, unit="ms"
        ),
        drawn("Slowest routes", "The same of each route, where it was not refused.", by_route, unit="ms"),
    ]


def functions() -> list[object]:
    named = NAMED % "FunctionName"
    return [
        drawn(title, formula, metric("AWS/Lambda", name, statistic, EACH_FUNCTION, named), unit=unit)
        for title, formula, name, statistic, unit in (
            ("Errors", "Invocations that raised or ran out of time.", "Errors", "Sum", "short"),
            ("Throttles", "Invocations that found no room.", "Throttles", "Sum", "short"),
            ("Duration", "All invocations but one of a hundred took no longer.", "Duration", "p99", "ms"),
        )
    ]


def queues() -> list[object]:
    records = [
        metric("Mesa", name, "Sum", {"Consumer": "*"}, f"{NAMED % 'Consumer'} {label}", ref)
        for name, label, ref in (("RecordsDone", "done", "A"), ("RecordsFailed", "to come again", "B"))
    ]
    return [
        drawn(
            "Age of the oldest message",
            "How long what is first in a queue has waited; a dead letter waits for somebody to look.",
            metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", EACH_QUEUE, NAMED % "QueueName"),
            unit="s",
        ),
        drawn(
            "Messages waiting",
            "What is in each queue. Any in a queue of dead letters is one too many.",
            metric(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", EACH_QUEUE, NAMED % "QueueName"
            ),
        ),
        drawn("Records", "What consumers did with what they got.", *records),
    ]


def clock() -> list[object]:
    return [
        drawn(
            "News not yet sent",
            "The age of the oldest event that is committed and in no queue yet.",
            metric("Mesa", "OldestUnsent", "Maximum", {"Schedule": "*"}, NAMED % "Schedule"),
            unit="s",
        ),
        drawn(
            "Sweep late by",
            "How long the oldest step of a promise had been due when it was swept.",
            metric("Mesa", "SweepLate", "Maximum", {"Schedule": "*"}, NAMED % "Schedule"),
            unit="s",
        ),
        drawn(
            "Events until they are done",
            "From the change to the end of what each consumer makes of it, all but one of a hundred.",
            metric("Mesa", "EventAge", "p99", {"Consumer": "*"}, NAMED % "Consumer"),
            unit="s",
        ),
        drawn(
            "News sent",
            "Events sent to the queues by schedules, which is what requests did not send themselves.",
            metric("Mesa", "EventsRelayed", "Sum", {"Schedule": "*"}, NAMED % "Schedule"),
        ),
        drawn(
            "Calls to strangers",
            "Webhooks and identity providers, by what came of the call.",
            metric("Mesa", "Calls", "Sum", {"Outcome": "*"}, NAMED % "Outcome"),
        ),
    ]


def database() -> list[object]:
    instance, named = {"DBInstanceIdentifier": "$instance"}, NAMED % "DBInstanceIdentifier"
    limit = "To the database; docs/sizing.md says how many there can be."
    return [
        drawn(title, formula, metric("AWS/RDS", name, statistic, instance, named), unit=unit)
        for title, formula, name, statistic, unit in (
            ("Connections", limit, "DatabaseConnections", "Maximum", "short"),
            ("Processor", "Of the database.", "CPUUtilization", "Average", "percent"),
            ("Free memory", "Of the database.", "FreeableMemory", "Minimum", "bytes"),
            (
                "Free storage",
                "Of the database; Aurora's grows by itself.",
                "FreeStorageSpace",
                "Minimum",
                "bytes",
            ),
            (
                "Capacity",
                "Aurora alone: of the most that it may take.",
                "ACUUtilization",
                "Average",
                "percent",
            ),
            ("Reader behind", "Aurora's reader alone.", "AuroraReplicaLag", "Maximum", "ms"),
        )
    ]
