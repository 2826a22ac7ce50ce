"""The clocks of sandboxes and of the database are five minutes apart, either way: people sign in and work,
promises go by the database's clock alone, and news arrives once."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos import invariants
from tests.chaos.cloud import Cloud
from tests.chaos.profile import dice
from tests.chaos.tally import tally
from tests.support.cast import PASSWORD
from tests.support.database import Database
from tests.support.frozen_time import frozen_time
from tests.support.mailbox import Mailbox
from tests.support.post_office import PostOffice
from tests.support.service_desk import ServiceDesk

SKEW = timedelta(minutes=5)


@pytest.mark.parametrize("skew", [-SKEW, SKEW], ids=["behind", "ahead"])
def test_a_database_whose_clock_is_five_minutes_off(
    desk: ServiceDesk, database: Database, stage: dict[str, str], skew: timedelta
) -> None:
    told, cast = tally("clock skew"), desk.cast
    told.faults[f"clock {'ahead' if skew > timedelta() else 'behind'}"] += 1
    mailbox = Mailbox()
    mailbox.empty()
    with frozen_time(database) as clock:
        clock.set(datetime.now(UTC) + skew)
        office = PostOffice(desk, database, stage)
        webhook = office.make()
        begun = desk.api.post("/v1/auth/login", {"email": cast.dario.email, "password": PASSWORD})
        renewed = desk.api.post("/v1/auth/refresh", {"refresh_token": begun.json["refresh_token"]})
        ticket = desk.networks_ticket(priority="urgent")
        reply = desk.api.with_token(renewed.json["access_token"]).post(
            f"/v1/tickets/{ticket['id']}/comments", {"body": "On it."}, Idempotency_Key="k"
        )
        file = desk.as_(cast.carol).post(
            f"/v1/tickets/{ticket['id']}/attachments",
            {"file_name": "a.png", "content_type": "image/png", "size": 9},
        )
        Cloud(stage, database, dice("skew"), told).heal()
        clock.set(datetime.now(UTC) + skew + timedelta(minutes=241))
        Cloud(stage, database, dice("skew"), told).heal()

        assert (begun.status, renewed.status, reply.status, file.status) == (200, 200, 201, 201)
        due, made = (datetime.fromisoformat(ticket[name]) for name in ("due_at", "created_at"))
        assert due - made == timedelta(minutes=240)
        found = database.rows("SELECT count(*) FROM sla_targets WHERE breached_at = due_at")
        assert found == [{"count": 1}]
        invariants.hold(database, desk)
        invariants.count_effects(database, mailbox.mails, office.receiver, webhook["id"], told)
        office.close()
    assert told.is_clean
    assert told.acknowledged
