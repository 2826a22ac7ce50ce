"""A ticket keeps its policy until its facts ask for another, or it comes back to work."""

from tests.sla.office_desk import Json, OfficeDesk, target
from tests.support.jobs import Workshop

TALK = {"first_response": 60, "next_response": 60, "resolution": 480}


def answered(office: OfficeDesk) -> Json:
    """A ticket under a policy that promises answers, and has had its first one."""
    office.promise_instead(**TALK)
    ticket = office.ticket()
    office.desk.comment(office.cast.ana, ticket, "On it.")
    return ticket


def told(office: OfficeDesk, ticket: Json) -> tuple[str, int, int]:
    """Its policy, and the minutes of its next response and its resolution."""
    seen = office.seen(ticket)
    return policy_of(seen), target(seen, "next_response")["minutes"], seen["sla_minutes"]


def policy_of(ticket: Json) -> str:
    return str(ticket["sla"]["policy"]["name"])


def test_a_customers_comment_after_a_reorder_leaves_the_policy(
    office: OfficeDesk, workshop: Workshop
) -> None:
    ticket = answered(office)
    workshop.work()
    office.promise("Quick", next_response=5, resolution=10)

    office.desk.comment(office.cast.carol, ticket, "When?")

    assert told(office, ticket) == ("Office", 60, 480)
    office.promise_instead(next_response=30, resolution=240)
    workshop.work()
    assert told(office, ticket) == ("Office", 30, 240)


def test_a_word_from_a_merged_ticket_leaves_the_policy_too(office: OfficeDesk) -> None:
    ticket = answered(office)
    chriss = office.desk.ticket(office.cast.chris)
    office.do(office.cast.dario, chriss, "merge", into_id=ticket["id"])
    office.promise("Quick", next_response=5)

    office.desk.comment(office.cast.chris, chriss, "Any news?")

    seen = office.seen(ticket)
    assert (policy_of(seen), target(seen, "next_response")["minutes"]) == ("Office", 60)


def test_answers_are_owed_as_a_policy_promised_them_that_is_off_or_deleted(office: OfficeDesk) -> None:
    off, deleted = answered(office), answered(office)
    path = f"/v1/sla-policies/{office.policy['id']}"
    assert office.ada.patch(path, {"enabled": False}).status == 200

    office.desk.comment(office.cast.carol, off, "When?")
    assert office.ada.delete(path).status == 204
    office.desk.comment(office.cast.carol, deleted, "When?")

    for ticket in (off, deleted):
        assert target(office.seen(ticket), "next_response")["minutes"] == 60


def test_a_question_that_reopens_is_owed_an_answer_by_the_policy_chosen_then(office: OfficeDesk) -> None:
    ticket = answered(office)
    office.resolve(ticket)
    office.promise("Quick", next_response=5, resolution=10)

    office.desk.comment(office.cast.carol, ticket, "It is back.")

    seen = office.seen(ticket)
    assert (seen["status"], policy_of(seen)) == ("open", "Quick")
    assert target(seen, "next_response")["minutes"] == 5


def test_a_restored_ticket_gets_the_policy_that_fits_it_now_and_its_question_too(office: OfficeDesk) -> None:
    ticket = answered(office)
    office.desk.comment(office.cast.carol, ticket, "When?")
    assert office.ada.delete(f"/v1/tickets/{ticket['id']}").status == 204
    office.promise("Quick", next_response=5, resolution=10)

    office.do(office.cast.ada, ticket, "restore")

    seen = office.seen(ticket)
    assert (policy_of(seen), target(seen, "next_response")["minutes"]) == ("Quick", 5)


def test_an_edit_of_its_text_leaves_the_policy_and_another_priority_does_not(office: OfficeDesk) -> None:
    ticket = answered(office)
    office.promise("Quick", resolution=10)

    kept = office.desk.patch(office.cast.dario, office.seen(ticket), subject="VPN drops again")
    moved = office.do(office.cast.dario, ticket, "reclassify", priority="high")

    assert (policy_of(kept.json), policy_of(moved)) == ("Office", "Quick")
