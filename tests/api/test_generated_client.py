"""What others make of the document: a client that openapi-python-client writes without a warning does the
desk's main job, and gets problems as a type."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.support import bucket
from tests.support.api import Api

ROOT = Path(__file__).parents[2]
NAME = "mesa_client"
PASSWORD = "violet staple horse"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, made anew of the kept document."""
    folder = tmp_path_factory.mktemp("client")
    config = folder / "config.yml"
    config.write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "docs/openapi.json"]
    command += [
        "--output-path",
        str(folder / NAME),
        "--meta",
        "none",
        "--fail-on-warning",
        "--config",
        str(config),
    ]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == NAME]:
        del sys.modules[name]


class Desk:
    """The client's functions and shapes by name, over the API in process."""

    def __init__(self, package: ModuleType, api: Api) -> None:
        self.package = package
        self.models = importlib.import_module(f"{NAME}.models")
        self.transport = httpx.MockTransport(partial(over, api))

    def nobody(self) -> Any:
        return self.package.Client(base_url="http://desk.example", httpx_args={"transport": self.transport})

    def somebody(self, token: str) -> Any:
        return self.package.AuthenticatedClient(
            base_url="http://desk.example", token=token, httpx_args={"transport": self.transport}
        )

    def call(self, name: str, client: Any, *ids: Any, **given: Any) -> Any:
        """`tickets.create_ticket` as this client: what is read of the answer."""
        return self.answer(name, client, *ids, **given).parsed

    def answer(self, name: str, client: Any, *ids: Any, **given: Any) -> Any:
        return importlib.import_module(f"{NAME}.api.{name}").sync_detailed(*ids, client=client, **given)

    def sign_in(self, email: str) -> Any:
        body = self.models.LoginIn(email=email, password=PASSWORD)
        return self.somebody(self.call("sign_in.login", self.nobody(), body=body).access_token)


def over(api: Api, request: httpx.Request) -> httpx.Response:
    """The wire between the client and the API."""
    headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
    path = request.url.raw_path.decode()
    reply = api.request(request.method, path, request.content or None, headers)
    return httpx.Response(reply.status, headers=reply.headers, content=reply.text.encode())


@pytest.fixture
def desk(package: ModuleType, api: Api) -> Desk:
    return Desk(package, api)


def test_the_main_job_from_registration_to_a_rating(desk: Desk) -> None:
    models = desk.models
    register = models.RegisterIn(
        workspace_name="Acme", admin_email="ada@client.example", admin_password=PASSWORD, admin_name="Ada"
    )
    made = desk.call("sign_in.register_workspace", desk.nobody(), body=register)
    admin = desk.somebody(made.access_token)
    ids = {}
    for role in ("dispatcher", "agent", "customer"):
        person = models.UserIn(
            name=role.title(), email=f"{role}@client.example", role=models.UserInRole(role), password=PASSWORD
        )
        ids[role] = desk.call("people.add_user", admin, body=person).id
    dispatcher, agent, customer = (desk.sign_in(f"{role}@client.example") for role in ids)

    # The customer opens a ticket, once though it is sent twice.
    wanted = models.TicketIn(
        subject="VPN drops", description="Since the update.", priority=models.TicketInPriority.HIGH
    )
    tickets = [
        desk.call("tickets.create_ticket", customer, body=wanted, idempotency_key="vpn") for _ in range(2)
    ]
    assert tickets[0].id == tickets[1].id
    ticket = tickets[0]

    # It is assigned, answered, changed with its version, solved and rated.
    assigned = desk.call(
        "ticket_verbs.assign_ticket", dispatcher, ticket.id, body=models.AssignIn(assignee_id=ids["agent"])
    )
    assert (assigned.status, assigned.assignee.id) == (models.Status.OPEN, ids["agent"])
    comment = desk.call(
        "comments_and_timeline.add_comment", agent, ticket.id, body=models.CommentIn(body="Restarted it.")
    )
    assert comment.author.id == ids["agent"]
    seen = desk.answer("tickets.show_ticket", agent, ticket.id)
    patch = models.TicketPatch(tags=["vpn"])
    patched = desk.call("tickets.update_ticket", agent, ticket.id, body=patch, if_match=seen.headers["etag"])
    assert patched.tags == ["vpn"]
    resolved = desk.call(
        "ticket_verbs.resolve_ticket",
        agent,
        ticket.id,
        body=models.ResolveIn(resolution="Updated the gateway."),
    )
    assert resolved.status == models.Status.RESOLVED
    rated = desk.call(
        "ratings.rate_ticket", customer, ticket.id, body=models.RatingIn(score=5, comment="Quick!")
    )
    assert (rated.rating.score, rated.rating.comment) == (5, "Quick!")


@pytest.fixture
def admin(desk: Desk) -> Any:
    body = desk.models.RegisterIn(
        workspace_name="Acme", admin_email="ada@client.example", admin_password=PASSWORD
    )
    return desk.somebody(desk.call("sign_in.register_workspace", desk.nobody(), body=body).access_token)


def open_ticket(desk: Desk, client: Any, subject: str) -> Any:
    body = desk.models.TicketIn(subject=subject, description="Of a client.")
    return desk.call("tickets.create_ticket", client, body=body)


def test_lists_are_walked_by_their_cursor(desk: Desk, admin: Any) -> None:
    made = [open_ticket(desk, admin, f"Number {number}").id for number in range(3)]

    first = desk.call("tickets.list_tickets", admin, limit=2)
    second = desk.call("tickets.list_tickets", admin, limit=2, cursor=first.next_cursor)

    assert [each.id for each in (*first.items, *second.items)] == made[::-1]
    assert second.next_cursor is None


def test_refusals_are_problems_with_their_code_and_fields(desk: Desk, admin: Any) -> None:
    ticket = open_ticket(desk, admin, "Once")
    patch = desk.models.TicketPatch(tags=["late"])

    stale = desk.call("tickets.update_ticket", admin, ticket.id, body=patch, if_match='"7"')
    wrong = open_ticket(desk, admin, "x" * 201)
    nobodys = desk.call("tickets.show_ticket", desk.somebody("none"), ticket.id)

    for problem, status, code in (
        (stale, 412, "OPTIMISTIC_LOCK"),
        (wrong, 422, "VALIDATION_ERROR"),
        (nobodys, 401, "UNAUTHENTICATED"),
    ):
        assert isinstance(problem, desk.models.Problem)
        assert (problem.status, problem.code) == (status, code)
    assert [error.field for error in wrong.errors] == ["subject"]


def test_a_field_of_a_later_release_is_passed_over_and_a_new_word_is_not(desk: Desk, admin: Any) -> None:
    """As docs/contract.md says."""
    ticket = open_ticket(desk, admin, "Later")
    told = ticket.to_dict()

    assert type(ticket).from_dict({**told, "mood": "calm"}).to_dict() == told
    with pytest.raises(ValueError, match="SNOOZED"):
        type(ticket).from_dict({**told, "status": "SNOOZED"})


def test_a_file_goes_where_the_answer_says(desk: Desk, admin: Any) -> None:
    ticket = open_ticket(desk, admin, "With a picture")
    announced = desk.call(
        "attachments.announce_attachment",
        admin,
        ticket.id,
        body=desk.models.AttachmentIn(file_name="screen.png", content_type="image/png", size=9),
    )

    sent = bucket.send(announced.upload.to_dict(), b"\x89PNG file")

    listed = desk.call("attachments.list_attachments", admin, ticket.id)
    assert sent == 204
    assert [each.id for each in listed.items] == [announced.attachment.id]
