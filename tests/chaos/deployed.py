"""The deployed application in the emulated cloud, struck from outside while people work over HTTP: `make
chaos` alone runs this, for it takes some minutes.

The database, the sandboxes and the queues are real processes and are really killed; how the emulator answers
for a sandbox that is gone is its own, and counted apart.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from local.files import free_port
from local.stack import Stack
from tests.chaos import invariants
from tests.chaos.conftest import LASTING
from tests.chaos.people import People, settle_in
from tests.chaos.profile import dice
from tests.chaos.stack_faults import POISON, QUEUES, StackFaults
from tests.chaos.tally import tally
from tests.e2e.conftest import Outbox
from tests.e2e.http import Http, awaited
from tests.support.stranger import Stranger

WORKERS = 6
# How often each is tried; in between somebody gets something done.
STRIKES = {
    "api_killed": 8,
    "authorizer_killed": 1,
    "consumer_killed": 10,
    "relay_killed": 3,
    "queues_hang_up": 1,
    "queues_are_silent": 1,
    "answers_of_queues_lost": 3,
    "messages_twice": 2,
    "database_killed": 3,
}
ANSWERS = {200, 201, 409, 503}
# What the emulator's gateway says where there is no answer of the function's, as API Gateway does.
OF_THE_GATEWAY = {500, 502, 504}
RECOVERED_SECONDS = 30.0
# A lease and a claim lapse, and each schedule comes by, twice.
QUIET_SECONDS = 300.0
# What was tried twice in vain is put off for minutes: time passes by being told to.
NEVER_MIND = """
    UPDATE webhook_deliveries SET next_attempt_at = now()
    WHERE status = 'pending' AND next_attempt_at > now() + interval '60 seconds'
"""


@pytest.fixture(scope="module")
def outbox() -> Iterator[tuple[str, Outbox]]:
    outbox = Outbox()
    controller = Controller(outbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"127.0.0.1:{controller.port}", outbox
    controller.stop()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, outbox: tuple[str, Outbox]) -> Iterator[Stack]:
    path = Path(tmp_path_factory.mktemp("stack"))
    stack = Stack(path, relay=outbox[0], durable=False, stage="test", bcrypt_cost=4, demo=False)
    stack.cluster.settings.update(LASTING)
    stack.up(bound=True)
    yield stack
    stack.destroy()


@pytest.fixture
def receiver() -> Iterator[Stranger]:
    receiver = Stranger()
    receiver.says("/hook", b"thank you")
    yield receiver
    receiver.stop()


def test_what_a_deployed_stack_survives(stack: Stack, outbox: tuple[str, Outbox], receiver: Stranger) -> None:
    told, drawn, mails = tally("deployed stack"), dice("deployed"), outbox[1].mails
    faults = StackFaults(stack, drawn, told)
    houses = settle_in(Http(stack.api_url))
    admins = [next(iter(house.staff.values())) for house in houses]
    hook = {"name": "All", "url": f"{receiver.url}/hook", "events": ["*"], "include_internal": True}
    webhook = admins[0].post("/v1/webhooks", hook)
    assert webhook.status == 201, webhook.text
    people = People(houses, told)
    strikes = [getattr(faults, name) for name, times in STRIKES.items() for _ in range(times)]
    drawn.shuffle(strikes)
    half = len(strikes) // 2

    with ThreadPoolExecutor(WORKERS) as threads:
        working = [threads.submit(people.work, number) for number in range(WORKERS)]
        try:
            # Poison in every queue, and a function that fails whatever it is given: all others go on.
            faults.poison()
            whole = faults.configure("Webhooks", MESA_DATABASE_SECRET_ARN="gone")
            strike(strikes[:half], people)
            awaited("the dead letters", lambda: len(given_up(faults)) == len(QUEUES), QUIET_SECONDS)
            dead = faults.waiting("webhooks-dead-letters")
            told.measured.append(f"a function that failed: {len(dead)} dead letters came again")
            assert mails
            assert len(dead) > 1
            faults.configure("Webhooks", **whole)
            assert faults.redriven() >= len(dead)
            strike(strikes[half:], people)
            people.await_more(20)
        finally:
            people.over.set()
        for each in working:
            each.result()
    await_quiet(faults)

    assert faults.poison_found == dict.fromkeys(QUEUES, 1)
    with faults.database() as database:
        invariants.none_of(database)
        invariants.add_up(database, [house.id for house in houses])
        invariants.count_marks(database, people.writes, told)
        invariants.count_strangers(database, {house.name: house.id for house in houses}, told)
        invariants.count_effects(database, mails, receiver, webhook.json["id"], told)
    for admin in admins:
        assert admin.get("/v1/audit-log/verify").json["ok"] is True
    slowest = max(map(people.recovery, faults.crashes))
    statuses = Counter(call.status for call in people.calls)
    told_once = {str(mail[invariants.MESSAGE_ID]) for mail in mails}
    called_once = {asked.headers["webhook-id"] for asked in receiver.heard}
    told.measured += [
        f"answers {dict(sorted(statuses.items()))}; {dict(people.again)}",
        f"mails {len(mails)}, of them again {len(mails) - len(told_once)}",
        f"calls of the webhook {len(receiver.heard)}, of them again {len(receiver.heard) - len(called_once)}",
        f"answered 2xx again within {slowest:.1f} s of the kill of PostgreSQL",
    ]
    strange = [call for call in people.calls if call.status not in ANSWERS | OF_THE_GATEWAY]
    assert strange == []
    gone = [call for call in people.calls if call.status in OF_THE_GATEWAY]
    kills = faults.at_the_gateway
    assert [call for call in gone if not any(call.began - 3 < at < call.ended + 1 for at in kills)] == []
    assert slowest <= RECOVERED_SECONDS
    assert told.is_clean


def strike(strikes: list[Callable[[], None]], people: People) -> None:
    """One after the other, and in between somebody gets something done."""
    for each in strikes:
        people.await_more(3)
        each()


def given_up(faults: StackFaults) -> set[str]:
    """Queues whose poison has ended in their dead letters."""
    return {queue for queue in QUEUES if POISON in faults.waiting(f"{queue}-dead-letters")}


def await_quiet(faults: StackFaults) -> None:
    """Until nothing is on its way; fails with what still is."""
    try:
        awaited("an end to it", lambda: not on_its_way(faults), QUIET_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}: {on_its_way(faults)}") from None


def on_its_way(faults: StackFaults) -> dict[str, int]:
    """What there is still to do, by queue and by table: all poison is dead for good and taken out, all else
    was worked off."""
    if waiting := waiting_in(faults, QUEUES):
        return waiting
    faults.take_poison_out()
    if again := faults.redriven():
        return {"dead letters": again}
    if dead := waiting_in(faults, [f"{queue}-dead-letters" for queue in QUEUES]):
        return dead
    with faults.database() as database:
        database.run(NEVER_MIND)
        left = {what: len(database.rows(sql)) for what, sql in invariants.ON_ITS_WAY.items()}
    return {what: count for what, count in left.items() if count}


def waiting_in(faults: StackFaults, queues: Sequence[str]) -> dict[str, int]:
    """How many messages, of the queues that have any."""
    counts = {queue: len(faults.waiting(queue)) for queue in queues}
    return {queue: count for queue, count in counts.items() if count}
