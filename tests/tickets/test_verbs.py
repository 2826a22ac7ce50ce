"""The verbs of a ticket: every verb in every state, who may, what is written."""

from typing import Any

import pytest

from chalicelib.tickets.lifecycle import Verb
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

STATUSES = ["new", "open", "pending", "on_hold", "resolved", "closed", "cancelled"]
ACTIVE = {"new", "open", "pending", "on_hold"}
# verb, body, the states from which Dario (a dispatcher) may use it, and what it makes of them
TABLE: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "assign",
        {"assignee_id": "ana"},
        {"new": "open", "open": "open", "pending": "pending", "on_hold": "on_hold"},
    ),
    ("transfer", {"team_id": "Apps", "reason": "theirs"}, {status: status for status in ACTIVE}),
    ("reclassify", {"priority": "urgent"}, {status: status for status in ACTIVE}),
    (
        "pause",
        {"waiting_on": "customer", "reason": "asked"},
        {"new": "pending", "open": "pending", "on_hold": "pending"},
    ),
    (
        "pause",
        {"waiting_on": "other", "reason": "ordered"},
        {"new": "on_hold", "open": "on_hold", "pending": "on_hold"},
    ),
    ("resume", {}, {"pending": "open", "on_hold": "open"}),
    ("resolve", {"resolution": "Done."}, dict.fromkeys(ACTIVE, "resolved")),
    ("close", {}, dict.fromkeys(ACTIVE | {"resolved"}, "closed")),
    ("reopen", {"reason": "still broken"}, {"resolved": "open", "closed": "open", "cancelled": "open"}),
    ("cancel", {"reason": "not needed"}, dict.fromkeys(ACTIVE, "cancelled")),
    ("archive", {}, {"closed": "closed", "cancelled": "cancelled"}),
]
PAST = {
    "assign": "assigned",
    "transfer": "transferred",
    "reclassify": "reclassified",
    "pause": "paused",
    "resume": "resumed",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "reopened",
    "cancel": "cancelled",
    "archive": "archived",
}


def body_for(desk: ServiceDesk, body: dict[str, Any]) -> dict[str, Any]:
    people = {"ana": desk.cast.ana.id, "Apps": desk.cast.teams["Apps"]}
    return {name: people.get(value, value) for name, value in body.items()}


@pytest.mark.parametrize("status", STATUSES)
@for_each("verb, body, moves", TABLE)
def test_verb_by_status(
    desk: ServiceDesk, database: Database, verb: str, body: dict[str, Any], moves: dict[str, str], status: str
) -> None:
    ticket = desk.in_status(status)
    before = database.rows("SELECT status, version, last_sequence FROM tickets")

    reply = desk.do(desk.cast.dario, ticket, verb, **body_for(desk, body))

    if status in moves:
        assert (reply.status, reply.json["status"]) == (200, moves[status])
        assert reply.json["version"] == ticket["version"] + 1
        assert reply.headers["etag"] == f'"{reply.json["version"]}"'
        told = desk.detail(desk.cast.ada, ticket)["timeline"][-1]
        assert told["action"] == PAST[verb]
        assert told["changes"], "without old and new values"
        assert all(change["from"] != change["to"] for change in told["changes"].values())
    else:
        assert (reply.status, reply.code) == (409, "ILLEGAL_TRANSITION")
        assert reply.json["state"] == status
        assert set(reply.json["allowed"]) <= set(Verb)
        assert verb not in reply.json["allowed"] or verb == "pause"
        assert database.rows("SELECT status, version, last_sequence FROM tickets") == before


class TestAnAgent:
    def test_claims_an_unassigned_ticket_of_an_own_team(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        reply = desk.do(desk.cast.ana, ticket, "assign", assignee_id=desk.cast.ana.id)

        assert (reply.status, reply.json["assignee"]["name"], reply.json["status"]) == (200, "Ana", "open")

    def test_does_not_take_a_ticket_from_somebody(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.dario.id)

        assert desk.do(desk.cast.ana, ticket, "assign", assignee_id=desk.cast.ana.id).status == 403

    def test_does_not_give_an_unassigned_ticket_to_a_colleague(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert desk.do(desk.cast.ana, ticket, "assign", assignee_id=desk.cast.ben.id).status == 403

    def test_hands_on_an_own_ticket(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        reply = desk.do(desk.cast.ana, ticket, "assign", assignee_id=desk.cast.ben.id)

        assert (reply.status, reply.json["assignee"]["name"]) == (200, "Ben")

    def test_reclassifies_only_what_is_assigned_to_it(self, desk: ServiceDesk) -> None:
        own, another = desk.networks_ticket(assignee_id=desk.cast.ana.id), desk.networks_ticket()

        assert desk.do(desk.cast.ana, own, "reclassify", priority="low").json["priority"] == "low"
        assert desk.do(desk.cast.ana, another, "reclassify", priority="low").status == 403

    def test_reopens_what_it_asked_for_itself(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(desk.cast.ana)
        desk.do(desk.cast.dario, ticket, "resolve", resolution="Done.")

        assert desk.do(desk.cast.ana, ticket, "reopen", reason="no").json["status"] == "open"

    def test_closes_only_what_is_resolved(self, desk: ServiceDesk) -> None:
        reply = desk.do(desk.cast.ana, desk.in_status("open"), "close")

        assert (reply.status, reply.code) == (409, "ILLEGAL_TRANSITION")
        assert "close" not in reply.json["allowed"]

    @for_each("verb", ["transfer", "reopen", "unarchive"])
    def test_case_18_may_not_call_a_dispatchers_verb(self, desk: ServiceDesk, verb: str) -> None:
        ticket = desk.in_status("resolved")

        body = {"team_id": desk.cast.teams["Apps"]} if verb == "transfer" else {}
        assert desk.do(desk.cast.ana, ticket, verb, reason="x", **body).status == 403

    def test_does_not_see_the_tickets_of_another_team(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        reply = desk.do(desk.cast.ben, ticket, "pause", waiting_on="other", reason="x")

        assert (reply.status, reply.code) == (404, "NOT_FOUND")


class TestTheRequester:
    def test_closes_when_resolved(self, desk: ServiceDesk) -> None:
        reply = desk.do(desk.cast.carol, desk.in_status("resolved"), "close")

        assert (reply.status, reply.json["status"]) == (200, "closed")

    def test_does_not_close_what_is_not_resolved(self, desk: ServiceDesk) -> None:
        assert desk.do(desk.cast.carol, desk.in_status("open"), "close").status == 409

    def test_cancels_while_it_is_new(self, desk: ServiceDesk) -> None:
        reply = desk.do(desk.cast.carol, desk.in_status("new"), "cancel", reason="found it")

        assert (reply.status, reply.json["status"]) == (200, "cancelled")

    def test_does_not_cancel_once_somebody_works_on_it(self, desk: ServiceDesk) -> None:
        assert desk.do(desk.cast.carol, desk.in_status("open"), "cancel", reason="x").status == 409

    def test_reopens_within_the_window(self, desk: ServiceDesk) -> None:
        reply = desk.do(desk.cast.carol, desk.in_status("closed"), "reopen", reason="it is back")

        assert (reply.status, reply.json["status"]) == (200, "open")
        assert reply.json["resolved_at"] is None
        assert reply.json["closed_at"] is None

    def test_does_not_reopen_after_the_window(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.in_status("resolved")
        database.run("UPDATE tickets SET resolved_at = now() - interval '7 days 1 second'")

        reply = desk.do(desk.cast.carol, ticket, "reopen", reason="it is back")

        assert (reply.status, reply.code) == (409, "ILLEGAL_TRANSITION")
        assert "7 days" in reply.json["detail"]

    def test_does_not_reopen_what_was_cancelled(self, desk: ServiceDesk) -> None:
        assert desk.do(desk.cast.carol, desk.in_status("cancelled"), "reopen", reason="x").status == 409

    def test_of_another_ticket_learns_nothing(self, desk: ServiceDesk) -> None:
        assert desk.do(desk.cast.chris, desk.in_status("resolved"), "close").status == 404


class TestWhatChangesNothing:
    def test_assigning_whom_it_has_leaves_the_version(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        reply = desk.do(desk.cast.dario, ticket, "assign", assignee_id=desk.cast.ana.id)

        assert (reply.status, reply.json["version"]) == (200, ticket["version"])

    @pytest.mark.parametrize("field", ["type", "priority"])
    def test_reclassifying_to_nothing_is_refused(self, desk: ServiceDesk, field: str) -> None:
        ticket = desk.networks_ticket()

        reply = desk.do(desk.cast.dario, ticket, "reclassify", **{field: None})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)

    def test_reclassifying_as_it_is_leaves_the_version(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(priority="high")

        reply = desk.do(desk.cast.dario, ticket, "reclassify", priority="high")

        assert (reply.status, reply.json["version"]) == (200, ticket["version"])

    def test_transferring_to_the_team_that_has_it_is_refused(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        reply = desk.do(
            desk.cast.dario, ticket, "transfer", team_id=desk.cast.teams["Networks"], reason="again"
        )

        assert (reply.status, reply.code) == (409, "CONFLICT")


class TestAWatcher:
    @for_each("status, verb", [("resolved", "close"), ("resolved", "reopen"), ("new", "cancel")])
    def test_reads_but_does_not_act(
        self, desk: ServiceDesk, database: Database, status: str, verb: str
    ) -> None:
        ticket = desk.in_status(status)
        database.run(
            "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
            w=desk.cast.acme,
            t=ticket["id"],
            u=desk.cast.chris.id,
        )

        assert desk.detail(desk.cast.chris, ticket)["label"] == ticket["label"]
        assert desk.do(desk.cast.chris, ticket, verb, reason="mine now").status == 403


class TestAnArchivedTicket:
    def test_is_out_of_lists_and_read_only(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")
        desk.do(desk.cast.ana, ticket, "archive", reason="old")

        assert desk.labels(desk.cast.ada) == []
        assert desk.labels(desk.cast.ada, "archived=true") == [ticket["label"]]
        assert desk.do(desk.cast.ada, ticket, "reopen", reason="x").status == 409
        assert (
            desk.as_(desk.cast.ana).post(f"/v1/tickets/{ticket['id']}/comments", {"body": "x"}).status == 409
        )
        assert (
            desk.as_(desk.cast.carol).post(f"/v1/tickets/{ticket['id']}/comments", {"body": "x"}).status
            == 409
        )

    def test_comes_back_by_an_admin(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")
        desk.do(desk.cast.dario, ticket, "archive")

        assert desk.do(desk.cast.dario, ticket, "unarchive").status == 403
        archived_at = desk.detail(desk.cast.ada, ticket)["archived_at"]
        reply = desk.do(desk.cast.ada, ticket, "unarchive")

        assert (reply.status, reply.json["archived_at"]) == (200, None)
        put_away, taken_out = (
            entry["changes"] for entry in desk.detail(desk.cast.ada, ticket)["timeline"][-2:]
        )
        assert put_away == {"archived_at": {"from": None, "to": archived_at}}
        assert taken_out == {"archived_at": {"from": archived_at, "to": None}}
        assert desk.do(desk.cast.dario, ticket, "reopen", reason="x").json["status"] == "open"


class TestTheTimeline:
    @pytest.mark.parametrize("before", ["ana", None])
    def test_given_to_nobody_of_another_team_it_was_handed_over(
        self, desk: ServiceDesk, before: str | None
    ) -> None:
        ticket = desk.networks_ticket(assignee_id=before and desk.cast.ana.id)
        apps = desk.cast.teams["Apps"]

        desk.do(desk.cast.dario, ticket, "assign", assignee_id=None, team_id=apps)

        entry = desk.detail(desk.cast.ada, ticket)["timeline"][-1]
        assert (entry["action"], entry["changes"]["team_id"]["to"]) == ("transferred", str(apps))
        assert ("assignee_id" in entry["changes"]) == (before is not None)

    def test_tells_old_and_new_values_and_the_reason(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(priority="low")
        desk.do(desk.cast.dario, ticket, "reclassify", priority="urgent", reason="the boss")

        entry = desk.detail(desk.cast.ada, ticket)["timeline"][-1]

        assert entry["changes"] == {"priority": {"from": "low", "to": "urgent"}}
        assert entry["meta"] == {"reason": "the boss"}
        assert entry["actor"]["name"] == "Dario"

    def test_counts_its_entries_without_a_gap(self, desk: ServiceDesk) -> None:
        ticket = desk.in_status("closed")

        sequences = [entry["sequence"] for entry in desk.detail(desk.cast.ada, ticket)["timeline"]]

        assert sequences == list(range(1, len(sequences) + 1))


class TestARefusal:
    """It names the verbs that this one may use on this ticket now, and no other."""

    def allowed(self, desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> set[str]:
        reply = desk.do(who, ticket, "reopen", reason="x")
        assert (reply.status, reply.code) == (409, "ILLEGAL_TRANSITION"), reply.text
        return set(reply.json["allowed"])

    def test_after_the_window_no_reopening_to_the_requester(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.in_status("resolved")
        database.run("UPDATE tickets SET resolved_at = now() - interval '8 days'")

        assert self.allowed(desk, desk.cast.carol, ticket) == {"close"}

    def test_no_claiming_of_what_somebody_has(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.dario.id)

        assert self.allowed(desk, desk.cast.ana, ticket) == {"pause", "resolve", "cancel"}

    def test_claiming_of_what_nobody_has(self, desk: ServiceDesk) -> None:
        assert self.allowed(desk, desk.cast.ana, desk.networks_ticket()) == {
            "assign",
            "pause",
            "resolve",
            "cancel",
        }

    def test_reclassifying_and_handing_on_to_the_assignee(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        assert {"assign", "reclassify"} < self.allowed(desk, desk.cast.ana, ticket)

    def test_everything_of_the_table_to_a_dispatcher(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

        assert self.allowed(desk, desk.cast.dario, ticket) == {
            *("assign", "transfer", "reclassify", "pause", "resolve", "close", "cancel", "merge", "split")
        }


def test_a_transfer_clears_the_assignee_unless_one_is_given(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

    cleared = desk.do(desk.cast.dario, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs")
    given = desk.do(
        desk.cast.dario,
        ticket,
        "transfer",
        team_id=desk.cast.teams["Networks"],
        reason="back",
        assignee_id=desk.cast.ana.id,
    )

    assert (cleared.json["assignee"], cleared.json["team"]["name"]) == (None, "Apps")
    assert (given.json["assignee"]["name"], given.json["team"]["name"]) == ("Ana", "Networks")


@for_each(
    "verb, body",
    [
        ("transfer", {"team_id": "Apps"}),
        ("pause", {"waiting_on": "other"}),
        ("resolve", {}),
        ("cancel", {}),
        ("reopen", {}),
    ],
)
def test_a_reason_that_the_table_asks_for_is_required(
    desk: ServiceDesk, verb: str, body: dict[str, Any]
) -> None:
    reply = desk.do(desk.cast.dario, desk.in_status("open"), verb, **body_for(desk, body))

    assert (reply.status, reply.code) == (422, "FIELD_REQUIRED")


def test_resolving_says_how_in_a_public_comment(desk: ServiceDesk) -> None:
    ticket = desk.in_status("open")

    desk.do(desk.cast.ana, ticket, "resolve", resolution="Replaced the cable.")

    (comment,) = desk.detail(desk.cast.carol, ticket)["comments"]
    assert (comment["body"], comment["visibility"], comment["author"]["name"]) == (
        "Replaced the cable.",
        "public",
        "Ana",
    )


class TestDeleting:
    def test_hides_the_ticket_from_everybody_until_it_is_restored(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        admin = desk.as_(desk.cast.ada)

        assert admin.delete(f"/v1/tickets/{ticket['id']}").status == 204
        assert admin.get(f"/v1/tickets/{ticket['id']}").status == 404
        assert desk.labels(desk.cast.ada) == []
        restored = admin.post(f"/v1/tickets/{ticket['id']}/restore")

        assert (restored.status, restored.json["status"]) == (200, "new")
        assert restored.json["due_at"] is not None
        assert desk.actions(ticket) == ["created", "deleted", "restored"]

    def test_is_the_admins(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert desk.as_(desk.cast.dario).delete(f"/v1/tickets/{ticket['id']}").status == 403

    def test_restoring_what_is_not_deleted_is_not_found(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert desk.as_(desk.cast.ada).post(f"/v1/tickets/{ticket['id']}/restore").status == 404
