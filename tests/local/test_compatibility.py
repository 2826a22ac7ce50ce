"""What breaks callers of the API: each rule once, on a document of one ticket."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import compatibility
from local.contract_changes import changes
from local.shape_changes import Change
from tests.support.for_each import for_each

ROOT = Path(__file__).parents[2]
ROUTE = "PATCH /v1/tickets/{id}"
OPERATION = {
    "operationId": "update_ticket",
    "x-mesa-roles": ["admin", "agent"],
    "security": [{"bearer": []}],
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
        {"name": "notify", "in": "query", "required": False, "schema": {"type": "boolean", "default": True}},
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Patch"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    },
    "responses": {
        "200": {
            "description": "Done.",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ticket"}}},
        },
        "409": {"description": "The state of things forbids it."},
    },
}
PATCH = {
    "type": "object",
    "additionalProperties": False,
    "required": ["subject"],
    "properties": {
        "subject": {"type": "string", "maxLength": 200},
        "priority": {"enum": ["low", "high"], "type": "string"},
        "team": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "minutes": {"type": "integer", "minimum": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "word": {"type": "string"},
    },
}
TICKET = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"enum": ["open", "closed"], "type": "string"},
        "minutes": {"type": "number", "minimum": 0},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/Ticket"}, {"type": "null"}]},
        "note": {"type": "string"},
    },
}
OLD = {
    "paths": {"/v1/tickets/{id}": {"patch": OPERATION}},
    "components": {"schemas": {"Patch": PATCH, "Ticket": TICKET}},
}


BODY = " body."
SHOWN = " 200 body."


class Desk:
    """A document to change, with short names for its parts."""

    def __init__(self) -> None:
        self.document: Any = copy.deepcopy(OLD)
        self.paths = self.document["paths"]
        self.route = self.paths["/v1/tickets/{id}"]
        self.operation = self.route["patch"]
        self.patch = self.document["components"]["schemas"]["Patch"]
        self.ticket = self.document["components"]["schemas"]["Ticket"]
        self.sent = self.patch["properties"]
        self.answered = self.ticket["properties"]
        self.answers = self.operation["responses"]
        self.ok = self.answers["200"]


def told(change: Callable[[Desk], object]) -> list[tuple[bool, str]]:
    desk = Desk()
    change(desk)
    return [(each.breaks, each.text) for each in changes(OLD, desk.document)]


NOTIFY = {"name": "reason", "in": "query", "required": True, "schema": {"type": "string"}}
BREAKS: list[tuple[Callable[[Desk], object], str]] = [
    (lambda d: d.paths.clear(), " is gone"),
    (lambda d: d.route.update(put=d.route.pop("patch")), " is gone"),
    (lambda d: d.operation.update(operationId="edit"), " is now called edit: generated clients name it so"),
    (lambda d: d.operation.update({"x-mesa-roles": ["admin"]}), " is no longer open to the role agent"),
    (lambda d: d.operation["parameters"].pop(), " query parameter notify is no longer taken"),
    (lambda d: d.operation["parameters"].append(NOTIFY), " query parameter reason must now be sent"),
    (
        lambda d: d.operation["parameters"][1].update(required=True),
        " query parameter notify must now be sent",
    ),
    (
        lambda d: d.operation["parameters"][0]["schema"].update(format="int"),
        " path parameter id has another format: int",
    ),
    (
        lambda d: d.operation["requestBody"]["content"].pop("text/plain"),
        " no longer takes a body of text/plain",
    ),
    (lambda d: d.sent.pop("subject"), BODY + "subject is no longer taken"),
    (lambda d: d.patch.update(required=["subject", "word"]), BODY + "word must now be sent"),
    (lambda d: d.sent["priority"].update(enum=["low"]), BODY + "priority no longer takes 'high'"),
    (lambda d: d.sent["word"].update(enum=["yes"]), BODY + "word now takes only 'yes'"),
    (lambda d: d.sent["word"].update(const="yes"), BODY + "word now takes only 'yes'"),
    (lambda d: d.sent.update(team={"type": "string"}), BODY + "team is no longer taken as null"),
    (lambda d: d.sent.update(word={"type": "integer"}), BODY + "word is no longer taken as string"),
    (
        lambda d: d.sent["subject"].update(maxLength=100),
        BODY + "subject has another maxLength: 100, and had 200",
    ),
    (lambda d: d.sent["minutes"].update(minimum=5), BODY + "minutes has another minimum: 5, and had 1"),
    (lambda d: d.sent["minutes"].update(maximum=9), BODY + "minutes has another maximum: 9, and had None"),
    (lambda d: d.sent["word"].update(pattern="^a"), BODY + "word has another pattern: ^a"),
    (
        lambda d: d.sent["tags"]["items"].update(maxLength=9),
        BODY + "tags[] has another maxLength: 9, and had None",
    ),
    (
        lambda d: d.sent["fields"]["additionalProperties"].update(type="integer"),
        BODY + "fields.* is no longer taken as string",
    ),
    (
        lambda d: d.sent["fields"].update(additionalProperties=False),
        BODY + "fields takes no other fields any more",
    ),
    (lambda d: d.answers.update({"202": d.answers.pop("200")}), " no longer answers 200"),
    (lambda d: d.answers.update({"202": {}}), " may now answer 202"),
    (lambda d: d.ok["headers"].clear(), " 200 no longer has the header ETag"),
    (
        lambda d: d.ok["headers"]["ETag"]["schema"].update(type="integer"),
        " 200 header ETag may now be integer",
    ),
    (lambda d: d.ok["content"].clear(), " 200 is no longer given as application/json"),
    (lambda d: d.ok["content"].update({"text/html": {}}), " 200 may now come as text/html"),
    (lambda d: d.answered.pop("note"), SHOWN + "note is no longer there"),
    (lambda d: d.ticket.update(required=["id"]), SHOWN + "status may now be missing"),
    (lambda d: d.answered.update(note={"type": ["string", "null"]}), SHOWN + "note may now be null"),
    (lambda d: d.answered["id"].pop("format"), SHOWN + "id has another format: None"),
    (
        lambda d: d.answered["status"].pop("enum"),
        SHOWN + "status may now be anything, and was one of 'open', ",
    ),
]
NOTES: list[tuple[Callable[[Desk], object], str]] = [
    (lambda d: d.answers.update({"410": {}}), " may now answer 410"),
    (
        lambda d: d.answered["status"].update(enum=["open", "closed", "new"]),
        SHOWN + "status may now be 'new'",
    ),
    (
        lambda d: d.answered["minutes"].pop("minimum"),
        SHOWN + "minutes has another minimum: None, and had 0",
    ),
    (
        lambda d: d.operation["parameters"][1]["schema"].update(default=False),
        " query parameter notify is False where it is left out, and was True",
    ),
]
HARMLESS: list[Callable[[Desk], object]] = [
    lambda d: d.paths.update({"/v1/more": {}}),
    lambda d: d.route.update(get=OPERATION),
    lambda d: d.operation.update({"x-mesa-roles": ["admin", "agent", "customer"]}),
    lambda d: d.operation.update({"x-mesa-roles": "public", "security": []}),
    lambda d: d.operation["parameters"].append({**NOTIFY, "required": False}),
    lambda d: d.sent.update(more={"type": "string"}),
    lambda d: d.patch.update(required=[]),
    lambda d: d.sent["priority"].update(enum=["low", "high", "urgent"]),
    lambda d: d.sent["subject"].update(maxLength=300),
    lambda d: d.sent["subject"].pop("maxLength"),
    lambda d: d.sent["minutes"].update(type="number"),
    lambda d: d.answers.pop("409"),
    lambda d: d.answered.update(more={"type": "string"}),
    lambda d: d.answered["minutes"].update(type="integer"),
    lambda d: d.answered["status"].update(enum=["open"]),
    lambda d: d.ok.update(description="Done!"),
]


class TestChanges:
    @for_each("change, expected", BREAKS)
    def test_it_breaks_a_caller(self, change: Callable[[Desk], object], expected: str) -> None:
        found = told(change)

        assert any(breaks and text.startswith(ROUTE + expected) for breaks, text in found), found

    @pytest.mark.parametrize(("change", "expected"), NOTES, ids=[text.strip() for _, text in NOTES])
    def test_it_is_told_and_breaks_nobody(self, change: Callable[[Desk], object], expected: str) -> None:
        assert told(change) == [(False, ROUTE + expected)]

    @for_each("change", HARMLESS, lambda change: str(HARMLESS.index(change)))
    def test_it_is_not_told(self, change: Callable[[Desk], object]) -> None:
        assert told(change) == []

    def test_a_public_route_that_asks_for_a_token_breaks_a_caller(self) -> None:
        public = Desk()
        public.operation.update({"x-mesa-roles": "public", "security": []})

        assert changes(public.document, OLD) == [Change(True, f"{ROUTE} now needs a token")]

    def test_a_body_that_must_now_be_sent_breaks_a_caller(self) -> None:
        free = Desk()
        free.operation["requestBody"]["required"] = False

        assert changes(free.document, OLD) == [Change(True, f"{ROUTE} now needs a body")]

    def test_one_choice_of_several_is_compared_with_its_own_kind(self) -> None:
        old, new = Desk(), Desk()
        for desk, most in ((old, 9), (new, 5)):
            desk.sent["word"] = {
                "anyOf": [
                    {
                        "type": "object",
                        "properties": {"action": {"const": each}, "text": {"maxLength": m}},
                    }
                    for each, m in (("reply", most), ("close", 9))
                ]
            }
        found = changes(old.document, new.document)

        assert found == [Change(True, f"{ROUTE} body.word.text has another maxLength: 5, and had 9")]

    def test_a_new_kind_of_thing_in_an_answer_is_told_and_breaks_nobody(self) -> None:
        kind = {"type": "object", "properties": {"kind": {"const": "call"}}}
        desk = Desk()
        desk.answered["parent"]["anyOf"].append(kind)

        assert [each.breaks for each in changes(OLD, desk.document)] == [False]


class TestJudging:
    def test_a_break_that_is_meant_is_let_through_with_its_reason(self) -> None:
        lines, bad = compatibility.judged([Change(True, "x is gone")], {"x is gone": "nobody used it"})

        assert (lines, bad) == (["meant: x is gone", "  because nobody used it"], False)

    def test_a_break_without_a_reason_is_refused(self) -> None:
        assert compatibility.judged([Change(True, "x is gone")], {}) == (["breaks: x is gone"], True)

    def test_a_reason_for_nothing_is_refused(self) -> None:
        assert compatibility.judged([], {"x is gone": "nobody used it"})[1]

    def test_no_caller_of_the_last_release_breaks(self) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "local.compatibility"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def test_it_compares_with_the_document_of_a_tag(self, tmp_path: Path, monkeypatch: Any) -> None:
        def git(*words: str) -> None:
            own = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True)

        monkeypatch.setattr(compatibility, "ROOT", tmp_path)
        git("init", "-q")
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs/openapi.json").write_text(json.dumps(OLD))
        git("add", ".")
        git("commit", "-qm", "One")
        assert compatibility.last_tag() is None
        git("tag", "-a", "v1", "-m", "v1")

        assert compatibility.last_tag() == "v1"
        assert compatibility.released("v1") == OLD
        assert compatibility.released("v0") is None
