"""What counts as kept and as broken, and whose it is: lives of tickets, told by `GET /v1/analytics/sla`."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def ada(desk: ServiceDesk) -> Api:
    return desk.as_(desk.cast.ada)


def told(desk: ServiceDesk, query: str = "metric=resolution", group_by: str = "team") -> dict[str, Any]:
    """(met, breached, running) by the name that groups have."""
    reply = desk.as_(desk.cast.ada).get(f"/v1/analytics/sla?days=3&group_by={group_by}&{query}")
    assert reply.status == 200, reply.text
    return {
        name(group[group_by]): (group["met"], group["breached"], group["running"])
        for group in reply.json["groups"]
    }


def name(of: Any) -> str:
    return str(of["name"] if isinstance(of, dict) else of)


def run_late(database: Database, metric: str = "resolution") -> None:
    """It was promised for an hour ago; nobody has noticed."""
    database.run(
        "UPDATE sla_targets SET started_at = started_at - interval '9 days', "
        "due_at = now() - interval '1 hour' WHERE metric = :m AND fulfilled_at IS NULL AND ended_at IS NULL",
        m=metric,
    )
    database.run(
        "UPDATE sla_steps s SET at = g.due_at FROM sla_targets g "
        "WHERE g.id = s.target_id AND s.kind = 'breach' AND g.metric = :m AND g.breached_at IS NULL",
        m=metric,
    )


def sweep(database: Database) -> None:
    database.run("CALL sp_sla_sweep(1000, 0, 0)")


def done(desk: ServiceDesk, ticket: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    reply = desk.do(desk.cast.dario, ticket, verb, **body)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def test_an_empty_desk_has_kept_nothing_and_broken_nothing(ada: Api) -> None:
    reply = ada.get("/v1/analytics/sla?interval=month")

    total = reply.json["total"]
    assert (total["met"], total["breached"], total["running"], total["attainment"]) == (0, 0, 0, None)
    assert reply.json["groups"] == []
    assert {bucket["met"] for bucket in total["series"]} == {0}


def test_what_is_resolved_in_time_is_kept_and_what_is_open_runs(desk: ServiceDesk) -> None:
    done(desk, desk.networks_ticket(), "resolve", resolution="A new cable.")
    desk.networks_ticket()

    assert told(desk, "", "metric") == {"first_response": (1, 0, 1), "resolution": (1, 0, 1)}


def test_a_paused_promise_runs(desk: ServiceDesk) -> None:
    done(desk, desk.networks_ticket(), "pause", waiting_on="other", reason="ordered")

    assert told(desk) == {"Networks": (0, 0, 1)}


def test_what_ran_late_is_broken_before_any_sweep_has_noticed(desk: ServiceDesk, database: Database) -> None:
    desk.networks_ticket()
    run_late(database)

    assert told(desk) == {"Networks": (0, 1, 0)}

    sweep(database)
    assert told(desk) == {"Networks": (0, 1, 0)}


def test_s13_breached_then_paused_then_resolved_late_is_broken_once_and_its_minutes_count(
    desk: ServiceDesk, database: Database, ada: Api
) -> None:
    ticket = desk.networks_ticket()
    run_late(database)
    sweep(database)
    done(desk, ticket, "pause", waiting_on="other", reason="ordered")
    done(desk, ticket, "resolve", resolution="At last.")

    assert told(desk) == {"Networks": (0, 1, 0)}
    total = ada.get("/v1/analytics/sla?days=1&metric=resolution").json["total"]
    assert total["calendar_minutes"]["count"] == total["business_minutes"]["count"] == 1
    assert total["calendar_minutes"]["p50"] == pytest.approx(9 * 1440, abs=1)


def test_s17_what_a_policy_does_not_promise_is_neither_kept_nor_broken(
    desk: ServiceDesk, database: Database
) -> None:
    database.run("UPDATE sla_policies SET targets = targets - 'resolution'")

    done(desk, desk.networks_ticket(), "resolve", resolution="Done.")

    assert told(desk, "", "metric") == {"first_response": (1, 0, 0)}


def test_a_first_response_given_after_its_promise_was_withdrawn_does_not_count(
    desk: ServiceDesk, database: Database
) -> None:
    ticket = desk.networks_ticket()
    database.run("UPDATE sla_policies SET targets = targets - 'first_response'")
    done(desk, ticket, "reclassify", priority="high", reason="all are hit")

    desk.comment(desk.cast.dario, ticket, "We look at it.")

    assert told(desk, "metric=first_response") == {}


@pytest.mark.parametrize("ending", ["cancel", "merge"])
def test_s18_what_was_merged_away_or_cancelled_counts_nowhere(desk: ServiceDesk, ending: str) -> None:
    ticket, other = desk.networks_ticket(), desk.networks_ticket(team_id=desk.cast.teams["Apps"])
    bodies = {"cancel": {"reason": "not needed"}, "merge": {"into_id": other["id"]}}

    assert desk.do(desk.cast.dario, ticket, ending, **bodies[ending]).status == 200

    assert told(desk) == {"Apps": (0, 0, 1)}


def test_what_was_broken_before_it_was_cancelled_stays_broken(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket()
    run_late(database)

    done(desk, ticket, "cancel", reason="not needed")

    assert told(desk) == {"Networks": (0, 1, 0)}


def test_a_deleted_ticket_counts_nowhere_and_again_once_it_is_restored(desk: ServiceDesk, ada: Api) -> None:
    ticket = done(desk, desk.networks_ticket(), "resolve", resolution="Done.")

    assert ada.delete(f"/v1/tickets/{ticket['id']}").status == 204
    assert told(desk) == {}

    assert ada.post(f"/v1/tickets/{ticket['id']}/restore", {}).status == 200
    assert told(desk) == {"Networks": (1, 0, 0)}


def test_an_archived_ticket_counts(desk: ServiceDesk) -> None:
    ticket = done(desk, desk.networks_ticket(), "resolve", resolution="Done.")
    done(desk, done(desk, ticket, "close"), "archive")

    assert told(desk) == {"Networks": (1, 0, 0)}


def test_each_reopening_is_a_promise_of_its_own(desk: ServiceDesk) -> None:
    ticket = done(desk, desk.networks_ticket(), "resolve", resolution="Done.")
    done(desk, ticket, "reopen", reason="still dark")
    assert told(desk) == {"Networks": (1, 0, 1)}

    done(desk, ticket, "resolve", resolution="Now it is.")
    assert told(desk) == {"Networks": (2, 0, 0)}


class TestWhoseItIs:
    def test_what_was_kept_stays_with_the_team_that_kept_it(self, desk: ServiceDesk) -> None:
        ticket = done(desk, desk.networks_ticket(), "resolve", resolution="Done.")
        done(desk, ticket, "reopen", reason="still dark")

        done(desk, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs")

        assert told(desk) == {"Networks": (1, 0, 0), "Apps": (0, 0, 1)}

    def test_what_ran_late_stays_with_the_team_that_had_it_though_nobody_had_noticed(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket(priority="low")
        run_late(database)

        done(desk, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs")
        done(desk, ticket, "reclassify", priority="urgent", reason="all are hit")

        assert told(desk) == {"Networks": (0, 1, 0)}
        assert told(desk, group_by="priority") == {"low": (0, 1, 0)}

    def test_what_is_open_is_of_the_priority_that_it_has_now(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(priority="low")
        done(desk, ticket, "reclassify", priority="urgent", reason="all are hit")
        assert told(desk, group_by="priority") == {"urgent": (0, 0, 1)}

        done(desk, ticket, "resolve", resolution="Done.")
        assert told(desk, group_by="priority") == {"urgent": (1, 0, 0)}

    def test_what_teams_promise_each_other_is_of_the_team_that_held_the_ticket(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        """Handed on in time it was neither kept nor broken; handed on late it was broken."""
        database.run(
            "UPDATE sla_policies SET targets = targets || jsonb_build_object('team_resolution', "
            "targets -> 'resolution')"
        )
        ticket = desk.networks_ticket()
        done(desk, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs")
        assert told(desk, "metric=team_resolution") == {"Apps": (0, 0, 1)}

        run_late(database, "team_resolution")
        done(desk, ticket, "transfer", team_id=desk.cast.teams["Networks"], reason="not ours")
        assert told(desk, "metric=team_resolution") == {"Apps": (0, 1, 0), "Networks": (0, 0, 1)}

        done(desk, ticket, "resolve", resolution="Done.")
        assert told(desk, "metric=team_resolution") == {"Apps": (0, 1, 0), "Networks": (1, 0, 0)}

    def test_a_team_promise_that_comes_back_is_of_the_team_that_has_the_ticket_now(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        """Withdrawn, then handed to another team, then promised again."""
        add = (
            "UPDATE sla_policies SET targets = targets || jsonb_build_object('team_resolution', "
            "targets -> 'resolution')"
        )
        database.run(add)
        ticket = desk.networks_ticket()
        database.run("UPDATE sla_policies SET targets = targets - 'team_resolution'")
        done(desk, ticket, "reclassify", priority="high", reason="all are hit")
        done(desk, ticket, "transfer", team_id=desk.cast.teams["Apps"], reason="theirs")

        database.run(add)
        done(desk, ticket, "reclassify", priority="urgent", reason="all are hit")

        assert told(desk, "metric=team_resolution") == {"Apps": (0, 0, 1)}

    def test_a_policy_that_is_deleted_keeps_its_name(self, desk: ServiceDesk, ada: Api) -> None:
        calendar = ada.get("/v1/calendars").json["items"][0]["id"]
        facts = {"name": "Gold", "targets": {"resolution": 60}, "calendar_id": calendar}
        gold = ada.post("/v1/sla-policies", facts).json["id"]
        others = [each["id"] for each in ada.get("/v1/sla-policies").json["items"] if each["id"] != gold]
        assert ada.post("/v1/sla-policies/reorder", {"policy_ids": [gold, *others]}).status == 200
        done(desk, desk.networks_ticket(), "resolve", resolution="Done.")

        assert ada.delete(f"/v1/sla-policies/{gold}").status == 204

        assert told(desk, f"policy={gold}", "policy") == {"Gold": (1, 0, 0)}
        (group,) = ada.get("/v1/analytics/sla?group_by=policy").json["groups"]
        assert group["policy"] == {"id": gold, "name": "Gold", "deleted": True}
