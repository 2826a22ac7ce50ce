"""Roll-ups, and the same counted ticket by ticket in Python, from the definitions in docs/insight.md."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chalicelib.analytics.periods import Period
from tests.support.database import Database

ALL = UUID(int=0)
ACTIVE = ("new", "open", "pending", "on_hold")
TICKETS = """
    SELECT t.*,
        (SELECT coalesce(json_agg(e ORDER BY e.sequence), '[]') FROM timeline_entries e
         WHERE e.ticket_id = t.id) AS timeline,
        (SELECT coalesce(json_agg(g ORDER BY g.metric, g.cycle), '[]') FROM sla_targets g
         WHERE g.ticket_id = t.id) AS targets,
        (SELECT coalesce(json_agg(r), '[]') FROM ratings r WHERE r.ticket_id = t.id) AS ratings,
        (SELECT coalesce(json_agg(json_build_object('c', c, 'role', u.role) ORDER BY c.created_at), '[]')
         FROM comments c LEFT JOIN users u ON u.id = c.author_id WHERE c.ticket_id = t.id) AS comments
    FROM tickets t WHERE t.workspace_id = :w AND t.deleted_at IS NULL
"""
GENERATION = "SELECT generation, timezone FROM fn_rollup_state(:w)"
TIMES = ("first_response", "business_first_response", "resolution", "business_resolution")
TIMED = ("all", "priority", "type", "team", "agent")
HOURS = ("created", "entered", "departed", "resolved", "reopened", "first_responses")
COUNTS = (
    *("created", "entered", "departed", "resolved", "reopened", "breached"),
    *("rated", "rated_good", "rated_bad", "score"),
    *("first_responses", "first_response_seconds"),
    *("business_first_responses", "business_first_response_seconds"),
    *("resolutions", "resolution_seconds", "business_resolutions", "business_resolution_seconds"),
)


@dataclass
class Happening:
    """Something that a ticket counts for."""

    at: datetime
    counts: Mapping[str, int]
    time: str | None = None
    seconds: int = 0
    hour: str | None = None


@dataclass
class Sums:
    """What the three tables hold of a workspace, in dictionaries; nothing in them is zero."""

    days: dict[tuple[Any, ...], dict[str, int]] = field(default_factory=dict)
    hours: dict[tuple[Any, ...], dict[int, int]] = field(default_factory=dict)
    times: dict[tuple[Any, ...], dict[int, int]] = field(default_factory=dict)
    stocks: dict[tuple[Any, ...], tuple[int, int]] = field(default_factory=dict)


def rebuilt(database: Database, workspace: UUID) -> None:
    """Counts what was written past the rooms."""
    database.run("CALL sp_rollup_rebuild(:w)", w=workspace)


def refreshed(database: Database, workspace: UUID, tickets: Sequence[Any]) -> None:
    database.run("CALL sp_rollup_refresh(:w, CAST(:t AS uuid[]))", w=workspace, t=[str(t) for t in tickets])


def held(database: Database, workspace: UUID) -> Sums:
    """What the tables say."""
    (state,) = database.rows(GENERATION, w=workspace)
    sums, found = Sums(), {"w": workspace, "g": state["generation"]}
    where = "WHERE workspace_id = :w AND generation = :g"
    for row in database.rows(f"SELECT * FROM ticket_rollups {where}", **found):
        sums.days[key_of(row)] = {name: row[name] for name in COUNTS if row[name]}
        if row["hours"]:
            sums.hours[key_of(row)] = lanes(row["hours"])
    for row in database.rows(f"SELECT * FROM rollup_histograms {where}", **found):
        for time in TIMES:
            if row[time]:
                sums.times[*key_of(row), time] = lanes(row[time])
    for row in database.rows(f"SELECT * FROM ticket_stocks {where}", **found):
        sums.stocks[row["team_id"], row["dimension"], row["value"]] = (row["tickets"], row["active"])
    return sums


def counted(database: Database, workspace: UUID) -> Sums:
    """What they ought to say, counted one by one."""
    zone = ZoneInfo(database.value("SELECT timezone FROM workspaces WHERE id = :w", w=workspace))
    days: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    hours: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    times: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    stocks: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for ticket in database.rows(TICKETS, w=workspace):
        for team, dimension, value in places(ticket):
            stocks[team, dimension, value][0] += 1
            stocks[team, dimension, value][1] += ticket["status"] in ACTIVE
            for each in happenings(ticket):
                day = each.at.astimezone(zone).date()
                key = (team, dimension, day, value)
                days[key].update(each.counts)
                if dimension == "all" and each.hour:
                    past = (each.at - Period(day, day, zone).since).total_seconds()
                    hours[key][25 * HOURS.index(each.hour) + int(past // 3600)] += 1
                if each.time and dimension in TIMED:
                    times[*key, each.time][lane(each.seconds)] += 1
    return Sums(
        {key: {name: n for name, n in counts.items() if n} for key, counts in days.items()},
        {key: dict(counts) for key, counts in hours.items()},
        {key: dict(counts) for key, counts in times.items()},
        {key: (tickets, active) for key, (tickets, active) in stocks.items()},
    )


def places(ticket: Mapping[str, Any]) -> Iterator[tuple[UUID, str, str]]:
    for team in (ALL, ticket["team_id"]):
        yield team, "all", ""
        yield team, "team", str(ticket["team_id"])
        yield team, "agent", str(ticket["assignee_id"] or "")
        yield team, "category", ticket["category"] or ""
        for name in ("status", "priority", "type", "source"):
            yield team, name, ticket[name]


def happenings(ticket: Mapping[str, Any]) -> Iterator[Happening]:
    """What counts of a ticket: its creation, the ends of its work and how it began again, its first answer,
    its ratings, its broken promises."""
    created = ticket["created_at"]
    yield Happening(created, {"created": 1}, hour="created")
    yield Happening(created, {"entered": 1}, hour="entered")
    finished: tuple[datetime, str] | None = None
    for entry in ticket["timeline"]:
        status = entry["changes"].get("status", {})
        at = moment(entry["created_at"])
        if entry["action"] == "reopened":
            end, became = finished or (at, status.get("from"))
            yield Happening(end, {"departed": 1}, hour="departed")
            if became != "cancelled":
                yield Happening(end, {"resolved": 1}, hour="resolved")
            yield Happening(at, {"reopened": 1}, hour="reopened")
            yield Happening(at, {"entered": 1}, hour="entered")
            finished = None
        elif status.get("from") in ACTIVE and status.get("to") not in ACTIVE:
            finished = (at, status["to"])
    if ticket["status"] not in ACTIVE:
        yield from ending(ticket)
    yield from first_response(ticket)
    for rating in ticket["ratings"]:
        if (score := rating["score"]) is not None:
            said = {"rated": 1, "score": score, "rated_good": int(score >= 4), "rated_bad": int(score <= 2)}
            yield Happening(moment(rating["rated_at"]), said)
    for target in ticket["targets"]:
        if target["breached_at"]:
            yield Happening(moment(target["breached_at"]), {"breached": 1})


def ending(ticket: Mapping[str, Any]) -> Iterator[Happening]:
    at = ticket["resolved_at"] or ticket["closed_at"] or ticket["finished_at"]
    if ticket["status"] == "cancelled":
        at = ticket["finished_at"]
    yield Happening(at, {"departed": 1}, hour="departed")
    if ticket["status"] == "cancelled" or ticket["merged_into"]:
        return
    yield Happening(at, {"resolved": 1}, hour="resolved")
    yield took("resolution", at, (at - ticket["created_at"]).total_seconds())
    cycles = [target for target in ticket["targets"] if target["metric"] == "resolution"]
    if cycles and cycles[-1]["fulfilled_at"]:
        used = [target["used_minutes"] for target in cycles if target["used_minutes"] is not None]
        if used:
            yield took("business_resolution", at, 60 * sum(used))


def first_response(ticket: Mapping[str, Any]) -> Iterator[Happening]:
    promises = [target for target in ticket["targets"] if target["metric"] == "first_response"]
    kept = [target for target in promises if target["fulfilled_at"]]
    if kept:
        first = min(kept, key=lambda target: moment(target["fulfilled_at"]))
        at = moment(first["fulfilled_at"])
        yield took("first_response", at, (at - ticket["created_at"]).total_seconds(), "first_responses")
        if first["used_minutes"] is not None:
            yield took("business_first_response", at, 60 * first["used_minutes"])
        return
    for row in ticket["comments"]:
        comment, at = row["c"], moment(row["c"]["created_at"])
        is_requesters = comment["author_id"] == str(ticket["requester_id"])
        if (
            comment["visibility"] == "public"
            and comment["deleted_at"] is None
            and at >= ticket["created_at"]
            and (comment["api_key_id"] or (row["role"] not in (None, "customer") and not is_requesters))
        ):
            yield took("first_response", at, (at - ticket["created_at"]).total_seconds(), "first_responses")
            return


def took(time: str, at: datetime, seconds: float, hour: str | None = None) -> Happening:
    whole = max(0, math.floor(seconds))
    return Happening(at, {f"{time}s": 1, f"{time}_seconds": whole}, time, whole, hour)


def lane(seconds: int) -> int:
    """0 for nothing, n + 1 from 1.04 to the power of n on."""
    number = 0
    while seconds >= 1.04**number:
        number += 1
    return number


def lanes(number: Any) -> dict[int, int]:
    """The numbers of eight digits each in a long one, that are not zero."""
    found, rest, place = {}, int(number), 0
    assert rest >= 0
    while rest:
        rest, one = divmod(rest, 10**8)
        if one:
            found[place] = one
        place += 1
    return found


def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["team_id"], row["dimension"], row["day"], row["value"]


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
