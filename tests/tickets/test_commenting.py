"""Comments: who sees what, and what a customer's word does to a ticket that waits or is done."""

import pytest

from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


class TestAnInternalNote:
    def test_is_the_staffs(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.comment(desk.cast.ana, ticket, "The switch is from 2009.", visibility="internal")
        desk.comment(desk.cast.ana, ticket, "We are on it.")

        staff, customer = desk.detail(desk.cast.dario, ticket), desk.detail(desk.cast.carol, ticket)

        assert [c["body"] for c in staff["comments"]] == ["The switch is from 2009.", "We are on it."]
        assert [c["body"] for c in customer["comments"]] == ["We are on it."]
        assert [e["action"] for e in customer["timeline"]] == ["created", "commented"]
        for path in ("comments", "timeline"):
            listed = desk.as_(desk.cast.carol).get(f"/v1/tickets/{ticket['id']}/{path}")
            assert "2009" not in listed.text
            assert "internal" not in listed.text

    def test_is_not_a_customers_to_write(self, desk: ServiceDesk, database: Database) -> None:
        reply = desk.as_(desk.cast.carol).post(
            f"/v1/tickets/{desk.ticket()['id']}/comments", {"body": "x", "visibility": "internal"}
        )

        assert reply.status == 403
        assert database.value("SELECT count(*) FROM comments") == 0

    def test_on_a_finished_ticket_is_refused_like_on_any(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.in_status("closed")

        reply = desk.as_(desk.cast.carol).post(
            f"/v1/tickets/{ticket['id']}/comments", {"body": "x", "visibility": "internal"}
        )

        assert reply.status == 403
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_does_not_raise_the_version_nor_answer_the_customer(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        desk.comment(desk.cast.ana, ticket, "x", visibility="internal")

        now = desk.detail(desk.cast.ana, ticket)
        assert now["version"] == ticket["version"]
        assert target(now, "first_response")["status"] == "running"


class TestACustomersComment:
    def test_on_a_pending_ticket_resumes_it(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("pending")

        desk.comment(desk.cast.carol, ticket, "Here is the log.")

        now = desk.detail(desk.cast.carol, ticket)
        assert (now["status"], now["version"]) == ("open", ticket["version"] + 1)
        assert now["due_at"] is not None
        assert [e["action"] for e in now["timeline"]][-2:] == ["commented", "resumed"]

    def test_on_a_ticket_on_hold_leaves_it_so(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("on_hold")

        desk.comment(desk.cast.carol, ticket, "Any news?")

        assert desk.detail(desk.cast.carol, ticket)["status"] == "on_hold"

    def test_on_a_resolved_ticket_reopens_it_within_the_window(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("resolved")

        desk.comment(desk.cast.carol, ticket, "It is back.")

        now = desk.detail(desk.cast.carol, ticket)
        assert (now["status"], now["resolved_at"]) == ("open", None)

    @pytest.mark.parametrize("status", ["closed", "cancelled"])
    def test_on_a_finished_ticket_opens_a_linked_follow_up(
        self, desk: ServiceDesk, database: Database, status: str
    ) -> None:
        ticket = desk.in_status(status)

        made = desk.comment(desk.cast.carol, ticket, "It is back.")

        assert made["follow_up"]["label"] != ticket["label"]
        new = desk.detail(desk.cast.carol, {"id": made["ticket_id"]})
        assert (new["status"], new["description"], new["team"]["name"]) == ("new", "It is back.", "Networks")
        assert desk.detail(desk.cast.carol, ticket)["status"] == status
        assert desk.actions(ticket)[-1] == "followed_up"
        (link,) = database.rows("SELECT ticket_id::text, kind, other_id::text FROM ticket_links")
        assert link == {"ticket_id": new["id"], "kind": "follow_up", "other_id": ticket["id"]}

    def test_after_the_window_opens_a_follow_up(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.in_status("resolved")
        database.run("UPDATE tickets SET resolved_at = now() - interval '8 days'")

        assert desk.comment(desk.cast.carol, ticket, "It is back.")["follow_up"] is not None

    def test_of_a_watcher_resumes_too(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.in_status("pending")
        database.run(
            "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
            w=desk.cast.acme,
            t=ticket["id"],
            u=desk.cast.chris.id,
        )

        desk.comment(desk.cast.chris, ticket, "For me too.")

        assert desk.detail(desk.cast.chris, ticket)["status"] == "open"

    def test_on_somebody_elses_ticket_finds_nothing(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.chris).post(f"/v1/tickets/{desk.ticket()['id']}/comments", {"body": "x"})

        assert reply.status == 404


class TestTheFirstResponse:
    def test_is_met_by_the_first_public_comment_of_the_staff(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        desk.comment(desk.cast.ana, ticket, "Looking.")

        assert target(desk.detail(desk.cast.ana, ticket), "first_response")["status"] == "fulfilled"

    def test_is_not_met_by_staff_who_write_as_the_requester(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(desk.cast.ana, team_id=desk.cast.teams["Networks"])

        desk.comment(desk.cast.ana, ticket, "One more thing.")

        assert target(desk.detail(desk.cast.ana, ticket), "first_response")["status"] == "running"


def test_comments_are_listed_in_pages_oldest_first(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket()
    for number in range(5):
        desk.comment(desk.cast.ana, ticket, f"{number}")
    api = desk.as_(desk.cast.carol)

    first = api.get(f"/v1/tickets/{ticket['id']}/comments?limit=3").json
    second = api.get(f"/v1/tickets/{ticket['id']}/comments?limit=3&cursor={first['next_cursor']}").json

    assert [c["body"] for c in first["items"] + second["items"]] == ["0", "1", "2", "3", "4"]
    assert (second["next_cursor"], second["next_offset"]) == (None, None)


def test_the_detail_holds_the_last_hundred(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket()
    database.run(
        "INSERT INTO comments (workspace_id, ticket_id, author_id, body, created_at) "
        "SELECT :w, :t, :u, n::text, now() + n * interval '1 second' FROM generate_series(1, 150) AS n",
        w=desk.cast.acme,
        t=ticket["id"],
        u=desk.cast.ana.id,
    )

    bodies = [c["body"] for c in desk.detail(desk.cast.carol, ticket)["comments"]]

    assert bodies == [str(n) for n in range(51, 151)]


def target(ticket: dict[str, object], metric: str) -> dict[str, object]:
    sla = ticket["sla"]
    assert isinstance(sla, dict)
    (found,) = [t for t in sla["targets"] if t["metric"] == metric]
    return dict(found)
