"""Receivers that are gone or fail for days: called no more, and who sees to webhooks is told."""

from typing import Any

import pytest

from tests.support.database import Database
from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.post_office import PostOffice
from tests.support.rule_book import UNRUN, message
from tests.support.stranger import Told

CREATED = {"events": ["ticket.created"]}


def failing(office: PostOffice, status: int = 500) -> dict[str, Any]:
    """A webhook whose first call was answered so."""
    webhook = office.make(**CREATED)
    office.answers(Told(status))
    office.desk.ticket()
    office.run()
    return webhook


def notices(office: PostOffice, database: Database) -> list[dict[str, Any]]:
    rows = database.rows(UNRUN, last=0)
    return [message(row) for row in rows if row["type"] == "webhook.disabled"]


def test_a_receiver_that_answers_410_is_called_no_more(office: PostOffice, database: Database) -> None:
    webhook = failing(office, 410)
    office.desk.ticket()
    office.run()

    told = office.look(webhook)
    assert (told["enabled"], told["disabled_reason"]) == (False, "gone")
    assert [each["status"] for each in office.deliveries(webhook)] == ["failed"]
    assert len(office.receiver.heard) == 1
    assert len(notices(office, database)) == 1


def test_what_was_on_its_way_is_cancelled_with_it(office: PostOffice) -> None:
    webhook = office.make(**CREATED)
    office.answers(Told(500), Told(410))
    office.desk.ticket()
    office.run()
    office.desk.ticket()

    office.run()

    assert [each["status"] for each in office.deliveries(webhook)] == ["cancelled", "failed"]


def test_who_has_answered_nothing_well_for_five_days_is_called_no_more(
    office: PostOffice, database: Database
) -> None:
    webhook = failing(office)
    office.age(webhook, "4 days 23 hours")
    office.hurry()
    assert office.look(webhook)["enabled"] is True

    office.age(webhook, "1 hour")
    office.hurry()

    told = office.look(webhook)
    assert (told["enabled"], told["disabled_reason"], told["failures"]) == (False, "failing", 3)
    assert [each["status"] for each in office.deliveries(webhook)] == ["cancelled"]
    assert len(notices(office, database)) == 1


def test_one_good_answer_forgives_all_before(office: PostOffice) -> None:
    webhook = failing(office)
    office.age(webhook, "4 days 23 hours")
    office.answers(Told(200))
    office.hurry()

    told = office.look(webhook)
    assert (told["enabled"], told["failing_since"], told["failures"]) == (True, None, 0)


def test_enabling_it_begins_with_a_clean_record(office: PostOffice) -> None:
    webhook = failing(office, 410)

    reply = office.desk.as_(office.desk.cast.ada).patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True})

    names = ("enabled", "disabled_at", "disabled_reason", "failing_since", "failures")
    assert [reply.json[name] for name in names] == [True, None, None, None, 0]


def test_the_log_says_that_the_desk_did_it(office: PostOffice) -> None:
    webhook = failing(office, 410)

    path = f"/v1/audit-log?action=webhook.disabled&target={webhook['id']}"
    (entry,) = office.desk.as_(office.desk.cast.ada).get(path).json["items"]

    assert entry["actor"]["type"] == "system"
    assert entry["after"] == {"enabled": False, "reason": "gone"}


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "The webhook “A webhook” is off"), ("es", "El webhook «A webhook» está desactivado")],
)
def test_every_administrator_is_told_once_by_mail(
    office: PostOffice, database: Database, language: str, subject: str
) -> None:
    database.run("UPDATE workspaces SET language = :l WHERE slug = 'acme'", l=language)
    mailbox = Mailbox()
    mailbox.empty()
    failing(office, 410)
    (notice,) = notices(office, database)

    assert deliver(*[notice] * 5) == []

    assert mailbox.recipients == [office.desk.cast.ada.email]
    mail = mailbox.to(office.desk.cast.ada.email)
    assert mail["Subject"] == subject
    assert "410 Gone" in text_of(mail)
    assert "410 Gone" in html_of(mail)


def test_nobody_is_told_of_one_that_is_on_again(office: PostOffice, database: Database) -> None:
    mailbox = Mailbox()
    mailbox.empty()
    webhook = failing(office, 410)
    office.desk.as_(office.desk.cast.ada).patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True})

    deliver(*notices(office, database))

    assert mailbox.recipients == []
