"""People work while backends, sandboxes and queues fail under them, at points drawn by seed; then everything
is let be, and holds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.chaos import invariants
from tests.chaos.cloud import Cloud
from tests.chaos.history import History
from tests.chaos.profile import SEED, dice, short_or_long
from tests.chaos.tally import tally
from tests.sla.promised import Promised
from tests.support.database import Database
from tests.support.lossy_proxy import LossyProxy
from tests.support.mailbox import Mailbox
from tests.support.post_office import PostOffice
from tests.support.service_desk import ServiceDesk

HISTORIES = short_or_long(range(1), range(12))
STEPS = short_or_long(25, 60)
LATE = 4
# Of what is announced of each: two warnings and a breach.
ANNOUNCED = 3


@pytest.fixture
def office(desk: ServiceDesk, database: Database, stage: dict[str, str]) -> Iterator[PostOffice]:
    office = PostOffice(desk, database, stage)
    yield office
    office.close()


@pytest.mark.parametrize("number", HISTORIES)
def test_a_history_ends_as_if_nothing_had_failed(
    desk: ServiceDesk,
    database: Database,
    stage: dict[str, str],
    office: PostOffice,
    proxy: LossyProxy,
    number: int,
) -> None:
    drawn, told = dice("histories", number), tally("histories")
    mailbox = Mailbox()
    mailbox.empty()
    promised = Promised(database, desk.cast)
    late = [promised.late(timedelta(minutes=1), resolution=60) for _ in range(LATE)]
    promised.close()
    webhook = office.make(include_internal=True)
    cloud = Cloud(stage, database, drawn, told)
    history = History(desk, database, proxy, drawn, told)

    for _ in range(STEPS):
        history.step()
        for _ in range(drawn.randint(0, 3)):
            cloud.step()
    cloud.heal()
    for _ in range(3):
        if cloud.redrive():
            cloud.heal()
    assert not any(cloud.dead.values())

    invariants.hold(database, desk)
    invariants.count_marks(database, history.writes, told)
    houses = {"acme": desk.cast.acme, "globex": desk.cast.globex}
    invariants.count_strangers(database, houses, told)
    invariants.count_effects(database, mailbox.mails, office.receiver, webhook["id"], told)
    announced = database.value(
        "SELECT count(*) FROM timeline_entries WHERE action IN ('sla_warned', 'sla_breached') "
        "AND ticket_id = ANY(CAST(:late AS uuid[]))",
        late=[str(each) for each in late],
    )
    told.acknowledged += announced
    assert announced == ANNOUNCED * LATE
    assert told.is_clean, f"seed {SEED}, history {number}"
