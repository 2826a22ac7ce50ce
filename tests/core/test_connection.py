"""The way to the database: it proves to be who it is, unless the secret says otherwise."""

import ssl
from typing import Any

import pytest

from chalicelib.core import connection
from chalicelib.core.settings import DatabaseSettings

SECRET = {"host": "db.acme.example", "dbname": "mesa", "username": "mesa_app", "password": "v7-Qe9_xLpT2mNcR"}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the driver was asked for; nothing is connected to."""
    asked: dict[str, Any] = {}
    monkeypatch.setattr(connection, "Connection", lambda **given: asked.update(given))
    return asked


def connect(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    monkeypatch.setattr(connection, "get_secret", lambda _: SECRET | more)
    connection.connect(DatabaseSettings(stage="prod", log_level="INFO", database_secret_arn="arn"))


@pytest.mark.parametrize("more", [{}, {"sslmode": "verify-full"}])
def test_certificate_and_name_are_checked_where_nothing_else_is_said(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], more: dict[str, str]
) -> None:
    connect(monkeypatch, **more)

    context = options["ssl_context"]
    assert (options["host"], context.check_hostname) == ("db.acme.example", True)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_where_it_is_said_what_is_sent_is_encrypted_at_least(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    connect(monkeypatch, sslmode="require")

    assert isinstance(options["ssl_context"], ssl.SSLContext)
