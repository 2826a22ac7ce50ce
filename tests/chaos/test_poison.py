"""Messages that nobody can work off, and a function that does not get to its own: all others go on, what was
given up waits by itself, and comes again when it is told to."""

from collections.abc import Iterator

import pytest

from tests.chaos import invariants
from tests.chaos.cloud import CONSUMERS, MOST_RECEIVES, Cloud, Message
from tests.chaos.profile import dice, short_or_long
from tests.chaos.tally import tally
from tests.support.database import Database
from tests.support.mailbox import Mailbox
from tests.support.post_office import PostOffice
from tests.support.service_desk import ServiceDesk

POISON = ("poison", "{}", '{"id": 1}', "[]", "\u0000", '{"type": "ticket.created", "payload": 7}')


@pytest.fixture
def office(desk: ServiceDesk, database: Database, stage: dict[str, str]) -> Iterator[PostOffice]:
    office = PostOffice(desk, database, stage)
    yield office
    office.close()


@pytest.mark.parametrize("number", short_or_long(range(1), range(8)))
def test_case_47_poison_in_every_queue_holds_up_nothing(
    desk: ServiceDesk, database: Database, stage: dict[str, str], office: PostOffice, number: int
) -> None:
    drawn, told, mailbox = dice("poison", number), tally("poison"), Mailbox()
    mailbox.empty()
    webhook = office.make()
    cloud = Cloud(stage, database, drawn, told)
    slow = drawn.choice(("notifications", "insight", "rules"))
    for each in range(6):
        desk.ticket(subject=f"acme-{each}")
    cloud.collect()
    for name in CONSUMERS:
        messages = cloud.waiting[name]
        messages.insert(drawn.randint(0, len(messages)), Message(drawn.choice(POISON)))
        told.faults["poison"] += 1
    cloud.told.faults[f"{slow} held up"] += 1
    held_up, cloud.waiting[slow] = cloud.waiting[slow], []

    cloud.heal()

    assert {name: len(dead) for name, dead in cloud.dead.items() if dead} == {
        name: 1 for name in CONSUMERS if name != slow
    }
    assert office.receiver.heard
    cloud.waiting[slow] += held_up
    cloud.heal()
    assert all(len(dead) == 1 for dead in cloud.dead.values())
    assert all(dead[0].receives == MOST_RECEIVES for dead in cloud.dead.values())
    for dead in cloud.dead.values():  # what was wrong with them is mended
        dead.clear()
    invariants.hold(database, desk)
    invariants.count_effects(database, mailbox.mails, office.receiver, webhook["id"], told)
    assert told.is_clean
    assert told.acknowledged
