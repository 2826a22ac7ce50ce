"""Texts of mails over HTTP: listed, written, shown as they would go out, and given back, by admins alone."""

from typing import Any

import pytest

from chalicelib.accounts import principals
from chalicelib.api.schemas.mail_templates import MailPreview, MailTemplateList, MailTemplateOut
from chalicelib.core.db import Transaction
from chalicelib.notifications import template_queries
from chalicelib.notifications.texts import OwnText
from tests.support.api import Reply
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

PATH = "/v1/mail-templates/replied.requester/en"
OWN: dict[str, Any] = {
    "subject": "[{{ ticket.label }}] News",
    "text": "Dear {{ recipient.first_name|default('customer') }},\n\n{{ quoted.text|quote }}",
}


def put(desk: ServiceDesk, path: str = PATH, match: str | None = None, **fields: Any) -> Reply:
    headers = {"If-Match": match} if match else {}
    return desk.as_(desk.cast.ada).request("PUT", path, {**OWN, **fields}, headers)


def problem(reply: Reply) -> tuple[int, str, str]:
    (error,) = reply.json["errors"]
    return reply.status, error["field"], error["message"]


class TestKept:
    def test_every_kind_is_listed_with_its_languages_default_and_variables(self, desk: ServiceDesk) -> None:
        put(desk)

        shown = desk.as_(desk.cast.ada).get("/v1/mail-templates").read(MailTemplateList)

        kinds = {each["kind"]: each for each in shown["items"]}
        assert {"acknowledged.requester", "noted.assignee", "sla_breached.dispatcher"} <= kinds.keys()
        assert not kinds["noted.watcher"]["for_customers"]
        assert kinds["replied.watcher"]["for_customers"]
        english, spanish = kinds["replied.requester"]["languages"]
        assert (english["overridden"], english["version"], spanish["overridden"]) == (True, 1, False)
        assert "{{ actor.name }} respondió a su solicitud." in spanish["default_text"]
        about = {each["name"]: each["about"] for each in shown["variables"]}
        for kind in kinds.values():
            assert all(about[name].endswith(".") for name in kind["variables"])

    def test_one_is_written_shown_changed_and_given_back(self, desk: ServiceDesk, database: Database) -> None:
        ada = desk.as_(desk.cast.ada)
        before = ada.get(PATH)
        default = before.read(MailTemplateOut)
        assert (default["overridden"], default["version"]) == (False, 0)
        assert default["text"] == default["default_text"]

        made = put(desk)
        assert (made.status, made.headers["etag"]) == (200, '"1"')
        shown = ada.get(PATH).read(MailTemplateOut)
        assert (shown["subject"], shown["text"], shown["html"]) == (OWN["subject"], OWN["text"], None)
        assert shown["default_text"] == default["text"]

        assert put(desk, html="<p>{{ lead }}</p>").headers["etag"] == '"2"'
        assert put(desk, html="<p>{{ lead }}</p>").headers["etag"] == '"2"'
        assert ada.delete(PATH).status == 204
        assert ada.get(PATH).json == before.json
        assert ada.delete(PATH).status == 404
        rows = database.rows("SELECT action, before, after FROM audit_log ORDER BY sequence")
        assert [row["action"] for row in rows] == [
            f"mail_template.{a}" for a in ("created", "changed", "deleted")
        ]
        assert rows[0]["after"]["text"] == OWN["text"]
        assert (rows[1]["before"], rows[1]["after"]) == ({"html": None}, {"html": "<p>{{ lead }}</p>"})
        assert rows[2]["before"]["subject"] == OWN["subject"]

    def test_who_has_seen_an_older_one_changes_nothing(self, desk: ServiceDesk) -> None:
        assert put(desk, match='"1"').status == 412
        assert put(desk, match='"0"').status == 200
        assert put(desk, match='"0"', subject="Other").status == 412
        assert put(desk, match='"1"', subject="Other").headers["etag"] == '"2"'

        stale = desk.as_(desk.cast.ada).request("DELETE", PATH, None, {"If-Match": '"1"'})
        assert (stale.status, stale.json["code"]) == (412, "OPTIMISTIC_LOCK")

    def test_two_who_write_it_first_at_once_make_one(
        self, desk: ServiceDesk, connections: Connections, database: Database
    ) -> None:
        def write(tx: Transaction) -> bool:
            actor = principals.enter_system(tx, desk.cast.acme)
            assert actor is not None
            words = OwnText("closed.watcher", "en", "s", "t", None)
            return template_queries.add(tx, actor.workspace.id, words) is not None

        made = connections.at_once([write] * 4)

        assert sorted(made) == [False, False, False, True]
        assert database.value("SELECT count(*) FROM mail_templates") == 1

    def test_it_is_the_workspaces_own(self, desk: ServiceDesk, cast: Cast) -> None:
        put(desk)

        seen = desk.as_(cast.mallory).get(PATH)

        assert (seen.status, seen.json["overridden"]) == (200, False)
        assert "News" not in seen.text

    @for_each("path", [PATH, f"{PATH}/preview", "/v1/mail-templates"])
    def test_it_is_for_admins_alone(self, desk: ServiceDesk, cast: Cast, path: str) -> None:
        for person in (cast.dario, cast.ana, cast.carol):
            method = "POST" if path.endswith("preview") else "GET"
            assert desk.as_(person).request(method, path, {} if method == "POST" else None).status == 403
            assert desk.as_(person).request("PUT", PATH, OWN).status == 403

    @pytest.mark.parametrize(
        "path", ["/v1/mail-templates/nonsense/en", "/v1/mail-templates/closed.requester/tlh"]
    )
    def test_a_kind_or_language_that_is_none_is_not_found(self, desk: ServiceDesk, path: str) -> None:
        ada = desk.as_(desk.cast.ada)

        assert [ada.get(path).status, put(desk, path).status, ada.delete(path).status] == [404, 404, 404]
        assert ada.post(f"{path}/preview", {}).status == 404


class TestRefused:
    @for_each(
        "field, source, told",
        [
            ("text", "One.\n{% if %}", "Line 2: This is no template: Expected an expression"),
            ("text", "One.\n\n{{ ticket.priority }}", "Line 3: There is no “ticket.priority” here."),
            ("subject", "{{ quoted.html }}", "Line 1: “quoted.html” is for the HTML body only."),
            ("subject", "{% for f in facts %}x{% endfor %}", "Line 1: A subject has no loops."),
            ("html", "<p>\n{{ ''.__class__ }}", "Line 2: Only variables have parts here."),
            ("html", "<p>x</p><script>alert(1)</script>", "<script> is not for mails."),
            ("html", '<p onclick="x()">x</p>', "<p> takes no “onclick” here."),
            ("html", "<!-- -->", "Comments and declarations are not for mails"),
            ("text", "{{ 'x' * 1000000000 }}", "Line 1: Arithmetic is not available here."),
            ("text", "{% set x = 1 %}", "Line 1: {% set %} is not available here."),
            ("text", "{{ quoted.author|truncate('x') }}", "This cannot be filled in"),
            ("text", "{% if quoted.author > 3 %}x{% endif %}y", "This cannot be filled in"),
            ("text", "{{ quoted.text }}", "The text comes out empty."),
            ("subject", "{{ quoted.author }}", "The subject comes out empty."),
        ],
    )
    def test_what_no_mail_could_be_written_with_is_told_by_field_line_and_sentence(
        self, desk: ServiceDesk, field: str, source: str, told: str
    ) -> None:
        for reply in (
            put(desk, **{field: source}),
            desk.as_(desk.cast.ada).post(f"{PATH}/preview", {**OWN, field: source}),
        ):
            status, at, message = problem(reply)
            assert (status, at) == (422, field)
            assert message.startswith(told)

        assert desk.as_(desk.cast.ada).get(PATH).json["overridden"] is False

    def test_all_fields_that_are_wrong_are_told(self, desk: ServiceDesk) -> None:
        reply = put(desk, subject="{{ a }}", text="{{ b }}", html="{{ c }}")

        assert [error["field"] for error in reply.json["errors"]] == ["subject", "text", "html"]

    @for_each(
        "fields", [{"subject": "x" * 501}, {"text": "x" * 20_001}, {"html": "ñ" * 32_769}, {"text": ""}]
    )
    def test_a_text_has_bounds(self, desk: ServiceDesk, fields: dict[str, str]) -> None:
        assert put(desk, **fields).status == 422


class TestPreview:
    def test_shows_the_default_the_kept_and_a_draft_without_keeping_it(self, desk: ServiceDesk) -> None:
        ada = desk.as_(desk.cast.ada)

        usual = ada.post(f"{PATH}/preview", {}).read(MailPreview)
        put(desk)
        kept = ada.post(f"{PATH}/preview", {}).read(MailPreview)
        draft = ada.post(f"{PATH}/preview", {"subject": "Draft of {{ workspace.name }}"}).json

        assert usual["subject"] == "[TKT-2026-00042] No link on floor 3"
        assert kept["subject"] == "[TKT-2026-00042] News"
        assert kept["text"].startswith("Dear Carol,\n\n> Have you tried it")
        assert "Acme sent this message by itself because you asked for help." in kept["html"]
        assert (draft["subject"], draft["text"]) == ("Draft of Acme", kept["text"])
        assert ada.get(PATH).json["version"] == 1

    def test_shows_it_of_a_ticket_with_its_last_public_words(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket(subject="Printer <3")
        comments = f"/v1/tickets/{ticket['id']}/comments"
        desk.as_(cast.ana).post(comments, {"body": "Try **again**."})
        desk.as_(cast.ana).post(comments, {"body": "SECRET", "visibility": "internal"})
        draft = {**OWN, "text": "{{ ticket.subject }}: {{ quoted.text }}", "ticket_id": ticket["id"]}
        draft["html"] = "<p>{{ ticket.subject }}</p>{{ quoted.html }}"

        shown = desk.as_(cast.ada).post(f"{PATH}/preview", draft).json

        assert shown["subject"] == f"[{ticket['label']}] News"
        assert shown["text"].startswith("Printer <3: Try **again**.")
        assert "<p>Printer &lt;3</p><p>Try <strong>again</strong>.</p>" in shown["html"]
        assert "SECRET" not in str(shown)

    @for_each("kind", ["created.requester", "replied.watcher", "resolved.requester", "merged.watcher"])
    def test_no_kind_for_customers_shows_a_note(self, desk: ServiceDesk, cast: Cast, kind: str) -> None:
        ticket = desk.networks_ticket()
        note = {"body": "SECRET", "visibility": "internal"}
        desk.as_(cast.ana).post(f"/v1/tickets/{ticket['id']}/comments", note)

        path = f"/v1/mail-templates/{kind}/en/preview"
        shown = desk.as_(cast.ada).post(path, {"ticket_id": ticket["id"]})

        assert shown.status == 200
        assert "SECRET" not in shown.text

    def test_a_note_is_shown_where_the_staff_reads_it(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        note = {"body": "For us alone", "visibility": "internal"}
        desk.as_(cast.ana).post(f"/v1/tickets/{ticket['id']}/comments", note)

        path = "/v1/mail-templates/noted.assignee/en/preview"
        shown = desk.as_(cast.ada).post(path, {"ticket_id": ticket["id"]}).json

        assert "> For us alone" in shown["text"]

    def test_who_watches_sees_how_to_end_it_whatever_the_text_says(self, desk: ServiceDesk) -> None:
        path = "/v1/mail-templates/closed.watcher/en/preview"
        draft = {"text": "Bye.", "html": "<p>Bye.</p><div><table><tr><td>"}

        shown = desk.as_(desk.cast.ada).post(path, draft).json

        assert "/unsubscribe?token=example" in shown["text"]
        assert shown["html"].rindex("</table>") < shown["html"].index("/unsubscribe?token=example")

    def test_another_workspaces_ticket_is_not_there(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()

        reply = desk.as_(cast.mallory).post(f"{PATH}/preview", {"ticket_id": ticket["id"]})

        assert reply.status == 404
