"""Promises as people meet them: through the verbs of a ticket, in its answer and on its timeline."""

import json
from typing import Any

import pytest

from chalicelib.models.words import Priority
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

Json = dict[str, Any]


def targets(ticket: Json, metric: str = "resolution") -> list[Json]:
    return [target for target in ticket["sla"]["targets"] if target["metric"] == metric]


def policy(database: Database, desk: ServiceDesk, position: int, conditions: Json, targets: Json) -> None:
    """One more policy of Acme's, on the calendar it has."""
    database.run(
        "INSERT INTO sla_policies (workspace_id, name, position, conditions, targets, calendar_id) "
        "SELECT :w, 'Extra ' || uuidv7(), :p, CAST(:c AS jsonb), CAST(:t AS jsonb), id "
        "FROM calendars WHERE workspace_id = :w",
        w=desk.cast.acme,
        p=position,
        c=json.dumps(conditions),
        t=json.dumps({metric: dict.fromkeys(Priority, minutes) for metric, minutes in targets.items()}),
    )


def backdate(database: Database, minutes: int) -> None:
    """As if all that was promised, and has not been announced, had been promised earlier."""
    database.run(
        "UPDATE sla_targets SET started_at = started_at - make_interval(mins => :m), "
        "due_at = due_at - make_interval(mins => :m)",
        m=minutes,
    )
    database.run("UPDATE sla_steps SET at = at - make_interval(mins => :m) WHERE fired_at IS NULL", m=minutes)


def test_every_priority_has_its_promise(desk: ServiceDesk) -> None:
    tickets = {
        priority: desk.networks_ticket(priority=priority) for priority in ("urgent", "high", "medium", "low")
    }

    assert {name: ticket["sla_minutes"] for name, ticket in tickets.items()} == {
        "urgent": 240,
        "high": 480,
        "medium": 1440,
        "low": 2880,
    }
    assert [targets(ticket, "first_response")[0]["minutes"] for ticket in tickets.values()] == [
        60,
        120,
        360,
        720,
    ]
    assert all(ticket["breached"] is False for ticket in tickets.values())


def test_case_s12_resolved_while_paused_through_the_api(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket(priority="urgent", assignee_id=desk.cast.ana.id)
    desk.do(desk.cast.ana, ticket, "pause", waiting_on="customer", reason="asked")
    database.run(
        "UPDATE sla_targets SET started_at = started_at - interval '6 hours', "
        "paused_at = paused_at - interval '5 hours' WHERE metric = 'resolution'"
    )

    resolved = desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.").json

    (target,) = targets(resolved)
    assert (target["status"], target["breached"]) == ("fulfilled", False)
    assert resolved["hours_remaining"] == pytest.approx(3, abs=0.01)
    assert "sla_breached" not in desk.actions(ticket)


def test_case_s17_without_a_promised_resolution_nothing_applies(
    desk: ServiceDesk, database: Database
) -> None:
    policy(database, desk, 0, {"tag": ["VIP"]}, {"first_response": 30})

    ticket = desk.networks_ticket(tags=["vip"])

    assert (ticket["sla_minutes"], ticket["due_at"], ticket["hours_remaining"]) == (None, None, None)
    assert ticket["breached"] is False
    assert ticket["sla"]["policy"]["name"].startswith("Extra")
    assert targets(ticket, "first_response")[0]["minutes"] == 30


def test_case_s17b_resolving_is_the_first_response_where_nobody_had_answered(desk: ServiceDesk) -> None:
    ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)

    resolved = desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.").json

    assert [target["status"] for target in resolved["sla"]["targets"]] == ["fulfilled", "fulfilled"]


def test_case_s18_a_cancelled_ticket_is_never_breached_later(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket(sla_minutes=1)
    desk.do(desk.cast.dario, ticket, "cancel", reason="not needed")

    backdate(database, 600)
    database.rows("CALL sp_sla_sweep(100, 0, 0)")

    assert [action for action in desk.actions(ticket) if action.startswith("sla_")] == []
    assert [target["status"] for target in desk.detail(desk.cast.ada, ticket)["sla"]["targets"]] == [
        "ended",
        "ended",
    ]


def test_a_breach_found_by_a_verb_stands_before_it_and_is_not_told_again(
    desk: ServiceDesk, database: Database
) -> None:
    ticket = desk.networks_ticket(sla_minutes=60, assignee_id=desk.cast.ana.id)
    backdate(database, 61)

    resolved = desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.").json
    database.rows("CALL sp_sla_sweep(100, 0, 0)")

    actions = desk.actions(ticket)
    assert actions.count("sla_breached") == 1
    assert actions.index("sla_breached") < actions.index("resolved")
    assert (resolved["breached"], targets(resolved)[0]["status"]) == (True, "fulfilled")


def test_a_customer_sees_when_it_is_due_but_not_what_teams_promise_each_other(
    desk: ServiceDesk, database: Database
) -> None:
    policy(database, desk, 0, {}, {"resolution": 90, "team_resolution": 30})
    ticket = desk.ticket()
    backdate(database, 31)
    database.rows("CALL sp_sla_sweep(100, 0, 0)")

    seen = desk.detail(desk.cast.carol, ticket)

    assert [target["metric"] for target in seen["sla"]["targets"]] == ["resolution"]
    assert seen["hours_remaining"] == pytest.approx(59 / 60, abs=0.01)
    assert not [entry for entry in seen["timeline"] if entry["action"].startswith("sla_")]
    assert "sla_breached" in desk.actions(ticket)


def test_another_team_with_a_tighter_promise_does_not_make_the_old_one_late(
    desk: ServiceDesk, database: Database
) -> None:
    tight = {"resolution": 480, "team_resolution": 10}
    policy(database, desk, -1, {"team": [str(desk.cast.teams["Apps"])]}, tight)
    policy(database, desk, 0, {}, {"resolution": 480, "team_resolution": 120})
    ticket = desk.networks_ticket()
    backdate(database, 60)

    moved = desk.do(
        desk.cast.dario, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs"
    ).json

    held, holds = targets(moved, "team_resolution")
    assert (held["status"], held["breached"], held["minutes"]) == ("ended", False, 120)
    assert (holds["status"], holds["cycle"], holds["minutes"]) == ("running", 2, 10)
    assert "sla_breached" not in desk.actions(ticket)


def test_a_tag_added_after_it_was_resolved_promises_nothing_any_more(
    desk: ServiceDesk, database: Database
) -> None:
    policy(database, desk, 0, {"tag": ["vip"]}, {"resolution": 60, "team_resolution": 30})
    resolved = desk.do(desk.cast.dario, desk.networks_ticket(), "resolve", resolution="Done.").json

    changed = desk.patch(desk.cast.dario, resolved, tags=["vip"]).json

    assert changed["sla"]["targets"] == resolved["sla"]["targets"]


def test_a_ticket_on_hold_that_was_deleted_and_restored_goes_on_waiting(desk: ServiceDesk) -> None:
    ticket = desk.in_status("on_hold")
    desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}")

    restored = desk.do(desk.cast.ada, ticket, "restore").json

    assert targets(restored)[-1]["status"] == "paused"
    resumed = desk.do(desk.cast.dario, ticket, "resume").json
    assert targets(resumed)[-1]["status"] == "running"
    assert resumed["hours_remaining"] == pytest.approx(24, abs=0.02)


def test_reopening_after_days_leaves_what_was_left(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket(sla_minutes=120, assignee_id=desk.cast.ana.id)
    backdate(database, 30)
    desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")
    database.run(
        "UPDATE sla_targets SET started_at = started_at - interval '3 days', "
        "fulfilled_at = fulfilled_at - interval '3 days', due_at = due_at - interval '3 days'"
    )

    reopened = desk.do(desk.cast.dario, ticket, "reopen", reason="still broken").json

    assert [target["cycle"] for target in targets(reopened)] == [1, 2]
    assert reopened["hours_remaining"] == pytest.approx(1.5, abs=0.01)
    assert reopened["breached"] is False


def test_the_conversation_starts_and_stops_the_next_response(desk: ServiceDesk, database: Database) -> None:
    policy(database, desk, 0, {}, {"first_response": 60, "next_response": 30, "resolution": 480})
    ticket = desk.networks_ticket(assignee_id=desk.cast.ana.id)
    cast = desk.cast

    desk.comment(cast.carol, ticket, "Anyone there?")
    assert targets(desk.detail(cast.ada, ticket), "next_response") == []
    desk.comment(cast.ana, ticket, "Looking.", visibility="internal")
    assert targets(desk.detail(cast.ada, ticket), "first_response")[0]["status"] == "running"
    desk.comment(cast.ana, ticket, "On it.")
    desk.comment(cast.carol, ticket, "Thanks. And the other floor?")
    (asked,) = targets(desk.detail(cast.ada, ticket), "next_response")
    assert (asked["status"], asked["minutes"]) == ("running", 30)
    desk.comment(cast.ana, ticket, "That too.")
    (asked,) = targets(desk.detail(cast.ada, ticket), "next_response")
    assert asked["status"] == "fulfilled"


def test_who_asked_for_a_merged_ticket_waits_for_an_answer_too(desk: ServiceDesk, database: Database) -> None:
    policy(database, desk, 0, {}, {"first_response": 60, "next_response": 30})
    carols, chriss = desk.ticket(desk.cast.carol), desk.ticket(desk.cast.chris)
    desk.comment(desk.cast.ada, chriss, "We are on it.")
    assert desk.do(desk.cast.dario, carols, "merge", into_id=chriss["id"]).status == 200

    desk.comment(desk.cast.carol, carols, "Any news?")

    (asked,) = targets(desk.detail(desk.cast.ada, chriss), "next_response")
    assert (asked["status"], asked["minutes"]) == ("running", 30)


def test_what_a_program_answers_counts_as_an_answer_of_the_staff(
    desk: ServiceDesk, database: Database
) -> None:
    policy(database, desk, 0, {}, {"next_response": 30})
    body = {"name": "Monitoring", "role": "dispatcher", "scopes": ["write"]}
    key = desk.as_(desk.cast.ada).post("/v1/api-keys", body).json["key"]
    ticket = desk.networks_ticket()
    desk.comment(desk.cast.carol, ticket, "Anybody?")
    assert targets(desk.detail(desk.cast.dario, ticket), "next_response") == []

    path = f"/v1/tickets/{ticket['id']}/comments"
    assert desk.api.with_token(key).post(path, {"body": "The link is up again."}).status == 201
    desk.comment(desk.cast.carol, ticket, "Not here.")

    assert len(targets(desk.detail(desk.cast.dario, ticket), "next_response")) == 1
