"""A sandbox frozen in the middle of a request (Lambda does so with who is between two), while its connection
is cut and somebody else sends the same key: once it goes on, it answers what the other one did."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from select import select
from typing import Any

import psutil
import pytest

from local.files import PROJECT
from tests.chaos.profile import dice, short_or_long
from tests.chaos.strikes import KILL
from tests.chaos.tally import tally
from tests.support.api import Reply
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

SANDBOX = """
import json, os, signal, sys
from app import app
from tests.chaos.strikes import points
from tests.support.api import Api

for line in sys.stdin:
    order = json.loads(line)

    def strike(now):
        if now == order["place"]:
            os.kill(os.getpid(), signal.SIGSTOP)
        return now == order["place"]

    with points(strike) as found:
        reply = Api(app, order["token"]).post(order["path"], order["body"], Idempotency_Key=order["key"])
    told = {"status": reply.status, "headers": reply.headers, "text": reply.text, "hits": found.hits}
    os.write(int(sys.argv[1]), json.dumps(told).encode() + bytes([10]))
"""
MOST_POINTS = 9
PLACES = dice("frozen").sample(range(1, 7), 2) if short_or_long(True, False) else range(1, MOST_POINTS + 1)


class Sandbox:
    """A process of its own with the app in it."""

    def __init__(self) -> None:
        self.answers, write = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SANDBOX, str(write)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[write],
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT), "MESA_LOG_LEVEL": "ERROR"},
        )
        os.close(write)
        self.watched = psutil.Process(self.process.pid)

    def begin(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def stops(self, database: Database, mark: str) -> bool:
        """Waits until it is frozen; False where it is done before."""
        until = time.monotonic() + 300
        while self.watched.status() != psutil.STATUS_STOPPED:
            if database.rows("SELECT FROM idempotency_keys WHERE key = :k AND status IS NOT NULL", k=mark):
                return False
            assert time.monotonic() < until
            time.sleep(0.01)
        return True

    def goes_on(self) -> Reply:
        self.watched.resume()
        while not select([self.answers], [], [], 0.1)[0]:
            self.watched.resume()
        answer = b""
        while not answer.endswith(b"\n"):
            part = os.read(self.answers, 65536)
            assert part, "the sandbox died"
            answer += part
        told = json.loads(answer)
        return Reply(told["status"], told["headers"], told["text"])

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self.answers)


@pytest.fixture
def sandbox(desk: ServiceDesk) -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


def test_a_sandbox_frozen_while_its_connection_is_cut(
    desk: ServiceDesk, database: Database, sandbox: Sandbox
) -> None:
    told = tally("a frozen sandbox")
    for place in PLACES:
        mark, body = f"frozen at {place}", {"subject": f"frozen at {place}", "description": "B"}
        token = desk.cast.carol.token
        sandbox.begin(token=token, path="/v1/tickets", body=body, key=mark, place=place)
        if sandbox.stops(database, mark):
            told.faults["sandbox frozen, its backend killed"] += 1
            database.run(KILL)
        other = desk.as_(desk.cast.carol).post("/v1/tickets", body, Idempotency_Key=mark)

        reply = sandbox.goes_on()
        if reply.status == 503:  # it was frozen for longer than it tries
            sandbox.begin(token=token, path="/v1/tickets", body=body, key=mark, place=0)
            reply = sandbox.goes_on()

        assert (other.status, reply.status) == (201, 201)
        assert other.json["id"] == reply.json["id"]
        told.acknowledged += 1
        told.twice += database.value("SELECT count(*) FROM tickets WHERE subject = :s", s=mark) - 1
    assert told.is_clean
    assert told.faults
