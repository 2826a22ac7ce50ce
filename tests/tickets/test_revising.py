"""Editing comments and taking them back: who may, for how long, and what others see of it."""

from collections.abc import Callable
from types import NoneType
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.tickets import revising
from chalicelib.tickets.archiving import archive
from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.connections import Connections, Unit
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

HTML = "SELECT body, body_html, html_version FROM comments"


def edit(desk: ServiceDesk, who: Person, comment: dict[str, Any], body: str) -> Reply:
    return desk.as_(who).patch(f"/v1/tickets/{comment['ticket_id']}/comments/{comment['id']}", {"body": body})


def take_back(desk: ServiceDesk, who: Person, comment: dict[str, Any]) -> Reply:
    return desk.as_(who).delete(f"/v1/tickets/{comment['ticket_id']}/comments/{comment['id']}")


def listed(desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    items = desk.as_(who).get(f"/v1/tickets/{ticket['id']}/comments").json["items"]
    assert items == desk.detail(who, ticket)["comments"]
    return [dict(item) for item in items]


def age(database: Database, interval: str) -> None:
    """Makes every comment so much older."""
    database.run(f"UPDATE comments SET created_at = created_at - interval '{interval}'")


class TestACommentIsAnswered:
    def test_as_it_was_written_and_as_html(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        made = desk.comment(desk.cast.ana, ticket, "**Restarted** <it>")

        assert made["body"] == "**Restarted** <it>"
        assert made["body_html"] == "<p><strong>Restarted</strong> &lt;it&gt;</p>"
        for who in (desk.cast.carol, desk.cast.ana):
            (shown,) = listed(desk, who, ticket)
            assert (shown["body"], shown["body_html"]) == (made["body"], made["body_html"])

    def test_with_whether_it_is_the_desks(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        made = [desk.comment(who, ticket, "Hello") for who in (desk.cast.carol, desk.cast.ana)]

        assert [comment["from_desk"] for comment in made] == [False, True]
        assert [comment["from_desk"] for comment in listed(desk, desk.cast.carol, ticket)] == [False, True]

    def test_so_is_one_that_opened_a_follow_up(self, desk: ServiceDesk) -> None:
        made = desk.comment(desk.cast.carol, desk.in_status("closed"), "_Back_")

        assert (made["id"], made["body_html"]) == (None, "<p><em>Back</em></p>")
        assert made["from_desk"] is False

    def test_and_one_that_resolved_or_came_with_a_change(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.patch(desk.cast.dario, ticket, comment="_first_")
        desk.do(desk.cast.dario, ticket, "resolve", resolution="**done**")

        htmls = [comment["body_html"] for comment in listed(desk, desk.cast.carol, ticket)]

        assert htmls == ["<p><em>first</em></p>", "<p><strong>done</strong></p>"]

    def test_html_of_another_version_is_made_anew(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "*new*")
        database.run("UPDATE comments SET body_html = '<script>old</script>', html_version = 0")

        (shown,) = listed(desk, desk.cast.carol, ticket)

        assert shown["body_html"] == "<p><em>new</em></p>"

    def test_whoever_changes_the_text_alone_leaves_no_old_html(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "Call Carol")
        database.run("UPDATE comments SET body = 'Call Person 1'")

        assert database.rows(HTML) == [{"body": "Call Person 1", "body_html": None, "html_version": 1}]
        (shown,) = listed(desk, desk.cast.carol, ticket)
        assert shown["body_html"] == "<p>Call Person 1</p>"


class TestEditing:
    @pytest.mark.parametrize("visibility", ["public", "internal"])
    def test_changes_the_text_and_says_so(self, desk: ServiceDesk, visibility: str) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "The password is hunter2", visibility=visibility)

        reply = edit(desk, desk.cast.ana, made, "The password is *yours*")

        assert reply.status == 200
        assert reply.json["body"] == "The password is *yours*"
        assert reply.json["body_html"] == "<p>The password is <em>yours</em></p>"
        assert reply.json["edited_at"] is not None
        now = desk.detail(desk.cast.ana, ticket)
        assert now["version"] == ticket["version"]
        entry = now["timeline"][-1]
        assert entry["action"] == "comment_edited"
        assert entry["meta"] == {"comment_id": made["id"], "visibility": visibility}

    def test_keeps_nothing_of_what_was_there(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "The password is hunter2")

        edit(desk, desk.cast.ana, made, "Sorry")

        for table in ("comments", "timeline_entries", "events", "audit_log"):
            assert database.value(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%hunter2%'") == 0

    def test_is_told_to_customers_of_what_they_see_alone(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(desk.cast.ana, ticket, "A note", visibility="internal")
        reply = desk.comment(desk.cast.ana, ticket, "A reply")
        edit(desk, desk.cast.ana, note, "A note @dario")
        edit(desk, desk.cast.ana, reply, "A reply @dario")

        told = [
            e for e in desk.detail(desk.cast.carol, ticket)["timeline"] if e["action"] == "comment_edited"
        ]

        assert [entry["meta"] for entry in told] == [{"comment_id": reply["id"], "visibility": "public"}]

    def test_records_one_event_without_the_text(self, desk: ServiceDesk, database: Database) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "One")
        edit(desk, desk.cast.ana, made, "Two words")

        (event,) = database.rows("SELECT * FROM events WHERE type = 'ticket.comment_edited'")

        assert event["payload"]["meta"] == {"comment_id": made["id"], "visibility": "public"}
        assert "Two words" not in str(event)

    def test_what_changes_nothing_writes_nothing(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "One")

        reply = edit(desk, desk.cast.ana, made, "One")

        assert (reply.status, reply.json["edited_at"]) == (200, None)
        assert desk.actions(ticket)[-1] == "commented"

    def test_is_a_customers_too(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.carol, ticket, "It drps")

        assert edit(desk, desk.cast.carol, made, "It drops").json["body"] == "It drops"

    @pytest.mark.parametrize("status", ["resolved", "closed"])
    def test_of_a_finished_ticket_goes_on(self, desk: ServiceDesk, status: str) -> None:
        ticket = desk.in_status(status)
        (resolution,) = listed(desk, desk.cast.dario, ticket)

        assert edit(desk, desk.cast.dario, resolution, "Done, truly.").status == 200

    def test_of_an_archived_ticket_is_over(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")
        (resolution,) = listed(desk, desk.cast.dario, ticket)
        desk.do(desk.cast.dario, ticket, "archive")

        for reply in (
            edit(desk, desk.cast.dario, resolution, "Late"),
            take_back(desk, desk.cast.dario, resolution),
        ):
            assert (reply.status, reply.code) == (409, "CONFLICT")

    @for_each("body", ["", "  ", "x" * 65_537, None, 5])
    def test_takes_what_a_comment_takes(self, desk: ServiceDesk, body: Any) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "One")

        assert edit(desk, desk.cast.ana, made, body).status == 422

    def test_cannot_make_a_note_public(self, desk: ServiceDesk) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "A note", visibility="internal")

        reply = desk.as_(desk.cast.ana).patch(
            f"/v1/tickets/{made['ticket_id']}/comments/{made['id']}", {"body": "x", "visibility": "public"}
        )

        assert reply.status == 422


class TestTheWindow:
    def test_ends_after_fifteen_minutes_by_the_databases_clock(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "One")
        age(database, "14 minutes 50 seconds")
        assert edit(desk, desk.cast.ana, made, "Two").status == 200

        age(database, "11 seconds")
        until = database.value("SELECT created_at + interval '15 minutes' FROM comments")
        late = edit(desk, desk.cast.ana, made, "Three")

        assert (late.status, late.code) == (409, "CONFLICT")
        assert f"{until:%Y-%m-%dT%H:%M:%SZ}" in late.json["detail"]
        assert late.json["until"] == until.isoformat().replace("+00:00", "Z")
        assert take_back(desk, desk.cast.ana, made).status == 409

    def test_is_nothing_to_dispatchers_who_take_back(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        made = [desk.comment(desk.cast.carol, ticket, "Rude") for _ in range(2)]
        age(database, "3 days")

        assert take_back(desk, desk.cast.dario, made[0]).status == 204
        assert take_back(desk, desk.cast.ada, made[1]).status == 204
        assert edit(desk, desk.cast.ada, desk.comment(desk.cast.carol, ticket, "x"), "y").status == 403


class TestCase20AnothersNote:
    def test_case_20_nobody_edits_anothers_comment(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(desk.cast.ana, ticket, "A note", visibility="internal")
        reply = desk.comment(desk.cast.carol, ticket, "A reply")

        for comment, who in ((note, desk.cast.ada), (note, desk.cast.dario), (reply, desk.cast.ana)):
            answer = edit(desk, who, comment, "Mine now")
            assert (answer.status, answer.code) == (403, "FORBIDDEN")

        assert database.value("SELECT count(*) FROM comments WHERE body = 'Mine now'") == 0

    def test_case_20_an_agent_takes_back_the_own_alone(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(desk.cast.dario, ticket, "A note", visibility="internal")

        assert take_back(desk, desk.cast.ana, note).status == 403
        assert take_back(desk, desk.cast.carol, desk.comment(desk.cast.ana, ticket, "x")).status == 403

    def test_case_20_a_note_is_nothing_that_customers_know_of(self, desk: ServiceDesk) -> None:
        note = desk.comment(desk.cast.ana, desk.networks_ticket(), "A note", visibility="internal")

        for reply in (edit(desk, desk.cast.carol, note, "x"), take_back(desk, desk.cast.carol, note)):
            assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_case_20_nor_is_a_ticket_that_one_does_not_see(self, desk: ServiceDesk) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "A reply")

        for who in (desk.cast.ben, desk.cast.chris, desk.cast.mallory):
            assert edit(desk, who, made, "x").status == take_back(desk, who, made).status == 404

    def test_case_21_nor_is_a_comment_of_another_ticket_under_this_one(self, desk: ServiceDesk) -> None:
        made = desk.comment(desk.cast.ana, desk.networks_ticket(), "A reply")
        other = {**made, "ticket_id": desk.networks_ticket()["id"]}

        assert (
            edit(desk, desk.cast.ana, other, "x").status
            == take_back(desk, desk.cast.ana, other).status
            == 404
        )
        assert edit(desk, desk.cast.ana, {**made, "id": uuid4()}, "x").status == 404

    def test_a_program_edits_its_own(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        body = {"name": "Monitor", "role": "dispatcher", "scopes": ["read", "write"], "expires_at": None}
        keys = [desk.as_(desk.cast.ada).post("/v1/api-keys", body).json for _ in range(2)]
        first, second = (desk.api.with_token(key["key"]) for key in keys)
        made = first.post(f"/v1/tickets/{ticket['id']}/comments", {"body": "Up"}).json
        path = f"/v1/tickets/{ticket['id']}/comments/{made['id']}"

        assert second.patch(path, {"body": "Down"}).status == 403
        assert first.patch(path, {"body": "Up again"}).json["body"] == "Up again"
        assert first.delete(path).status == 204


class TestTakingBack:
    def test_leaves_the_staff_the_place_and_customers_nothing(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "The password is hunter2 @dario")

        assert take_back(desk, desk.cast.ana, made).status == 204

        assert listed(desk, desk.cast.carol, ticket) == []
        (place,) = listed(desk, desk.cast.dario, ticket)
        assert (place["body"], place["body_html"], place["mentions"]) == (None, None, [])
        assert place["deleted_at"] is not None
        assert place["deleted_by"] == {"id": str(desk.cast.ana.id), "name": "Ana"}
        assert place["author"] == desk.cast.ana.ref
        for who in (desk.cast.carol, desk.cast.ada):
            detail = desk.detail(who, ticket)
            assert detail["version"] == ticket["version"]
            assert detail["timeline"][-1]["action"] == "comment_deleted"
            assert "hunter2" not in str(detail)

    def test_of_a_note_is_between_colleagues(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        take_back(desk, desk.cast.ana, desk.comment(desk.cast.ana, ticket, "A note", visibility="internal"))

        assert [e["action"] for e in desk.detail(desk.cast.carol, ticket)["timeline"]] == ["created"]
        assert desk.actions(ticket)[-1] == "comment_deleted"

    def test_twice_is_once(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "x")
        take_back(desk, desk.cast.ana, made)

        assert take_back(desk, desk.cast.ana, made).status == 404
        assert edit(desk, desk.cast.ana, made, "y").status == 404
        assert desk.actions(ticket).count("comment_deleted") == 1

    def test_of_the_first_response_leaves_the_promise_met(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        made = desk.comment(desk.cast.ana, ticket, "Looking.")
        before = desk.detail(desk.cast.ana, ticket)["sla"]

        take_back(desk, desk.cast.ana, made)

        after = desk.detail(desk.cast.ana, ticket)["sla"]
        assert after == before
        (met,) = [target for target in after["targets"] if target["metric"] == "first_response"]
        assert met["status"] == "fulfilled"

    def test_of_anothers_words_is_audited_and_of_the_own_not(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()
        own, other = (desk.comment(who, ticket, "x") for who in (desk.cast.dario, desk.cast.carol))
        take_back(desk, desk.cast.dario, own)
        take_back(desk, desk.cast.dario, other)

        (entry,) = database.rows("SELECT * FROM audit_log WHERE action = 'comment.deleted'")

        assert (entry["target_type"], str(entry["target_id"])) == ("comment", other["id"])
        assert entry["before"] == {
            "ticket": ticket["label"],
            "author_id": str(desk.cast.carol.id),
            "visibility": "public",
        }


def acting(who: Person, verb: Callable[..., Any], *arguments: Any) -> Unit:
    def unit(tx: Transaction) -> Any:
        return verb(tx, principals.enter(tx, who.workspace_id, who.id), *arguments)

    return unit


class TestRaces:
    """What happens to a comment at the same moment has one legal outcome."""

    def test_of_several_edits_one_is_the_last_and_all_are_told(
        self, desk: ServiceDesk, database: Database, connections: Connections
    ) -> None:
        ticket = desk.networks_ticket()
        place = UUID(ticket["id"]), UUID(desk.comment(desk.cast.ana, ticket, "0")["id"])

        answers = connections.at_once(
            [acting(desk.cast.ana, revising.edit, *place, f"{number}") for number in range(1, 9)]
        )

        assert answers == [None] * 8
        (row,) = database.rows(HTML)
        assert row["body_html"] == f"<p>{row['body']}</p>"
        assert desk.actions(ticket).count("comment_edited") == 8

    @pytest.mark.parametrize("attempt", range(5))
    def test_an_edit_never_brings_back_what_is_taken_back(
        self, desk: ServiceDesk, database: Database, connections: Connections, attempt: int
    ) -> None:
        ticket = desk.networks_ticket()
        place = UUID(ticket["id"]), UUID(desk.comment(desk.cast.ana, ticket, "0")["id"])

        edited, *deleted = connections.at_once(
            [
                acting(desk.cast.ana, revising.edit, *place, "1"),
                acting(desk.cast.ana, revising.take_back, *place),
                acting(desk.cast.dario, revising.take_back, *place),
            ]
        )

        assert edited is None or isinstance(edited, NotFound)
        assert sorted(map(type, deleted), key=str) == [NoneType, NotFound]
        assert database.value("SELECT count(*) FROM comments WHERE deleted_at IS NULL") == 0
        assert desk.actions(ticket)[-1] == "comment_deleted"
        assert desk.actions(ticket).count("comment_deleted") == 1

    def test_an_edit_that_waited_for_the_archive_finds_it_closed(
        self, desk: ServiceDesk, connections: Connections
    ) -> None:
        ticket = desk.in_status("closed")
        (resolution,) = listed(desk, desk.cast.dario, ticket)
        place = UUID(ticket["id"]), UUID(resolution["id"])

        late = connections.behind(
            acting(desk.cast.dario, archive, place[0]), acting(desk.cast.dario, revising.edit, *place, "1")
        )

        assert isinstance(late, Conflict)
