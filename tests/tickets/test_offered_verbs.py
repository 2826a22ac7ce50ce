"""The `verbs` of a ticket's answer: what is among them is done, what is not is refused."""

from random import Random
from typing import Any

import pytest

from chalicelib.tickets.lifecycle import Deed, Verb
from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

STEPS = 12
EVERYTHING = [*Verb, *Deed]


def fit_body(desk: ServiceDesk, who: Person, ticket: dict[str, Any], verb: str) -> dict[str, Any]:
    """One with which nothing is wrong but, perhaps, who sends it and when."""
    teams = {name: id for name, id in desk.cast.teams.items() if str(id) != ticket["team"]["id"]}
    bodies: dict[str, Any] = {
        "assign": {"assignee_id": who.id},
        "transfer": {"team_id": next(iter(teams.values())), "reason": "Theirs."},
        "reclassify": {"priority": "low" if ticket["priority"] == "urgent" else "urgent"},
        "pause": {"waiting_on": "other" if ticket["status"] == "pending" else "customer", "reason": "Asked."},
        "resolve": {"resolution": "A new cable."},
        "reopen": {"reason": "Still dark."},
        "cancel": {"reason": "Not needed."},
        "update": {"subject": f"VPN drops, {ticket['version']}"},
        "comment": {"body": "Any news?"},
        "comment_internal": {"body": "Any news?", "visibility": "internal"},
    }
    return dict(bodies.get(verb, {}))


def attempt(desk: ServiceDesk, who: Person, ticket: dict[str, Any], verb: str) -> Reply:
    body, api = fit_body(desk, who, ticket, verb), desk.as_(who)
    path = f"/v1/tickets/{ticket['id']}"
    match verb:
        case "update":
            return desk.patch(who, ticket, **body)
        case "delete":
            return api.delete(path)
        case "comment" | "comment_internal":
            return api.post(f"{path}/comments", body)
        case "merge":
            body = {"into_id": desk.networks_ticket()["id"]}
        case "split":
            # One that can be told apart is needed only where splitting comes to that.
            comment = desk.comment(who, ticket, "The printer, too") if "split" in ticket["verbs"] else ticket
            body = {"comment_ids": [comment["id"]], "subject": "The printer, too"}
    return desk.do(who, ticket, verb, **body)


def is_refused(desk: ServiceDesk, who: Person, ticket: dict[str, Any], verb: str) -> bool:
    return attempt(desk, who, ticket, verb).status in (403, 409)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_offered_is_done_and_all_else_refused(
    desk: ServiceDesk, database: Database, seed: int
) -> None:
    dice, cast = Random(seed), desk.cast
    people = [cast.ada, cast.dario, cast.ana, cast.ben, cast.carol, cast.chris]
    database.run("UPDATE workspaces SET agent_visibility = :v", v=dice.choice(["teams", "all"]))
    tickets = [
        desk.in_status(dice.choice(["new", "open", "pending", "resolved", "closed", "cancelled"]))
        for _ in range(3)
    ]
    desk.as_(cast.dario).post(f"/v1/tickets/{tickets[0]['id']}/watchers", {"user_id": str(cast.chris.id)})
    for _ in range(STEPS):
        who, ticket = dice.choice(people), dice.choice(tickets)
        reply = desk.as_(who).get(f"/v1/tickets/{ticket['id']}")
        if reply.status == 404:
            continue
        seen = dict(reply.json)
        left_out = [verb for verb in EVERYTHING if verb not in seen["verbs"]]
        assert [verb for verb in left_out if not is_refused(desk, who, seen, verb)] == [], seen
        offered = [verb for verb in seen["verbs"] if verb not in ("delete", "archive") or dice.random() < 0.2]
        if offered:
            done = attempt(desk, who, seen, verb := dice.choice(offered))
            assert done.status < 300, (verb, done.text, seen)


class TestWhatIsOffered:
    def test_to_an_agent_who_could_claim_it(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        assert "assign" in desk.detail(desk.cast.ana, ticket)["verbs"]
        desk.do(desk.cast.dario, ticket, "assign", assignee_id=desk.cast.dario.id)
        assert "assign" not in desk.detail(desk.cast.ana, ticket)["verbs"]

    def test_to_the_requester_ends_with_the_window(self, desk: ServiceDesk, database: Database) -> None:
        ticket, carol = desk.in_status("resolved"), desk.cast.carol

        assert desk.detail(carol, ticket)["verbs"] == ["close", "reopen", "comment"]
        database.run("UPDATE tickets SET resolved_at = resolved_at - interval '8 days'")
        assert desk.detail(carol, ticket)["verbs"] == ["close", "comment"]

    def test_to_a_watcher_is_to_comment(self, desk: ServiceDesk) -> None:
        ticket, cast = desk.networks_ticket(), desk.cast
        desk.as_(cast.dario).post(f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(cast.chris.id)})

        assert desk.detail(cast.chris, ticket)["verbs"] == ["comment"]

    def test_is_told_by_what_a_verb_answers_too(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()

        answer = desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.").json

        assert answer["verbs"] == desk.detail(desk.cast.ana, ticket)["verbs"]
        assert "close" in answer["verbs"]
        assert "resolve" not in answer["verbs"]

    def test_is_nothing_once_it_is_out_of_sight(self, desk: ServiceDesk) -> None:
        ticket, cast = desk.networks_ticket(assignee_id=desk.cast.ana.id), desk.cast
        desk.do(
            cast.dario, ticket, "transfer", team_id=cast.teams["Apps"], assignee_id=cast.ana.id, reason="x"
        )

        answer = desk.do(cast.ana, ticket, "assign", assignee_id=cast.ben.id).json

        assert answer["verbs"] == []

    @pytest.mark.parametrize("verb", ["resolve", "archive"])
    def test_of_a_merged_ticket_goes_by_where_a_comment_lands(self, desk: ServiceDesk, verb: str) -> None:
        ticket, into, dario = desk.networks_ticket(), desk.networks_ticket(), desk.cast.dario
        desk.do(dario, ticket, "merge", into_id=into["id"])
        desk.do(dario, into, "resolve", resolution="Done.")
        if verb == "archive":
            desk.do(dario, into, "close")
            desk.do(dario, into, "archive")

        verbs = desk.detail(dario, ticket)["verbs"]

        assert ("comment" in verbs) == (desk.do(dario, ticket, "comments", body="And?").status == 201)
        assert "reopen" not in verbs

    def test_a_key_that_only_reads_is_offered_nothing(self, desk: ServiceDesk) -> None:
        made = desk.as_(desk.cast.ada).post(
            "/v1/api-keys",
            {"name": "Board", "role": "dispatcher", "scopes": ["read"], "expires_at": "2027-01-01T00:00:00Z"},
        )
        ticket = desk.networks_ticket()

        reply = desk.api.with_token(made.json["key"]).get(f"/v1/tickets/{ticket['id']}")

        assert (reply.status, reply.json["verbs"]) == (200, [])
