"""The runbook: every alarm of what is deployed has its place there, and says where that is."""

import json
import re
from typing import Any

import pytest

from local.backup import connected
from local.files import PROJECT
from local.package import package
from local.postgres import OWNER, Cluster
from local.watching import RUNBOOK
from tests.conftest import DATABASE

# An id that the reader puts in.
NOBODY = "'…'"
PAGE = PROJECT / "docs" / "runbook.md"


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The properties of each alarm, as `make package` leaves it."""
    out = tmp_path_factory.mktemp("package")
    package(out, cache=PROJECT / ".local" / "build", stage="prod")
    resources = json.loads((out / "sam.json").read_text())["Resources"]
    return {
        name: each["Properties"]
        for name, each in resources.items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """What stands under each heading of the second level, by its anchor."""
    parts = re.split(r"^## (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {anchor(heading): text for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def listed(text: str) -> set[str]:
    """The alarms that a section is about: first cells of a table, or a line of names."""
    cells = re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", text, flags=re.MULTILINE)
    lines = re.findall(r"^Alarms: (.+?)\.$", text, flags=re.MULTILINE | re.DOTALL)
    return {*cells, *(name.strip("`") for line in lines for name in re.split(r",\s*", line))}


def test_every_alarm_has_its_place_and_nothing_else_is_taken_for_one(
    alarms: dict[str, Any], sections: dict[str, str]
) -> None:
    places = [(name, section) for section, text in sections.items() for name in listed(text)]

    named = sorted(name for name, _ in places)
    assert named == sorted(set(named)), "an alarm has two places"
    assert set(alarms) - set(named) == set(), "docs/runbook.md says nothing of these alarms"
    assert set(named) - set(alarms) == set(), "docs/runbook.md says something of alarms that are none"


def test_every_alarm_says_where_that_is(alarms: dict[str, Any], sections: dict[str, str]) -> None:
    for name, alarm in alarms.items():
        section = alarm["AlarmDescription"].rpartition("docs/runbook.md#")[2].removesuffix(".")
        assert name in listed(sections[section]), name


def test_every_section_of_alarms_says_when_it_is_over(sections: dict[str, str]) -> None:
    for section in set(RUNBOOK.values()):
        assert re.search(r"^(?:\d\. )?.*\bOver when\b", sections[section], flags=re.MULTILINE), section


def test_its_sql_is_understood(cluster: Cluster) -> None:
    statements = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    assert len(statements) >= 6
    with connected(cluster.dsn(OWNER, DATABASE)) as connection:
        connection.run("BEGIN READ ONLY")
        for statement in filter(str.strip, re.split(r";\s*", " ".join(statements))):
            connection.run(f"EXPLAIN {statement.replace(NOBODY, 'gen_random_uuid()')}")
        connection.run("ROLLBACK")
