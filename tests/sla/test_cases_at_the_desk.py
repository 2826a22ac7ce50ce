"""The SLA cases that concern tickets, over HTTP and with the real sweep, at the times that the cases give:
Berlin, Monday to Friday 09:00-17:00, June 2026; Friday is the 5th."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sla.office_desk import WEEKDAYS, OfficeDesk, local, target
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.jobs import Workshop

ALL_TOLD = [("sla_warned", "resolution", 1)] * 2 + [("sla_breached", "resolution", 1)]


def test_case_s1_what_is_left_on_friday_evening_is_due_on_monday(office: OfficeDesk) -> None:
    office.at(5, 16, 30)

    ticket = office.ticket(sla_minutes=60)

    assert local(ticket["due_at"]) == "Mon 08 09:30:00"


def test_case_s2_due_at_closing_it_is_late_only_after_closing(office: OfficeDesk) -> None:
    office.at(6, 15)
    ticket = office.ticket()

    office.at(8, 17)
    office.sweep()
    at_closing = (
        office.seen(ticket)["breached"],
        office.is_listed_as_breached(ticket),
        office.told(ticket)[2:],
    )
    office.at(8, 17, 0, 1)
    office.sweep()

    assert local(ticket["due_at"]) == "Mon 08 17:00:00"
    assert at_closing == (False, False, [])
    assert office.seen(ticket)["breached"] is True
    assert office.is_listed_as_breached(ticket)
    assert len(office.breaches(ticket)) == 1


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Pago_Pago", "Pacific/Kiritimati"])
def test_case_s7_a_holiday_is_a_local_date_and_its_addition_moves_open_targets(
    office: OfficeDesk, workshop: Workshop, zone: str
) -> None:
    path = f"/v1/calendars/{office.calendar['id']}"
    tuesday = datetime(2026, 6, 9, 16, tzinfo=ZoneInfo(zone))
    assert office.ada.patch(path, {"timezone": zone}).status == 200
    office.frozen.set(tuesday)
    ticket = office.ticket(sla_minutes=61)

    assert office.ada.patch(path, {"holidays": ["2026-06-10"]}).status == 200
    workshop.work()

    assert datetime.fromisoformat(ticket["due_at"]) == datetime(2026, 6, 10, 9, 1, tzinfo=ZoneInfo(zone))
    moved = office.seen(ticket)
    assert datetime.fromisoformat(moved["due_at"]) == datetime(2026, 6, 11, 9, 1, tzinfo=ZoneInfo(zone))
    reasons = [(part["reason"], part["minutes"]) for part in office.explained(ticket)["explain"]["intervals"]]
    assert reasons == [
        ("within_hours", 60),
        ("outside_hours", 420),
        ("holiday", 1440),
        ("outside_hours", 540),
        ("within_hours", 1),
    ]


def test_case_s9_pending_over_the_weekend_moves_the_due_time_by_the_working_time_it_took(
    office: OfficeDesk,
) -> None:
    ticket = office.ticket()
    office.at(5, 15)
    paused = office.pause(ticket)
    office.at(8, 11)

    resumed = office.resume(ticket)

    assert local(ticket["due_at"]) == "Mon 08 10:00:00"
    assert (paused["due_at"], paused["hours_remaining"], paused["breached"]) == (None, None, False)
    assert local(resumed["due_at"]) == "Mon 08 14:00:00"
    explained = office.explained(ticket)
    assert (explained["adds_up"], explained["elapsed"], explained["remaining"]) == (True, 300, 180)
    told = [
        (local(part["start"]), part["kind"], part["minutes"]) for part in explained["explain"]["intervals"]
    ]
    assert told == [
        ("Fri 05 10:00:00", "counted", 300),
        ("Fri 05 15:00:00", "paused", 120),
        ("Fri 05 17:00:00", "closed", 3840),
        ("Mon 08 09:00:00", "paused", 120),
        ("Mon 08 11:00:00", "counted", 180),
    ]


def test_case_s10_a_pause_outside_the_hours_leaves_the_due_time(office: OfficeDesk) -> None:
    ticket = office.ticket()
    office.at(5, 18)
    office.pause(ticket)
    office.at(7, 12)

    assert office.resume(ticket)["due_at"] == ticket["due_at"]


def test_case_s12_resolved_while_pending_the_pause_is_deducted_first(office: OfficeDesk) -> None:
    ticket = office.ticket()
    office.at(5, 12)
    office.pause(ticket)
    office.at(9, 12)
    office.sweep()

    resolved = office.resolve(ticket)

    kept = target(resolved)
    assert (kept["status"], kept["breached"], resolved["breached"]) == ("fulfilled", False, False)
    assert local(resolved["due_at"]) == "Wed 10 10:00:00"
    assert local(kept["fulfilled_at"]) == "Tue 09 12:00:00"
    assert office.explained(ticket)["elapsed"] == 120
    office.at(30, 12)
    assert office.sweep() == 0
    assert office.told(ticket) == []


def test_case_s13_breached_then_paused_then_resolved_late_it_stays_breached_and_was_told_once(
    office: OfficeDesk,
) -> None:
    ticket = office.ticket()
    office.at(8, 10, 1)
    office.sweep()
    office.at(8, 11)
    office.pause(ticket)
    office.at(9, 11)
    office.sweep()
    office.resume(ticket)
    office.at(9, 12)
    resolved = office.resolve(ticket)
    office.at(10, 12)
    office.sweep()

    assert office.told(ticket) == ALL_TOLD
    assert (resolved["breached"], office.seen(ticket)["breached"]) == (True, True)
    assert local(target(resolved)["breached_at"]) == "Mon 08 10:00:00"
    assert office.is_listed_as_breached(ticket)


@for_each(
    "calendar",
    [
        {"weekly": {}},
        {"weekly": {"0": [], "5": []}},
        {"weekly": WEEKDAYS, "holidays": [{"yearly_from": "01-01", "yearly_to": "12-31"}]},
    ],
)
def test_case_s16_a_calendar_without_a_working_day_is_refused_new_or_changed(
    office: OfficeDesk, calendar: dict[str, Any]
) -> None:
    ticket = office.ticket()

    made = office.ada.post("/v1/calendars", {"name": "Never", "timezone": "Europe/Berlin", **calendar})
    changed = office.ada.patch(f"/v1/calendars/{office.calendar['id']}", calendar)

    assert (made.status, made.code) == (422, "VALIDATION_ERROR"), made.text
    assert (changed.status, changed.code) == (422, "VALIDATION_ERROR"), changed.text
    assert office.seen(ticket)["due_at"] == ticket["due_at"]


def test_case_s17_without_a_resolution_target_nothing_applies_and_nothing_fails(office: OfficeDesk) -> None:
    office.promise("Answers", first_response=60)
    ticket = office.ticket()
    office.desk.comment(office.cast.ana, ticket, "On it.")
    office.at(30, 10)
    office.sweep()

    resolved = office.resolve(ticket)

    for shown in (ticket, resolved):
        assert [shown[name] for name in ("sla_minutes", "due_at", "hours_remaining")] == [None, None, None]
        assert shown["breached"] is False
    assert [each["metric"] for each in resolved["sla"]["targets"]] == ["first_response"]
    assert office.told(ticket) == []
    assert not office.is_listed_as_breached(ticket)


def test_case_s17b_the_resolution_comment_is_the_first_response(office: OfficeDesk) -> None:
    office.promise("Both", first_response=60, resolution=480)
    ticket = office.ticket()
    office.desk.comment(office.cast.ana, ticket, "Seen before.", visibility="internal")
    office.at(5, 10, 30)

    resolved = office.resolve(ticket)

    first = target(resolved, "first_response")
    assert (first["status"], local(first["fulfilled_at"])) == ("fulfilled", "Fri 05 10:30:00")
    office.at(30, 10)
    assert office.sweep() == 0


def test_case_s17b_a_late_resolution_comment_was_a_late_first_response(office: OfficeDesk) -> None:
    office.promise("Both", first_response=60, resolution=480)
    ticket = office.ticket()
    office.at(5, 11, 0, 1)

    resolved = office.resolve(ticket)

    assert (target(resolved, "first_response")["breached"], resolved["breached"]) == (True, False)
    assert office.told(ticket) == [("sla_breached", "first_response", 1)]


@pytest.mark.parametrize("way", ["merged", "cancelled", "deleted"])
def test_case_s18_a_ticket_that_is_over_is_never_breached_later(office: OfficeDesk, way: str) -> None:
    ticket, other = office.ticket(), office.ticket()
    office.at(5, 12)
    if way == "merged":
        office.do(office.cast.dario, ticket, "merge", into_id=other["id"])
    elif way == "cancelled":
        office.do(office.cast.dario, ticket, "cancel", reason="Not needed.")
    else:
        assert office.ada.delete(f"/v1/tickets/{ticket['id']}").status == 204
    office.resolve(other)

    office.at(30, 12)

    assert office.sweep() == 0
    if way != "deleted":
        kept = target(office.seen(ticket))
        assert (kept["status"], kept["breached"], kept["fulfilled_at"]) == ("ended", False, None)
        assert office.told(ticket) == []
        assert not office.is_listed_as_breached(ticket)


def test_case_s19_sweeps_over_and_over_tell_one_warning_a_step_and_one_breach(office: OfficeDesk) -> None:
    ticket = office.ticket()
    start = office.at(8, 9)

    announced = []
    for minute in range(100):
        office.frozen.set(start + timedelta(minutes=minute))
        announced.append(office.sweep())

    assert sum(announced) == 3
    assert office.told(ticket) == ALL_TOLD


def test_case_s20_after_half_an_hour_without_a_sweep_all_is_caught_up_once(
    office: OfficeDesk, database: Database
) -> None:
    tickets = [office.ticket(sla_minutes=minutes) for minutes in (60, 75, 90)]
    office.at(5, 10, 59)
    office.sweep()
    noticed = office.at(5, 11, 31)

    office.sweep()

    assert office.sweep() == 0
    for ticket, due in zip(tickets, ("11:00", "11:15", "11:30"), strict=True):
        (breach,) = office.breaches(ticket)
        assert local(breach["due_at"]) == local(breach["at"]) == f"Fri 05 {due}:00"
        assert datetime.fromisoformat(breach["noticed_at"]) == noticed
        assert local(target(office.seen(ticket))["breached_at"]) == f"Fri 05 {due}:00"
        assert office.told(ticket) == ALL_TOLD
    told = "SELECT count(*) FROM events WHERE type IN ('ticket.sla_warned', 'ticket.sla_breached')"
    assert database.value(told) == 9
