"""How much memory a function is given: the least of Lambda's that has room, and a large enough share of a
processor.

Lambda gives 1,769 MB one vCPU, and others their part of it. Source: AWS Lambda Developer Guide, "Configure
Lambda function memory".
"""

import json
from dataclasses import dataclass
from typing import Any

from local.files import PROJECT

RECORDED = PROJECT / "benchmarks" / "recorded" / "functions.json"
CONFIG = PROJECT / ".chalice" / "config.json"
MB_A_PROCESSOR = 1769
# With less than a third of a processor a first call takes seconds, whoever waits for it.
SIZES = (512, 1024, 1769)
# What the process held at most may be two thirds of it: Lambda's own runtime is there too, and desks differ.
ROOM = 1.5
# For whom somebody waits: the first call of a sandbox, and any other. Whoever waits is a person.
AWAITED = frozenset({"api_handler", "authorizer", "public-status", "egress"})
COLD_MS, WARM_MS = 2500.0, 100.0
# Else: a batch in this part of the function's time-out.
OF_TIMEOUT = 1 / 3
# What was found elsewhere: a login's bcrypt at cost 12 (figures/sign_in.py), which a person waits 600 ms for
# at most, and an export of half a million rows (figures/exports.py).
LOGIN_PROCESSOR_MS, LOGIN_MS = 230.0, 600.0
HELD_BY_EXPORTS = 200


@dataclass(frozen=True)
class Measured:
    """Of a function: the most that it held, in millions of bytes; what its first call took of a processor,
    what another one did, and by the clock; and what the largest took."""

    megabytes: int
    cold_processor_ms: float
    processor_ms: float
    milliseconds: float
    large_processor_ms: float


def recorded() -> dict[str, Measured]:
    """The last measurement, by function."""
    told = json.loads(RECORDED.read_text("utf-8"))
    return {name: Measured(**each) for name, each in told["functions"].items()}


def measured_on() -> str:
    told: str = json.loads(RECORDED.read_text("utf-8"))["date"]
    return told


def configuration() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONFIG.read_text("utf-8"))["lambda_functions"]
    return found


def configured(name: str) -> int:
    """MB."""
    return int(configuration()[name]["lambda_memory_size"])


def needed(name: str, measured: Measured) -> int:
    """The least of SIZES, in MB; the largest where none is enough."""
    timeout = 1000.0 * configuration()[name]["lambda_timeout"]
    for size in SIZES:
        if _fits(name, measured, size, timeout):
            return size
    return SIZES[-1]


def at(size: int, processor_ms: float, elsewhere_ms: float = 0.0) -> float:
    """Milliseconds of a call that takes so much of a processor, and waits so long for others."""
    return processor_ms * max(1.0, MB_A_PROCESSOR / size) + elsewhere_ms


def _fits(name: str, measured: Measured, size: int, timeout: float) -> bool:
    held = max(measured.megabytes, HELD_BY_EXPORTS if name == "jobs" else 0)
    if held * ROOM > size:
        return False
    if at(size, measured.large_processor_ms) > timeout * OF_TIMEOUT:
        return False
    if name not in AWAITED:
        return True
    if name == "api_handler" and at(size, LOGIN_PROCESSOR_MS) > LOGIN_MS:
        return False
    return at(size, measured.cold_processor_ms) <= COLD_MS and at(size, measured.processor_ms) <= WARM_MS
