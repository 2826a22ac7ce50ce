"""Exports as those who ask for them have them: asked for, made, fetched by their link, read."""

import csv
import gzip
import io
import json
from typing import Any
from urllib.request import urlopen

from tests.support.api import Api
from tests.support.cast import Person
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk, plain


class Exports:
    """The door for rows, as each of the cast sees it."""

    def __init__(self, desk: ServiceDesk, workshop: Workshop) -> None:
        self.desk = desk
        self.workshop = workshop

    def ask(self, who: Person | Api, resource: str, **wanted: Any) -> dict[str, Any]:
        """The job."""
        reply = self.api(who).post("/v1/exports", {"resource": resource, **plain(wanted)})
        assert reply.status == 202, reply.text
        return dict(reply.json)

    def api(self, who: Person | Api) -> Api:
        return self.desk.as_(who) if isinstance(who, Person) else who

    def job(self, who: Person | Api, job: dict[str, Any]) -> dict[str, Any]:
        return dict(self.api(who).get(f"/v1/jobs/{job['id']}").json)

    def fetched(self, who: Person | Api, job: dict[str, Any]) -> bytes:
        """The file of a job that is done."""
        shown = self.job(who, job)
        assert shown["status"] == "done", shown
        with urlopen(shown["file"]["url"], timeout=30) as answer:
            content: bytes = answer.read()
        assert len(content) == shown["file"]["bytes"]
        return gzip.decompress(content) if shown["file"]["name"].endswith(".gz") else content

    def made(self, who: Person | Api, resource: str, **wanted: Any) -> bytes:
        """The file, from the request to the link."""
        job = self.ask(who, resource, **wanted)
        self.workshop.work()
        return self.fetched(who, job)

    def objects(self, who: Person | Api, resource: str, **wanted: Any) -> list[dict[str, Any]]:
        """The rows as JSON Lines has them."""
        return read_lines(self.made(who, resource, format="jsonl", **wanted))

    def rows(self, who: Person | Api, resource: str, **wanted: Any) -> list[dict[str, str]]:
        """The same as CSV has them."""
        return read_csv(self.made(who, resource, format="csv", **wanted))


def read_lines(content: bytes) -> list[dict[str, Any]]:
    text = content.decode()
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n") if line]


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
