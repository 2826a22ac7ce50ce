"""Many tickets changed at once: one mail a person of the staff, and each customer's own, as ever."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import jobs, principals
from chalicelib.api.jobs import ENDS, RUNS_ON
from chalicelib.core.db import Transaction
from tests.conftest import Queue
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.post import Post
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_bulk import change, fill
from tests.tickets.test_bulk_jobs import after


@pytest.fixture
def service(api: Api, cast: Cast) -> ServiceDesk:
    return ServiceDesk(api, cast)


@pytest.fixture
def post(queue: Queue, mailbox: Mailbox) -> Post:
    return Post(queue, mailbox)


def tickets(service: ServiceDesk, post: Post, count: int, **fields: Any) -> list[dict[str, Any]]:
    """New ones of Carol's in Ana's team, of which nobody has mail any more."""
    made = [service.networks_ticket(**fields) for _ in range(count)]
    post.queue.take()
    post.mailbox.empty()
    return made


def addresses(post: Post) -> list[str]:
    post.arrive()
    return post.mailbox.recipients


def test_an_assignee_of_many_has_one_mail_that_names_them(
    service: ServiceDesk, cast: Cast, post: Post
) -> None:
    made = tickets(service, post, 3, subject="No <b>link</b>")

    change(service, cast.dario, made, {"action": "assign", "assignee_id": cast.ana.id})

    assert addresses(post) == [cast.ana.email]
    mail = post.mailbox.to(cast.ana.email)
    assert mail["Subject"] == "Dario changed 3 tickets that concern you"
    for ticket in made:
        assert f"{ticket['label']}: No <b>link</b>" in text_of(mail)
    assert "No &lt;b&gt;link&lt;/b&gt;" in html_of(mail)
    assert "Hello Ana," in text_of(mail)


def test_customers_hear_of_each_of_theirs_and_the_staff_of_all_at_once(
    service: ServiceDesk, cast: Cast, post: Post
) -> None:
    made = tickets(service, post, 2, assignee_id=cast.ana.id)

    change(service, cast.dario, made, {"action": "comment", "body": "The line is up again."})

    assert addresses(post) == [cast.ana.email, cast.carol.email, cast.carol.email]
    assert "The line is up again." not in text_of(post.mailbox.to(cast.ana.email))


def test_who_wants_no_mail_of_bulk_changes_has_none(service: ServiceDesk, cast: Cast, post: Post) -> None:
    made = tickets(service, post, 2, assignee_id=cast.ana.id)
    muted = {"mail": {"bulk_changes": False}}
    assert service.as_(cast.ana).patch("/v1/notifications/preferences", muted).status == 200

    change(service, cast.dario, made, {"action": "comment", "body": "The line is up again."})

    assert addresses(post) == [cast.carol.email, cast.carol.email]


def test_who_does_it_hears_nothing_and_a_lonely_ticket_is_one(
    service: ServiceDesk, cast: Cast, post: Post
) -> None:
    (own,) = tickets(service, post, 1, assignee_id=cast.dario.id)
    (other,) = tickets(service, post, 1, assignee_id=cast.ana.id)

    change(service, cast.dario, [own, other], {"action": "comment", "body": "Hm.", "visibility": "internal"})

    assert addresses(post) == [cast.ana.email]
    assert post.mailbox.to(cast.ana.email)["Subject"] == "Dario changed a ticket that concerns you"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"action": "add_tags", "tags": ["a"]}, []),
        ({"action": "set_priority", "priority": "urgent"}, []),
        ({"action": "set_status", "status": "closed"}, ["watcher", "customer"]),
        ({"action": "transfer", "team_id": "Apps"}, ["team"]),
        ({"action": "comment", "body": "@Ana look", "visibility": "internal"}, ["mentioned", "watcher"]),
    ],
)
def test_who_would_hear_of_one_hears_of_many(
    service: ServiceDesk, cast: Cast, post: Post, action: dict[str, Any], expected: list[str]
) -> None:
    made = tickets(service, post, 2)
    for ticket in made:
        service.as_(cast.ada).post(f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(cast.ada.id)})
    post.queue.take()
    if "team_id" in action:
        action = {**action, "team_id": cast.teams[action["team_id"]]}

    reply = change(service, cast.dario, made, action)

    assert reply.json["counts"]["changed"] == 2
    people = {
        "watcher": [cast.ada.email],
        "customer": [cast.carol.email] * 2,
        "team": [cast.ben.email],
        "mentioned": [cast.ana.email],
    }
    assert addresses(post) == sorted(address for part in expected for address in people[part])


def test_who_does_not_see_a_ticket_hears_nothing_of_it(service: ServiceDesk, cast: Cast, post: Post) -> None:
    """Ben watches from before; the tickets are in Ana's team now."""
    made = tickets(service, post, 2, team_id=cast.teams["Apps"])
    for ticket in made:
        service.as_(cast.ada).post(f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(cast.ben.id)})
        service.do(cast.dario, ticket, "transfer", team_id=cast.teams["Networks"], reason="theirs")
    post.queue.take()

    change(service, cast.dario, made, {"action": "set_status", "status": "closed"})

    assert cast.ben.email not in addresses(post)


def test_a_job_tells_at_its_end_once_whatever_is_delivered_and_names_the_first(
    service: ServiceDesk, cast: Cast, post: Post, workshop: Workshop, database: Database
) -> None:
    fill(database, cast, 60)
    body = {"filter": {"tag": "many"}, "actions": [{"action": "assign", "assignee_id": str(cast.ana.id)}]}
    assert service.as_(cast.dario).post("/v1/tickets/bulk", body).status == 202
    workshop.work()

    assert addresses(post) == [cast.ana.email]
    (ended,) = [event for event in post.told if event["type"] == "bulk.ended"]
    assert deliver(dict(ended)) == []
    mail = post.mailbox.to(cast.ana.email)
    assert mail["Subject"] == "Dario changed 60 tickets that concern you"
    assert "Here are 20 of them:" in text_of(mail)
    assert text_of(mail).count("One of many") == 20


@pytest.mark.parametrize("end", ["called off", "given up", "without its asker"])
def test_whatever_ends_a_job_it_tells_of_what_it_did(
    service: ServiceDesk,
    cast: Cast,
    post: Post,
    workshop: Workshop,
    database: Database,
    connections: Connections,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    fill(database, cast, 60)
    body = {"filter": {"tag": "many"}, "actions": [{"action": "assign", "assignee_id": str(cast.ana.id)}]}
    job = service.as_(cast.dario).post("/v1/tickets/bulk", body).json
    (message,) = workshop.take()

    def ending() -> None:
        if end == "called off":
            connections.run(lambda tx: cancel(tx, cast, job))
        elif end == "given up":
            raise RuntimeError
        else:
            database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.dario.id)

    if end == "given up":
        database.run("UPDATE jobs SET attempts = 4")
    after(3, ending, monkeypatch)
    workshop.deliver(message)
    workshop.relay()

    assert addresses(post) == [cast.ana.email]
    assert "3 tickets" in post.mailbox.to(cast.ana.email)["Subject"]


def cancel(tx: Transaction, cast: Cast, job: dict[str, Any]) -> None:
    jobs.cancel(tx, principals.enter(tx, cast.acme, cast.dario.id), UUID(job["id"]), RUNS_ON, ENDS)


def test_in_the_language_of_the_desk(service: ServiceDesk, cast: Cast, post: Post) -> None:
    service.as_(cast.ada).patch("/v1/workspace", {"language": "es"})
    made = tickets(service, post, 2)

    change(service, cast.dario, made, {"action": "assign", "assignee_id": cast.ana.id})
    post.arrive()

    assert post.mailbox.to(cast.ana.email)["Subject"] == "Dario cambió 2 tiquetes que le conciernen"


@pytest.mark.parametrize("payload", [{}, {"bulk": {"id": "x"}}, {"bulk": 1}, {"bulk": {"id": None}}])
def test_poison_fails_alone(service: ServiceDesk, cast: Cast, post: Post, payload: dict[str, Any]) -> None:
    made = tickets(service, post, 1)
    change(service, cast.dario, made, {"action": "assign", "assignee_id": cast.ana.id})
    (ended,) = [event for event in post.queue.take() if event["type"] == "bulk.ended"]

    assert deliver({**ended, "payload": payload}, dict(ended)) == [0]
    assert post.mailbox.recipients == [cast.ana.email]
