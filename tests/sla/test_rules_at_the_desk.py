"""What the SLA cases leave open, over HTTP at the office's times: changes after a pause, withdrawals,
reopening after days, next responses, and the last second of a window."""

import pytest

from tests.sla.office_desk import Json, OfficeDesk, local, target
from tests.support.jobs import Workshop

PRIORITIES = {"urgent": 120, "high": 240, "medium": 480, "low": 960}


def paused_for_two_hours(office: OfficeDesk, **fields: object) -> dict[str, object]:
    """Opened on Friday at ten, pending from eleven to one."""
    ticket = office.ticket(**fields)
    office.at(5, 11)
    office.pause(ticket)
    office.at(5, 13)
    return office.resume(ticket)


def test_another_priority_after_a_pause_counts_from_the_original_start_and_keeps_the_pause(
    office: OfficeDesk,
) -> None:
    office.promise("By priority", resolution=PRIORITIES)
    ticket = paused_for_two_hours(office, priority="medium")
    office.at(5, 14)

    higher = office.do(office.cast.dario, ticket, "reclassify", priority="high")

    assert local(ticket["due_at"]) == "Mon 08 12:00:00"
    assert local(higher["due_at"]) == "Fri 05 16:00:00"
    assert (higher["sla_minutes"], local(target(higher)["started_at"])) == (240, "Fri 05 10:00:00")
    assert office.explained(ticket)["adds_up"] is True


def test_another_priority_while_paused_shows_once_work_goes_on(office: OfficeDesk) -> None:
    office.promise("By priority", resolution=PRIORITIES)
    ticket = office.ticket(priority="medium")
    office.at(5, 11)
    office.pause(ticket)

    higher = office.do(office.cast.dario, ticket, "reclassify", priority="high")
    office.at(5, 13)
    resumed = office.resume(ticket)

    assert (higher["due_at"], higher["sla_minutes"]) == (None, 240)
    assert local(resumed["due_at"]) == "Fri 05 16:00:00"


def test_a_priority_that_makes_it_late_is_told_by_the_next_sweep_once(office: OfficeDesk) -> None:
    office.promise("By priority", resolution=PRIORITIES)
    ticket = paused_for_two_hours(office, priority="medium")
    office.at(5, 14, 30)

    urgent = office.do(office.cast.dario, ticket, "reclassify", priority="urgent")
    office.sweep()
    office.do(office.cast.dario, ticket, "reclassify", priority="low")
    office.sweep()

    assert (urgent["breached"], local(urgent["due_at"])) == (True, "Fri 05 14:00:00")
    assert office.seen(ticket)["breached"] is True
    (breach,) = office.breaches(ticket)
    assert local(breach["due_at"]) == "Fri 05 14:00:00"


def test_another_policy_after_a_pause_counts_from_the_original_start_and_keeps_the_pause(
    office: OfficeDesk,
) -> None:
    office.promise("Incidents", {"type": ["incident"]}, resolution=240)
    ticket = paused_for_two_hours(office, type="question")
    office.at(5, 14)

    moved = office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert ticket["sla"]["policy"]["name"] == "Office"
    assert moved["sla"]["policy"]["name"] == "Incidents"
    assert local(moved["due_at"]) == "Fri 05 16:00:00"


def test_a_changed_policy_counts_from_the_original_start_and_keeps_the_pause(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = paused_for_two_hours(office)

    office.promise_instead(resolution=240)
    workshop.work()

    assert local(ticket["due_at"]) == "Mon 08 12:00:00"
    assert office.due(ticket) == "Fri 05 16:00:00"
    assert office.explained(ticket)["adds_up"] is True


def test_a_target_that_the_new_policy_lacks_is_withdrawn_and_comes_back_with_its_start(
    office: OfficeDesk,
) -> None:
    office.promise("Questions", {"type": ["question"]}, first_response=600)
    ticket = paused_for_two_hours(office, type="incident")

    withdrawn = office.do(office.cast.dario, ticket, "reclassify", type="question")
    office.at(9, 10)
    office.sweep()
    told = office.told(ticket)
    office.at(9, 11)
    back = office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert (withdrawn["sla_minutes"], withdrawn["due_at"], withdrawn["breached"]) == (None, None, False)
    assert {metric for _, metric, _ in told} == {"first_response"}
    assert local(back["due_at"]) == "Mon 08 12:00:00"
    assert target(back)["cycle"] == 1


@pytest.mark.parametrize("way", ["resolved", "cancelled", "deleted", "resolved and deleted"])
def test_a_withdrawn_promise_that_comes_back_counts_no_day_on_which_the_ticket_was_over(
    office: OfficeDesk, way: str
) -> None:
    office.promise("Questions", {"type": ["question"]}, team_resolution=6000)
    office.promise("Incidents", {"type": ["incident"]}, first_response=960, resolution=480)
    ticket = office.ticket(type="incident")
    office.do(office.cast.dario, ticket, "reclassify", type="question")
    office.at(5, 12)
    if "resolved" in way:
        office.desk.patch(office.cast.dario, office.seen(ticket), status="resolved")
    elif way == "cancelled":
        office.do(office.cast.dario, ticket, "cancel", reason="Not needed.")
    if "deleted" in way:
        assert office.ada.delete(f"/v1/tickets/{ticket['id']}").status == 204
    office.at(9, 9)
    if "deleted" in way:
        office.do(office.cast.ada, ticket, "restore")
    if way != "deleted":
        office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    back = office.do(office.cast.dario, ticket, "reclassify", type="incident")

    assert local(back["due_at"]) == "Tue 09 15:00:00"
    assert local(target(back, "first_response")["due_at"]) == "Wed 10 15:00:00"
    assert office.sweep() == 0
    assert office.explained(ticket)["adds_up"] is True


def test_minutes_of_the_ticket_survive_another_priority_and_null_returns_to_the_policy(
    office: OfficeDesk,
) -> None:
    office.promise("By priority", resolution=PRIORITIES)
    ticket = office.ticket(priority="medium", sla_minutes=60)
    higher = office.do(office.cast.dario, ticket, "reclassify", priority="high")

    back = office.desk.patch(office.cast.dario, higher, sla_minutes=None).json

    assert (local(higher["due_at"]), higher["sla_minutes"]) == ("Fri 05 11:00:00", 60)
    assert (local(back["due_at"]), back["sla_minutes"]) == ("Fri 05 14:00:00", 240)


def test_reopened_after_days_it_has_the_business_time_that_was_left(office: OfficeDesk) -> None:
    ticket = office.ticket()
    office.at(5, 16)
    office.resolve(ticket)
    office.at(10, 18)

    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")

    assert local(reopened["due_at"]) == "Thu 11 11:00:00"
    assert (target(reopened)["cycle"], target(reopened)["minutes"], reopened["breached"]) == (2, 120, False)
    assert office.explained(ticket)["used_before"] == 360


def test_reopened_with_nothing_left_it_is_breached_at_once_in_silence(office: OfficeDesk) -> None:
    ticket = office.ticket()
    office.at(8, 10, 30)
    office.sweep()
    office.resolve(ticket)
    told = office.told(ticket)
    office.at(10, 12)

    reopened = office.do(office.cast.dario, ticket, "reopen", reason="It is back.")
    office.at(11, 12)
    office.sweep()

    assert (reopened["breached"], target(reopened)["minutes"]) == (True, 0)
    assert office.told(ticket) == told
    assert len(office.breaches(ticket)) == 1
    assert office.is_listed_as_breached(ticket)


def test_with_nothing_left_the_minutes_are_still_those_that_are_promised_now(office: OfficeDesk) -> None:
    office.promise("Urgent", {"priority": ["urgent"]}, resolution=60)
    ticket = office.ticket()
    office.at(8, 10, 30)
    office.resolve(ticket)
    office.at(10, 12)
    dario = office.cast.dario

    reopened = office.do(dario, ticket, "reopen", reason="It is back.")
    own = office.desk.patch(dario, reopened, sla_minutes=300).json
    urgent = office.desk.patch(dario, own, sla_minutes=None, priority="urgent").json
    listed = office.ada.get("/v1/tickets").json["items"][0]

    assert (reopened["sla_minutes"], own["sla_minutes"], urgent["sla_minutes"]) == (480, 300, 60)
    assert (target(urgent)["minutes"], listed["sla_minutes"]) == (0, 60)


def test_next_response_is_armed_by_the_first_unanswered_question_and_cleared_by_an_answer(
    office: OfficeDesk,
) -> None:
    office.promise("Answers", first_response=60, next_response=60, resolution=4800)
    carol, ana, ticket = office.cast.carol, office.cast.ana, office.ticket()
    office.desk.comment(carol, ticket, "Anybody?")
    before = [each["metric"] for each in office.seen(ticket)["sla"]["targets"]]
    office.at(5, 10, 30)
    office.desk.comment(ana, ticket, "On it.")

    office.at(5, 16, 30)
    office.desk.comment(carol, ticket, "And the other floor?")
    office.at(5, 16, 45)
    office.desk.comment(carol, ticket, "Hello?")
    office.desk.comment(ana, ticket, "Between us: later.", visibility="internal")
    armed = target(office.seen(ticket), "next_response")
    office.at(8, 9, 30)
    office.desk.comment(ana, ticket, "That one too.")
    cleared = target(office.seen(ticket), "next_response")
    office.at(8, 10)
    office.desk.comment(carol, ticket, "Thanks. When?")
    again = target(office.seen(ticket), "next_response")
    office.at(8, 11, 0, 1)
    office.sweep()

    assert "next_response" not in before
    assert (local(armed["due_at"]), armed["status"]) == ("Mon 08 09:30:00", "running")
    assert (cleared["status"], cleared["breached"]) == ("fulfilled", False)
    assert (again["cycle"], local(again["due_at"])) == (2, "Mon 08 11:00:00")
    assert ("sla_breached", "next_response", 2) in office.told(ticket)
    assert ("sla_breached", "next_response", 1) not in office.told(ticket)


def test_resolving_ends_a_question_that_waits(office: OfficeDesk) -> None:
    office.promise("Answers", first_response=60, next_response=60)
    ticket = office.ticket()
    office.desk.comment(office.cast.ana, ticket, "On it.")
    office.desk.comment(office.cast.carol, ticket, "And now?")

    resolved = office.resolve(ticket)
    office.at(9, 12)

    assert target(resolved, "next_response")["status"] == "fulfilled"
    assert office.sweep() == 0


def test_due_in_the_last_second_of_a_window_it_is_late_in_that_second(office: OfficeDesk) -> None:
    office.at(5, 16, 59, 1)
    ticket = office.ticket(sla_minutes=480)
    office.at(8, 16, 59, 0)
    office.sweep()
    before = office.seen(ticket)["breached"]
    office.at(8, 16, 59, 2)
    office.sweep()

    assert local(ticket["due_at"]) == "Mon 08 16:59:01"
    assert (before, office.seen(ticket)["breached"]) == (False, True)
    assert local(office.breaches(ticket)[0]["at"]) == "Mon 08 16:59:01"


def test_a_team_that_hands_it_on_ends_its_own_promise_and_begins_the_next_one_s(office: OfficeDesk) -> None:
    office.promise("Teams", team_resolution=120)
    ticket = office.ticket()
    office.at(5, 11)
    apps = office.cast.teams["Apps"]

    moved = office.do(office.cast.dario, ticket, "transfer", team_id=str(apps), reason="Theirs.")

    first, second = moved["sla"]["targets"]
    assert (first["status"], first["breached"], first["cycle"]) == ("ended", False, 1)
    assert (second["status"], local(second["due_at"]), second["cycle"]) == ("running", "Fri 05 13:00:00", 2)


def test_staff_who_write_as_requester_neither_answer_nor_ask(office: OfficeDesk) -> None:
    office.promise("Answers", first_response=60, next_response=60)
    ben, dario = office.cast.ben, office.cast.dario
    ticket = office.desk.ticket(ben, team_id=office.cast.teams["Apps"])

    office.desk.comment(ben, ticket, "It is the second switch.")
    unanswered = target(office.seen(ticket), "first_response")
    office.desk.comment(dario, ticket, "On it.")
    office.desk.comment(ben, ticket, "When?")
    seen = office.seen(ticket)

    assert unanswered["status"] == "running"
    assert target(seen, "first_response")["status"] == "fulfilled"
    assert "next_response" not in [each["metric"] for each in seen["sla"]["targets"]]


def test_what_the_staff_had_said_before_is_no_answer_on_a_ticket_that_it_is_split_off_to(
    office: OfficeDesk,
) -> None:
    office.promise("Answers", first_response=60, next_response=60)
    cast, comment = office.cast, office.desk.comment
    ticket = office.ticket()
    office.at(5, 11)
    said = [comment(cast.carol, ticket, "And the printer?"), comment(cast.ana, ticket, "Which one?")]
    office.at(5, 12)
    body = {"comment_ids": [each["id"] for each in said], "subject": "The printer"}
    printer = office.do(cast.dario, ticket, "split", **body)

    comment(cast.carol, printer, "The one upstairs.")
    unanswered = states(office, printer)
    comment(cast.dario, printer, "On it.")
    comment(cast.carol, printer, "When?")

    assert unanswered == {"first_response": "running"}
    assert states(office, printer) == {"first_response": "fulfilled", "next_response": "running"}


def states(office: OfficeDesk, ticket: Json) -> dict[str, str]:
    return {each["metric"]: each["status"] for each in office.seen(ticket)["sla"]["targets"]}


def test_split_off_a_ticket_has_a_clock_of_its_own_and_the_old_one_s_goes_on(office: OfficeDesk) -> None:
    ticket = office.ticket()
    comment = office.desk.comment(office.cast.carol, ticket, "And the printer is empty.")
    office.at(5, 14)

    split = office.desk.do(
        office.cast.dario, ticket, "split", comment_ids=[comment["id"]], subject="The printer is empty"
    )

    assert split.status in (200, 201), split.text
    assert local(split.json["due_at"]) == "Mon 08 14:00:00"
    assert office.due(ticket) == "Mon 08 10:00:00"
