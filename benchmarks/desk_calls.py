"""The calls that are made at desks of every size. Where something is looked for, as much of it is there to be
found, however large the desk is; or it is a page of what there is more of."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from benchmarks.gateway import proxy_event
from benchmarks.open_desk import OpenDesk
from chalicelib.core import paging
from tests.support.cast import Person

Event = Mapping[str, Any]
RARE = {"query": "rar"}
TICKET = {"subject": "VPN drops every hour", "description": "Since this morning.", "priority": "high"}
NEWEST = """SELECT id FROM tickets WHERE workspace_id = :workspace AND status = 'open'
    AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1"""
ORGANISATION = """SELECT organisation_id FROM users WHERE workspace_id = :workspace
    AND email = 'customer0@customers.example'"""
MIDDLE = """SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00') || ' ' || id
    FROM tickets WHERE workspace_id = :workspace AND archived_at IS NULL AND deleted_at IS NULL
    ORDER BY created_at DESC OFFSET (SELECT last_number FROM ticket_counters
        WHERE workspace_id = :workspace) / 3 LIMIT 1"""
LATELY = """SELECT to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM tickets
    WHERE workspace_id = :workspace AND archived_at IS NULL AND deleted_at IS NULL
    ORDER BY updated_at DESC OFFSET 100 LIMIT 1"""
ROOM = """SELECT custom_fields ->> 'room' FROM tickets WHERE workspace_id = :workspace
    AND archived_at IS NULL AND custom_fields ? 'room' ORDER BY created_at DESC LIMIT 1"""


@dataclass(frozen=True)
class Call:
    """One kind of call; `event` makes that of a desk. `grows`: how many times as long it may take at the
    largest as at the smallest."""

    name: str
    event: Callable[[OpenDesk], Event]
    grows: float = 1.5


def admin(desk: OpenDesk) -> Person:
    return desk.person("agent1@desk.example")


def agent(desk: OpenDesk) -> Person:
    """Of one team."""
    return desk.person("agent13@desk.example")


def agent_of_three(desk: OpenDesk) -> Person:
    return desk.person("agent14@desk.example")


def agent_of_a_small_desk(desk: OpenDesk) -> Person:
    return desk.person("agent13@desk.example", 7)


def member(desk: OpenDesk) -> Person:
    """A customer of an organisation that shares its tickets, a tenth of all."""
    return desk.person("customer0@customers.example")


def customer(desk: OpenDesk) -> Person:
    return desk.person("customer2@customers.example")


Values = Mapping[str, str | Callable[[OpenDesk], str]]


def listed(
    name: str, who: Callable[[OpenDesk], Person] = admin, **query: str | Callable[[OpenDesk], str]
) -> Call:
    def event(desk: OpenDesk) -> Event:
        asked = {key: value if isinstance(value, str) else value(desk) for key, value in query.items()}
        return proxy_event("GET", "/v1/tickets", caller=who(desk), query=asked or None)

    return Call(name, event)


def of_the_desk(sql: str) -> Callable[[OpenDesk], str]:
    return lambda desk: str(desk.value(sql, workspace=desk.workspace))


def far_down(desk: OpenDesk) -> str:
    """The cursor after a third of all."""
    at, ticket = of_the_desk(MIDDLE)(desk).split()
    return paging.encode("-created_at", [at, ticket])


def of_a_ticket(name: str, path: str = "", method: str = "GET", body: Any = None) -> Call:
    def event(desk: OpenDesk) -> Event:
        ids = {"ticket_id": of_the_desk(NEWEST)(desk)}
        resource = f"/v1/tickets/{{ticket_id}}{path}"
        return proxy_event(method, resource, caller=admin(desk), path=ids, body=body)

    return Call(name, event)


def counted(name: str, who: Callable[[OpenDesk], Person], **wanted: Any) -> Call:
    """The count of a view, which is made when it is first asked for."""
    made: dict[int, str] = {}

    def event(desk: OpenDesk) -> Event:
        if desk.size not in made:
            body = {"name": f"{name} {uuid4()}"[:80], "filter": wanted}
            answer = desk.serve(proxy_event("POST", "/v1/views", caller=who(desk), body=body))
            made[desk.size] = json.loads(answer["body"])["id"]
        ids = {"view_id": made[desk.size]}
        return proxy_event("GET", "/v1/views/{view_id}/count", caller=who(desk), path=ids)

    return Call(name, event)


def asked(name: str, path: str, who: Callable[[OpenDesk], Person] = admin, **query: str) -> Call:
    return Call(name, lambda desk: proxy_event("GET", path, caller=who(desk), query=query or None))


# What a manager looks at first.
INSIGHT = (
    asked("insight: the desk now", "/v1/dashboard"),
    # With one team there would be fewer tickets at the small desk than a dashboard shows.
    asked("insight: the desk now, an agent's of three teams", "/v1/dashboard", agent_of_three),
    asked("insight: 30 days", "/v1/analytics/dashboard", days="30"),
    # Of three teams there are three rows a day and value, and at the small desk hardly any.
    replace(
        asked(
            "insight: 30 days, an agent's of three teams",
            "/v1/analytics/dashboard",
            agent_of_three,
            days="30",
        ),
        grows=2,
    ),
    asked(
        "insight: a series of 30 days",
        "/v1/analytics/series",
        metric="created",
        interval="day",
        days="30",
    ),
    asked("insight: the desk now, an enormous organisation's", "/v1/dashboard", member),
    asked(
        "insight: backlog by week, of 90 days",
        "/v1/analytics/series",
        metric="created,resolved,backlog",
        interval="week",
        days="90",
    ),
    asked(
        "insight: medians by priority and week",
        "/v1/analytics/series",
        metric="resolution_median",
        interval="week",
        group_by="priority",
    ),
    asked("insight: the hours of a week", "/v1/analytics/series", interval="weekday_hour"),
)
READS = (
    listed("list"),
    listed("list, an agent's", agent),
    listed("list, an agent's of three teams", agent_of_three),
    listed("list, an agent's at a small desk", agent_of_a_small_desk),
    listed("list, a customer's", customer),
    listed("list, an enormous organisation's", member),
    listed("list, a third further down", cursor=far_down),
    listed("list by due time", sort="due_at"),
    listed("list by priority", sort="-priority"),
    listed("list by priority, an agent's", agent, sort="-priority"),
    listed("filter: open", status="open"),
    listed("filter: active, the oldest first", status="active", sort="created_at"),
    listed("filter: active, by priority", status="active", sort="-priority"),
    listed("filter: urgent", priority="urgent", sort="updated_at"),
    listed("filter: mine", agent, assignee="me"),
    listed("filter: a rare tag", tag="rare"),
    listed("filter: a common tag, by priority", tag="vip", sort="-priority"),
    listed("filter: a custom field", custom_field=lambda desk: f"room:{of_the_desk(ROOM)(desk)}"),
    listed("filter: an organisation", organisation=of_the_desk(ORGANISATION)),
    listed("filter: breached", breached="true"),
    listed("filter: breached, by due time", breached="true", sort="due_at"),
    listed("filter: changed lately", updated_after=of_the_desk(LATELY), sort="updated_at"),
    listed("filter: archived", archived="true"),
    listed("search: 40 matches", query="zeppelin"),
    listed("search: 40 matches, the best first", query="zeppelin", sort="relevance"),
    listed("search: a number", agent, query="4321"),
    of_a_ticket("a ticket with its conversation"),
    of_a_ticket("timeline", "/timeline"),
    Call("tags that begin so", lambda desk: proxy_event("GET", "/v1/tags", caller=admin(desk), query=RARE)),
)
COUNTS = (
    counted("count of a view: all", admin),
    counted("count of a view: active", admin, status=["new", "open", "pending", "on_hold"]),
    counted("count of a view: a common tag", admin, tag="vip"),
    counted("count of a view: urgent", admin, priority=["urgent"]),
    counted("count of a view: an agent's", agent),
)
WRITES = (
    Call("create", lambda desk: proxy_event("POST", "/v1/tickets", caller=customer(desk), body=TICKET)),
    of_a_ticket("comment", "/comments", "POST", {"body": "The gateway was restarted, please try again."}),
)
