"""Preferences: everybody's own, respected by every mail about tickets, and by no other."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts import preferences, principals
from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction
from chalicelib.models.words import Preference, values
from chalicelib.notifications.recipients import (
    AUDIENCES,
    News,
    Occasion,
    Part,
    Person,
    preference_of,
    recipients,
)
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.cast import Person as Somebody
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, deliver, text_of

PATH = "/v1/notifications/preferences"
ALL_ON = dict.fromkeys(values(Preference), True)
DIGESTS = {"watched": "when_busy"}
AT_FIRST = {"mail": ALL_ON, "digests": DIGESTS}


def person(*parts: Part, role: Role = Role.AGENT, muted: tuple[Preference, ...] = ()) -> Person:
    return Person(uuid4(), "Dana", "dana@x.example", role, frozenset(parts), frozenset(muted))


def heard_as(occasion: Occasion, *people: Person, carried_by: tuple[Occasion, ...] = ()) -> list[str]:
    news = News(occasion, None, people, new_assignee=people[0].id, carried_by=carried_by)
    return [str(found.audience) for found in recipients(news)]


def mute(api: Api, who: Somebody, **mail: bool) -> None:
    assert api.with_token(who.token).patch(PATH, {"mail": mail}).status == 200


def commented(desk: Desk, ticket: UUID, who: Somebody, body: str = "Try again.") -> dict[str, Any]:
    comment = desk.comment(ticket, who, body)
    return desk.event("ticket.commented", ticket, who, meta={"comment_id": str(comment)})


def ended(desk: Desk, ticket: UUID, who: Somebody) -> dict[str, Any]:
    """The event of a resolution, which is of the same moment as the change itself."""
    event = desk.event("ticket.resolved", ticket, who)
    desk.database.run(
        "UPDATE tickets SET status = 'resolved', resolved_at = CAST(:at AS timestamptz) WHERE id = :t",
        at=event["created_at"],
        t=ticket,
    )
    return event


def say(tx: Transaction, cast: Cast, mail: dict[str, bool]) -> dict[str, Any]:
    actor = principals.enter(tx, cast.acme, cast.ana.id)
    return preferences.change(tx, actor, mail)


class TestRoutes:
    @pytest.mark.parametrize("who", ["ada", "dario", "ana", "carol"])
    def test_everybody_wants_everything_at_first(self, api: Api, cast: Cast, who: str) -> None:
        reply = api.with_token(getattr(cast, who).token).get(PATH)

        assert (reply.status, reply.json) == (200, AT_FIRST)

    def test_what_is_sent_changes_and_the_rest_stays(self, api: Api, cast: Cast) -> None:
        mute(api, cast.ana, watched=False, notes=False)

        reply = api.with_token(cast.ana.token).patch(PATH, {"mail": {"notes": True, "replies": False}})

        mail = {**ALL_ON, "watched": False, "replies": False}
        assert reply.json == {"mail": mail, "digests": DIGESTS}
        assert api.with_token(cast.ana.token).get(PATH).json == reply.json

    def test_nobody_elses_change(self, api: Api, cast: Cast) -> None:
        mute(api, cast.ana, watched=False)

        for other in (cast.ben, cast.carol, cast.mallory):
            assert api.with_token(other.token).get(PATH).json == AT_FIRST

    @pytest.mark.parametrize("cadence", ["daily", "hourly", "when_busy"])
    def test_when_mails_come_in_one_is_ones_own_to_say(self, api: Api, cast: Cast, cadence: str) -> None:
        api.with_token(cast.ana.token).patch(PATH, {"digests": {"watched": "hourly"}})

        reply = api.with_token(cast.ana.token).patch(PATH, {"digests": {"watched": cadence}})

        assert reply.json == {"mail": ALL_ON, "digests": {"watched": cadence}}
        assert api.with_token(cast.ben.token).get(PATH).json == AT_FIRST

    @pytest.mark.parametrize("body", [{}, {"mail": {}}, {"digests": {}}])
    def test_nothing_sent_changes_nothing(self, api: Api, cast: Cast, body: dict[str, Any]) -> None:
        reply = api.with_token(cast.carol.token).patch(PATH, body)

        assert (reply.status, reply.json) == (200, AT_FIRST)

    @for_each(
        "body, field",
        [
            ({"mail": {"accounts": False}}, "mail.accounts"),
            ({"mail": {"replies": "no"}}, "mail.replies"),
            ({"mail": {"replies": None}}, "mail.replies"),
            ({"mail": {"replies": 0}}, "mail.replies"),
            ({"mail": None}, "mail"),
            ({"mail": ["replies"]}, "mail"),
            ({"digests": {"watched": "weekly"}}, "digests.watched"),
            ({"digests": {"watched": None}}, "digests.watched"),
            ({"digests": {"mentions": "daily"}}, "digests.mentions"),
            ({"digests": "daily"}, "digests"),
            ({"sms": {}}, "sms"),
        ],
    )
    def test_what_is_no_preference_is_refused_by_its_name(
        self, api: Api, cast: Cast, body: dict[str, Any], field: str
    ) -> None:
        reply = api.with_token(cast.carol.token).patch(PATH, body)

        assert (reply.status, reply.json["code"]) == (422, "VALIDATION_ERROR")
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_one_cannot_be_signed_in_as_nobody(self, api: Api) -> None:
        assert api.get(PATH).status == 401


class TestRaces:
    def test_who_says_several_things_at_once_is_heard_in_all_of_them(
        self, cast: Cast, connections: Connections
    ) -> None:
        off = [each.value for each in Preference]
        units = [lambda tx, mail=mail: say(tx, cast, mail) for mail in ({name: False} for name in off)]

        given = connections.at_once(units)

        assert [each for each in given if isinstance(each, Exception)] == []
        assert connections.run(lambda tx: say(tx, cast, {}))["mail"] == dict.fromkeys(off, False)

    def test_two_that_contradict_each_other_in_opposite_order_both_end(
        self, cast: Cast, connections: Connections
    ) -> None:
        one = {name: place % 2 == 0 for place, name in enumerate(ALL_ON)}
        other = {name: not wanted for name, wanted in reversed(one.items())}

        given = connections.at_once([lambda tx, mail=mail: say(tx, cast, mail) for mail in (one, other) * 4])

        assert [each for each in given if isinstance(each, Exception)] == []
        assert connections.run(lambda tx: say(tx, cast, {}))["mail"] in (one, other)


class TestTable:
    @for_each(
        "occasion, part",
        [(occasion, audience.part) for occasion, found in AUDIENCES.items() for audience in found],
    )
    def test_every_mail_can_be_turned_off(self, occasion: Occasion, part: Part) -> None:
        preference = preference_of(occasion, part)
        others = tuple(each for each in Preference if each is not preference)
        role = {Part.REQUESTER: Role.CUSTOMER, Part.DISPATCHER: Role.DISPATCHER}.get(part, Role.AGENT)

        assert heard_as(occasion, person(part, role=role, muted=others)) == [part]
        assert heard_as(occasion, person(part, role=role, muted=(preference,))) == []

    def test_who_wants_no_mail_as_one_thing_hears_as_another(self) -> None:
        ana = person(Part.MENTIONED, Part.ASSIGNEE, muted=(Preference.MENTIONS,))

        assert heard_as(Occasion.NOTED, ana) == ["assignee"]

    def test_what_one_wants_no_mail_of_others_hear_still(self) -> None:
        people = (person(Part.ASSIGNEE, muted=(Preference.REPLIES,)), person(Part.WATCHER))

        assert heard_as(Occasion.ANSWERED, *people) == ["watcher"]

    def test_a_comment_is_not_lost_with_the_state_that_carries_it(self) -> None:
        carol = person(Part.REQUESTER, role=Role.CUSTOMER, muted=(Preference.OWN_TICKETS,))

        assert heard_as(Occasion.REPLIED, carol, carried_by=(Occasion.RESOLVED,)) == ["requester"]


class TestMails:
    def test_a_requester_who_wants_no_replies_gets_none(
        self, api: Api, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol)
        desk.watch(ticket, cast.chris)
        mute(api, cast.carol, replies=False)

        assert deliver(commented(desk, ticket, cast.dario)) == []

        assert mailbox.recipients == [cast.chris.email]

    def test_and_gets_them_again(self, api: Api, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol)
        mute(api, cast.carol, replies=False)
        mute(api, cast.carol, replies=True)

        deliver(commented(desk, ticket, cast.dario))

        assert mailbox.recipients == [cast.carol.email]

    def test_who_wants_no_ratings_is_not_asked_in_the_mail_of_the_end(
        self, api: Api, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        wanted = desk.ticket(cast.chris, assignee=cast.ana, status="open")
        unwanted = desk.ticket(cast.carol, assignee=cast.ana, status="open")
        mute(api, cast.carol, ratings=False)

        deliver(ended(desk, wanted, cast.ana), ended(desk, unwanted, cast.ana))

        asked = {mail["To"].addresses[0].addr_spec: "#token=" in text_of(mail) for mail in mailbox.mails}
        assert asked == {cast.chris.email: True, cast.carol.email: False}

    def test_of_another_workspace_they_mean_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run(
            "INSERT INTO muted_mails (workspace_id, user_id, kind) VALUES (:w, :u, 'replies')",
            w=cast.globex,
            u=cast.mallory.id,
        )

        deliver(commented(desk, desk.ticket(cast.carol), cast.dario))

        assert mailbox.recipients == [cast.carol.email]
