"""What Mesa costs on AWS: what was measured of each function, times what AWS asks for it.

The formulas are those of AWS's price pages; prices.json has the prices, with source and date. A function is
charged its milliseconds at its memory: what it takes of a processor is longer by what Lambda gives it less
than one.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.needs import Measured, at, configured
from local.files import PROJECT
from local.merging import FOLDER, merged

PRICES: Mapping[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text("utf-8"))
HOURS = 730
MILLION = 1_000_000
# One request in so many asks the authorizer: its answer is kept for a minute, and a page asks for several
# things.
A_MINUTE_AT_THE_DESK = 5
# One request in so many changes something; each change is an event, which as many queues get as there are
# functions here, and one mail in so many changes.
WRITES, MAILS = 4, 2
HEARERS = ("notifications", "rules", "webhooks", "insight")
# A message is sent with others of its change, taken and deleted: three calls. What waits for messages asks
# for them as long as nobody writes: five at a time, for twenty seconds each. Source: Lambda's and SQS's
# developer guides.
CALLS_A_MESSAGE = 3
POLLS = 5 * 3 * 60 * HOURS
# Milliseconds that a call waits for another machine: its statements for the database, one availability zone
# away.
STATEMENTS, STATEMENT_MS = 4, 1.0
# kB of log that an invocation writes, its metrics included, and of an answer, compressed.
LOG_KB, ANSWER_KB = 1.5, 3.0
# How often in a month each schedule runs.
RUNS = {
    **dict.fromkeys(("sla-sweep", "event-relay", "webhook-sweep"), 60 * HOURS),
    "rule-sweep": 30 * HOURS,
    "rollup-repair": 12 * HOURS,
    **dict.fromkeys(("purge", "audit-anchor"), HOURS),
}
# Metrics of our own that get values in a month; what else stands is counted in the template.
METRICS = 40
ZONES = 2


@dataclass(frozen=True)
class Desk:
    """A size of use: requests a month, and what the database is. `copies`: 2 where another zone has one."""

    name: str
    agents: int
    requests: int
    instance: str
    copies: int
    gigabytes: int


DESKS = (
    Desk("small", 10, 200_000, "db.t4g.micro", 1, 20),
    Desk("medium", 100, 4_000_000, "db.t4g.medium", 2, 100),
    Desk("large", 1_000, 60_000_000, "db.r6g.xlarge", 2, 1_000),
)


def invocation(name: str, measured: Measured) -> float:
    """Dollars of one call."""
    size = configured(name)
    milliseconds = math.ceil(at(size, measured.processor_ms, STATEMENTS * STATEMENT_MS))
    return size / 1024 * milliseconds / 1000 * PRICES["lambda"]["gb_second"] + PRICES["lambda"]["request"]


def a_million(measured: Mapping[str, Measured]) -> dict[str, float]:
    """Dollars of a million requests of people, by what they are for."""
    writes = MILLION / WRITES
    calls = {
        "api_handler": MILLION,
        "authorizer": MILLION / A_MINUTE_AT_THE_DESK,
        **dict.fromkeys(HEARERS, writes),
    }
    functions = sum(invocation(name, measured[name]) * count for name, count in calls.items())
    return {
        "API Gateway": MILLION * PRICES["api_gateway_rest"]["request"],
        "Lambda": functions,
        "SQS": writes * len(HEARERS) * CALLS_A_MESSAGE * PRICES["sqs"]["request"],
        "SES": writes / MAILS * PRICES["ses"]["mail"],
        "CloudWatch Logs": sum(calls.values()) * LOG_KB / MILLION * PRICES["logs"]["gb"],
        "data out": MILLION * ANSWER_KB / MILLION * PRICES["transfer_out"]["gb"],
    }


def _standing(kind: str, **properties: str) -> int:
    """How many of the template's resources are of this kind, those that a parameter brings left out; the
    network is there unless another one is given."""
    found = [each for each in merged(PROJECT / FOLDER)["Resources"].values() if each.get("Type") == kind]
    found = [each for each in found if each.get("Condition", "MakesNetwork") == "MakesNetwork"]
    return sum(properties.items() <= each.get("Properties", {}).items() for each in found)


def standing(measured: Mapping[str, Measured]) -> dict[str, float]:
    """Dollars of a month in which nobody calls, without the database."""
    queues = _standing("AWS::SQS::Queue") // 2  # each with its dead letters, which nobody waits for
    endpoints = ZONES * _standing("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")
    secrets = _standing("AWS::SecretsManager::Secret") + 1  # RDS's own, for its master
    runs = sum(invocation(name, measured[name]) * count for name, count in RUNS.items())
    return {
        "schedules": runs + sum(RUNS.values()) * LOG_KB / MILLION * PRICES["logs"]["gb"],
        "queues that wait": queues * POLLS * PRICES["sqs"]["request"],
        "metrics and alarms": METRICS * PRICES["metrics"]["metric_month"]
        + _standing("AWS::CloudWatch::Alarm") * PRICES["metrics"]["alarm_month"],
        "secrets": secrets * PRICES["secrets"]["secret_month"],
        "VPC endpoints": endpoints * HOURS * PRICES["endpoints"]["hour"],
    }


def a_month(desk: Desk, measured: Mapping[str, Measured]) -> dict[str, float]:
    """Dollars of a month of a desk of this size."""
    rds = PRICES["rds"]
    database = desk.copies * (HOURS * rds["hour"][desk.instance] + desk.gigabytes * rds["storage_gb_month"])
    return {
        "requests": sum(a_million(measured).values()) * desk.requests / MILLION,
        "what stands": sum(standing(measured).values()),
        f"RDS ({desk.instance}{', two zones' if desk.copies > 1 else ''}, {desk.gigabytes:,} GB)": database,
    }
