"""A ticket's life through the API, and the mails of its events: what verbs write is what consumers read."""

from collections.abc import Callable

import pytest

from chalicelib.core import sqs
from tests.conftest import Queue
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person
from tests.support.crew import Crew, crew, join
from tests.support.database import Database
from tests.support.mailbox import Mailbox, deliver, text_of

Told = Callable[[], dict[str, str]]


@pytest.fixture
def told(queue: Queue, mailbox: Mailbox) -> Told:
    """Delivers what the queue holds; the text of the mails that come of it, by the recipient's name."""
    sqs.breaker.reset()

    def take() -> dict[str, str]:
        mailbox.empty()
        messages = queue.take()
        assert messages
        assert deliver(*messages) == []  # type: ignore[arg-type]
        mails: dict[str, str] = {}
        for mail in mailbox.mails:
            name = mail["To"].addresses[0].display_name
            mails[name] = mails.get(name, "") + text_of(mail)
        return mails

    return take


@pytest.fixture
def ticket(api: Api, cast: Cast, told: Told) -> str:
    """Carol's new ticket, whose news is already told."""
    reply = as_(api, cast.carol).post("/v1/tickets", {"subject": "No link", "description": "Rack 4 is dark."})
    told()
    return str(reply.json["id"])


def as_(api: Api, person: Person) -> Api:
    return api.with_token(person.token)


def ok(reply: Reply) -> Reply:
    assert reply.status in (200, 201), reply.text
    return reply


def assigned(api: Api, cast: Cast, ticket: str) -> None:
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/assign", {"assignee_id": str(cast.ana.id)}))


class TestTeamsThatAssign:
    @pytest.fixture
    def field(self, cast: Cast, database: Database) -> Crew:
        """One agent who gets whatever comes."""
        return crew(database, cast.acme, "least_loaded", 1)

    def test_whom_a_new_ticket_is_given_to_hears_once(
        self, api: Api, cast: Cast, told: Told, field: Crew
    ) -> None:
        body = {"subject": "No link", "description": "Rack 4.", "requester_id": str(cast.carol.id)}

        ok(as_(api, cast.dario).post("/v1/tickets", {**body, "team_id": str(field.team)}))

        mails = told()
        assert set(mails) == {"Carol", field[0].name}
        assert mails[field[0].name].count("this new ticket is assigned to you") == 1

    def test_whom_a_transfer_is_given_to_hears_and_the_team_does_not(
        self, api: Api, cast: Cast, told: Told, ticket: str, field: Crew, database: Database
    ) -> None:
        join(database, field.team, cast.ana)
        body = {"team_id": str(field.team), "reason": "theirs"}

        moved = ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/transfer", body)).json

        mails = told()
        assert set(mails) == {moved["assignee"]["name"]}


def test_opening_acknowledges_and_asks_the_dispatcher(api: Api, cast: Cast, told: Told) -> None:
    ok(as_(api, cast.carol).post("/v1/tickets", {"subject": "No link", "description": "Rack 4 is dark."}))

    mails = told()

    assert mails.keys() == {"Carol", "Dario"}
    assert "> Rack 4 is dark." in mails["Dario"]


def test_opening_at_the_public_door_acknowledges(api: Api, cast: Cast, told: Told, mailbox: Mailbox) -> None:
    body = {
        "name": "Walter",
        "email": "walter@walk-in.example",
        "subject": "No link",
        "description": "Rack 4 is dark.",
        "type": "incident",
    }
    ok(api.post("/v1/public/acme/tickets", body))

    mails = told()

    assert mails.keys() == {"Walter", "Dario"}
    assert "We have received your request" in mails["Walter"]


def test_assigning_tells_the_assignee(api: Api, cast: Cast, told: Told, ticket: str) -> None:
    assigned(api, cast, ticket)

    assert told().keys() == {"Ana"}


def test_taking_it_oneself_tells_nobody(
    api: Api, cast: Cast, told: Told, ticket: str, database: Database
) -> None:
    database.run("UPDATE tickets SET team_id = :t", t=cast.teams["Networks"])
    ok(as_(api, cast.ana).post(f"/v1/tickets/{ticket}/assign", {"assignee_id": str(cast.ana.id)}))

    assert told() == {}


def test_a_transfer_tells_the_team(api: Api, cast: Cast, told: Told, ticket: str) -> None:
    body = {"team_id": str(cast.teams["Apps"]), "reason": "It is theirs."}
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/transfer", body))

    assert told().keys() == {"Ben"}


def test_a_reply_and_an_answer_tell_the_other_side(api: Api, cast: Cast, told: Told, ticket: str) -> None:
    assigned(api, cast, ticket)
    told()

    ok(as_(api, cast.ana).post(f"/v1/tickets/{ticket}/comments", {"body": "Which port?"}))
    to_the_customer = told()
    ok(as_(api, cast.carol).post(f"/v1/tickets/{ticket}/comments", {"body": "The third."}))
    to_the_staff = told()

    assert to_the_customer.keys() == {"Carol"}
    assert to_the_staff.keys() == {"Ana"}
    assert "> The third." in to_the_staff["Ana"]


def test_a_note_stays_with_the_staff(api: Api, cast: Cast, told: Told, ticket: str) -> None:
    assigned(api, cast, ticket)
    told()

    body = {"body": "Careful.", "visibility": "internal"}
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/comments", body))

    assert told().keys() == {"Ana"}


def test_resolving_tells_the_requester_once_and_with_what_was_done(
    api: Api, cast: Cast, told: Told, ticket: str, mailbox: Mailbox
) -> None:
    assigned(api, cast, ticket)
    told()

    ok(as_(api, cast.ana).post(f"/v1/tickets/{ticket}/resolve", {"resolution": "Port replaced."}))
    mails = told()

    assert mailbox.recipients == [cast.carol.email]
    assert "Ana resolved your request." in mails["Carol"]
    assert "> Port replaced." in mails["Carol"]


def test_a_patch_of_many_things_tells_the_requester_once(
    api: Api, cast: Cast, told: Told, ticket: str, mailbox: Mailbox
) -> None:
    body = {"assignee_id": str(cast.ana.id), "priority": "urgent", "comment": "On it.", "status": "resolved"}
    version = as_(api, cast.dario).get(f"/v1/tickets/{ticket}").headers["etag"]
    ok(as_(api, cast.dario).patch(f"/v1/tickets/{ticket}", body, If_Match=version))

    mails = told()

    assert mailbox.recipients.count(cast.carol.email) == 1
    assert "> On it." in mails["Carol"]
    assert "Dario assigned this ticket to you." in mails["Ana"]


def test_an_answer_to_a_resolution_reopens_and_tells_the_assignee_once(
    api: Api, cast: Cast, told: Told, ticket: str, mailbox: Mailbox
) -> None:
    assigned(api, cast, ticket)
    ok(as_(api, cast.ana).post(f"/v1/tickets/{ticket}/resolve", {"resolution": "Port replaced."}))
    told()

    ok(as_(api, cast.carol).post(f"/v1/tickets/{ticket}/comments", {"body": "Dark again."}))
    mails = told()

    assert mailbox.recipients == [cast.ana.email]
    assert "> Dark again." in mails["Ana"]


def test_pausing_and_reclassifying_are_nobodys_mail(api: Api, cast: Cast, told: Told, ticket: str) -> None:
    body = {"waiting_on": "customer", "reason": "Which port?"}
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/pause", body))
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/resume"))
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/reclassify", {"priority": "high"}))

    assert told() == {}


def test_what_a_program_says_is_told_under_the_name_of_its_key(
    api: Api, cast: Cast, ticket: str, told: Told
) -> None:
    """It speaks for the staff: Carol is answered, and nobody takes it for her own word."""
    body = {"name": "Nagios", "role": "dispatcher", "scopes": ["write"]}
    key = api.with_token(ok(as_(api, cast.ada).post("/v1/api-keys", body)).json["key"])
    ok(key.post(f"/v1/tickets/{ticket}/assign", {"assignee_id": str(cast.ana.id)}))
    assert "Nagios assigned this ticket to you." in told()["Ana"]

    ok(key.post(f"/v1/tickets/{ticket}/comments", {"body": "The link is up again."}))

    mails = told()
    assert mails.keys() == {"Carol", "Ana"}
    assert "Nagios replied" in mails["Carol"]
    assert "> The link is up again." in mails["Carol"]


def test_a_mention_tells_a_colleague_and_an_edit_the_next_one(
    api: Api, cast: Cast, ticket: str, told: Told
) -> None:
    path = f"/v1/tickets/{ticket}/comments"
    body = {"body": "@ada: may we?", "visibility": "internal"}
    made = ok(as_(api, cast.dario).post(path, body)).json
    first = told()

    body = {"body": "@ada: may we? @[Dario] @carol @ben knows the rack."}
    ok(
        as_(api, cast.ada).post(
            f"/v1/tickets/{ticket}/transfer", {"team_id": str(cast.teams["Apps"]), "reason": "x"}
        )
    )
    told()
    ok(as_(api, cast.dario).patch(f"{path}/{made['id']}", body))
    second = told()

    assert first.keys() == {"Ada"}
    assert "Dario mentioned you in an internal note." in first["Ada"]
    assert second.keys() == {"Ben"}
    assert "> @ada: may we? @[Dario] @carol @ben knows the rack." in second["Ben"]


def test_whoever_watches_hears_until_they_leave(api: Api, cast: Cast, ticket: str, told: Told) -> None:
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/watchers", {"user_id": str(cast.chris.id)}))
    assert told() == {}
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/comments", {"body": "Which port?"}))
    assert told().keys() == {"Carol", "Chris"}

    assert as_(api, cast.chris).delete(f"/v1/tickets/{ticket}/watchers/{cast.chris.id}").status == 204
    assert told() == {}
    ok(as_(api, cast.dario).post(f"/v1/tickets/{ticket}/comments", {"body": "And which rack?"}))

    assert told().keys() == {"Carol"}
