"""The key of webhooks' secrets is exchanged, and no call is lost or signed otherwise meanwhile."""

from collections.abc import Callable

import pytest

from chalicelib.accounts.sealing import mark
from chalicelib.webhooks import resealing, sealed
from tests.support.database import Database
from tests.support.post_office import PostOffice

NEW = bytes(range(90, 122))


@pytest.fixture
def keys_are(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[..., tuple[bytes, ...]]], None]:
    """Has the functions hold other keys than those of now."""
    known = sealed.keys
    office.desk.ticket()

    def exchange(made: Callable[..., tuple[bytes, ...]]) -> None:
        monkeypatch.setattr(sealed, "keys", lambda arn: made(*known(arn)))

    return exchange


def marks(database: Database) -> set[bytes]:
    rows = database.rows("SELECT secret, previous_secret FROM webhooks")
    return {bytes(each)[:5] for row in rows for each in row.values() if each is not None}


def test_the_sweep_seals_all_of_them_anew_and_they_sign_as_before(
    office: PostOffice, database: Database, keys_are: Callable[..., None]
) -> None:
    first = office.make(name="First")
    ada = office.desk.as_(office.desk.cast.ada)
    second = ada.post(f"/v1/webhooks/{first['id']}/rotate-secret", {"grace_hours": 24}).json["secret"]
    office.run()

    keys_are(lambda old: (NEW, old))
    office.sweep()

    assert marks(database) == {mark(NEW)}
    keys_are(lambda _: (NEW,))
    office.desk.ticket()
    office.run()
    assert office.verified(first["secret"]) == office.verified(second)


def test_with_one_key_nothing_is_looked_at(office: PostOffice, database: Database) -> None:
    office.make()
    before = database.rows("SELECT secret, updated_at FROM webhooks")
    office.sweep()
    assert database.rows("SELECT secret, updated_at FROM webhooks") == before


def test_one_that_nobody_can_open_keeps_no_other_waiting(
    office: PostOffice,
    database: Database,
    keys_are: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    void, sound = office.make(name="Void"), office.make(name="Sound")
    database.run("UPDATE webhooks SET secret = secret || '\\x00' WHERE id = :id", id=void["id"])
    monkeypatch.setattr(resealing, "LIMIT", 1)
    keys_are(lambda old: (NEW, old))

    for _ in range(200):
        office.sweep()
        if mark(NEW) in marks(database):
            break

    kept = bytes(database.value("SELECT secret FROM webhooks WHERE id = :id", id=sound["id"]))
    assert kept.startswith(mark(NEW))
