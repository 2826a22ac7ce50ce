"""A person's data as a file: what is in it, who gets it, how long."""

import io
import json
import zipfile
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from chalicelib.privacy import export_queries, exporting
from tests.support.api import Reply
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk


def fetched(desk: ServiceDesk, who: Person, asked: Reply) -> dict[str, list[dict[str, Any]]]:
    """The lines of each file of a finished export, and `about.txt` as its only line."""
    job = desk.as_(who).get(f"/v1/jobs/{asked.json['id']}").json
    with urlopen(job["file"]["url"], timeout=30) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    return {
        name.removesuffix(".jsonl"): [
            json.loads(line) if name.endswith(".jsonl") else line for line in text.strip().split("\n") if line
        ]
        for name in archive.namelist()
        for text in [archive.read(name).decode()]
    }


@pytest.fixture
def ticket(desk: ServiceDesk, cast: Cast) -> dict[str, Any]:
    """Carol's, with what she, the staff and a program of hers said."""
    body = {"subject": "VPN", "description": "It drops.", "custom_fields": {"floor": 3}}
    made: dict[str, Any] = desk.as_(cast.carol).post("/v1/tickets", body).json
    path = f"/v1/tickets/{made['id']}/comments"
    desk.as_(cast.carol).post(path, {"body": "Every hour.\nAnd «again» \u2028."})
    desk.as_(cast.dario).post(path, {"body": "We look into it."})
    desk.as_(cast.dario).post(path, {"body": "She is difficult.", "visibility": "internal"})
    desk.as_(cast.chris).post("/v1/tickets", {"subject": "Secret of Chris", "description": "His own."})
    return made


class TestContent:
    def test_all_that_the_desk_holds_about_a_person_and_nothing_of_others(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, ticket: dict[str, Any]
    ) -> None:
        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export")
        workshop.work()
        files = fetched(desk, cast.ada, asked)

        assert set(files) == {part.name for part in export_queries.PARTS} | {"about.txt"}
        (profile,) = files["profile"]
        assert (profile["email"], profile["workspace"], profile["has_password"]) == (
            cast.carol.email,
            "Acme",
            True,
        )
        assert [(each["id"], each["custom_fields"]) for each in files["tickets"]] == [
            (ticket["id"], {"floor": 3})
        ]
        assert [each["body"] for each in files["comments"]] == ["Every hour.\nAnd «again» \u2028."]
        assert [(each["author"], each["body"]) for each in files["answers"]] == [
            ("Dario", "We look into it.")
        ]
        assert {each["action"] for each in files["timeline"]} >= {"created", "commented"}
        whole = json.dumps(files)
        assert "She is difficult" not in whole
        assert "Secret of Chris" not in whole
        assert "password_hash" not in whole
        assert any("1 notes" in line for line in files["about.txt"])  # type: ignore[operator]

    def test_how_they_found_the_help_is_in_it_and_no_link(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, ticket: dict[str, Any]
    ) -> None:
        desk.do(cast.dario, ticket, "resolve", resolution="Done.")
        desk.as_(cast.carol).post(f"/v1/tickets/{ticket['id']}/rating", {"score": 4, "comment": "Fine."})

        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export")
        workshop.work()

        (rating,) = fetched(desk, cast.ada, asked)["ratings"]
        assert (rating["ticket_id"], rating["score"], rating["comment"]) == (ticket["id"], 4, "Fine.")
        assert "digest" not in rating

    def test_what_they_want_no_mail_of_is_in_it(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        wishes = {"mail": {"replies": False}, "digests": {"watched": "daily"}}
        desk.as_(cast.carol).patch("/v1/notifications/preferences", wishes)
        desk.as_(cast.chris).patch("/v1/notifications/preferences", {"mail": {"watched": False}})

        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export")
        workshop.work()

        given = [(each["kind"], each["mailed"]) for each in fetched(desk, cast.ada, asked)["preferences"]]
        assert given == [("replies", "never"), ("watched", "daily")]

    def test_what_the_staff_keeps_to_itself_in_fields_tags_and_macros_is_not_in_it(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, ticket: dict[str, Any]
    ) -> None:
        ada = desk.as_(cast.ada)
        for key in ("mood", "room"):
            field = {"key": key, "name": key, "type": "text", "visible_to_customers": key == "room"}
            assert ada.post("/v1/custom-fields", field).status == 201
        values = {"mood": "a canary", "room": "12"}
        assert desk.patch(cast.dario, ticket, custom_fields=values, tags=["canary"]).status == 200
        actions = [{"action": "set_priority", "priority": "high"}]
        macro = ada.post("/v1/macros", {"name": "a canary", "actions": actions})
        applied = ada.post(f"/v1/macros/{macro.json['id']}/apply", {"ticket_id": ticket["id"]})
        assert applied.status == 200

        asked = ada.post(f"/v1/users/{cast.carol.id}/export")
        workshop.work()
        files = fetched(desk, cast.ada, asked)

        assert [each["custom_fields"] for each in files["tickets"]] == [{"room": "12"}]
        assert "canary" not in json.dumps(files)

    def test_a_member_of_the_staff_gets_their_own_macros(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        body = {"name": "Mine", "actions": [{"action": "add_tags", "tags": ["x"]}]}
        desk.as_(cast.ana).post("/v1/macros", body)
        desk.as_(cast.ben).post("/v1/macros", {**body, "name": "Ben's"})

        asked = desk.as_(cast.ana).post("/v1/auth/me/export")
        workshop.work()

        [macro] = fetched(desk, cast.ana, asked)["macros"]
        assert (macro["name"], macro["actions"]) == ("Mine", body["actions"])

    def test_nor_is_whom_it_mentioned_and_with_which_other_tickets_it_has_to_do(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, ticket: dict[str, Any]
    ) -> None:
        """A canary of Chris's, and a colleague, in entries that Carol sees without them."""
        other = desk.ticket(cast.chris, subject="His own")
        desk.comment(cast.dario, ticket, "@ben looks into it.")
        changed = {"ticket_ids": [ticket["id"]], "actions": [{"action": "set_priority", "priority": "low"}]}
        bulk_id = desk.as_(cast.dario).post("/v1/tickets/bulk", changed).json["bulk_id"]
        assert desk.do(cast.dario, ticket, "merge", into_id=other["id"]).status == 200

        asked = desk.as_(cast.carol).post("/v1/auth/me/export")
        workshop.work()
        files = fetched(desk, cast.carol, asked)

        told = json.dumps(files["timeline"])
        assert '"merged"' in told
        for secret in (other["label"], str(cast.ben.id), bulk_id):
            assert secret not in told

    def test_a_member_of_the_staff_gets_what_they_did_with_its_addresses(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, ticket: dict[str, Any]
    ) -> None:
        desk.as_(cast.ada).patch("/v1/workspace", {"language": "es"})

        asked = desk.as_(cast.ada).post("/v1/auth/me/export")
        workshop.work()
        files = fetched(desk, cast.ada, asked)

        assert [(each["action"], each["by_you"]) for each in files["audit_log"]] == [
            ("workspace.changed", True),
            ("user.exported", True),
        ]
        assert files["audit_log"][0]["address"] == "203.0.113.7"
        assert files["audit_log"][0]["after"] is None

    def test_who_asked_for_it_is_not_told_to_whom_it_is_about(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        desk.as_(cast.ada).patch(f"/v1/users/{cast.carol.id}", {"company": "ACME"})

        asked = desk.as_(cast.carol).post("/v1/auth/me/export")
        workshop.work()
        (changed, own) = fetched(desk, cast.carol, asked)["audit_log"]

        assert (changed["by_you"], changed["address"], changed["after"]) == (False, None, {"company": "ACME"})
        assert own["by_you"] is True

    def test_every_table_with_people_in_it_is_exported_or_said_why_not(self, database: Database) -> None:
        """A table added later is not forgotten."""
        tables = {
            row["name"]
            for row in database.rows(
                "SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint "
                "WHERE contype = 'f' AND confrelid = 'users'::regclass"
            )
        }
        exported = {name for name in tables if any(f" {name} " in f" {p.sql} " for p in export_queries.PARTS)}

        assert tables - exported == {
            "erasures",  # of people who are there no more
            "integrations",  # in whose name a program opens tickets: the tickets themselves are told
            "sign_in_challenges",  # gone within minutes
            "ticket_links",  # which ticket follows another is no fact about who linked them
        }


class TestAccess:
    @for_each("who", ["dario", "ana", "carol"])
    def test_somebody_elses_data_is_for_administrators(self, desk: ServiceDesk, cast: Cast, who: str) -> None:
        person: Person = getattr(cast, who)
        assert desk.as_(person).post(f"/v1/users/{cast.chris.id}/export").status == 403

    def test_a_job_is_seen_by_admins_and_by_whom_it_is_about_if_they_asked(
        self, desk: ServiceDesk, cast: Cast
    ) -> None:
        own = desk.as_(cast.carol).post("/v1/auth/me/export").json["id"]
        of_the_desk = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export").json["id"]

        seen = {
            (who.name, name): desk.as_(who).get(f"/v1/jobs/{job}").status
            for who in (cast.ada, cast.dario, cast.carol, cast.chris, cast.mallory)
            for name, job in (("own", own), ("desk", of_the_desk))
        }

        assert {key for key, status in seen.items() if status == 200} == {
            ("Ada", "own"),
            ("Ada", "desk"),
            ("Carol", "own"),
        }
        assert set(seen.values()) == {200, 404}

    def test_a_former_admin_does_not_get_the_file(
        self, desk: ServiceDesk, api: Any, cast: Cast, database: Database, workshop: Workshop
    ) -> None:
        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export").json
        workshop.work()
        database.run("UPDATE users SET role = 'agent' WHERE id = :u", u=cast.ada.id)

        assert desk.as_(cast.ada).get(f"/v1/jobs/{asked['id']}").status == 404

    def test_a_second_request_gets_the_first_job_while_it_runs(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        first = desk.as_(cast.carol).post("/v1/auth/me/export").json
        second = desk.as_(cast.carol).post("/v1/auth/me/export").json
        workshop.work()
        third = desk.as_(cast.carol).post("/v1/auth/me/export").json

        assert second["id"] == first["id"] != third["id"]
        assert database.value("SELECT count(*) FROM audit_log WHERE action = 'user.exported'") == 2


class TestFile:
    def test_the_link_lives_five_minutes_and_gives_a_download(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        asked = desk.as_(cast.carol).post("/v1/auth/me/export")
        assert asked.status == 202
        assert asked.headers["location"] == f"/v1/jobs/{asked.json['id']}"
        assert (asked.json["status"], asked.json["file"]) == ("queued", None)
        workshop.work()

        file = desk.as_(cast.carol).get(f"/v1/jobs/{asked.json['id']}").json["file"]
        query = parse_qs(urlsplit(file["url"]).query)
        with urlopen(file["url"], timeout=30) as answer:
            disposition = answer.headers["content-disposition"]
            size = len(answer.read())

        assert (query.get("X-Amz-Expires") or ["300"]) == ["300"]
        assert disposition == f'attachment; filename="personal-data-{cast.carol.id}.zip"'
        assert file["bytes"] == size

    def test_after_a_week_there_is_no_link_any_more(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        asked = desk.as_(cast.carol).post("/v1/auth/me/export").json
        workshop.work()
        database.run("UPDATE jobs SET finished_at = now() - interval '7 days'")

        assert desk.as_(cast.carol).get(f"/v1/jobs/{asked['id']}").json["file"] is None

    def test_whoever_is_erased_meanwhile_leaves_no_file(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        monkeypatch: pytest.MonkeyPatch,
        database: Database,
    ) -> None:
        """The file is written, and only then does the erasure commit: it stands between file and job."""
        asked = desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/export").json
        (message,) = workshop.take()
        written = exporting.storage.put_file

        def put_late(*arguments: Any) -> None:
            written(*arguments)
            with database.another() as other:
                other.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=cast.carol.id)

        monkeypatch.setattr(exporting.storage, "put_file", put_late)
        assert workshop.deliver(message) == []

        job = desk.as_(cast.ada).get(f"/v1/jobs/{asked['id']}").json
        assert (job["status"], job["file"]) == ("failed", None)
        assert workshop.files() == {}

    def test_many_lines_are_read_piece_by_piece(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        ticket = desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."}).json
        database.run(
            "INSERT INTO comments (workspace_id, ticket_id, author_id, body) "
            "SELECT :w, :t, :u, 'Line ' || n FROM generate_series(1, 1001) AS n",
            w=cast.acme,
            t=ticket["id"],
            u=cast.carol.id,
        )

        asked = desk.as_(cast.carol).post("/v1/auth/me/export")
        workshop.work()

        assert len(fetched(desk, cast.carol, asked)["comments"]) == 1001
