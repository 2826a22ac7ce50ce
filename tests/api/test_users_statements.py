"""What the routes of people and access cost: few statements, however much they show."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from chalicelib.core.db import engine
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database

PASSWORD = "violet staple horse"


@pytest.fixture
def statements(api: Api) -> Iterator[list[str]]:
    """What the app has sent to the database, beside BEGIN and COMMIT."""
    sent: list[str] = []

    def telling(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(engine(), "before_cursor_execute", telling)
    yield sent
    event.remove(engine(), "before_cursor_execute", telling)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/auth/me",
        "/v1/users",
        "/v1/users?role=agent&query=a&limit=1",
        "/v1/users/{ana}",
        "/v1/teams",
        "/v1/teams/{team}",
        "/v1/teams/{team}/members",
        "/v1/workspace",
    ],
)
def test_a_read_takes_three_at_most(api: Api, cast: Cast, statements: list[str], path: str) -> None:
    reply = api.with_token(cast.ada.token).get(path.format(ana=cast.ana.id, team=cast.teams["Networks"]))

    assert reply.status == 200
    assert len(statements) <= 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent", "password": PASSWORD}),
        ("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "customer"}),
        ("/v1/teams", {"name": "Field service"}),
        ("/v1/teams/{team}/members", {"user_id": "{ben}"}),
        (
            "/v1/auth/register",
            {"workspace_name": "New", "admin_email": "a@new.example", "admin_password": PASSWORD},
        ),
        ("/v1/auth/login", {"email": "ada@acme.example", "password": "correct horse battery"}),
    ],
)
def test_a_create_takes_eight_at_most(
    api: Api, cast: Cast, statements: list[str], path: str, body: dict[str, str]
) -> None:
    api.with_token(cast.ada.token).get("/v1/teams")
    statements.clear()

    reply = api.with_token(cast.ada.token).post(
        path.format(team=cast.teams["Networks"]),
        {name: value.format(ben=cast.ben.id) for name, value in body.items()},
        Idempotency_Key="k",
    )

    assert reply.status in (200, 201), reply.text
    sent_with_it = [statement for statement in statements if "fn_events_sent" not in statement]
    assert len(sent_with_it) <= 8


def test_a_change_of_everything_takes_eight_at_most_beside_the_rate_limit(
    api: Api, cast: Cast, statements: list[str], database: Database
) -> None:
    reply = api.with_token(cast.ada.token).patch(
        f"/v1/users/{cast.ana.id}",
        {"name": "Ana R", "role": "dispatcher", "password": PASSWORD, "team_ids": [str(cast.teams["Apps"])]},
    )

    assert reply.status == 200
    beside = ("fn_events_sent", "fn_throttle")
    assert len([statement for statement in statements if not any(name in statement for name in beside)]) <= 8
