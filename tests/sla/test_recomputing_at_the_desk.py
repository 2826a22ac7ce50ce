"""What changes under a promise, over HTTP at the office's times: minutes, tags, category, team, policy and
calendar, with pauses, reopenings and announcements before and after."""

from typing import Any

import pytest

from tests.sla.office_desk import WEEKDAYS, OfficeDesk, local, target
from tests.support.jobs import Workshop

Json = dict[str, Any]
MORNINGS = {"weekly": {day: [["09:00", "13:00"]] for day in WEEKDAYS}}


def change_hours(office: OfficeDesk, workshop: Workshop, **fields: Any) -> None:
    """And all that is open is counted anew."""
    reply = office.ada.patch(f"/v1/calendars/{office.calendar['id']}", fields)
    assert reply.status == 200, reply.text
    workshop.work()


def paused_for_two_hours(office: OfficeDesk, **fields: Any) -> Json:
    """Opened on Friday at ten, pending from eleven to one."""
    ticket = office.ticket(**fields)
    office.at(5, 11)
    office.pause(ticket)
    office.at(5, 13)
    return office.resume(ticket)


def patched(office: OfficeDesk, ticket: Json, **fields: Any) -> Json:
    reply = office.desk.patch(office.cast.dario, ticket, **fields)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def by_tag(office: OfficeDesk, ticket: Json) -> Json:
    office.promise("Tagged", {"tag": ["vip"]}, resolution=240)
    return patched(office, ticket, tags=["vip"])


def by_category(office: OfficeDesk, ticket: Json) -> Json:
    office.promise("Network", {"category": ["network"]}, resolution=240)
    return office.do(office.cast.dario, ticket, "reclassify", category="network")


def by_team(office: OfficeDesk, ticket: Json) -> Json:
    apps = str(office.cast.teams["Apps"])
    office.promise("Apps", {"team": [apps]}, resolution=240)
    return office.do(office.cast.dario, ticket, "transfer", team_id=apps, reason="Theirs.")


def by_minutes(office: OfficeDesk, ticket: Json) -> Json:
    return patched(office, ticket, sla_minutes=240)


@pytest.mark.parametrize("way", [by_tag, by_category, by_team, by_minutes])
def test_whatever_changes_the_promise_it_counts_from_the_original_start_and_keeps_the_pause(
    office: OfficeDesk, way: Any
) -> None:
    ticket = paused_for_two_hours(office)
    office.at(5, 14)

    changed = way(office, ticket)

    assert local(ticket["due_at"]) == "Mon 08 12:00:00"
    assert (local(changed["due_at"]), local(target(changed)["started_at"])) == (
        "Fri 05 16:00:00",
        "Fri 05 10:00:00",
    )
    assert target(changed)["cycle"] == 1
    assert office.explained(ticket)["adds_up"] is True


def test_what_was_announced_is_not_announced_again_and_the_rest_comes_at_its_new_time(
    office: OfficeDesk,
) -> None:
    ticket = office.ticket()
    office.at(5, 16, 1)
    office.sweep()
    warned = office.told(ticket)

    patched(office, office.seen(ticket), sla_minutes=960)
    office.at(8, 15, 59)
    office.sweep()
    before = office.told(ticket)
    office.at(9, 10, 1)
    office.sweep()

    assert warned == before == [("sla_warned", "resolution", 1)]
    assert office.told(ticket) == [
        *warned,
        ("sla_warned", "resolution", 1),
        ("sla_breached", "resolution", 1),
    ]
    (breach,) = office.breaches(ticket)
    assert local(breach["due_at"]) == "Tue 09 10:00:00"


def test_a_resolution_first_promised_after_a_pause_leaves_the_pause_out(office: OfficeDesk) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=600)
    ticket = paused_for_two_hours(office, type="question")

    promised = office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert (ticket["due_at"], local(promised["due_at"])) == (None, "Mon 08 12:00:00")
    assert office.explained(ticket)["explain"]["paused"] == 120


def test_a_resolution_first_promised_during_a_pause_waits_since_that_began(office: OfficeDesk) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=600)
    ticket = office.ticket(type="question")
    office.at(5, 11)
    office.pause(ticket)
    office.at(5, 12)

    promised = office.do(office.cast.dario, ticket, "reclassify", type="incident")
    office.at(5, 13)
    resumed = office.resume(ticket)

    assert (promised["due_at"], target(promised)["paused"]) == (None, True)
    assert local(resumed["due_at"]) == "Mon 08 12:00:00"


def test_a_resolution_first_promised_after_a_reopening_leaves_out_the_days_when_all_was_done(
    office: OfficeDesk,
) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=600)
    ticket = office.ticket(type="question")
    office.at(5, 12)
    office.resolve(ticket)
    office.at(10, 9)
    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    promised = office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert reopened["due_at"] is None
    assert (local(promised["due_at"]), promised["breached"]) == ("Wed 10 15:00:00", False)


def test_reopened_and_first_promised_a_resolution_in_one_request_all_counts_from_now(
    office: OfficeDesk,
) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=600)
    ticket = office.ticket(type="question")
    office.at(5, 12)
    resolved = office.resolve(ticket)
    office.at(10, 9)

    promised = patched(office, resolved, status="open", type="incident")

    assert (local(promised["due_at"]), promised["breached"]) == ("Wed 10 15:00:00", False)


def test_reopened_after_its_hours_changed_it_has_what_was_left_by_the_hours_of_then(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = paused_for_two_hours(office)
    office.at(5, 16)
    resolved = office.resolve(ticket)
    change_hours(office, workshop, **MORNINGS)
    office.at(10, 9)

    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    assert target(resolved)["used_minutes"] == 240
    assert (target(reopened)["minutes"], local(reopened["due_at"])) == (240, "Wed 10 13:00:00")
    first, second = office.ada.get(f"/v1/tickets/{ticket['id']}/sla").json["targets"]
    assert (first["elapsed"], first["adds_up"]) == (240, False)
    assert (second["used_before"], second["goal"], second["adds_up"]) == (240, 240, True)


def test_what_was_kept_in_time_is_not_broken_afterwards_by_longer_hours(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = office.ticket(sla_minutes=480)
    office.at(8, 9, 30)
    office.resolve(ticket)

    change_hours(office, workshop, weekly={str(day): [["00:00", "24:00"]] for day in range(7)})
    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    assert (reopened["breached"], target(reopened)["minutes"]) == (False, 30)
    assert local(reopened["due_at"]) == "Mon 08 10:00:00"


def test_hours_that_change_under_a_reopened_promise_count_what_was_left_anew(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = office.ticket()
    office.at(5, 12)
    office.resolve(ticket)
    office.at(10, 9)
    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    change_hours(office, workshop, **MORNINGS)

    assert (target(reopened)["minutes"], local(reopened["due_at"])) == (360, "Wed 10 15:00:00")
    assert office.due(ticket) == "Thu 11 11:00:00"
    assert target(office.seen(ticket))["minutes"] == 360


def test_hours_that_change_leave_a_pause_out_whatever_it_costs_by_now(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = paused_for_two_hours(office)

    change_hours(office, workshop, **MORNINGS)

    # An hour before the pause, none after it on Friday; four a day from Monday on.
    assert office.due(ticket) == "Tue 09 12:00:00"
    explained = office.explained(ticket)
    assert (explained["explain"]["counted"], explained["explain"]["paused"]) == (480, 120)
    assert explained["adds_up"] is True


def test_hours_that_change_while_it_waits_count_once_work_goes_on(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = office.ticket()
    office.at(5, 11)
    office.pause(ticket)

    change_hours(office, workshop, **MORNINGS)
    still = office.seen(ticket)
    office.at(8, 9)
    resumed = office.resume(ticket)

    assert (still["due_at"], still["breached"]) == (None, False)
    assert local(resumed["due_at"]) == "Tue 09 12:00:00"


def test_a_policy_on_another_calendar_counts_by_it_from_the_original_start(office: OfficeDesk) -> None:
    ticket = paused_for_two_hours(office, priority="medium")
    mornings = office.ada.post("/v1/calendars", {"name": "Mornings", "timezone": "Europe/Berlin", **MORNINGS})
    path = f"/v1/sla-policies/{office.policy['id']}"
    assert office.ada.patch(path, {"calendar_id": mornings.json["id"]}).status == 200
    stands = office.due(ticket)

    moved = office.do(office.cast.dario, ticket, "reclassify", priority="high")

    assert stands == "Mon 08 12:00:00"
    assert local(moved["due_at"]) == "Tue 09 12:00:00"
    assert office.explained(ticket)["calendar"]["name"] == "Mornings"


@pytest.mark.parametrize("way", ["cancel", "merge", "delete"])
def test_what_ends_the_clock_keeps_what_was_used_and_fulfils_nothing(office: OfficeDesk, way: str) -> None:
    office.promise("All", resolution=480, team_resolution=300, first_response=240)
    ticket = paused_for_two_hours(office)
    office.at(5, 14)

    if way == "cancel":
        office.do(office.cast.dario, ticket, "cancel", reason="Not needed.")
    elif way == "merge":
        office.do(office.cast.dario, ticket, "merge", into_id=office.ticket()["id"])
    else:
        assert office.ada.delete(f"/v1/tickets/{ticket['id']}").status == 204
        office.do(office.cast.ada, ticket, "restore")

    first_cycles = [each for each in office.seen(ticket)["sla"]["targets"] if each["cycle"] == 1]
    assert {each["metric"]: each["used_minutes"] for each in first_cycles} == {
        "first_response": 240,
        "resolution": 120,
        "team_resolution": 120,
    }
    assert {(each["status"], each["breached"]) for each in first_cycles} == {("ended", False)}


def test_each_team_that_holds_it_has_a_cycle_and_keeps_what_it_used(office: OfficeDesk) -> None:
    office.promise("Teams", resolution=480, team_resolution=240)
    ticket = paused_for_two_hours(office)
    office.at(5, 14)
    teams = office.cast.teams

    office.do(office.cast.dario, ticket, "transfer", team_id=str(teams["Apps"]), reason="Theirs.")
    office.at(5, 15)
    back = office.do(office.cast.dario, ticket, "transfer", team_id=str(teams["Networks"]), reason="Ours.")

    cycles = [each for each in back["sla"]["targets"] if each["metric"] == "team_resolution"]
    assert [(each["cycle"], each["used_minutes"], each["status"]) for each in cycles] == [
        (1, 120, "ended"),
        (2, 60, "ended"),
        (3, None, "running"),
    ]
    assert local(cycles[2]["due_at"]) == "Mon 08 11:00:00"
    assert local(back["due_at"]) == "Mon 08 12:00:00"


def test_a_resolution_that_its_policy_promises_from_now_on_leaves_the_pause_out_too(
    office: OfficeDesk, workshop: Workshop
) -> None:
    office.promise_instead(first_response=600)
    over, still = paused_for_two_hours(office), office.ticket()
    office.pause(still)

    office.promise_instead(first_response=600, resolution=480)
    office.at(5, 14)
    workshop.work()

    assert office.due(over) == "Mon 08 12:00:00"
    assert office.due(still) is None
    assert local(office.resume(still)["due_at"]) == "Mon 08 14:00:00"


@pytest.mark.parametrize("status", ["new", "pending"])
def test_a_resolution_promised_late_leaves_out_the_days_on_which_the_ticket_was_deleted(
    office: OfficeDesk, status: str
) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=60)
    ticket, path = office.ticket(type="question"), "/v1/tickets/{id}"
    office.at(5, 12)
    if status == "pending":
        office.pause(ticket)
    office.at(5, 13)
    assert office.ada.delete(path.format(**ticket)).status == 204
    office.at(8, 9)
    office.do(office.cast.ada, ticket, "restore")
    office.at(8, 10)
    if status == "pending":
        office.resume(ticket)

    office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert office.due(ticket) == {"new": "Mon 08 14:00:00", "pending": "Mon 08 16:00:00"}[status]


@pytest.mark.parametrize("by", ["another type", "another promise"])
def test_a_first_response_promised_late_leaves_out_the_days_on_which_the_ticket_was_over(
    office: OfficeDesk, workshop: Workshop, by: str
) -> None:
    office.promise_instead(resolution=480, **({"first_response": 60} if by == "another type" else {}))
    if by == "another type":
        office.promise("Questions", {"type": ["question"]}, resolution=480)
    ticket = office.ticket(type="question")
    office.at(5, 10, 30)
    office.do(office.cast.ada, ticket, "cancel", reason="It works again.")
    office.at(8, 9)
    office.do(office.cast.ada, ticket, "reopen", reason="It does not.")
    office.at(8, 9, 10)

    if by == "another type":
        office.do(office.cast.dario, ticket, "reclassify", type="incident")
    else:
        office.promise_instead(resolution=480, first_response=60)
        workshop.work()

    assert local(office.explained(ticket, "first_response")["due_at"]) == "Mon 08 09:30:00"
