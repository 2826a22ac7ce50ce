"""Parallel callers: each a process of its own with its own app and connection, as sandboxes are."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.support.api import Reply

CALLER = """
import json, sys
from app import app
from tests.support.api import Api

order = json.loads(sys.argv[1])
api = Api(app, order["token"])
sys.stdin.readline()
for _ in range(order["times"]):
    reply = api.request(order["method"], order["path"], order["body"], order["headers"])
    sys.stderr.write(json.dumps([reply.status, reply.headers, reply.text]) + chr(10))
"""


def in_processes(
    processes: int, times: int, token: str, method: str, path: str, body: Any, headers: dict[str, str]
) -> list[Reply]:
    """Calls `processes` × `times` at once, started together by a line on their standard input."""
    order = {"token": token, "times": times, "method": method, "path": path, "body": body, "headers": headers}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CALLER, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "MESA_LOG_LEVEL": "ERROR", "PYTHONPATH": os.getcwd()},
        )
        for _ in range(processes)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    replies: list[Reply] = []
    for process in running:
        _, told = process.communicate(timeout=120)
        replies += [Reply(*json.loads(line)) for line in told.splitlines() if line.startswith("[")]
    assert len(replies) == processes * times, "a caller died"
    return replies
