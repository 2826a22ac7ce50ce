"""What is read of roll-ups: held to the same reckoned in Python, at midnights, changes of clocks and all."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from statistics import quantiles
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from chalicelib.accounts import principals
from chalicelib.analytics.periods import Period
from chalicelib.core.db import Transaction
from tests.analytics.roll_ups import days_between, rebuilt
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each

# The clocks of all of these change within the days of the tests: at night, at midnight, by half an hour.
ZONES = ("Europe/Madrid", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo")
FIRST, LAST = date(2025, 3, 1), date(2025, 4, 30)
LATE = (date(2025, 10, 20), date(2025, 11, 10))
PRIORITIES = ("low", "medium", "high", "urgent")
INSERT = """
    INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, priority,
        status, created_at, resolved_at)
    SELECT :w, r.n, 'T-' || r.n, 'VPN', 'drops', :u, r.team, r.priority,
        CASE WHEN r.resolved_at IS NULL THEN 'open' ELSE 'resolved' END, r.created_at, r.resolved_at
    FROM unnest(CAST(:n AS int[]), CAST(:team AS uuid[]), CAST(:priority AS text[]),
        CAST(:created AS timestamptz[]), CAST(:resolved AS timestamptz[]))
        AS r (n, team, priority, created_at, resolved_at)
"""
Row = tuple[UUID, str, datetime, datetime | None]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, database: Database, cast: Cast) -> ZoneInfo:
    database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=request.param, w=cast.acme)
    return ZoneInfo(request.param)


def written(database: Database, cast: Cast, zone: ZoneInfo, count: int = 600) -> list[Row]:
    """Tickets of spring and autumn, many of them at midnight, some resolved."""
    dice = Random(str(zone))
    days = [*days_between(FIRST, LAST), *days_between(*LATE)]
    rows: list[Row] = []
    for _ in range(count):
        day = dice.choice(days)
        edge = dice.choice([0, -1, 3600, 86_399, dice.randrange(90_000)])
        created = Period(day, day, zone).since + timedelta(seconds=edge)
        took = timedelta(seconds=int(10 ** dice.uniform(0, 7)))
        resolved = created + took if dice.random() < 0.7 else None
        rows.append((dice.choice([*cast.teams.values()]), dice.choice(PRIORITIES), created, resolved))
    with database.past_triggers():
        database.run(
            INSERT,
            w=cast.acme,
            u=cast.carol.id,
            n=[*range(1, count + 1)],
            team=[str(row[0]) for row in rows],
            priority=[row[1] for row in rows],
            created=[row[2] for row in rows],
            resolved=[row[3] for row in rows],
        )
    rebuilt(database, cast.acme)
    return rows


@pytest.fixture
def rows(database: Database, cast: Cast, zone: ZoneInfo) -> list[Row]:
    return written(database, cast, zone)


def test_figures_are_of_the_days_and_teams_that_are_asked_for(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row]
) -> None:
    first, last = date(2025, 3, 20), date(2025, 4, 5)
    before = first - timedelta(days=17)
    teams = [*cast.teams.values()][:2]
    for asked in (None, teams):
        expected: Counter[tuple[str, bool]] = Counter()
        for team, priority, created, _ in rows:
            day = created.astimezone(zone).date()
            if before <= day <= last and (asked is None or team in asked):
                expected[priority, day < first] += 1

        found = database.rows(
            "SELECT * FROM fn_insight_figures(:w, :f, :l, CAST(:t AS uuid[]), '{priority}')",
            **{"w": cast.acme, "f": first, "l": last, "t": asked and [str(team) for team in asked]},
        )

        assert {
            (row["value"], row["previous"]): row["created"] for row in found if row["created"]
        } == expected


@for_each("interval", ["day", "week", "month"])
def test_a_series_has_the_buckets_of_its_period(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row], interval: Any
) -> None:
    expected = {}
    for bucket in Period(FIRST, LAST, zone).split(interval):
        within = [row for row in rows if bucket.since <= row[2] < bucket.until]
        if within:
            expected[bucket.first] = len(within)

    found = database.rows(
        "SELECT * FROM fn_insight_series(:w, :f, :l, :i)", w=cast.acme, f=FIRST, l=LAST, i=interval
    )

    assert {row["first"]: row["created"] for row in found if row["created"]} == expected


def test_the_backlog_of_a_day_is_what_was_active_when_it_ended(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row]
) -> None:
    days = [FIRST, date(2025, 3, 30), date(2025, 4, 25), date(2025, 10, 26), date(2026, 1, 1)]
    ends = [Period(day, day, zone).until for day in days]
    expected = {
        (priority, day): sum(
            1
            for _, own, created, resolved in rows
            if own == priority and created < end and (resolved is None or resolved >= end)
        )
        for day, end in zip(days, ends, strict=True)
        for priority in PRIORITIES
    }

    found = database.rows(
        "SELECT * FROM fn_insight_backlog(:w, CAST(:d AS date[]), NULL, '{priority}')", w=cast.acme, d=days
    )

    assert {(row["value"], row["day"]): row["active"] for row in found} == expected


def test_every_hour_of_a_day_has_its_own(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row]
) -> None:
    for first in (date(2025, 3, 5), date(2025, 3, 28), date(2025, 10, 24)):
        period = Period(first, first + timedelta(days=12), zone)

        found = database.rows(
            "SELECT * FROM fn_insight_hours(:w, :f, :l) ORDER BY at",
            w=cast.acme,
            f=period.first,
            l=period.last,
        )

        starts = [row["at"] for row in found]
        expected = [0] * len(starts)
        for _, _, created, _ in rows:
            if period.since <= created < period.until:
                place = max(n for n, start in enumerate(starts) if start <= created)
                expected[place] += 1
        assert starts == [*hours_of(period)]
        assert [row["created"] for row in found] == expected


def test_the_week_as_a_map_is_by_the_hours_on_the_clock(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row]
) -> None:
    expected: Counter[tuple[int, int]] = Counter()
    for _, _, created, _ in rows:
        at = created.astimezone(zone)
        if FIRST <= at.date() <= LATE[1]:
            past = (created - Period(at.date(), at.date(), zone).since) // timedelta(hours=1)
            begun = (Period(at.date(), at.date(), zone).since + past * timedelta(hours=1)).astimezone(zone)
            expected[at.weekday(), begun.hour] += 1

    found = database.rows("SELECT * FROM fn_insight_week(:w, :f, :l)", w=cast.acme, f=FIRST, l=LATE[1])

    assert len(found) == 7 * 24
    assert {(r["weekday"], r["hour"]): r["created"] for r in found if r["created"]} == expected


@for_each("seed", range(6))
def test_percentiles_are_within_two_hundredths_of_the_exact_ones(database: Database, seed: int) -> None:
    """Of whatever shape: few, many, all the same, of seconds and of years."""
    dice = Random(seed)
    size = dice.choice([1, 2, 3, 50, 2000])
    top = dice.choice([1, 3, 5, 8])
    seconds = sorted(int(10 ** dice.uniform(0, top)) - 1 for _ in range(size))

    found = database.value(
        "SELECT fn_percentiles(sum(fn_in_lane(fn_lane_of(n))), '{0,0.25,0.5,0.75,0.9,1}') "
        "FROM unnest(CAST(:s AS int[])) AS n",
        s=seconds,
    )

    exact = [at_fraction(seconds, fraction) for fraction in (0, 0.25, 0.5, 0.75, 0.9, 1)]
    assert found == [pytest.approx(each, rel=0.02, abs=1e-9) for each in exact]
    if size > 2:
        assert exact[1:4] == pytest.approx(quantiles(seconds, n=4, method="inclusive"))


def test_the_percentiles_of_a_period_are_of_the_tickets_resolved_in_it(
    database: Database, cast: Cast, zone: ZoneInfo, rows: list[Row]
) -> None:
    took = sorted(
        (resolved - created).total_seconds()
        for _, _, created, resolved in rows
        if resolved and FIRST <= resolved.astimezone(zone).date() <= LAST
    )

    (found,) = database.rows(
        "SELECT * FROM fn_insight_percentiles(:w, :f, :l) WHERE NOT previous", w=cast.acme, f=FIRST, l=LAST
    )

    assert found["resolution"] == [pytest.approx(at_fraction(took, f), rel=0.02) for f in (0.5, 0.9)]
    assert found["first_response"] is None


def test_another_workspace_reads_nothing_of_it(
    database: Database, cast: Cast, connections: Connections
) -> None:
    written(database, cast, ZoneInfo("UTC"), 20)
    reads = (
        "fn_insight_figures(:w, '2025-01-01', '2025-12-31')",
        "fn_insight_series(:w, '2025-01-01', '2025-12-31', 'month')",
        "fn_insight_percentiles(:w, '2025-01-01', '2025-12-31')",
        "fn_insight_percentile_series(:w, '2025-01-01', '2025-12-31', 'month')",
        "fn_insight_stock(:w)",
        "fn_insight_backlog(:w, '{2025-04-01}')",
        "fn_insight_hours(:w, '2025-03-01', '2025-03-31')",
        "fn_rollup_state(:w)",
    )

    def seen(tx: Transaction, person: Person) -> list[int]:
        principals.enter(tx, person.workspace_id, person.id)
        return [
            tx.connection.execute(text(f"SELECT count(*) FROM {read}"), {"w": cast.acme}).scalar_one()
            for read in reads
        ]

    assert connections.run(lambda tx: seen(tx, cast.mallory)) == [0] * len(reads)
    assert 0 not in connections.run(lambda tx: seen(tx, cast.ada))


def hours_of(period: Period) -> Iterator[datetime]:
    """When each hour of its days begins, counted from midnight."""
    for day in days_between(period.first, period.last):
        one = Period(day, day, period.zone)
        at = one.since
        while at < one.until:
            yield at
            at += timedelta(hours=1)


def at_fraction(values: list[Any], fraction: float) -> float:
    """Between the two values next to it, linearly."""
    place = fraction * (len(values) - 1)
    low = values[int(place)]
    return float(low + (values[min(int(place) + 1, len(values) - 1)] - low) * (place - int(place)))
