"""The list of mails: everybody their own, administrators those of all, and what became of each."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.cast import Person as Somebody
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, deliver
from tests.support.plans import plan_of
from tests.support.statements import recorded

PATH = "/v1/notifications"


@pytest.fixture
def ticket(desk: Desk, cast: Cast, mailbox: Mailbox) -> UUID:
    """Carol's, which Dario has closed; Chris watches it."""
    ticket = desk.ticket(cast.carol)
    desk.watch(ticket, cast.chris)
    deliver(desk.event("ticket.closed", ticket, cast.dario))
    return ticket


def listed(api: Api, who: Somebody, query: str = "") -> list[dict[str, Any]]:
    reply = api.with_token(who.token).get(PATH + query)
    assert reply.status == 200, reply.text
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def test_everybody_sees_what_was_mailed_to_them(
    api: Api, cast: Cast, desk: Desk, mailbox: Mailbox, ticket: UUID
) -> None:
    (mail,) = listed(api, cast.chris)

    assert {
        name: mail[name] for name in mail if name not in ("id", "created_at", "sent_at", "provider_id")
    } == {
        "kind": "ticket.closed",
        "occasion": "closed",
        "part": "watcher",
        "user": {"id": str(cast.chris.id), "name": "Chris", "email": cast.chris.email},
        "ticket": {"id": str(ticket), "label": desk.label(ticket)},
        "status": "sent",
        "reason": None,
        "in_digest": False,
        "due_at": None,
    }
    assert mail["sent_at"] >= mail["created_at"]
    assert mail["provider_id"]
    assert "<" not in str(mail)


@for_each("who", ["dario", "ana", "carol"])
def test_nobody_else_sees_it_but_administrators(api: Api, cast: Cast, ticket: UUID, who: str) -> None:
    person = getattr(cast, who)

    assert {mail["user"]["id"] for mail in listed(api, person)} <= {str(person.id)}
    reply = api.with_token(person.token).get(f"{PATH}?user={cast.chris.id}")
    assert (reply.status, reply.code) == (403, "FORBIDDEN")
    assert len(listed(api, person, f"?user={person.id}")) == len(listed(api, person))


def test_administrators_see_all_of_their_desk_alone(api: Api, cast: Cast, ticket: UUID) -> None:
    assert {mail["user"]["name"] for mail in listed(api, cast.ada)} == {"Carol", "Chris"}
    assert [mail["user"]["name"] for mail in listed(api, cast.ada, f"?user={cast.chris.id}")] == ["Chris"]
    assert listed(api, cast.mallory) == []
    assert listed(api, cast.mallory, f"?user={cast.chris.id}") == []


@for_each(
    "status, reason",
    [
        ("claimed", None),
        ("gathered", None),
        ("sent", None),
        ("superseded", "overtaken"),
        ("suppressed", "too_many"),
        ("failed", "refused"),
    ],
)
def test_it_says_what_became_of_them_and_why(
    api: Api, cast: Cast, database: Database, ticket: UUID, status: str, reason: str | None
) -> None:
    database.run("UPDATE notifications SET status = :s WHERE user_id = :u", s=status, u=cast.chris.id)

    (mail,) = [each for each in listed(api, cast.ada, f"?status={status}") if each["user"]["name"] == "Chris"]

    assert (mail["status"], mail["reason"], mail["in_digest"]) == (status, reason, status == "gathered")


def test_filters_go_together_and_pages_lead_on(
    api: Api, cast: Cast, desk: Desk, mailbox: Mailbox, ticket: UUID
) -> None:
    other = desk.ticket(cast.carol)
    deliver(desk.event("ticket.closed", other, cast.dario), desk.event("ticket.reopened", other, cast.dario))
    (first,) = listed(api, cast.ada, f"?ticket={ticket}&user={cast.carol.id}&status=sent")

    assert len(listed(api, cast.ada, f"?ticket={other}")) == 2
    assert listed(api, cast.ada, f"?created_before={first['created_at']}") == []
    assert len(listed(api, cast.ada, f"?created_after={first['created_at']}&user={cast.carol.id}")) == 2
    page = api.with_token(cast.carol.token).get(f"{PATH}?limit=2&sort=created_at").json
    rest = api.with_token(cast.carol.token).get(f"{PATH}?cursor={page['next_cursor']}&sort=created_at").json
    assert [mail["ticket"]["label"] for mail in page["items"] + rest["items"]] == [
        desk.label(each) for each in (ticket, other, other)
    ]


def test_of_a_ticket_that_is_gone_it_names_none(
    api: Api, cast: Cast, database: Database, ticket: UUID
) -> None:
    database.run("UPDATE tickets SET deleted_at = now() WHERE id = :t", t=ticket)

    assert {mail["ticket"] for mail in listed(api, cast.ada)} == {None}


def test_of_a_ticket_that_one_sees_no_longer_neither(
    api: Api, cast: Cast, database: Database, ticket: UUID
) -> None:
    database.run("DELETE FROM ticket_watchers WHERE user_id = :u", u=cast.chris.id)

    assert [mail["ticket"] for mail in listed(api, cast.chris)] == [None]
    assert listed(api, cast.chris, f"?ticket={ticket}") == []


@for_each("query", ["status=lost", "user=me", "ticket=x", "sort=user", "created_after=today"])
def test_what_is_no_filter_is_refused_by_its_name(api: Api, cast: Cast, query: str) -> None:
    reply = api.with_token(cast.ada.token).get(f"{PATH}?{query}")

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
    assert [problem["field"] for problem in reply.json["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("who", ["ada", "chris"])
def test_a_page_is_read_in_its_order_from_an_index(
    api: Api, cast: Cast, database: Database, connections: Connections, ticket: UUID, who: str
) -> None:
    person = getattr(cast, who)
    database.run(
        "INSERT INTO notifications (workspace_id, event_id, user_id, ticket_id, kind, status, message_id, "
        "created_at) SELECT :w, -n, CASE WHEN n % 30 = 0 THEN :chris ELSE :dario END::uuid, :t, "
        "'ticket.commented', 'sent', 'm' || n, now() - n * interval '1 minute' "
        "FROM generate_series(1, 6000) n",
        w=cast.acme,
        chris=cast.chris.id,
        dario=cast.dario.id,
        t=ticket,
    )
    database.run("VACUUM ANALYZE notifications, tickets, users")
    with recorded() as sent:
        listed(api, person)
    (statement,) = [each for each in sent if "FROM notifications" in each.sql]

    plan = plan_of(connections, person, statement)

    name = "created_at" if who == "ada" else "user_id_created_at"
    assert f"notifications_workspace_id_{name}_idx" in plan
