"""Who was kept from what is in the log of the function, and nothing of what was sent."""

import logging
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.cast import Cast


def refusals(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    names = ("route", "refusal", "principal", "kind")
    return [
        {name: vars(record)[name] for name in names}
        for record in caplog.records
        if record.getMessage() == "refused"
    ]


def test_a_refused_permission_names_who_and_where(
    api: Api, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/v1/tickets/{cast.ada.id}/comments"
    with caplog.at_level(logging.WARNING):
        api.with_token(cast.carol.token).post(path, {"body": "x" * 10})
        ticket = (
            api.with_token(cast.carol.token).post("/v1/tickets", {"subject": "s", "description": "d"}).json
        )
        note = {"body": "a secret note", "visibility": "internal"}
        reply = api.with_token(cast.carol.token).post(f"/v1/tickets/{ticket['id']}/comments", note)

    assert reply.status == 403
    assert refusals(caplog) == [
        {
            "route": "POST /v1/tickets/{ticket_id}/comments",
            "refusal": "Forbidden",
            "principal": str(cast.carol.id),
            "kind": "access",
        }
    ]
    assert "a secret note" not in caplog.text


def test_a_failed_sign_in_is_told_without_email_or_password(
    api: Api, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        api.post("/v1/auth/login", {"email": cast.ada.email, "password": "not the right one"})

    (told,) = refusals(caplog)
    assert (told["route"], told["refusal"]) == ("POST /v1/auth/login", "InvalidCredentials")
    assert cast.ada.email not in caplog.text
    assert "not the right one" not in caplog.text


def test_what_is_only_wrong_is_no_attack(api: Api, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        api.with_token(cast.ada.token).post("/v1/teams", {})

    assert refusals(caplog) == []
