"""Callers without an account: whose Idempotency-Key is whose, and who counts as one caller."""

from typing import Any

import pytest

from chalicelib.api import resource
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database

BODY: dict[str, Any] = {
    "name": "Nadia Petit",
    "email": "nadia@people.example",
    "subject": "No paper in the printer",
    "description": "The one on floor 2, since Monday.",
}
PATH = "/v1/public/acme/tickets"


def test_two_strangers_with_the_same_key_open_two_tickets(api: Api, cast: Cast, database: Database) -> None:
    one, other = api.at("198.51.100.1"), api.at("198.51.100.2")

    first = one.post(PATH, BODY, Idempotency_Key="1")
    different = other.post(PATH, {**BODY, "email": "b@people.example"}, Idempotency_Key="1")
    again = one.post(PATH, BODY, Idempotency_Key="1")

    assert [first.status, different.status, again.status] == [201, 201, 201]
    assert first.json["id"] != different.json["id"]
    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert database.value("SELECT count(*) FROM tickets") == 2


def test_the_address_of_a_stranger_is_kept_with_no_key(api: Api, cast: Cast, database: Database) -> None:
    api.at("198.51.100.1").post(PATH, BODY, Idempotency_Key="1")

    assert "198.51" not in database.value("SELECT principal FROM idempotency_keys")


@pytest.mark.parametrize(
    ("path", "body", "repeatable"),
    [
        ("/v1/auth/password/forgot", {"workspace": "acme", "email": "nobody@acme.example"}, False),
        (PATH, BODY, True),
    ],
)
def test_a_write_is_repeated_only_where_its_key_is_kept(
    api: Api,
    cast: Cast,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    body: dict[str, Any],
    repeatable: bool,
) -> None:
    asked: list[bool] = []
    run = resource.in_transaction

    def watched(unit: Any, **options: Any) -> Any:
        asked.append(options["repeatable"])
        return run(unit, **options)

    monkeypatch.setattr(resource, "in_transaction", watched)
    reply = api.post(path, body, Idempotency_Key="1")

    assert reply.status in (201, 202)
    assert asked[-1] is repeatable
    assert database.value("SELECT count(*) FROM idempotency_keys") == int(repeatable)


def test_the_addresses_of_one_ipv6_network_are_one_caller(api: Api, cast: Cast) -> None:
    statuses = [
        api.at(f"2001:db8:0:1::{n:x}").post(PATH, {**BODY, "email": f"n{n}@people.example"}).status
        for n in range(21)
    ]

    assert statuses == [201] * 20 + [429]
    assert api.at("2001:db8:0:2::1").post(PATH, BODY).status == 201
