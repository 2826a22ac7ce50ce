"""Time-outs nest, lock < statement < socket < Lambda < 29 s: read where each of them really stands, for every
function."""

import json
import re
from pathlib import Path

import pytest

from chalicelib import queues, schedules
from chalicelib.core import connection, db, mail, outbound, sqs
from chalicelib.core.kept_connection import QUICK_SECONDS
from local.files import PROJECT
from local.postgres import Cluster

GATEWAY = 29.0
# Behind the gateway: who calls waits for them.
CALLED = ("api_handler", "public-status", "egress", "authorizer")
# Those never speak to the database.
WITHOUT_DATABASE = ("authorizer", "egress", "deliveries", "points")
# What a function keeps of its time for the last thing that it begins.
KEPT = {
    "sla-sweep": max(schedules.STATEMENT_SECONDS, schedules.RELAY_SECONDS),
    "rule-sweep": max(schedules.STATEMENT_SECONDS, schedules.RELAY_SECONDS),
    "event-relay": schedules.RELAY_SECONDS,
    "webhook-sweep": schedules.RELAY_SECONDS,
    "purge": max(schedules.STATEMENT_SECONDS, schedules.FILE_SECONDS),
    "rollup-repair": schedules.STATEMENT_SECONDS,
    "audit-anchor": schedules.ANCHOR_SECONDS,
    "notifications": mail.LONGEST_SEND_SECONDS + queues.SETTLING_SECONDS,
    "attachments": queues.RECEIVING_SECONDS,
    "mailbox": queues.MAIL_SECONDS,
    "mail-feedback": queues.RULE_SECONDS,
    "rules": queues.RULE_SECONDS,
    "webhooks": queues.WEBHOOK_SECONDS,
    "delivery-results": queues.WEBHOOK_SECONDS,
    "insight": queues.COUNTING_SECONDS,
    "jobs": queues.JOB_STEP_SECONDS,
}
# Where those stand that are woken by a queue or by the clock.
DOORS = (Path(queues.__file__), Path(schedules.__file__))
NAME = re.compile(r'\bname="([a-z-]+)"')


def lambdas() -> dict[str, int]:
    """Seconds of each function, as it is packaged."""
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    return {name: each["lambda_timeout"] for name, each in config["lambda_functions"].items()}


@pytest.fixture(scope="module")
def of_the_role(cluster: Cluster) -> dict[str, float]:
    """Seconds that the database gives the app, as the migrations have left them."""
    rows = cluster.execute_as_superuser("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = 'mesa_app'")
    settings = dict(row[0].split("=", 1) for row in rows)
    return {name: float(value.removesuffix("s")) for name, value in settings.items() if value.endswith("s")}


def test_a_lock_is_given_up_before_its_statement_and_that_before_its_socket(
    of_the_role: dict[str, float],
) -> None:
    waits = [of_the_role[name] for name in ("lock_timeout", "statement_timeout")]
    waits += [connection.SOCKET_TIMEOUT_SECONDS, of_the_role["idle_in_transaction_session_timeout"]]

    assert waits == sorted(set(waits))


@pytest.mark.parametrize("name", [name for name in lambdas() if name not in WITHOUT_DATABASE])
def test_a_socket_is_given_up_before_its_function(name: str) -> None:
    assert lambdas()[name] > connection.SOCKET_TIMEOUT_SECONDS + 1


@pytest.mark.parametrize("name", CALLED)
def test_a_function_that_is_waited_for_ends_before_the_gateway_does(name: str) -> None:
    assert lambdas()[name] < GATEWAY


def test_what_is_repeated_fits_its_function_with_a_time_out_on_top() -> None:
    assert lambdas()["api_handler"] > db.REPEATED_WITHIN_SECONDS + connection.SOCKET_TIMEOUT_SECONDS + 1
    assert lambdas()["public-status"] > QUICK_SECONDS + connection.SOCKET_TIMEOUT_SECONDS + 1
    assert lambdas()["egress"] > outbound.LONGEST_SECONDS + 1


def test_what_comes_after_the_answer_is_there_does_not_outlast_its_function() -> None:
    hasty = sqs.TIMEOUTS["hasty"]
    sending = (hasty["connect_timeout"] + hasty["read_timeout"]) * hasty["retries"]["total_max_attempts"]

    assert sending + connection.SOCKET_TIMEOUT_SECONDS < lambdas()["api_handler"]


def test_every_function_that_takes_up_one_thing_after_another_keeps_time_for_the_last(
    of_the_role: dict[str, float],
) -> None:
    assert KEPT.keys() == {name for door in DOORS for name in NAME.findall(door.read_text())}
    for name, kept in KEPT.items():
        assert of_the_role["statement_timeout"] < kept < lambdas()[name], name
