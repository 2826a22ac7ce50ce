"""A changed calendar as the desk sees it, at the office's times: who is late by it, who was before, what
lists say of it, and what stays where it was."""

from typing import Any

from tests.sla.office_desk import WEEKDAYS, OfficeDesk, local, target
from tests.support.jobs import Workshop

Json = dict[str, Any]
MORNINGS = {day: [["09:00", "13:00"]] for day in WEEKDAYS}
AROUND_THE_CLOCK = {str(day): [["00:00", "24:00"]] for day in range(7)}


def change_hours(office: OfficeDesk, workshop: Workshop, weekly: Json) -> None:
    """And all that is open is counted anew."""
    reply = office.ada.patch(f"/v1/calendars/{office.calendar['id']}", {"weekly": weekly})
    assert reply.status == 200, reply.text
    workshop.work()


def by_due_time(office: OfficeDesk) -> list[str]:
    return [item["id"] for item in office.ada.get("/v1/tickets?sort=due_at").json["items"]]


def actions(office: OfficeDesk, ticket: Json) -> list[str]:
    entries = office.seen(ticket)["timeline"]
    return [entry["action"] for entry in entries if entry["action"].startswith("sla_")]


def test_late_by_the_new_hours_it_is_listed_so_at_once_and_told_by_the_next_sweep_once(
    office: OfficeDesk, workshop: Workshop
) -> None:
    soon, ticket = office.ticket(sla_minutes=425), office.ticket()
    office.at(8, 8)
    assert by_due_time(office)[:2] == [soon["id"], ticket["id"]]
    paused = office.pause(soon)

    change_hours(office, workshop, AROUND_THE_CLOCK)
    listed, ordered = office.is_listed_as_breached(ticket), by_due_time(office)
    office.sweep()
    office.sweep()

    assert (office.due(ticket), listed, ordered[0]) == ("Fri 05 18:00:00", True, ticket["id"])
    assert (paused["due_at"], office.is_listed_as_breached(soon)) == (None, False)
    assert actions(office, ticket) == ["sla_recounted", "sla_warned", "sla_warned", "sla_breached"]
    (breach,) = office.breaches(ticket)
    assert (local(breach["due_at"]), local(breach["noticed_at"])) == ("Fri 05 18:00:00", "Mon 08 08:00:00")


def test_late_by_the_old_hours_it_is_told_before_it_moves_and_stays_late(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket, other = office.ticket(), office.ticket(sla_minutes=500)
    office.at(8, 10, 15)

    change_hours(office, workshop, MORNINGS)
    office.sweep()

    assert office.due(ticket) == "Tue 09 10:00:00"
    assert (office.seen(ticket)["breached"], office.is_listed_as_breached(ticket)) == (True, True)
    assert actions(office, ticket)[:2] == ["sla_breached", "sla_recounted"]
    (breach,) = office.breaches(ticket)
    assert local(breach["due_at"]) == "Mon 08 10:00:00"
    office.at(10, 9)
    office.sweep()
    assert len(office.breaches(ticket)) == 1
    assert by_due_time(office)[:2] == [ticket["id"], other["id"]]
    assert office.is_listed_as_breached(other)


def test_hours_that_shrink_take_nobody_s_time_who_was_not_late(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = office.ticket()
    office.at(8, 9, 30)

    change_hours(office, workshop, MORNINGS)
    office.at(8, 12)
    office.sweep()

    assert office.due(ticket) == "Tue 09 10:00:00"
    assert (office.seen(ticket)["breached"], office.is_listed_as_breached(ticket)) == (False, False)
    assert office.breaches(ticket) == []


def test_where_only_another_promise_moves_the_ticket_keeps_its_due_time(
    office: OfficeDesk, workshop: Workshop
) -> None:
    policy = office.promise("All", resolution=480, first_response=60)
    ticket, between = office.ticket(), office.ticket(sla_minutes=540)
    office.desk.comment(office.cast.ana, ticket, "Looking into it.")
    second = office.ada.post(
        "/v1/calendars", {"name": "Second", "timezone": "Europe/Berlin", "weekly": WEEKDAYS}
    ).json
    office.calendar = second
    path = f"/v1/sla-policies/{policy['id']}"
    facts = {"calendar_id": second["id"], "targets": {"resolution": 480, "next_response": 240}}
    assert office.ada.patch(path, facts).status == 200
    office.at(5, 12)
    office.desk.comment(office.cast.carol, ticket, "And?")
    # Deleted before its tickets are promised anew: what it promised until then stands on the first calendar.
    assert office.ada.delete(path).status == 204
    before = target(office.seen(ticket), "next_response")

    change_hours(office, workshop, MORNINGS)

    after = office.seen(ticket)
    assert (local(before["due_at"]), local(target(after, "next_response")["due_at"])) == (
        "Fri 05 16:00:00",
        "Mon 08 12:00:00",
    )
    assert (after["due_at"], target(after)["due_at"]) == (ticket["due_at"], ticket["due_at"])
    assert by_due_time(office) == [ticket["id"], between["id"]]
    told = next(entry for entry in after["timeline"] if entry["action"] == "sla_recounted")
    assert [each["metric"] for each in told["meta"]["targets"]] == ["next_response"]


def test_where_only_the_first_response_of_a_waiting_ticket_moves_it_stays_without_a_due_time(
    office: OfficeDesk, workshop: Workshop
) -> None:
    office.promise("All", resolution=480, first_response=240)
    ticket, dated = office.ticket(), office.ticket()
    office.at(5, 11)
    office.pause(ticket)

    change_hours(office, workshop, MORNINGS)

    seen = office.seen(ticket)
    assert local(target(seen, "first_response")["due_at"]) == "Mon 08 10:00:00"
    assert (seen["due_at"], target(seen)["due_at"], target(seen)["status"]) == (None, None, "paused")
    assert by_due_time(office) == [dated["id"], ticket["id"]]
