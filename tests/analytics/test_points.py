"""What events become as points: alone by what they say, always the same, never over one another."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.analytics.points import moment, points_of
from chalicelib.core.event import Event
from chalicelib.core.line_protocol import Point, line

TICKET = "0198c1f0-0000-7000-8000-00000000000a"
TEAM = "0198c1f0-0000-7000-8000-00000000000b"
ANA = "0198c1f0-0000-7000-8000-00000000000c"
DESK = "0198c1f0-0000-7000-8000-000000000000"
FACTS = {
    **{"id": TICKET, "label": "TKT-2026-00042", "subject": "Carol's laptop", "type": "incident"},
    **{"status": "open", "priority": "high", "team_id": TEAM, "assignee_id": ANA},
    "created_at": "2026-11-20T08:00:00.500000Z",
}


def event(type: str, *, id: int = 7, **payload: Any) -> Event:
    actor = {"type": "user", "id": ANA}
    told = {"ticket": FACTS, "actor": actor, "changes": {}, "meta": {}, **payload}
    body = {"id": id, "type": type, "workspace_id": DESK, "ticket_id": TICKET, "sequence": 3}
    body |= {"internal": False, "created_at": "2026-11-20T09:00:00.123456Z", "payload": told}
    return Event.parse(json.dumps(body))


def changed(was: str, now: str) -> dict[str, Any]:
    return {"changes": {"status": {"from": was, "to": now}}, "ticket": {**FACTS, "status": now}}


def named(told: Event) -> dict[str, Point]:
    return {point.measurement: point for point in points_of(told)}


class TestWhatBecomesAPoint:
    def test_a_new_ticket(self) -> None:
        unassigned = {**FACTS, "assignee_id": None, "status": "new"}

        (point,) = points_of(event("ticket.created", ticket=unassigned, meta={"source": "email"}))

        assert line(point) == (
            f"ticket_created,priority=high,source=email,status=new,team={TEAM},type=incident,"
            f'workspace={DESK} count=1i,ticket="TKT-2026-00042",ticket_id="{TICKET}" 1795165200123000007'
        )

    def test_a_new_ticket_that_somebody_has_at_once_is_assigned_too(self) -> None:
        told = named(event("ticket.created", meta={"source": "api"}))

        assert told.keys() == {"ticket_created", "ticket_assigned"}
        assert told["ticket_assigned"].tags["assignee"] == ANA

    @pytest.mark.parametrize(("to", "tag"), [(ANA, ANA), (None, "none")])
    @pytest.mark.parametrize("type", ["assigned", "unassigned", "transferred", "updated"])
    def test_who_has_it_now(self, type: str, to: str | None, tag: str) -> None:
        told = named(event(f"ticket.{type}", changes={"assignee_id": {"from": "x", "to": to}}))

        assert told.keys() == {"ticket_assigned"}
        assert told["ticket_assigned"].tags["assignee"] == tag

    @pytest.mark.parametrize(
        ("type", "was", "now"),
        [
            ("opened", "new", "open"),
            ("paused", "open", "pending"),
            ("resumed", "on_hold", "open"),
            ("reopened", "closed", "open"),
            ("cancelled", "new", "cancelled"),
            ("closed", "resolved", "closed"),
            ("merged", "open", "closed"),
        ],
    )
    def test_another_status_by_whatever_verb(self, type: str, was: str, now: str) -> None:
        told = named(event(f"ticket.{type}", **changed(was, now)))

        assert told.keys() == {"ticket_status"}
        tags = told["ticket_status"].tags
        assert (tags["from"], tags["status"]) == (was, now)

    @pytest.mark.parametrize(
        ("type", "was", "now"),
        [
            ("resolved", "open", "resolved"),
            ("resolved", "pending", "resolved"),
            ("closed", "new", "closed"),
            ("closed", "on_hold", "closed"),
        ],
    )
    def test_the_end_of_the_work_with_the_seconds_since_it_began(self, type: str, was: str, now: str) -> None:
        told = named(event(f"ticket.{type}", **changed(was, now)))

        assert told.keys() == {"ticket_status", "ticket_resolved"}
        assert told["ticket_resolved"].fields["seconds"] == pytest.approx(3599.623456)

    @pytest.mark.parametrize("visibility", ["public", "internal"])
    def test_a_comment(self, visibility: str) -> None:
        told = named(event("ticket.commented", meta={"visibility": visibility, "comment_id": "x"}))

        assert told.keys() == {"ticket_comment"}
        tags = told["ticket_comment"].tags
        assert (tags["visibility"], tags["by"]) == (visibility, "user")

    def test_the_first_response_with_its_seconds(self) -> None:
        told = named(event("ticket.commented", meta={"visibility": "public"}, first_response=True))

        assert told.keys() == {"ticket_comment", "ticket_first_response"}
        assert told["ticket_first_response"].fields["seconds"] == pytest.approx(3599.623456)

    def test_a_breach_at_the_moment_of_its_due_time_however_late_it_was_noticed(self) -> None:
        meta = {"metric": "first_response", "at": "2026-11-20T08:30:00.000000Z"}

        told = named(event("ticket.sla_breached", meta=meta))

        assert told.keys() == {"ticket_breach"}
        assert told["ticket_breach"].tags["metric"] == "first_response"
        assert told["ticket_breach"].at == 1_795_163_400_000_000_007

    @pytest.mark.parametrize("type", ["ticket.updated", "ticket.attached", "ticket.rated", "ticket.linked"])
    def test_nothing_of_what_no_figure_is_made_of(self, type: str) -> None:
        assert points_of(event(type)) == []

    def test_nothing_of_people(self) -> None:
        told = replace(event("user.created"), ticket_id=None, payload={"user": {"email": "c@example.org"}})

        assert points_of(told) == []

    def test_nothing_that_anybody_wrote(self) -> None:
        """Personal data: ids and words of ours alone leave the desk."""
        told = event("ticket.created", meta={"source": "api", "reason": "Carol called"})

        assert "Carol" not in "".join(map(line, points_of(told)))

    def test_what_is_too_large_for_a_queue_tells_by_its_gist(self) -> None:
        told = event("ticket.resolved", **changed("open", "resolved"))

        assert points_of(replace(told, payload=None, gist=told.payload)) == points_of(told)

    @pytest.mark.parametrize(
        "payload",
        [
            None,
            {},
            {"ticket": "x", "changes": {}, "meta": {}},
            {"ticket": {**FACTS, "created_at": "yesterday"}, "changes": {}, "meta": {}},
            {"ticket": FACTS, "changes": {"status": "open"}, "meta": {}},
        ],
    )
    def test_an_event_of_another_shape_is_refused(self, payload: dict[str, Any] | None) -> None:
        with pytest.raises(ValueError, match="event"):
            points_of(replace(event("ticket.resolved"), payload=payload))


class TestWhen:
    def test_the_same_event_makes_the_same_bytes(self) -> None:
        first, second = (
            event("ticket.commented", meta={"visibility": "public"}),
            event("ticket.commented", meta={"visibility": "public"}),
        )

        assert [*map(line, points_of(first))] == [*map(line, points_of(second))]

    def test_thousands_of_events_of_one_moment_stay_apart(self) -> None:
        """A transaction has one time, however much it does."""
        at = datetime.fromisoformat("2026-11-20T09:00:00.123456Z")

        assert len({moment(at, id) for id in range(5_000_000, 5_100_000)}) == 100_000

    def test_a_time_is_right_to_the_millisecond(self) -> None:
        at = datetime.fromisoformat("2026-11-20T10:00:00.123999+01:00")

        assert moment(at, 987_654_321) // 1_000_000 == 1_795_165_200_123
