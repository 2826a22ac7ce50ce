"""`GET /v1/dashboard`: what each sees at work, what needs attention first, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.analytics import dashboard
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

PATH = "/v1/dashboard"
FIGURES = ("active", "unassigned", "due_today", "breached")


def shown(desk: ServiceDesk, who: Person, query: str = "") -> dict[str, Any]:
    reply = desk.as_(who).get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def attention(desk: ServiceDesk, who: Person, query: str = "") -> list[tuple[str, str]]:
    """Subjects and reasons, in order."""
    return [(ticket["subject"], ticket["reason"]) for ticket in shown(desk, who, query)["attention"]]


def due(database: Database, ticket: dict[str, Any], at: datetime | None) -> None:
    """Moves the running promise of a ticket to another time, as a policy would."""
    database.run(
        "UPDATE sla_targets SET started_at = least(started_at, CAST(:at AS timestamptz) - interval '1 day'), "
        "due_at = CAST(:at AS timestamptz) "
        "WHERE ticket_id = :t AND metric = 'resolution'",
        at=at,
        t=ticket["id"],
    )
    database.run("UPDATE tickets SET due_at = CAST(:at AS timestamptz) WHERE id = :t", at=at, t=ticket["id"])


def noon(database: Database, zone: str = "UTC") -> datetime:
    """Of the workspace's today."""
    database.run("UPDATE workspaces SET timezone = :z", z=zone)
    now: datetime = database.value("SELECT now()")
    return now.astimezone(ZoneInfo(zone)).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def tickets(desk: ServiceDesk) -> dict[str, dict[str, Any]]:
    """A ticket in each of two teams, one that is Ana's in the other team, and what is at work no more."""
    cast = desk.cast
    apps = cast.teams["Apps"]
    made = {
        "networks": desk.networks_ticket(subject="networks", priority="urgent"),
        "apps": desk.networks_ticket(subject="apps", team_id=apps, requester_id=cast.chris.id),
        "hers": desk.networks_ticket(
            subject="hers", team_id=apps, requester_id=cast.chris.id, assignee_id=cast.ana.id, priority="low"
        ),
    }
    for status in ("resolved", "closed", "cancelled"):
        desk.in_status(status)
    gone = desk.networks_ticket(subject="gone")
    assert desk.as_(cast.ada).delete(f"/v1/tickets/{gone['id']}").status == 204
    return made


class TestWhoSeesWhat:
    def test_admins_and_dispatchers_see_the_desk(
        self, desk: ServiceDesk, tickets: dict[str, dict[str, Any]]
    ) -> None:
        for who in (desk.cast.ada, desk.cast.dario):
            told = shown(desk, who)

            assert {name: told[name] for name in FIGURES} | {"due_today": 0} == {
                "active": 3,
                "unassigned": 2,
                "due_today": 0,
                "breached": 0,
            }
            assert told["counts_are_exact"] is True
            assert told["by_status"] == {"new": 2, "open": 1, "pending": 0, "on_hold": 0}
            assert told["by_priority"] == {"urgent": 1, "high": 0, "medium": 1, "low": 1}
            assert [
                (each["team"]["name"], each["active"], each["unassigned"]) for each in told["by_team"]
            ] == [
                ("Apps", 2, 1),
                ("Networks", 1, 1),
            ]
            assert {ticket["subject"] for ticket in told["attention"]} == set(tickets)

    def test_agents_see_their_teams_and_what_is_assigned_to_them(
        self, desk: ServiceDesk, tickets: dict[str, dict[str, Any]]
    ) -> None:
        assert {subject for subject, _ in attention(desk, desk.cast.ana)} == {"networks", "hers"}
        assert {subject for subject, _ in attention(desk, desk.cast.ben)} == {"apps", "hers"}

        told = shown(desk, desk.cast.ana)
        assert (told["active"], told["unassigned"]) == (2, 1)
        assert [(each["team"]["name"], each["active"]) for each in told["by_team"]] == [
            ("Apps", 1),
            ("Networks", 1),
        ]

    def test_agents_see_all_where_the_workspace_says_so(
        self, desk: ServiceDesk, database: Database, tickets: dict[str, dict[str, Any]]
    ) -> None:
        database.run("UPDATE workspaces SET agent_visibility = 'all'")

        assert shown(desk, desk.cast.ana)["active"] == 3

    def test_an_agent_counts_a_ticket_once_though_there_are_two_reasons(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(assignee_id=desk.cast.ana.id, requester_id=desk.cast.ana.id)

        assert shown(desk, desk.cast.ana)["active"] == 1

    def test_an_agent_without_a_team_sees_what_is_assigned(
        self, desk: ServiceDesk, database: Database, tickets: dict[str, dict[str, Any]]
    ) -> None:
        database.run("DELETE FROM team_members WHERE user_id = :u", u=desk.cast.ana.id)

        assert attention(desk, desk.cast.ana) == [("hers", attention(desk, desk.cast.ada)[-1][1])]

    def test_customers_see_their_own_and_what_they_watch(
        self, desk: ServiceDesk, database: Database, tickets: dict[str, dict[str, Any]]
    ) -> None:
        told = shown(desk, desk.cast.carol)
        assert (told["active"], [ticket["subject"] for ticket in told["attention"]]) == (1, ["networks"])

        Desk(database, desk.cast).watch(tickets["apps"]["id"], desk.cast.carol)
        assert {subject for subject, _ in attention(desk, desk.cast.carol)} == {"networks", "apps"}

    def test_customers_see_those_of_an_organisation_that_shares_them(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ada = desk.as_(desk.cast.ada)
        body = {"name": "Customers", "shared_tickets": True}
        organisation = ada.post("/v1/organisations", body).json["id"]
        for person in (desk.cast.carol, desk.cast.chris):
            reply = ada.patch(f"/v1/users/{person.id}", {"organisation_id": organisation})
            assert reply.status == 200, reply.text
        desk.ticket(desk.cast.chris, subject="ours")

        assert [subject for subject, _ in attention(desk, desk.cast.carol)] == ["ours"]
        ada.patch(f"/v1/organisations/{organisation}", {"shared_tickets": False})
        assert attention(desk, desk.cast.carol) == []

    def test_customers_see_of_a_ticket_what_lists_show_them(
        self, desk: ServiceDesk, tickets: dict[str, dict[str, Any]]
    ) -> None:
        for who in (desk.cast.carol, desk.cast.ana, desk.cast.ada):
            listed = {item["id"]: item for item in desk.as_(who).get("/v1/tickets").json["items"]}
            for ticket in shown(desk, who)["attention"]:
                item = dict(listed[ticket["id"]])
                del ticket["reason"], ticket["hours_remaining"]
                del item["hours_remaining"]
                assert ticket == item

    def test_another_workspace_sees_nothing_of_it(
        self, desk: ServiceDesk, tickets: dict[str, dict[str, Any]]
    ) -> None:
        told = shown(desk, desk.cast.mallory)

        assert (told["active"], told["by_team"], told["attention"]) == (0, [], [])


class TestAttention:
    def test_it_comes_by_reason_and_then_by_due_time(self, desk: ServiceDesk, database: Database) -> None:
        today = noon(database)
        now: datetime = database.value("SELECT now()")
        end = today.replace(hour=23, minute=59, second=59)
        moments = {
            "later": today + timedelta(days=3),
            "tomorrow": today + timedelta(days=1),
            "tonight": end,
            "long late": now - timedelta(days=9),
            "late": now - timedelta(days=2),
        }
        for subject, at in moments.items():
            due(database, desk.networks_ticket(subject=subject, priority="low"), at)
        due(database, desk.networks_ticket(subject="urgent", priority="urgent"), today + timedelta(days=4))
        hers = desk.networks_ticket(subject="hers", priority="urgent", assignee_id=desk.cast.ana.id)
        due(database, hers, today + timedelta(days=5))
        paused = desk.networks_ticket(subject="paused", priority="low")
        desk.do(desk.cast.dario, paused, "pause", waiting_on="other", reason="ordered")

        expected = [
            ("long late", "breached"),
            ("late", "breached"),
            ("tonight", "due_today"),
            ("urgent", "urgent_unassigned"),
            ("tomorrow", "due_later"),
            ("later", "due_later"),
            ("hers", "due_later"),
            ("paused", "not_due"),
        ]
        for who in (desk.cast.ada, desk.cast.ana, desk.cast.carol):
            assert attention(desk, who) == expected
            for limit in (1, 3, 4, 7):
                assert attention(desk, who, f"limit={limit}") == expected[:limit]
            told = shown(desk, who, "limit=1")
            assert (told["breached"], told["active"], told["unassigned"]) == (2, 8, 7)

    @pytest.mark.parametrize("who", ["ada", "ana", "carol"])
    def test_what_was_late_once_is_breached_whatever_became_of_it(
        self, desk: ServiceDesk, database: Database, who: str
    ) -> None:
        """Promised anew to a later time, reopened into another cycle, paused, with the promise withdrawn, and
        back where nothing is promised any more."""
        later = database.value("SELECT now() + interval '9 days'")
        made = {
            name: desk.networks_ticket(subject=name)
            for name in ("anew", "again", "paused", "none", "back", "fine")
        }
        for ticket in made.values():
            due(database, ticket, later)
        database.run(
            "UPDATE sla_targets SET breached_at = started_at "
            "WHERE metric = 'resolution' AND ticket_id = ANY(:t)",
            t=[ticket["id"] for name, ticket in made.items() if name != "fine"],
        )
        database.run(
            "UPDATE sla_targets SET paused_at = now(), due_at = NULL WHERE metric = 'resolution' "
            "AND ticket_id = :t",
            t=made["paused"]["id"],
        )
        database.run(
            "UPDATE sla_targets SET ended_at = now(), due_at = NULL "
            "WHERE metric = 'resolution' AND ticket_id = :t",
            t=made["none"]["id"],
        )
        database.run(
            "UPDATE sla_targets SET fulfilled_at = now() WHERE metric = 'resolution' AND ticket_id = :t",
            t=made["back"]["id"],
        )
        database.run(
            "WITH first AS (UPDATE sla_targets SET fulfilled_at = now() WHERE metric = 'resolution' "
            "AND ticket_id = :t RETURNING *) "
            "INSERT INTO sla_targets (workspace_id, ticket_id, metric, cycle, policy_id, calendar_id, "
            "minutes, started_at, due_at, team_id, priority) "
            "SELECT workspace_id, ticket_id, metric, 2, policy_id, "
            "calendar_id, minutes, now(), due_at, team_id, priority FROM first",
            t=made["again"]["id"],
        )
        database.run(
            "UPDATE tickets SET due_at = NULL WHERE id = ANY(:t)",
            t=[made[each]["id"] for each in ("paused", "none", "back")],
        )

        told = shown(desk, getattr(desk.cast, who))
        breached = {ticket["subject"] for ticket in told["attention"] if ticket["reason"] == "breached"}

        assert breached == {"anew", "again", "paused", "none", "back"}
        assert {each["subject"] for each in told["attention"] if each["breached"]} == breached
        assert (told["breached"], told["active"]) == (5, 6)
        listed = desk.as_(getattr(desk.cast, who)).get(
            "/v1/tickets?breached=true&status=new,open,pending,on_hold"
        )
        assert {item["subject"] for item in listed.json["items"]} == breached

    def test_a_ticket_has_who_asks_who_works_and_its_promise(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(category="Hardware", assignee_id=desk.cast.ana.id, sla_minutes=90)

        (ticket,) = shown(desk, desk.cast.ada)["attention"]

        assert (ticket["requester"]["name"], ticket["assignee"]["name"]) == ("Carol", "Ana")
        assert (ticket["team"]["name"], ticket["category"]) == ("Networks", "Hardware")
        assert (ticket["sla_minutes"], ticket["breached"]) == (90, False)
        assert 1.4 < ticket["hours_remaining"] <= 1.5
        assert ticket["due_at"]


class TestToday:
    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
    def test_it_is_the_workspaces_own(self, desk: ServiceDesk, database: Database, zone: str) -> None:
        """From its midnight to its midnight, late already or not."""
        day = noon(database, zone).replace(hour=0)
        ends = (day + timedelta(days=1)).replace(hour=0)
        moments = {
            "yesterday": day - timedelta(microseconds=1),
            "first": day,
            "last": ends - timedelta(microseconds=1),
            "tomorrow": ends,
        }
        for subject, at in moments.items():
            due(database, desk.networks_ticket(subject=subject), at)

        told = shown(desk, desk.cast.ada)

        assert (told["timezone"], told["today"]) == (zone, str(day.date()))
        assert datetime.fromisoformat(told["since"]) == day.astimezone(UTC)
        assert datetime.fromisoformat(told["until"]) == ends.astimezone(UTC)
        assert (told["due_today"], told["active"]) == (2, 4)
        assert dict(attention(desk, desk.cast.ada))["tomorrow"] != "due_today"
        assert dict(attention(desk, desk.cast.ada))["last"] in ("due_today", "breached")
        assert told["by_team"][0]["due_today"] == 2


@for_each(
    "query, field",
    [
        ("limit=0", "limit"),
        ("limit=26", "limit"),
        ("limit=x", "limit"),
        ("limit=5&limit=6", "limit"),
        ("a=1", "a"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(desk: ServiceDesk, query: str, field: str) -> None:
    reply = desk.as_(desk.cast.ada).get(f"{PATH}?{query}")

    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])


@pytest.mark.parametrize("who", ["ada", "ana", "carol"])
def test_where_there_is_too_much_to_count_it_says_so(
    desk: ServiceDesk, database: Database, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """What is due soonest is looked at first: what is breached is told as it is."""
    monkeypatch.setattr(dashboard, "MOST", 3)
    now: datetime = database.value("SELECT now()")
    for number in range(5):
        due(database, desk.networks_ticket(subject=str(number)), now + timedelta(days=1 - number))

    told = shown(desk, getattr(desk.cast, who))

    assert (told["active"], told["breached"], told["counts_are_exact"]) == (3, 4, False)
    assert [ticket["subject"] for ticket in told["attention"]] == ["4", "3", "2", "1", "0"]
    monkeypatch.setattr(dashboard, "MOST", 5)
    assert shown(desk, getattr(desk.cast, who))["counts_are_exact"] is True


def test_three_statements_whoever_asks(desk: ServiceDesk) -> None:
    desk.networks_ticket()
    for who in (desk.cast.ada, desk.cast.ana, desk.cast.carol, desk.cast.mallory):
        with recorded() as sent:
            shown(desk, who)
        assert len(sent) <= 3
