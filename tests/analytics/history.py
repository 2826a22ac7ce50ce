"""A desk's promises as rows of the past, and the same figures counted from them one by one, without SQL."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random
from statistics import fmean
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk

PRIORITIES = ("low", "medium", "high", "urgent")
METRICS = ("first_response", "next_response", "resolution", "team_resolution")
DIMENSIONS = ("metric", "policy", "team", "priority")
LATER = datetime(2999, 1, 1, tzinfo=UTC)
INSERT = """
    INSERT INTO sla_targets (workspace_id, ticket_id, metric, cycle, policy_id, calendar_id, minutes,
        started_at, due_at, paused_at, fulfilled_at, ended_at, breached_at, used_minutes, team_id, priority)
    SELECT :w, p.ticket_id, p.metric, p.cycle, p.policy_id, c.id, 60, p.started_at, p.due_at, p.paused_at,
        p.fulfilled_at, p.ended_at, p.breached_at, p.used_minutes, p.team_id, p.priority
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS p (ticket_id uuid, metric text, cycle integer,
        policy_id uuid, started_at timestamptz, due_at timestamptz, paused_at timestamptz,
        fulfilled_at timestamptz, ended_at timestamptz, breached_at timestamptz,
        used_minutes double precision, team_id uuid, priority text)
    CROSS JOIN (SELECT id FROM calendars WHERE workspace_id = :w LIMIT 1) AS c
"""


@dataclass
class Promise:
    """A cycle of a target. `on_deleted`: its ticket is gone."""

    metric: str
    policy: UUID | None
    team: UUID
    priority: str
    started_at: datetime
    due_at: datetime | None = None
    paused_at: datetime | None = None
    fulfilled_at: datetime | None = None
    ended_at: datetime | None = None
    breached_at: datetime | None = None
    used_minutes: float | None = None
    on_deleted: bool = False

    @property
    def broken_at(self) -> datetime | None:
        """When it ran late; as seen now, whether or not a sweep has come by."""
        if self.breached_at or self.fulfilled_at or self.ended_at:
            return self.breached_at
        return self.due_at if self.due_at and self.due_at < datetime.now(UTC) else None

    @property
    def kept_at(self) -> datetime | None:
        return self.fulfilled_at if self.due_at and not self.broken_at else None

    @property
    def is_open(self) -> bool:
        return not (self.broken_at or self.fulfilled_at or self.ended_at)


@dataclass
class History:
    """Promises, in the database as they are here."""

    database: Database
    cast: Cast
    promises: list[Promise] = field(default_factory=list)

    def write(self) -> None:
        """Puts them there, each on one of a few tickets, which take no part otherwise."""
        desk = Desk(self.database, self.cast)
        tickets = {gone: desk.ticket(self.cast.carol) for gone in (False, True)}
        self.database.run("UPDATE tickets SET deleted_at = now() WHERE id = :t", t=tickets[True])
        names = [*Promise.__dataclass_fields__]
        rows = [
            {
                **{name: getattr(promise, name) for name in names if name not in ("policy", "team")},
                "policy_id": promise.policy,
                "team_id": promise.team,
                "ticket_id": tickets[promise.on_deleted],
                "cycle": number,
            }
            for number, promise in enumerate(self.promises)
        ]
        self.database.run(INSERT, w=self.cast.acme, rows=json.dumps(rows, default=str))

    def policies(self, *names: str) -> list[UUID]:
        """Policies of these names."""
        return [
            self.database.value(
                "INSERT INTO sla_policies (workspace_id, name, position, targets, calendar_id) "
                "SELECT :w, :n, 9, '{}', id FROM calendars WHERE workspace_id = :w RETURNING id",
                w=self.cast.acme,
                n=name,
            )
            for name in names
        ]

    def invent(self, random: Random, zone: ZoneInfo, first: date, last: date, count: int) -> None:
        """Promises of every fate, decided around these days, many of them right at midnight."""
        policies = [*self.policies("Gold", "Basic"), None]
        days = (last - first).days + 1

        def moment() -> datetime:
            day = first + timedelta(days=random.randrange(days))
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
            edge = random.choice([0, 0, 1, -1, random.randrange(86_400_000_000)])
            return midnight + timedelta(microseconds=edge)

        fates: list[Callable[[], dict[str, Any]]] = [
            lambda: {"due_at": LATER, "fulfilled_at": moment()},
            lambda: {"due_at": LATER, "fulfilled_at": moment()},
            lambda: late(moment()),
            lambda: late(moment(), fulfilled_at=moment() + timedelta(days=random.randrange(9))),
            lambda: late(moment(), ended_at=moment() + timedelta(days=9)),
            lambda: {"due_at": LATER, "ended_at": moment()},
            lambda: {"fulfilled_at": moment()},  # withdrawn, and answered all the same
            lambda: {"due_at": LATER},
            lambda: {"paused_at": moment()},
            lambda: {"due_at": moment()},  # late, and not noticed yet
        ]
        for _ in range(count):
            fate = random.choice(fates)()
            known = [at for at in fate.values() if at != LATER]
            took = round(random.uniform(0, 5000), 3) if "fulfilled_at" in fate or "ended_at" in fate else None
            self.promises.append(
                Promise(
                    metric=random.choice(METRICS),
                    policy=random.choice(policies),
                    team=random.choice(list(self.cast.teams.values())),
                    priority=random.choice(PRIORITIES),
                    started_at=min(known, default=LATER) - timedelta(minutes=random.randrange(9000)),
                    used_minutes=None if random.random() < 0.1 else took,
                    on_deleted=random.random() < 0.1,
                    **fate,
                )
            )


def late(due_at: datetime, **ending: datetime) -> dict[str, datetime]:
    """Breached at its due time; what ended it came after that."""
    return {"due_at": due_at, "breached_at": due_at} | {
        name: max(at, due_at + timedelta(seconds=1)) for name, at in ending.items()
    }


def counted(promises: Sequence[Promise], zone: ZoneInfo, first: date, last: date) -> dict[str, Any]:
    """The figures of some promises on the days from the first to the last."""

    def within(at: datetime | None) -> bool:
        return at is not None and first <= at.astimezone(zone).date() <= last

    there = [promise for promise in promises if not promise.on_deleted]
    met = [promise for promise in there if within(promise.kept_at)]
    breached = [promise for promise in there if within(promise.broken_at)]
    done = [p for p in there if within(p.fulfilled_at) and (p.kept_at or p.broken_at)]
    took = [(p.fulfilled_at - p.started_at).total_seconds() / 60 for p in done if p.fulfilled_at]
    decided = len(met) + len(breached)
    return {
        "met": len(met),
        "breached": len(breached),
        "attainment": len(met) / decided if decided else None,
        "business_minutes": minutes([p.used_minutes for p in done if p.used_minutes is not None]),
        "calendar_minutes": minutes(took),
    }


def minutes(values: Sequence[float]) -> dict[str, Any]:
    return {
        "count": len(values),
        "average": fmean(values) if values else None,
        **{f"p{percent}": percentile(values, percent) for percent in (50, 90, 95)},
    }


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Between the two values next to it, linearly, as percentile_cont has it."""
    if not values:
        return None
    ordered = sorted(values)
    place = percent / 100 * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def grouped(promises: Sequence[Promise], group_by: Sequence[str]) -> dict[tuple[str, ...], list[Promise]]:
    def key(promise: Promise) -> tuple[str, ...]:
        return tuple(str(getattr(promise, name)) for name in group_by)

    return {name: list(of) for name, of in groupby(sorted(promises, key=key), key=key)}
