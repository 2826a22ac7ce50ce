"""A desk's past as rows, and its figures counted from them one by one, without SQL."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import fmean
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.support.cast import Cast
from tests.support.database import Database

PRIORITIES = ("low", "medium", "high", "urgent")
TYPES = ("incident", "question", "complaint")
SOURCES = ("api", "email", "public")
ACTIVE = ("new", "open", "pending", "on_hold")
INSERT = """
    WITH made AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS p (number integer, team uuid, agent uuid,
            priority text, type text, source text, category text, status text, deleted boolean,
            created_at timestamptz, resolved_at timestamptz, reopened_after timestamptz,
            reopened_at timestamptz, answered_at timestamptz, answered_minutes double precision,
            resolved_minutes double precision, broken_at timestamptz, score integer)
    ), tickets_made AS (
        INSERT INTO tickets (workspace_id, id, number, label, subject, description, requester_id, team_id,
            assignee_id, priority, type, source, category, status, created_at, updated_at, resolved_at,
            finished_at, deleted_at)
        SELECT :w, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, number, 'T-' || number,
            'VPN', 'drops', :carol, team, agent, priority, type, source, category, status, created_at,
            created_at, resolved_at, CASE WHEN status = 'cancelled' THEN created_at + interval '1 hour' END,
            CASE WHEN deleted THEN now() END
        FROM made RETURNING id
    ), told AS (
        INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, changes,
            created_at)
        SELECT :w, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, e.sequence, e.action,
            'system', CAST(e.changes AS jsonb), e.at
        FROM made CROSS JOIN LATERAL (VALUES
            (1, 'resolved', '{"status": {"from": "open", "to": "resolved"}}', reopened_after),
            (2, 'reopened', '{"status": {"from": "resolved", "to": "open"}}', reopened_at),
            (3, 'resolved', '{"status": {"from": "open", "to": "resolved"}}', resolved_at))
            AS e (sequence, action, changes, at)
        WHERE e.at IS NOT NULL
    ), rated AS (
        INSERT INTO ratings (workspace_id, ticket_id, cycle, user_id, team_id, score, rated_at, ended_at)
        SELECT :w, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, 1, :carol, team, score,
            resolved_at, resolved_at
        FROM made WHERE score IS NOT NULL
    )
    INSERT INTO sla_targets (workspace_id, ticket_id, metric, cycle, calendar_id, minutes, started_at, due_at,
        fulfilled_at, breached_at, used_minutes, team_id, priority)
    SELECT :w, ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, g.metric, 1, c.id, 60,
        created_at, '2999-01-01', g.at, g.broken, g.minutes, team, priority
    FROM made CROSS JOIN LATERAL (VALUES
        ('first_response', answered_at, NULL, answered_minutes),
        ('resolution', resolved_at, broken_at, resolved_minutes)) AS g (metric, at, broken, minutes)
    CROSS JOIN (SELECT id FROM calendars WHERE workspace_id = :w LIMIT 1) AS c
    WHERE g.at IS NOT NULL OR g.broken IS NOT NULL
"""


@dataclass
class Work:
    """A ticket and what became of it. `reopened_after`: when it was resolved for the first time."""

    number: int
    team: UUID
    agent: UUID | None
    priority: str
    type: str
    source: str
    category: str | None
    created_at: datetime
    status: str = "open"
    resolved_at: datetime | None = None
    reopened_after: datetime | None = None
    reopened_at: datetime | None = None
    answered_at: datetime | None = None
    answered_minutes: float | None = None
    resolved_minutes: float | None = None
    broken_at: datetime | None = None
    score: int | None = None
    deleted: bool = False

    @property
    def ends(self) -> list[datetime]:
        return [at for at in (self.reopened_after, self.resolved_at) if at]

    def is_active_at(self, moment: datetime) -> bool:
        """Right before this moment."""
        if self.created_at >= moment:
            return False
        if self.status == "cancelled":
            return self.created_at + timedelta(hours=1) >= moment
        last = [(self.created_at, True), *((at, False) for at in self.ends)]
        last += [(self.reopened_at, True)] if self.reopened_at else []
        return max((at, active) for at, active in last if at < moment)[1]


def invented(dice: Random, cast: Cast, zone: ZoneInfo, first: date, last: date, count: int) -> list[Work]:
    """Tickets of these days, many of them made, answered or resolved right at midnight."""
    days = (last - first).days + 1

    def moment() -> datetime:
        day = first + timedelta(days=dice.randrange(days))
        edge = dice.choice([0, -1, 1, 3600, dice.randrange(86_400)])
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        return midnight + timedelta(seconds=edge)

    def later(at: datetime, most: int = 1_000_000) -> datetime:
        soon = at + timedelta(seconds=dice.randrange(most))
        return max(at + timedelta(seconds=1), dice.choice([moment(), soon]))

    found = []
    for number in range(1, count + 1):
        work = Work(
            number,
            dice.choice([*cast.teams.values()]),
            dice.choice([cast.ana.id, cast.ben.id, None]),
            dice.choice(PRIORITIES),
            dice.choice(TYPES),
            dice.choice(SOURCES),
            dice.choice([None, "Hardware", "Access"]),
            moment(),
            deleted=dice.random() < 0.05,
        )
        if dice.random() < 0.7:
            work.answered_at = later(work.created_at, 90_000)
            work.answered_minutes = round(dice.uniform(0, 500), 1) if dice.random() < 0.9 else None
        fate = dice.random()
        if fate < 0.6:
            work.status, work.resolved_at = "resolved", later(work.created_at)
            work.resolved_minutes = round(dice.uniform(0, 5000), 1)
            if dice.random() < 0.3:
                work.score = dice.randrange(1, 6)
            if dice.random() < 0.2:
                work.broken_at = later(work.created_at)
            if dice.random() < 0.2:
                work.reopened_after = later(work.created_at)
                work.reopened_at = later(work.reopened_after)
                work.resolved_at = later(work.reopened_at)
        elif fate < 0.7:
            work.reopened_after = later(work.created_at)
            work.reopened_at = later(work.reopened_after)
        elif fate < 0.75:
            work.status = "cancelled"
        else:
            work.status = dice.choice(ACTIVE)
        found.append(work)
    return found


def write(database: Database, cast: Cast, works: Sequence[Work]) -> None:
    """Puts them there, past the rooms, and counts them."""
    rows = json.dumps([asdict(work) for work in works], default=str)
    with database.past_triggers():
        database.run(INSERT, w=cast.acme, carol=cast.carol.id, rows=rows)
    database.run("CALL sp_rollup_rebuild(:w)", w=cast.acme)


def figures(works: Sequence[Work], since: datetime, until: datetime) -> dict[str, Any]:
    """What answers tell of these tickets from a moment to before another, medians and all."""

    def within(at: datetime | None) -> bool:
        return at is not None and since <= at < until

    works = [work for work in works if not work.deleted]
    rated = [work.score for work in works if work.score is not None and within(work.resolved_at)]
    times: dict[str, list[float]] = {
        "first_response": [
            (work.answered_at - work.created_at).total_seconds()  # type: ignore[operator]
            for work in works
            if within(work.answered_at)
        ],
        "business_first_response": [
            work.answered_minutes * 60
            for work in works
            if within(work.answered_at) and work.answered_minutes is not None
        ],
        "resolution": [
            (work.resolved_at - work.created_at).total_seconds()  # type: ignore[operator]
            for work in works
            if within(work.resolved_at)
        ],
        "business_resolution": [
            work.resolved_minutes * 60
            for work in works
            if within(work.resolved_at) and work.resolved_minutes is not None
        ],
    }
    found: dict[str, Any] = {
        "created": sum(within(work.created_at) for work in works),
        "resolved": sum(within(at) for work in works for at in work.ends),
        "reopened": sum(within(work.reopened_at) for work in works),
        "breached": sum(within(work.broken_at) for work in works),
        "backlog": sum(work.is_active_at(until) for work in works),
        "ratings": len(rated),
        "rating_average": fmean(rated) if rated else None,
        "satisfaction": sum(score >= 4 for score in rated) / len(rated) if rated else None,
    }
    for name, seconds in times.items():
        whole = sorted(int(each) for each in seconds)
        found[f"{name}s"] = len(whole)
        found[f"{name}_average"] = fmean(whole) / 60 if whole else None
        for measure, fraction in (("median", 0.5), ("p90", 0.9)):
            found[f"{name}_{measure}"] = percentile(whole, fraction) / 60 if whole else None
    return found


def percentile(numbers: Sequence[float], fraction: float) -> float:
    """As percentile_cont has it."""
    place = fraction * (len(numbers) - 1)
    low, high = numbers[int(place)], numbers[min(int(place) + 1, len(numbers) - 1)]
    return low + (high - low) * (place - int(place))


def grouped(works: Sequence[Work], by: Callable[[Work], Any]) -> dict[Any, list[Work]]:
    found: dict[Any, list[Work]] = {}
    for work in works:
        if not work.deleted:
            found.setdefault(by(work), []).append(work)
    return found
