"""Parallel callers: each a process of its own with its own app and connection, as sandboxes are."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.support.api import Reply

# One makes itself ready and forks the callers, before there is a connection or a thread: a start of its own
# would take each a second and more. `start` lets none go before all are there.
CALLERS = """
import json, sys
from multiprocessing import get_context
from app import app
from chalicelib.core import sqs
from tests.support.api import Api
from tests.support.contract import contract

def calls(_):
    start.wait()
    replies = [
        api.request(order["method"], order["path"], order["body"], order["headers"])
        for _ in range(order["times"])
    ]
    return [[reply.status, reply.headers, reply.text] for reply in replies]

order = json.loads(sys.argv[1])
api = Api(app, order["token"])
contract()
sqs.client("hasty")
processes = get_context("fork")
start = processes.Barrier(order["processes"], timeout=60)
with processes.Pool(order["processes"]) as pool:
    told = pool.map(calls, range(order["processes"]), chunksize=1)
sys.stderr.write(chr(10) + json.dumps(told))
"""


def in_processes(
    processes: int, times: int, token: str, method: str, path: str, body: Any, headers: dict[str, str]
) -> list[Reply]:
    """Calls `processes` × `times` at once."""
    order = {"token": token, "method": method, "path": path, "body": body, "headers": headers}
    finished = subprocess.run(
        [sys.executable, "-c", CALLERS, json.dumps({**order, "processes": processes, "times": times})],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        timeout=120,
        env={**os.environ, "MESA_LOG_LEVEL": "ERROR", "PYTHONPATH": os.getcwd()},
    )
    assert finished.returncode == 0, f"a caller died: {finished.stderr[-2000:]}"
    told = json.loads(finished.stderr.splitlines()[-1])
    return [Reply(*reply) for replies in told for reply in replies]
