"""Several sweeps at once, their backends killed at any moment: each promise is announced once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from chalicelib import schedules
from tests.chaos.profile import dice, short_or_long
from tests.chaos.tally import tally
from tests.sla.ledger import Ledger
from tests.sla.promised import Promised, app_connection
from tests.sla.sandboxes import sandboxes, sweeps_whatever_comes
from tests.support.cast import Cast
from tests.support.database import Database

ROUNDS, SWEEPS, LATE, ANNOUNCED = short_or_long(2, 60), 3, 6, 3
ONE_OF_THEM = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app' AND state = 'active'
    LIMIT :most
"""


def test_sweeps_at_once_whose_backends_are_killed(database: Database, cast: Cast) -> None:
    told, drawn = tally("sweeps at once"), dice("sweeps")
    promised = Promised(database, cast)
    late = set()
    with sandboxes(app_connection), ThreadPoolExecutor(SWEEPS) as threads:
        for _ in range(ROUNDS):
            late |= {promised.late(timedelta(minutes=1), resolution=60) for _ in range(LATE)}
            runs = [threads.submit(sweeps_whatever_comes) for _ in range(SWEEPS)]
            told.faults["sweeps at once"] += SWEEPS - 1
            for _ in range(drawn.randint(1, 4)):
                killed = database.rows(ONE_OF_THEM, most=drawn.randint(1, SWEEPS))
                told.faults["backend of a sweep killed"] += len(killed)
            for run in runs:
                run.result(timeout=120)
    promised.close()
    schedules.sweep(lambda: True)

    ledger = Ledger(database)
    ledger.assert_legal()
    told.acknowledged += len(late) * ANNOUNCED
    told.lost += len(late - ledger.late)
    told.twice += len(ledger.news) - len(set(ledger.news))
    assert len(ledger.news) == len(late) * ANNOUNCED
    assert told.is_clean
