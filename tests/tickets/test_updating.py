"""`PATCH`: several verbs at once, by the same table and rights, as one new version."""

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


class TestTheVersion:
    def test_must_be_named(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()

        reply = desk.as_(desk.cast.carol).patch(f"/v1/tickets/{ticket['id']}", {"subject": "X"})

        assert (reply.status, reply.code) == (428, "PRECONDITION_REQUIRED")

    @pytest.mark.parametrize("header", ['"1"', "1", 'W/"1"', '"9", "1"', '"1","x", W/"2"'])
    def test_is_taken_quoted_or_bare(self, desk: ServiceDesk, header: str) -> None:
        ticket = desk.ticket()

        reply = desk.as_(desk.cast.carol).patch(
            f"/v1/tickets/{ticket['id']}", {"subject": "X"}, If_Match=header
        )

        assert (reply.status, reply.json["version"], reply.headers["etag"]) == (200, 2, '"2"')

    @for_each("header", ['"2"', '"0"', "nonsense", '"99999999999999999999"', '"2", "3"', '""'])
    def test_case_42_a_stale_one_is_refused(self, desk: ServiceDesk, header: str) -> None:
        ticket = desk.ticket()

        reply = desk.as_(desk.cast.carol).patch(
            f"/v1/tickets/{ticket['id']}", {"subject": "X"}, If_Match=header
        )

        assert (reply.status, reply.code) == (412, "OPTIMISTIC_LOCK")
        assert desk.detail(desk.cast.carol, ticket)["subject"] == "VPN drops"

    def test_is_honoured_by_verbs_where_it_is_sent(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        reply = desk.as_(desk.cast.dario).post(
            f"/v1/tickets/{ticket['id']}/cancel", {"reason": "x"}, If_Match='"7"'
        )

        assert (reply.status, reply.code) == (412, "OPTIMISTIC_LOCK")

    def test_stays_where_nothing_changes(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()

        reply = desk.patch(desk.cast.carol, ticket, subject=ticket["subject"])

        assert (reply.status, reply.json["version"]) == (200, 1)
        assert desk.actions(ticket) == ["created"]


class TestACustomer:
    def test_changes_subject_and_description_of_an_own_active_ticket(self, desk: ServiceDesk) -> None:
        reply = desk.patch(desk.cast.carol, desk.ticket(), subject="New", description="Text")

        assert (reply.json["subject"], reply.json["description"]) == ("New", "Text")

    @for_each(
        "field, value",
        [
            ("status", "resolved"),
            ("priority", "urgent"),
            ("assignee_id", None),
            ("tags", ["x"]),
            ("sla_minutes", 1),
            ("comment", "x"),
            ("reason", "x"),
        ],
    )
    def test_may_not_set_what_is_the_staffs(self, desk: ServiceDesk, field: str, value: Any) -> None:
        reply = desk.patch(desk.cast.carol, desk.ticket(), **{field: value})

        assert (reply.status, reply.code) == (403, "FORBIDDEN")

    def test_changes_nothing_of_a_finished_ticket(self, desk: ServiceDesk) -> None:
        assert desk.patch(desk.cast.carol, desk.in_status("closed"), subject="X").status == 409


class TestTheStaff:
    def test_does_several_things_as_one_version(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        reply = desk.patch(
            desk.cast.dario,
            ticket,
            status="EN_PROCESO",
            priority="URGENTE",
            team_id=desk.cast.teams["Apps"],
            assignee_id=desk.cast.ben.id,
            tags=["vpn"],
            comment="Ben takes over.",
        )

        now = reply.json
        assert (now["status"], now["priority"], now["team"]["name"]) == ("open", "urgent", "Apps")
        assert (now["assignee"]["name"], now["tags"]) == ("Ben", ["vpn"])
        assert now["version"] == ticket["version"] + 1
        assert now["sla_minutes"] == 240
        detail = desk.detail(desk.cast.carol, ticket)
        assert [c["body"] for c in detail["comments"]] == ["Ben takes over."]

    def test_keeps_the_assignee_that_is_sent_along_with_another_team(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        reply = desk.patch(
            desk.cast.dario, ticket, team_id=desk.cast.teams["Apps"], assignee_id=desk.cast.ana.id
        )

        assert (reply.json["team"]["name"], reply.json["assignee"]["name"]) == ("Apps", "Ana")

    def test_writes_nothing_unless_all_of_it_can_be(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket()

        reply = desk.patch(desk.cast.ana, ticket, comment="Hello", priority="urgent")

        assert reply.status == 403
        assert database.value("SELECT count(*) FROM comments") == 0
        assert desk.actions(ticket) == ["created"]

    @for_each(
        "before, wanted, action",
        [
            ("new", "open", "opened"),
            ("open", "pending", "paused"),
            ("pending", "on_hold", "paused"),
            ("on_hold", "open", "resumed"),
            ("open", "resolved", "resolved"),
            ("resolved", "closed", "closed"),
            ("open", "cancelled", "cancelled"),
            ("closed", "open", "reopened"),
        ],
    )
    def test_changes_the_status_by_the_same_table(
        self, desk: ServiceDesk, before: str, wanted: str, action: str
    ) -> None:
        ticket = desk.in_status(before)

        reply = desk.patch(desk.cast.dario, ticket, status=wanted)

        assert (reply.status, reply.json["status"]) == (200, wanted)
        assert desk.actions(ticket)[-1] == action

    def test_may_say_why(self, desk: ServiceDesk) -> None:
        ticket, why = desk.networks_ticket(), "Spain has the spare part."
        sent = {"priority": "low", "team_id": desk.cast.teams["Apps"], "assignee_id": desk.cast.ben.id}

        moved = desk.patch(desk.cast.dario, ticket, **sent, status="on_hold", tags=["parts"], reason=why)
        back = desk.patch(desk.cast.dario, desk.in_status("closed"), status="open", reason="It is back.")
        over = desk.patch(desk.cast.dario, back.json, status="resolved", reason="It was the plug.")

        assert (moved.status, back.status, over.status) == (200, 200, 200), moved.text
        assert self.reasons(desk, moved) == {
            "created": None,
            **dict.fromkeys(("reclassified", "transferred", "paused"), why),
            "updated": None,
        }
        told = self.reasons(desk, over)
        assert (told["reopened"], told["resolved"]) == ("It is back.", "It was the plug.")

    @staticmethod
    def reasons(desk: ServiceDesk, reply: Reply) -> dict[str, str | None]:
        """What each action of the timeline says, the last of a kind."""
        timeline = desk.detail(desk.cast.dario, reply.json)["timeline"]
        return {entry["action"]: entry["meta"].get("reason") for entry in timeline}

    @for_each("before, wanted", [("open", "new"), ("closed", "pending"), ("cancelled", "resolved")])
    def test_does_not_leave_the_table(self, desk: ServiceDesk, before: str, wanted: str) -> None:
        ticket = desk.in_status(before)

        reply = desk.patch(desk.cast.dario, ticket, status=wanted)

        assert (reply.status, reply.code) == (409, "ILLEGAL_TRANSITION")

    def test_overrides_the_minutes_and_returns_to_the_policy(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(priority="high")
        own = desk.patch(desk.cast.dario, ticket, sla_minutes=30).json
        kept = desk.patch(desk.cast.dario, own, priority="low").json
        back = desk.patch(desk.cast.dario, kept, sla_minutes=None).json

        assert (own["sla_minutes"], kept["sla_minutes"], back["sla_minutes"]) == (30, 30, 2880)

    def test_agent_without_the_assignment_does_not_reclassify(self, desk: ServiceDesk) -> None:
        assert desk.patch(desk.cast.ana, desk.networks_ticket(), priority="low").status == 403

    def test_agent_claims_and_reclassifies_at_once(self, desk: ServiceDesk) -> None:
        ana = desk.cast.ana

        reply = desk.patch(ana, desk.networks_ticket(), priority="high", assignee_id=ana.id)

        assert reply.status == 200, reply.text
        assert (reply.json["priority"], reply.json["assignee"]) == ("high", ana.ref)

    def test_agent_reclassifies_and_hands_on_at_once(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        reply = desk.patch(desk.cast.ana, ticket, priority="high", assignee_id=desk.cast.ben.id)

        assert reply.status == 200, reply.text

    def test_agent_does_not_move_it_to_another_team(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        assert desk.patch(desk.cast.ana, ticket, team_id=desk.cast.teams["Apps"]).status == 403


@for_each("field", ["subject", "description", "status", "priority", "type", "team_id", "tags"])
def test_what_cannot_be_empty_is_not_set_to_null(desk: ServiceDesk, field: str) -> None:
    reply = desk.patch(desk.cast.dario, desk.networks_ticket(), **{field: None})

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


def test_case_15_an_assignee_of_another_workspace_is_not_found(desk: ServiceDesk) -> None:
    assert desk.patch(desk.cast.dario, desk.networks_ticket(), assignee_id=desk.cast.mallory.id).status == 404


def test_a_merged_ticket_takes_no_comment_by_this_door(desk: ServiceDesk, database: Database) -> None:
    """Nobody who works on the target would read it; POST of a comment brings it there."""
    source, into = desk.networks_ticket(), desk.networks_ticket()
    desk.do(desk.cast.dario, source, "merge", into_id=into["id"])
    merged = desk.detail(desk.cast.dario, source)

    reply = desk.patch(desk.cast.dario, merged, comment="One more thing.", tags=["late"])

    assert (reply.status, reply.code) == (409, "CONFLICT")
    assert database.value("SELECT count(*) FROM comments") == 0
    assert desk.detail(desk.cast.dario, source)["version"] == merged["version"]
