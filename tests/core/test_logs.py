"""Lines of the log: one JSON object each, whatever is in it."""

import json
import logging

import pytest

from chalicelib.core.logs import JsonFormatter

FORGED = '{"level": "INFO", "message": "signed in"}'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_no_value_makes_a_line_of_its_own(end: str) -> None:
    record = logging.makeLogRecord({"msg": f"refused{end}{FORGED}", "route": f"GET /{end}{FORGED}"})

    line = JsonFormatter().format(record)

    assert line.splitlines() == [line]
    assert json.loads(line)["route"] == f"GET /{end}{FORGED}"
