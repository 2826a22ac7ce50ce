"""Calls to webhooks: a hundred at once, and a quick receiver beside a slow one."""

import json
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from benchmarks.figure import Figure, progress
from benchmarks.stage import Stage
from chalicelib import egress
from chalicelib.core import sqs, standard_webhooks
from chalicelib.core.deliveries import Outgoing
from tests.support.mailbox import LambdaContext, batch_of
from tests.support.stranger import Asked, Stranger, Told

IN_FLIGHT = 100
SECONDS = 1.0
QUICK = 50
ROUNDS = 5


def measure(stage: Stage) -> Iterator[Figure]:
    """How long a hundred calls of a second each take together; and when the median of fifty quick calls is
    told of, in batches with fifty slow ones against alone."""
    assert stage.environment
    receiver = Stranger()
    receiver.routes["/slow"] = _slow
    receiver.says("/quick")
    settings = {"MESA_EGRESS_LOCAL_HOSTS": "127.0.0.1", "MESA_LOG_LEVEL": "ERROR"}
    settings["MESA_DELIVERY_RESULT_QUEUE_URL"] = "http://127.0.0.1:9/nowhere"
    egress.delivery_settings.cache_clear()
    try:
        with patch.dict(os.environ, settings), open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            progress(f"{IN_FLIGHT} calls at once, {ROUNDS} rounds")
            _told([f"{receiver.url}/quick"] * IN_FLIGHT)
            whole = min(max(_told([f"{receiver.url}/slow"] * IN_FLIGHT).values()) for _ in range(ROUNDS))
            alone, beside = [], []
            mixed = [f"{receiver.url}/{name}" for _ in range(QUICK) for name in ("quick", "slow")]
            for _ in range(ROUNDS):
                alone.append(_median_quick([f"{receiver.url}/quick"] * IN_FLIGHT))
                beside.append(_median_quick(mixed))
    finally:
        egress.delivery_settings.cache_clear()
        receiver.stop()
    yield Figure(f"webhooks: {IN_FLIGHT} calls of {SECONDS:g} s each, all of them", whole * 1000, 2000, "ms")
    name = f"webhooks: a quick call beside {QUICK} slow ones (floor: beside quick ones)"
    yield Figure(name, statistics.median(beside) * 1000, 1.5, "ms", statistics.median(alone) * 1000)


def _slow(_: Asked) -> Told:
    time.sleep(SECONDS)
    return Told()


def _median_quick(urls: list[str]) -> float:
    return statistics.median(at for url, at in _told(urls).items() if "/quick" in url)


def _told(urls: list[str]) -> dict[str, float]:
    """When each call was told of, in seconds from the beginning, by its URL and place. A sandbox a batch."""
    began = time.perf_counter()
    heard: dict[str, float] = {}
    places: dict[str, str] = {}

    def send(_: str, bodies: dict[int, str], __: str) -> sqs.Outcome:
        told = json.loads(bodies[0])
        assert told["status"] == 200, told
        heard[places[told["delivery_id"]]] = time.perf_counter() - began
        return sqs.Outcome({0}, True)

    messages: list[dict[str, Any]] = []
    for place, url in enumerate(urls):
        delivery_id = str(uuid4())
        places[delivery_id] = f"{url}#{place}"
        fields = standard_webhooks.headers(delivery_id, int(time.time()), "{}", [b"k" * 32])
        call = Outgoing(str(uuid4()), delivery_id, 1, url, fields, "{}", time.time() + 60)
        messages.append(json.loads(call.text()))
    batches = [messages[start : start + egress.BATCH] for start in range(0, len(messages), egress.BATCH)]
    with patch("chalicelib.core.sqs.send", send), ThreadPoolExecutor(len(batches)) as sandboxes:
        for done in sandboxes.map(
            lambda batch: egress.deliveries(batch_of(*batch), LambdaContext()), batches
        ):
            assert done == {"batchItemFailures": []}
    return heard
