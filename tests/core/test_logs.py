"""Lines of the log: one JSON object each, whatever is in it."""

import json
import logging
from collections.abc import Iterator

import pytest

from chalicelib.core.logs import LIBRARIES, JsonFormatter, configure

FORGED = '{"level": "INFO", "message": "signed in"}'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_no_value_makes_a_line_of_its_own(end: str) -> None:
    record = logging.makeLogRecord({"msg": f"refused{end}{FORGED}", "route": f"GET /{end}{FORGED}"})

    line = JsonFormatter().format(record)

    assert line.splitlines() == [line]
    assert json.loads(line)["route"] == f"GET /{end}{FORGED}"


@pytest.fixture
def levels() -> Iterator[None]:
    """As they were."""
    loggers = [logging.getLogger(), *map(logging.getLogger, LIBRARIES)]
    before = [(each, each.level) for each in loggers]
    formatters = [(each, each.formatter) for each in logging.getLogger().handlers]
    yield
    for logger, level in before:
        logger.setLevel(level)
    for handler, formatter in formatters:
        handler.setFormatter(formatter)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_neither_where_credentials_were_found_nor_what_is_sent_with_them_is_told(
    levels: None, level: str
) -> None:
    configure(level)

    for name in ("botocore.credentials", "botocore.endpoint", "boto3.resources", "urllib3.connectionpool"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO), name
        assert logging.getLogger(name).isEnabledFor(logging.WARNING), name
    assert logging.getLogger("chalicelib.queues").isEnabledFor(logging.INFO)
