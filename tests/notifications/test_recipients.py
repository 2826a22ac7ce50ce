"""Who hears of what: the table, occasion by occasion, and the rules that hold for all of it."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts.permissions import Role
from chalicelib.notifications import recipients as table
from chalicelib.notifications.recipients import (
    AUDIENCES,
    CARRIERS,
    COMMENT_EDITED,
    COMMENTED,
    INTERNAL,
    OCCASIONS,
    SILENT,
    News,
    Occasion,
    Part,
    Person,
    recipients,
    topic_of,
)
from tests.support.for_each import for_each


def somebody(name: str, role: Role, *parts: Part) -> Person:
    return Person(uuid4(), name, f"{name.lower()}@x.example", role, frozenset(parts))


CAROL = somebody("Carol", Role.CUSTOMER, Part.REQUESTER)
CHRIS = somebody("Chris", Role.CUSTOMER, Part.WATCHER)
ANA = somebody("Ana", Role.AGENT, Part.ASSIGNEE, Part.TEAM)
BEN = somebody("Ben", Role.AGENT, Part.TEAM)
WENDY = somebody("Wendy", Role.AGENT, Part.WATCHER)
DARIO = somebody("Dario", Role.DISPATCHER, Part.DISPATCHER)
ADA = somebody("Ada", Role.ADMIN, Part.ADMIN)
ALL = (CAROL, CHRIS, ANA, BEN, WENDY, DARIO, ADA)
UNASSIGNED = tuple(Person(p.id, p.name, p.email, p.role, p.parts - {Part.ASSIGNEE}) for p in ALL)


def hear(
    occasion: Occasion,
    actor: Person | None = None,
    people: tuple[Person, ...] = ALL,
    *,
    internal: bool = False,
    new_assignee: UUID | None = None,
    carried_by: tuple[Occasion, ...] = (),
) -> dict[str, str]:
    """Who hears, and as what."""
    news = News(occasion, actor.id if actor else None, people, internal, new_assignee, carried_by)
    return {recipient.person.name: str(recipient.audience) for recipient in recipients(news)}


class TestTable:
    @for_each(
        "occasion, actor, expected",
        [
            (Occasion.CREATED, CAROL, {"Carol": "requester", "Ana": "assignee", "Dario": "dispatcher"}),
            (
                Occasion.MERGED,
                DARIO,
                {"Carol": "requester", "Ana": "assignee", "Chris": "watcher", "Wendy": "watcher"},
            ),
            (Occasion.CREATED, DARIO, {"Carol": "requester", "Ana": "assignee"}),
            (Occasion.ASSIGNED, DARIO, {"Ana": "assignee"}),
            (Occasion.TRANSFERRED, DARIO, {"Ana": "assignee"}),
            (
                Occasion.REPLIED,
                ANA,
                {"Carol": "requester", "Chris": "watcher", "Wendy": "watcher"},
            ),
            (
                Occasion.REPLIED,
                DARIO,
                {"Carol": "requester", "Ana": "assignee", "Chris": "watcher", "Wendy": "watcher"},
            ),
            (Occasion.ANSWERED, CAROL, {"Ana": "assignee", "Chris": "watcher", "Wendy": "watcher"}),
            (Occasion.ANSWERED, CHRIS, {"Carol": "requester", "Ana": "assignee", "Wendy": "watcher"}),
            (Occasion.NOTED, DARIO, {"Ana": "assignee", "Wendy": "watcher"}),
            (Occasion.RESOLVED, ANA, {"Carol": "requester", "Chris": "watcher", "Wendy": "watcher"}),
            (Occasion.CLOSED, CAROL, {"Chris": "watcher", "Wendy": "watcher"}),
            (Occasion.REOPENED, CAROL, {"Ana": "assignee", "Chris": "watcher", "Wendy": "watcher"}),
            (Occasion.CANCELLED, ANA, {"Carol": "requester", "Chris": "watcher", "Wendy": "watcher"}),
            (Occasion.SLA_WARNED, None, {"Ana": "assignee"}),
            (Occasion.SLA_BREACHED, None, {"Ana": "assignee", "Dario": "dispatcher"}),
        ],
    )
    def test_of_an_assigned_ticket(
        self, occasion: Occasion, actor: Person | None, expected: dict[str, str]
    ) -> None:
        assert hear(occasion, actor, new_assignee=ANA.id) == expected

    @pytest.mark.parametrize(
        ("occasion", "actor", "expected"),
        [
            (Occasion.CREATED, CAROL, {"Carol": "requester", "Dario": "dispatcher"}),
            (Occasion.ASSIGNED, DARIO, {}),
            (Occasion.TRANSFERRED, DARIO, {"Ana": "team", "Ben": "team"}),
            (
                Occasion.ANSWERED,
                CAROL,
                {"Ana": "team", "Ben": "team", "Chris": "watcher", "Wendy": "watcher"},
            ),
            (Occasion.NOTED, ANA, {"Wendy": "watcher"}),
            (Occasion.SLA_WARNED, None, {"Ana": "team", "Ben": "team"}),
            (Occasion.SLA_BREACHED, None, {"Ana": "team", "Ben": "team", "Dario": "dispatcher"}),
        ],
        ids=lambda value: str(value) if isinstance(value, Occasion) else "",
    )
    def test_of_a_ticket_that_nobody_works_on(
        self, occasion: Occasion, actor: Person | None, expected: dict[str, str]
    ) -> None:
        assert hear(occasion, actor, UNASSIGNED) == expected

    def test_has_an_audience_for_every_occasion(self) -> None:
        assert set(AUDIENCES) == set(Occasion)
        assert all(AUDIENCES.values())

    def test_every_known_type_is_told_or_silent_and_never_both(self) -> None:
        told = {COMMENTED, COMMENT_EDITED, *OCCASIONS}

        assert told & SILENT == set()
        assert {OCCASIONS[type] for type in OCCASIONS} == set(Occasion) - {
            Occasion.REPLIED,
            Occasion.ANSWERED,
            Occasion.NOTED,
            Occasion.MENTIONED,
            Occasion.RATED_LOW,
            Occasion.REMINDED_LAST,
            Occasion.ESCALATED_LATE,
        }

    def test_knows_every_action_that_verbs_write(self) -> None:
        """Whoever adds one decides here who hears of it."""
        room = Path(table.__file__).parents[1] / "tickets"
        actions = set()
        for path in room.glob("*.py"):
            actions |= set(re.findall(r"draft(?:\.set\(|\.tell\(|,)\s*\"(\w+)\"", path.read_text("utf-8")))
            actions |= set(re.findall(r"Entry\(\s*\"(\w+)\"", path.read_text("utf-8")))

        assert {"commented", "comment_deleted", "rated", "resolved", "watcher_added"} <= actions
        assert {f"ticket.{action}" for action in actions} <= {COMMENTED, COMMENT_EDITED, *OCCASIONS, *SILENT}


class TestRules:
    @for_each("occasion", Occasion)
    @pytest.mark.parametrize("actor", ALL, ids=lambda person: person.name)
    def test_nobody_hears_of_their_own_doing_but_the_requester_of_a_new_ticket(
        self, occasion: Occasion, actor: Person
    ) -> None:
        heard = hear(occasion, actor, new_assignee=ANA.id)

        assert actor.name not in heard or (occasion, actor) == (Occasion.CREATED, CAROL)

    @pytest.mark.parametrize("occasion", sorted(INTERNAL))
    def test_a_customer_never_hears_of_what_is_internal(self, occasion: Occasion) -> None:
        everywhere = tuple(Person(p.id, p.name, p.email, p.role, frozenset(Part)) for p in ALL)

        assert not {"Carol", "Chris"} & hear(occasion, None, everywhere).keys()

    @for_each("occasion", Occasion)
    def test_an_event_marked_internal_reaches_no_customer(self, occasion: Occasion) -> None:
        everywhere = tuple(Person(p.id, p.name, p.email, p.role, frozenset(Part)) for p in ALL)

        assert not {"Carol", "Chris"} & hear(occasion, None, everywhere, internal=True).keys()

    def test_each_hears_once_as_the_first_that_fits(self) -> None:
        both = somebody("Both", Role.DISPATCHER, Part.ASSIGNEE, Part.WATCHER, Part.DISPATCHER)

        assert hear(Occasion.SLA_BREACHED, None, (both,)) == {"Both": "assignee"}

    def test_without_a_dispatcher_the_admins_hear(self) -> None:
        assert hear(Occasion.SLA_BREACHED, None, (CAROL, ADA)) == {"Ada": "dispatcher"}

    def test_whom_an_older_change_assigned_does_not_hear_of_it_any_more(self) -> None:
        assert hear(Occasion.ASSIGNED, DARIO, new_assignee=BEN.id) == {}

    def test_a_comment_travels_in_the_mail_of_the_resolution_that_came_with_it(self) -> None:
        alone = hear(Occasion.REPLIED, DARIO)
        carried = hear(Occasion.REPLIED, DARIO, carried_by=(Occasion.RESOLVED,))
        resolved = hear(Occasion.RESOLVED, DARIO)

        assert carried == {"Ana": "assignee"}
        assert carried.keys() | resolved.keys() == alone.keys()
        assert not carried.keys() & resolved.keys()


class TestTopics:
    def test_states_of_one_kind_overrule_each_other(self) -> None:
        assert topic_of(Occasion.ASSIGNED, None) == topic_of(Occasion.TRANSFERRED, None) == "assignment"
        assert {topic_of(carrier, None) for carrier in CARRIERS} == {"status"}

    def test_each_promise_is_a_topic_of_its_own(self) -> None:
        warned = topic_of(Occasion.SLA_WARNED, "resolution")

        assert warned == topic_of(Occasion.SLA_BREACHED, "resolution")
        assert warned != topic_of(Occasion.SLA_BREACHED, "first_response")

    @pytest.mark.parametrize(
        "occasion", [Occasion.CREATED, Occasion.REPLIED, Occasion.ANSWERED, Occasion.NOTED]
    )
    def test_a_new_ticket_and_a_comment_are_always_told(self, occasion: Occasion) -> None:
        assert topic_of(occasion, None) is None
