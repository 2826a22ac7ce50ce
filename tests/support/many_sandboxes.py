"""The load of many sandboxes: each a process with the app and a connection of its own, as on Lambda, over a
database that has fewer connections than that. Tests hold its bounds, benchmarks measure with it.

All begin at once and call in turn, pausing in between; after the surge only some go on. What ends gives its
connection back, as a sandbox does that Lambda removes; or what does not go on sleeps with what it holds, as
long as Lambda keeps it.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
# What of its calls a sandbox spends on what.
KINDS = ("list",) * 4 + ("read",) * 2 + ("create",) * 2 + ("comment",) * 2

# How many seconds longer than `after` whoever is not served goes on, before that is the outcome.
PATIENCE = 30.0


@dataclass(frozen=True)
class Load:
    """`sandboxes` call for `surge` seconds, every `rest`-th for `after` seconds more, each after a pause of
    `pause` seconds on average. `tokens`: who calls, in turn; each may read and comment on `ticket`. `asleep`:
    whoever does not go on keeps its connection."""

    tokens: Sequence[str]
    ticket: str
    sandboxes: int = 200
    surge: float = 10.0
    after: float = 8.0
    rest: int = 4
    pause: float = 2.0
    seed: int = 1
    asleep: bool = False


@dataclass(frozen=True)
class Call:
    """`began` in seconds since all began; `seconds`: how long it took, without the time in which the process
    was ready and others had the CPU, which a sandbox has to itself. `key`: the Idempotency-Key of a write,
    `id`: what it made."""

    sandbox: int
    kind: str
    began: float
    seconds: float
    waited: float
    status: int
    key: str = ""
    id: str = ""


@dataclass(frozen=True)
class Loaded:
    """What came of it."""

    load: Load
    calls: Sequence[Call] = field(repr=False)
    zero: float = 0.0  # when all began, by the monotonic clock of the machine

    @property
    def statuses(self) -> dict[int, int]:
        """How many answers of each status."""
        return dict(sorted(Counter(call.status for call in self.calls).items()))

    def percentile(self, share: float) -> float:
        """Seconds of the answers that are 2xx."""
        took = sorted(call.seconds for call in self.calls if call.status < 300)
        return took[min(len(took) - 1, int(len(took) * share))]

    @property
    def recovered_in(self) -> float:
        """Seconds from the end of the surge to the beginning of the last call that was not answered 2xx."""
        refused = [call.began for call in self.calls if call.status >= 300]
        return max(0.0, max(refused, default=0.0) - self.load.surge)

    @property
    def served_after(self) -> set[int]:
        """The sandboxes whose last call, after the surge, was answered 2xx."""
        last = {call.sandbox: call for call in self.calls if call.began > self.load.surge}
        return {number for number, call in last.items() if call.status < 300}

    @property
    def made(self) -> list[Call]:
        """The writes that were acknowledged."""
        return [call for call in self.calls if call.key and call.status < 300]


def loaded(load: Load, environment: Mapping[str, str]) -> Loaded:
    """Runs it, in processes of this environment's settings."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.support.many_sandboxes", json.dumps(asdict(load))],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        timeout=load.surge + load.after + 120,
        env={**os.environ, **environment, "MESA_LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)},
    )
    assert finished.returncode == 0, f"a sandbox died: {finished.stderr[-2000:]}"
    zero, calls = json.loads(finished.stderr.splitlines()[-1])
    return Loaded(load, [Call(*call) for call in calls], zero)


class Sandbox:
    """One of them, in its own process."""

    def __init__(self, number: int, load: Load, api: Any) -> None:
        self.number, self.load = number, load
        self.api = api.with_token(load.tokens[number % len(load.tokens)])
        self.dice = Random(f"{load.seed}.{number}")
        self.open: list[tuple[str, str]] = []  # writes to be sent again, with their key
        self.calls: list[Call] = []

    def work(self, zero: float) -> list[Call]:
        """Until its time is over; `zero` is when all begin, by the monotonic clock."""
        from chalicelib.core.db import engine

        goes_on = self.number % self.load.rest == 0
        until = zero + self.load.surge + (self.load.after if goes_on else 0)
        at = zero + self.dice.uniform(0, self.load.pause)
        while at < until or (goes_on and at < until + PATIENCE and not self.is_served):
            time.sleep(max(0.0, at - time.monotonic()))
            self.call(zero)
            at = max(at, time.monotonic()) + self.dice.uniform(0.5, 1.5) * self.load.pause
        if self.load.asleep and not goes_on:
            time.sleep(max(0.0, zero + self.load.surge + self.load.after - time.monotonic()))
        engine().dispose()
        return self.calls

    @property
    def is_served(self) -> bool:
        """Whether its last call came after the surge and was answered 2xx."""
        last = self.calls[-1:]
        return any(call.began > self.load.surge and call.status < 300 for call in last)

    def call(self, zero: float) -> None:
        again = bool(self.open) and self.dice.random() < 0.5
        kind, key = self.open.pop(0) if again else (self.dice.choice(KINDS), "")
        if not key and kind in ("create", "comment"):
            key = f"{self.load.seed}.{self.number}.{len(self.calls)}"
        delay, began = waited(), time.monotonic()
        reply = self.send(kind, key)
        seconds, delay = time.monotonic() - began, waited() - delay
        made = reply.json["id"] if key and reply.status < 300 else ""
        if key and reply.status >= 300:
            self.open.append((kind, key))
        spent = max(0.0, seconds - delay)
        self.calls.append(Call(self.number, kind, began - zero, spent, delay, reply.status, key, made))

    def send(self, kind: str, key: str) -> Any:
        path = f"/v1/tickets/{self.load.ticket}"
        if kind == "create":
            body = {"subject": f"Load {key}", "description": "One of many."}
            return self.api.post("/v1/tickets", body, Idempotency_Key=key)
        if kind == "comment":
            return self.api.post(f"{path}/comments", {"body": f"Load {key}"}, Idempotency_Key=key)
        return self.api.get("/v1/tickets?limit=25" if kind == "list" else path)


def waited() -> float:
    """Seconds in which this process was ready but others had the CPU, as Linux tells it."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def main() -> None:
    """Makes itself ready and forks them, before there is a connection or a thread."""
    from multiprocessing import get_context

    from app import app
    from chalicelib.core.db import engine
    from tests.support.api import Api
    from tests.support.contract import contract

    load = Load(**json.loads(sys.argv[1]))
    api = Api(app)
    contract()
    for kind in KINDS:  # whatever is made at the first call is made once, and shared
        Sandbox(0, load, api).send(kind, f"{load.seed}.first.{kind}")
    engine().dispose()
    engine.cache_clear()
    processes = get_context("fork")
    start, zero = processes.Barrier(load.sandboxes + 1, timeout=120), processes.Value("d")
    answers = processes.Queue()

    def begin(number: int) -> None:
        start.wait()
        calls = Sandbox(number, load, api).work(zero.value)
        answers.put([list(asdict(call).values()) for call in calls])

    family = [processes.Process(target=begin, args=(number,)) for number in range(load.sandboxes)]
    for each in family:
        each.start()
    while start.n_waiting < load.sandboxes:  # none begins before all are there
        time.sleep(0.01)
    zero.value = time.monotonic() + 0.1
    start.wait()
    told = [answers.get(timeout=load.surge + load.after + 60) for _ in family]
    for each in family:
        each.join()
    sys.stderr.write("\n" + json.dumps([zero.value, [call for calls in told for call in calls]]))


if __name__ == "__main__":
    main()
