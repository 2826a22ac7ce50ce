"""The life of a promise in docs/sla.md: each table is played over HTTP, row by row, at its times."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sla.office_desk import Json, OfficeDesk, local
from tests.support.jobs import Workshop

DOCUMENT = Path(__file__).parents[2] / "docs" / "sla.md"
CHAPTER = re.compile(r"^## The life of a promise\n(.*?)^## ", re.MULTILINE | re.DOTALL)
POLICY = re.compile(r"Promised(?: to (\w+)s)?: ([^.]+)\.")
MINUTES = re.compile(r"(\w+(?: response| resolution)?) (\d+)(?: for (\w+))?")
WHEN = re.compile(r"\w{3} (\d+) (\d\d):(\d\d)")
METRICS = {"first response", "next response", "resolution", "team resolution"}


@dataclass(frozen=True)
class Example:
    """A table, and the policies in the lines before it."""

    title: str
    policies: list[tuple[str | None, Json]]
    headings: list[str]
    rows: list[list[str]]

    @property
    def metrics(self) -> list[str]:
        return [heading for heading in self.headings if heading in METRICS]


def examples() -> Iterator[Example]:
    chapter = CHAPTER.search(DOCUMENT.read_text("utf-8"))
    assert chapter is not None
    for section in re.split(r"^### ", chapter[1], flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        parts = re.split(r"((?:^\|.*\n)+)", text, flags=re.MULTILINE)
        for number, (words, table) in enumerate(zip(parts[::2], parts[1::2], strict=False)):
            headings, _, *rows = (
                [cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()
            )
            policies = [(type_, promised(minutes)) for type_, minutes in POLICY.findall(words)]
            yield Example(f"{title}, {number + 1}", policies, headings, rows)


def promised(words: str) -> Json:
    """Minutes by metric, and by priority where they are for some."""
    found: Json = {}
    for metric, minutes, priority in MINUTES.findall(words):
        assert metric in METRICS, metric
        name = metric.replace(" ", "_")
        if priority:
            found.setdefault(name, {})[priority] = int(minutes)
        else:
            found[name] = int(minutes)
    return found


EXAMPLES = list(examples())


def test_every_table_of_the_chapter_is_played() -> None:
    assert len(EXAMPLES) >= 12
    assert all(example.rows and example.policies and example.metrics for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_example_comes_out_as_written(office: OfficeDesk, workshop: Workshop, example: Example) -> None:
    for number, (type_, minutes) in enumerate(example.policies):
        office.promise(f"Policy {number}", {"type": [type_]} if type_ else {}, **minutes)
    story = Story(office, workshop)

    played = [[row[0], row[1], *story.row(row[0], row[1], example.metrics)] for row in example.rows]

    assert played == example.rows


class Story:
    """One ticket, and what happens to it."""

    def __init__(self, office: OfficeDesk, workshop: Workshop) -> None:
        self.office = office
        self.workshop = workshop
        self.ticket: Json = {}
        self.told = 0

    def row(self, when: str, happens: str, metrics: list[str]) -> list[str]:
        """What the other cells of the row should say."""
        time = WHEN.fullmatch(when)
        assert time is not None, when
        self.office.at(*map(int, time.groups()))
        self.office.sweep()
        self.happens(happens)
        seen = self.office.seen(self.ticket)
        return [*(fate(seen, metric.replace(" ", "_")) for metric in metrics), self._news(seen)]

    def happens(self, what: str) -> None:
        office, ticket = self.office, self.ticket
        cast, comment, do = office.cast, office.desk.comment, office.do
        plain: dict[str, Callable[[], Any]] = {
            "nothing": lambda: None,
            "paused": lambda: office.pause(ticket),
            "resumed": lambda: office.resume(ticket),
            "resolved": lambda: do(cast.dario, ticket, "resolve", resolution="Done."),
            "reopened": lambda: do(cast.dario, ticket, "reopen", reason="It is back."),
            "cancelled": lambda: do(cast.dario, ticket, "cancel", reason="Not needed."),
            "the staff answers": lambda: comment(cast.ana, ticket, "On it."),
            "the customer asks": lambda: comment(cast.carol, ticket, "When?"),
            "a note between colleagues": lambda: comment(cast.ana, ticket, "Hm.", visibility="internal"),
            "it goes to another team": lambda: do(
                cast.dario, ticket, "transfer", team_id=str(cast.teams["Apps"]), assignee_id=str(cast.ben.id),
                reason="Theirs.",
            ),
        }  # fmt: skip
        if what == "opened":
            self.ticket = office.ticket(type="incident", priority="medium")
        elif what in plain:
            plain[what]()
        elif found := re.fullmatch(r"its priority becomes (\w+)", what):
            do(cast.dario, ticket, "reclassify", priority=found[1])
        elif found := re.fullmatch(r"it becomes an? (\w+)", what):
            do(cast.dario, ticket, "reclassify", type=found[1])
        else:
            found = re.fullmatch(r"(\d+) June becomes a holiday", what)
            assert found is not None, what
            self.closes(f"2026-06-{int(found[1]):02}")

    def closes(self, day: str) -> None:
        path = f"/v1/calendars/{self.office.calendar['id']}"
        assert self.office.ada.patch(path, {"holidays": [day]}).status == 200
        self.workshop.work()

    def _news(self, seen: Json) -> str:
        """What was announced since the last time."""
        entries = [e for e in seen["timeline"] if e["action"] in ("sla_warned", "sla_breached")]
        news, self.told = entries[self.told :], len(entries)
        return ", ".join(
            "breach" if entry["action"] == "sla_breached" else f"{entry['meta']['percent']} %"
            for entry in news
        )


def fate(ticket: Json, metric: str) -> str:
    """When the last cycle of a promise is due, or what became of it."""
    cycles = [each for each in ticket["sla"]["targets"] if each["metric"] == metric]
    if not cycles:
        return "not promised"
    last = cycles[-1]
    if last["status"] == "fulfilled":
        return "missed" if last["breached"] else "met"
    if last["status"] == "ended":
        return "ended" if last["due_at"] else "withdrawn"
    since = last["breached_at"] or last["due_at"]
    late = f"late since {clock(since)}" if last["breached"] else ""
    if last["status"] == "paused":
        return ", ".join(filter(None, ("paused", late)))
    return late or clock(last["due_at"])


def clock(written: str) -> str:
    """As the tables write it: Mon 8 14:00."""
    day, number, time = str(local(written)).split()
    return f"{day} {int(number)} {time[:5]}"
