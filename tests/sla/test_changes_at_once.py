"""Several changes at once, over HTTP at the office's times: what lies between them was promised to nobody."""

from typing import Any

import pytest

from tests.sla.office_desk import Json, OfficeDesk, local, target


@pytest.fixture
def team(office: OfficeDesk) -> str:
    """Apps. Urgent tickets have one hour, but for those of this team and very important people."""
    apps = str(office.cast.teams["Apps"])
    office.promise("Urgent", {"priority": ["urgent"]}, resolution=60)
    office.promise("Important", {"tag": ["vip"]}, resolution=720)
    office.promise("Apps", {"team": [apps]}, resolution=960)
    return apps


def by_patch(office: OfficeDesk, ticket: Json, *actions: Json) -> Json:
    names = {"minutes": "sla_minutes"}
    fields = {
        names.get(name, name): value
        for action in actions
        for name, value in action.items()
        if name != "action"
    }
    reply = office.desk.patch(office.cast.dario, ticket, **fields)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def by_macro(office: OfficeDesk, ticket: Json, *actions: Json) -> Json:
    made = office.ada.post("/v1/macros", {"name": "At once", "shared": True, "actions": [*actions]})
    assert made.status == 201, made.text
    path = f"/v1/macros/{made.json['id']}/apply"
    reply = office.desk.as_(office.cast.dario).post(path, {"ticket_id": ticket["id"]})
    assert reply.status == 200, reply.text
    return dict(reply.json)


def is_told_late(office: OfficeDesk, ticket: Json) -> bool:
    office.sweep()
    return any(action == "sla_breached" for action, _, _ in office.told(ticket))


@pytest.mark.parametrize("way", [by_patch, by_macro])
@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"action": "set_sla_minutes", "minutes": 600}, "Mon 08 12:00:00"),
        ({"action": "add_tags", "tags": ["vip"]}, "Mon 08 14:00:00"),
        ({"action": "transfer", "team_id": "Apps"}, "Tue 09 10:00:00"),
    ],
    ids=["minutes", "tags", "team"],
)
def test_nothing_is_late_by_a_promise_that_held_between_two_changes(
    office: OfficeDesk, team: str, way: Any, change: Json, due: str
) -> None:
    ticket = office.ticket()
    office.at(5, 15)
    raised = {"action": "set_priority", "priority": "urgent"}
    change = {**change, "team_id": team} if "team_id" in change else change

    changed = way(office, ticket, raised, change)

    assert (local(changed["due_at"]), changed["breached"]) == (due, False)
    assert not is_told_late(office, ticket)


@pytest.mark.parametrize("way", [by_patch, by_macro])
def test_reopened_with_more_minutes_it_has_what_is_left_of_these(office: OfficeDesk, way: Any) -> None:
    ticket = office.ticket()
    office.at(8, 10)
    office.resolve(ticket)
    office.at(9, 10)

    again = way(
        office,
        office.seen(ticket),
        {"action": "set_status", "status": "open"},
        {"action": "set_sla_minutes", "minutes": 600},
    )

    assert (local(again["due_at"]), again["breached"]) == ("Tue 09 12:00:00", False)
    assert (again["sla_minutes"], target(again)["cycle"]) == (600, 2)
    assert not is_told_late(office, ticket)


@pytest.mark.parametrize("way", [by_patch, by_macro])
def test_what_was_late_before_them_stays_late(office: OfficeDesk, team: str, way: Any) -> None:
    ticket = office.ticket()
    office.at(8, 11)
    raised = {"action": "set_priority", "priority": "urgent"}

    changed = way(office, ticket, raised, {"action": "set_sla_minutes", "minutes": 600})

    assert (local(changed["due_at"]), changed["breached"]) == ("Mon 08 12:00:00", True)
    assert is_told_late(office, ticket)
