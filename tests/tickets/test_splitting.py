"""Splitting: chosen comments become a ticket of their own, with a fresh clock."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_merging import bodies


@pytest.fixture
def talk(desk: ServiceDesk) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A ticket with a question, a note and an answer."""
    ticket = desk.networks_ticket(type="incident", priority="high")
    said = [
        desk.comment(desk.cast.ana, ticket, "Both at once?", visibility="internal"),
        desk.comment(desk.cast.carol, ticket, "The printer is dark, too."),
        desk.comment(desk.cast.ana, ticket, "Which one?"),
    ]
    return ticket, said


def split(desk: ServiceDesk, ticket: dict[str, Any], comments: list[dict[str, Any]], **body: Any) -> Any:
    ids = [comment["id"] for comment in comments]
    return desk.do(desk.cast.dario, ticket, "split", **{"comment_ids": ids, "subject": "Printer", **body})


def test_the_new_ticket_takes_the_comments_and_the_answer_is_the_new_one(
    desk: ServiceDesk, talk: Any, database: Database
) -> None:
    ticket, (note, asked, answered) = talk

    reply = split(desk, ticket, [answered, note, asked])

    new = reply.json
    assert (reply.status, new["subject"], new["description"]) == (200, "Printer", "The printer is dark, too.")
    assert (new["type"], new["priority"], new["status"]) == ("incident", "high", "new")
    assert new["requester"]["id"] == ticket["requester"]["id"]
    assert reply.headers["etag"] == f'"{new["version"]}"'
    moved = desk.detail(desk.cast.dario, new)["comments"]
    assert [comment["body"] for comment in moved] == [
        "Both at once?",
        "The printer is dark, too.",
        "Which one?",
    ]
    assert [comment["created_at"] for comment in moved] == [
        comment["created_at"] for comment in (note, asked, answered)
    ]
    assert bodies(desk.detail(desk.cast.carol, new)) == ["The printer is dark, too.", "Which one?"]
    assert bodies(desk.detail(desk.cast.dario, ticket)) == []
    links = database.rows("SELECT ticket_id::text, kind, other_id::text FROM ticket_links")
    assert links == [{"ticket_id": new["id"], "kind": "split_from", "other_id": ticket["id"]}]


def test_both_timelines_tell_of_it(desk: ServiceDesk, talk: Any) -> None:
    ticket, (_, asked, _) = talk

    new = split(desk, ticket, [asked]).json

    told = desk.detail(desk.cast.dario, ticket)
    assert told["version"] == ticket["version"] + 1
    assert (told["status"], told["due_at"]) == (ticket["status"], ticket["due_at"])
    assert told["timeline"][-1]["action"] == "split"
    assert told["timeline"][-1]["meta"] == {
        "into_id": new["id"],
        "into_label": new["label"],
        "comment_ids": [asked["id"]],
    }
    assert desk.detail(desk.cast.carol, ticket)["timeline"][-1]["meta"] == {}
    (created,) = desk.detail(desk.cast.dario, new)["timeline"]
    assert created["meta"]["split_from"] == ticket["id"]


def test_the_clock_is_fresh_whatever_was_answered_before(desk: ServiceDesk, talk: Any) -> None:
    ticket, (_, asked, answered) = talk

    new = split(desk, ticket, [asked, answered]).json

    first = next(target for target in new["sla"]["targets"] if target["metric"] == "first_response")
    assert (first["status"], first["started_at"]) == ("running", new["created_at"])
    assert new["created_at"] > ticket["created_at"]


def test_its_files_go_with_a_comment(desk: ServiceDesk, talk: Any, database: Database) -> None:
    ticket, (_, asked, _) = talk
    path = f"/v1/tickets/{ticket['id']}/attachments"
    file = {"file_name": "a.png", "content_type": "image/png", "size": 5}
    for comment_id in (asked["id"], None):
        reply = desk.as_(desk.cast.carol).post(path, {**file, "comment_id": comment_id})
        assert reply.status == 201

    new = split(desk, ticket, [asked]).json

    rows = database.rows("SELECT ticket_id::text, comment_id::text FROM attachments ORDER BY comment_id")
    assert rows == [
        {"ticket_id": new["id"], "comment_id": asked["id"]},
        {"ticket_id": ticket["id"], "comment_id": None},
    ]


def test_notes_alone_need_a_description_and_stay_notes(desk: ServiceDesk, talk: Any) -> None:
    ticket, (note, _, _) = talk

    refused = split(desk, ticket, [note])
    made = split(desk, ticket, [note], description="The printer on floor 3.")

    assert (refused.status, refused.code) == (422, "FIELD_REQUIRED")
    assert refused.json["errors"][0]["field"] == "description"
    seen = desk.detail(desk.cast.carol, made.json)
    assert (seen["description"], seen["comments"]) == ("The printer on floor 3.", [])


def test_what_the_caller_says_of_it_counts(desk: ServiceDesk, talk: Any) -> None:
    ticket, (_, asked, _) = talk
    apps = desk.cast.teams["Apps"]

    new = split(desk, ticket, [asked], type="question", priority="low", team_id=apps).json

    assert (new["type"], new["priority"], new["team"]["id"]) == ("question", "low", str(apps))


def test_it_is_of_the_organisation_that_the_old_one_was_of(
    desk: ServiceDesk, talk: Any, database: Database
) -> None:
    ticket, (_, asked, _) = talk
    organisation = database.value(
        "INSERT INTO organisations (workspace_id, name) VALUES (:w, 'Northwind') RETURNING id",
        w=desk.cast.acme,
    )
    database.run("UPDATE tickets SET organisation_id = :o WHERE id = :t", o=organisation, t=ticket["id"])

    new = split(desk, ticket, [asked]).json

    kept = "SELECT organisation_id FROM tickets WHERE id = :t"
    assert database.value(kept, t=new["id"]) == organisation


def test_a_requester_who_has_left_keeps_it(desk: ServiceDesk, talk: Any, database: Database) -> None:
    ticket, (_, asked, _) = talk
    database.run(
        "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u", u=desk.cast.carol.id
    )

    reply = split(desk, ticket, [asked])

    assert (reply.status, reply.json["requester"]["id"]) == (200, str(desk.cast.carol.id))


def test_case_15_comments_of_other_tickets_and_those_taken_back_are_not_found(
    desk: ServiceDesk, talk: Any, database: Database
) -> None:
    ticket, (_, asked, answered) = talk
    elsewhere = desk.comment(desk.cast.ana, desk.networks_ticket(), "Elsewhere.")
    assert (
        desk.as_(desk.cast.dario).delete(f"/v1/tickets/{ticket['id']}/comments/{answered['id']}").status
        == 204
    )
    before = database.value("SELECT count(*) FROM tickets")

    for wrong in (elsewhere, answered):
        assert split(desk, ticket, [asked, wrong]).status == 404
    assert split(desk, ticket, [asked], team_id=desk.cast.acme).status == 404

    assert database.value("SELECT count(*) FROM tickets") == before


@for_each("body", [{"comment_ids": []}, {"subject": ""}, {"description": ""}, {"into_id": "x"}])
def test_a_wrong_body_is_refused(desk: ServiceDesk, talk: Any, body: dict[str, Any]) -> None:
    ticket, (_, asked, _) = talk
    assert split(desk, ticket, [asked], **body).status == 422


@for_each("status", ["resolved", "closed", "cancelled"])
def test_only_an_active_one_is_split(desk: ServiceDesk, status: str) -> None:
    ticket = desk.in_status(status)
    comment = desk.comment(desk.cast.ana, ticket, "Also.")

    reply = split(desk, ticket, [comment])

    assert (reply.status, reply.code, reply.json["state"]) == (409, "ILLEGAL_TRANSITION", status)


def test_case_42_a_stale_version_is_refused(desk: ServiceDesk, talk: Any) -> None:
    ticket, (_, asked, _) = talk
    body = {"comment_ids": [asked["id"]], "subject": "Printer"}
    path = f"/v1/tickets/{ticket['id']}/split"
    assert desk.as_(desk.cast.dario).post(path, body, If_Match='"9"').status == 412


def test_repeated_with_its_key_it_is_done_once(desk: ServiceDesk, talk: Any) -> None:
    ticket, (_, asked, _) = talk
    body = {"comment_ids": [asked["id"], asked["id"]], "subject": "Printer"}
    path = f"/v1/tickets/{ticket['id']}/split"

    first, again = (desk.as_(desk.cast.dario).post(path, body, Idempotency_Key="k") for _ in range(2))

    assert (first.status, again.status, again.json) == (200, 200, first.json)


def test_of_ten_that_split_off_the_same_comment_one_gets_it(
    desk: ServiceDesk, talk: Any, database: Database
) -> None:
    ticket, (_, asked, _) = talk
    before = database.value("SELECT count(*) FROM tickets")

    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: split(desk, ticket, [asked]).status, range(10)))

    assert sorted(replies) == [200] + [404] * 9
    assert database.value("SELECT count(*) FROM tickets") == before + 1
