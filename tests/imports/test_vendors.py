"""Files as their vendors have them: tests/imports/samples holds a small one of each kind."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.imports.test_taking import codes, ticket, tickets
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.imports import Importer, lines, zendesk

SAMPLES = Path(__file__).parent / "samples"
COLUMNS = {
    "Ticket": "external_id",
    "Title": "subject",
    "Text": "description",
    "Mail": "requester_email",
    "Name": "requester_name",
    "State": "status",
    "Prio": "priority",
    "Opened": "created_at",
    "Solved": "resolved_at",
    "Owner": "assignee_email",
    "Team": "team",
    "Labels": "tags",
    "Room": "custom_fields.room",
    "Reply": "reply",
}
FORMULAS = ("=1+1", "\t=2", "\u200b=1+1", "\u2060@x", "\u3164-1", "\uff1d1+1", "\uff0b1", "\u22121")
HARMLESS = ("1-1", "a=1+1", "\u200b1", "'=1+1")
MAPPING = {
    "columns": COLUMNS,
    "values": {"status": {"WAITING for  vendor": "on_hold"}, "priority": {"3": "low"}},
    "date_format": "%d/%m/%Y %H:%M",
}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


class TestZendesk:
    def test_a_page_of_its_api_explains_its_ids_beside_the_tickets(
        self, importer: Importer, cast: Cast
    ) -> None:
        done = importer.take(
            sample("zendesk_page.json"), mapping={"values": {"team": {"support l1": "Service desk"}}}
        )

        assert (done["error"], done["counts"]["taken"], done["counts"]["people"]) == (None, 2, 3)
        first, second = tickets(importer)
        assert first["requester"]["email"] == "rosa@client.example"
        assert (first["assignee"]["id"], first["team"]["name"]) == (str(cast.ana.id), "Networks")
        assert first["custom_fields"] == {"room": "B-12"}
        said = [(each["body"], each["author"]["name"]) for each in first["comments"]]
        assert said == [("We are on it.\n\nMarta", "Marta Gone"), ("Still down!", "Rosa Rojas")]
        watchers = importer.api.get(f"/v1/tickets/{first['id']}/watchers").json["items"]
        assert {each["name"] for each in watchers} == {"Ana", "Omar Said"}
        metrics = {each["metric"] for each in first["sla"]["targets"]}
        assert "first_response" not in metrics
        assert (second["status"], second["type"], second["priority"]) == (
            "on_hold",
            "service_request",
            "medium",
        )
        assert (second["assignee"], second["team"]["name"]) == (None, "Service desk")
        assert second["tags"] == ["a_b"]
        assert codes(done) == {"files_left", "assignee_unknown"}

    def test_a_list_of_tickets_packed_with_gzip_is_as_good_as_lines(self, importer: Importer) -> None:
        rows = [zendesk(1), zendesk(2)]
        packed = gzip.compress(json.dumps({"count": 2, "tickets": rows}, indent=1).encode())
        done = importer.take(packed)

        assert (done["counts"]["taken"], done["bytes_read"]) == (2, len(packed))
        assert importer.take(lines(*rows))["counts"]["unchanged"] == 2

    def test_a_long_page_may_begin_with_counts_and_cursors(self, importer: Importer) -> None:
        page = {"count": 2, "after_cursor": 'MTU"3', "before_url": None, "tickets": [zendesk(1), zendesk(2)]}
        page["tickets"][0]["description"] = "x" * 65_536
        done = importer.take(json.dumps(page, separators=(",", ":")).encode())

        assert (done["counts"]["rows"], done["counts"]["taken"]) == (2, 2)

    def test_what_another_desk_calls_its_states_can_be_said(self, importer: Importer) -> None:
        values = {"status": {"Solved": "closed"}, "type": {"PROBLEM": "complaint"}}
        importer.take(lines(zendesk(1, status="solved")), mapping={"values": values})
        assert (ticket(importer)["status"], ticket(importer)["type"]) == ("closed", "complaint")


class TestFreshdesk:
    def test_an_export_of_the_account(self, importer: Importer, cast: Cast) -> None:
        done = importer.take(sample("freshdesk_export.json"), "freshdesk")

        assert done["counts"]["taken"] == 1
        assert done["reasons"]["skipped"] == {"deleted": 1, "spam": 1}
        assert {each["external_id"] for each in done["remarks"]} == {"72", "73"}
        found = ticket(importer)
        assert (found["status"], found["priority"], found["type"]) == ("closed", "high", "incident")
        assert (found["created_at"][:19], found["resolved_at"][:19]) == (
            "2026-04-01T04:30:00",
            "2026-04-02T03:30:00",
        )
        assert (found["assignee"]["id"], found["team"]["name"]) == (str(cast.ben.id), "Apps")
        assert (found["tags"], found["source"]) == (["login"], "email")
        assert found["custom_fields"] == {"room_12345": "C3"}
        said = [(each["body"], each["visibility"], each["author"]["name"]) for each in found["comments"]]
        assert said == [
            ("Which browser?", "public", "Ben"),
            ("Firefox", "public", "Ilse Ito"),
            ("Known bug", "internal", "Agents of freshdesk"),
        ]
        assert found["timeline"][0]["meta"]["external_id"] == "71"

    def test_tickets_of_its_api(self, importer: Importer) -> None:
        done = importer.take(sample("freshdesk_api.json"), "freshdesk")

        first, second = tickets(importer)
        assert (first["status"], first["type"], first["description"]) == ("pending", "claim", "It is wrong.")
        assert first["custom_fields"] == {"cf_room": "D4"}
        assert [each["body"] for each in first["comments"]] == ["We look."]
        assert (second["status"], second["priority"], second["type"]) == ("open", "medium", "question")
        assert second["requester"]["email"] == "lee@fresh.example"
        assert codes(done) == {"status_unknown", "priority_unknown", "type_unknown"}


class TestCsv:
    def test_a_table_with_a_mapping(self, importer: Importer, cast: Cast) -> None:
        done = importer.take(
            sample("tickets.csv"), "csv", mapping=MAPPING, options={"timezone": "America/Bogota"}
        )

        assert done["error"] is None
        told = [(each["line"], each["external_id"], each["code"]) for each in done["remarks"]]
        skipped = [each for each in told if each[2] in done["reasons"]["skipped"]]
        assert skipped == [
            (5, "A-3", "no_requester"),
            (6, None, "no_id"),
            (7, "A-5", "bad_time"),
            (8, None, "malformed"),
        ]
        first, second, last = tickets(importer)
        assert (first["subject"], first["description"]) == ("Printer; on fire", "It smokes.\nBadly.")
        assert (first["status"], first["priority"]) == ("on_hold", "high")
        assert first["created_at"][:16] == "2026-02-03T14:15"
        assert (first["assignee"]["id"], first["team"]["name"]) == (str(cast.ana.id), "Networks")
        assert (first["tags"], first["custom_fields"]) == (["printer", "hot"], {"room": 12})
        assert [(each["body"], each["author"]["name"]) for each in first["comments"]] == [("We look", "Ana")]
        assert (second["subject"], second["status"], second["priority"]) == ("Año nuevo", "closed", "low")
        assert second["closed_at"][:10] == "2026-02-12"
        assert last["requester"]["email"] == first["requester"]["email"] == "kim@sheet.example"
        assert codes(done) == {"team_unknown"}

    def test_a_column_that_is_not_there_fails_the_import_with_those_that_are(
        self, importer: Importer
    ) -> None:
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        done = importer.take(b"Ticket,Title,Mail\n1,a,b@c.example\n", "csv", mapping={"columns": columns})

        assert done["status"] == "failed"
        assert done["error"] == "The file has no column “Id”. It has “Ticket”, “Title”, “Mail”."

    def test_the_delimiter_is_found_or_given_and_a_bom_is_none_of_the_name(self, importer: Importer) -> None:
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        for number, delimiter in enumerate(",;\t|"):
            row = delimiter.join((f"X-{number}", "a", "b@c.example"))
            content = "\ufeff" + delimiter.join(columns) + "\n" + row + "\n"
            done = importer.take(content.encode(), "csv", mapping={"columns": columns})
            assert done["counts"]["taken"] == 1, (delimiter, done)

    @pytest.mark.parametrize(
        "first", [b"Id,Title,Mail\r1,a,b@c.example\r", b"Id,Ti\rtle,Mail\n", b"x" * 300_000]
    )
    def test_a_first_line_that_is_no_row_fails_with_a_sentence(
        self, importer: Importer, first: bytes
    ) -> None:
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        done = importer.take(first, "csv", mapping={"columns": columns})

        assert done["status"] == "failed"
        assert done["error"].startswith(
            "The first line is no row: its lines end with a carriage return alone"
        )

    def test_a_quote_that_is_never_closed_costs_its_lines_alone(self, importer: Importer) -> None:
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        rows = [b"1,a,b@c.example", b'2,"open,b@c.example', b"x" * 300_000, b"3,c,b@c.example"]
        content = b"Id,Title,Mail\n" + b"\n".join(rows)
        done = importer.take(content, "csv", mapping={"columns": columns})
        assert (done["counts"]["taken"], done["reasons"]["skipped"]) == (2, {"malformed": 1})

    def test_the_report_holds_no_formula(self, importer: Importer, database: Database) -> None:
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        content = b"Id,Title,Mail\n=1+1,a,nobody\n"
        done = importer.take(content, "csv", mapping={"columns": columns})

        (key,) = [name for name in importer.workshop.files() if name.endswith("report.csv")]
        report = importer.workshop.files()[key].decode("utf-8-sig").splitlines()
        assert report[0] == "kind,row,line,external_id,code,detail"
        assert report[1].startswith("skipped,1,2,'=1+1,no_requester,")
        assert done["report"]["bytes"] == len(importer.workshop.files()[key])

    def test_the_report_is_as_careful_as_exports_are(self, importer: Importer) -> None:
        """With what cannot be seen before the sign, and with what only looks like one."""
        columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
        content = "Id,Title,Mail\n" + "".join(f'"{id}",a,nobody\n' for id in (*FORMULAS, *HARMLESS))
        importer.take(content.encode(), "csv", mapping={"columns": columns})

        (key,) = [name for name in importer.workshop.files() if name.endswith("report.csv")]
        report = csv.DictReader(io.StringIO(importer.workshop.files()[key].decode("utf-8-sig"), newline=""))
        assert [row["external_id"] for row in report] == [*(f"'{id.strip()}" for id in FORMULAS), *HARMLESS]


def mapping_problems(importer: Importer, **facts: Any) -> list[tuple[str, str]]:
    body = {"source": "csv", "file_name": "t.csv", "bytes": 9, **facts}
    reply = importer.api.post("/v1/imports", body)
    assert reply.status == 422, reply.text
    return [(each["field"], each["code"]) for each in reply.json["errors"]]


class TestMapping:
    def test_what_must_be_known_is_asked_for(self, importer: Importer) -> None:
        assert mapping_problems(importer) == [("mapping.columns", "FIELD_REQUIRED")] * 3
        columns = {"a": "external_id", "b": "subject"}
        assert mapping_problems(importer, mapping={"columns": columns}) == [
            ("mapping.columns", "FIELD_REQUIRED")
        ]

    def test_what_is_wrong_is_named(self, importer: Importer) -> None:
        good = {"a": "external_id", "b": "subject", "c": "requester_email"}
        wrong = [
            ({"columns": {**good, "d": "colour"}}, "mapping.columns.d"),
            ({"columns": {**good, "d": "custom_fields.Not a key"}}, "mapping.columns.d"),
            ({"columns": {**good, "d": "subject"}}, "mapping.columns.b"),
            ({"columns": good, "values": {"status": {"x": "wonderful"}}}, "mapping.values.status.x"),
            ({"columns": good, "values": {"colour": {}}}, "mapping.values.colour"),
            ({"columns": good, "date_format": "today"}, "mapping.date_format"),
            ({"columns": good, "delimiter": "#"}, "mapping.delimiter"),
        ]
        for mapping, field in wrong:
            assert mapping_problems(importer, mapping=mapping)[0][0] == field

    def test_json_has_no_columns(self, importer: Importer) -> None:
        problems = mapping_problems(importer, source="zendesk", mapping={"columns": {"a": "subject"}})
        assert problems == [("mapping.columns", "VALIDATION_ERROR")]

    def test_options_are_checked(self, importer: Importer) -> None:
        for options, field in (
            ({"timezone": "Mars/Olympus"}, "options.timezone"),
            ({"requester_email": "nobody"}, "options.requester_email"),
            ({"speed": 9}, "options.speed"),
        ):
            assert mapping_problems(importer, source="zendesk", options=options)[0][0] == field
        team = {"team_id": "0190c0de-0000-7000-8000-000000000003"}
        body = {"source": "zendesk", "file_name": "t", "bytes": 9, "options": team}
        reply = importer.api.post("/v1/imports", body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (404, "options.team_id")
