"""Tickets of an organisation: the one the requester was in, filtered by it, seen by its other members."""

import re
from typing import Any
from uuid import UUID

import pg8000.native
import pytest

from chalicelib.tickets import listing
from chalicelib.tickets.visibility import ASKED, EVERYTHING, OF_ORGANISATION, WATCHED
from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.support.api import Api
from tests.support.cast import Person, person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

DOMAIN = "northwind.example"
NOBODY = "0190c0de-0000-7000-8000-000000000001"


def make(desk: ServiceDesk, name: str = "Northwind", *domains: str, **fields: Any) -> str:
    reply = desk.as_(desk.cast.ada).post(
        "/v1/organisations", {"name": name, "domains": list(domains), **fields}
    )
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


def put(desk: ServiceDesk, who: Person, organisation: str | None) -> None:
    reply = desk.as_(desk.cast.ada).patch(f"/v1/users/{who.id}", {"organisation_id": organisation})
    assert reply.status == 200, reply.text


def share(desk: ServiceDesk, shared: bool = True) -> None:
    reply = desk.as_(desk.cast.ada).patch("/v1/workspace", {"customers_see_organisation": shared})
    assert reply.json["customers_see_organisation"] is shared


def sees(desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> bool:
    """By the list and by every way to read one, which must agree."""
    api = desk.as_(who)
    one = f"/v1/tickets/{ticket['id']}"
    parts = ("", "/comments", "/timeline", "/attachments", "/watchers")
    read = {api.get(f"{one}{part}").status for part in parts}
    listed = ticket["label"] in desk.labels(who)
    found = ticket["label"] in desk.labels(who, f"query={ticket['label']}")
    assert (read, found) == ({200 if listed else 404}, listed)
    return listed


@pytest.fixture
def northwind(desk: ServiceDesk) -> str:
    """Carol and Chris are in it, by hand; nobody sees more than before yet."""
    made = make(desk)
    put(desk, desk.cast.carol, made)
    put(desk, desk.cast.chris, made)
    return made


class TestFilter:
    def test_by_organisation_or_none(self, desk: ServiceDesk) -> None:
        before = desk.ticket(desk.cast.chris)
        northwind, contoso = make(desk), make(desk, "Contoso")
        put(desk, desk.cast.carol, northwind)
        carols = desk.ticket()
        dario = desk.cast.dario

        assert desk.labels(dario, f"organisation={northwind}") == [carols["label"]]
        assert desk.labels(dario, f"organisation={contoso}") == []
        assert desk.labels(dario, "organisation=none") == [before["label"]]
        assert desk.labels(dario, f"organisation={northwind}&status=new&requester={desk.cast.chris.id}") == []

    def test_one_of_another_workspace_has_no_tickets_here(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.mallory).post("/v1/organisations", {"name": "Initech"})
        desk.ticket()

        assert desk.labels(desk.cast.dario, f"organisation={reply.json['id']}") == []

    @for_each("value", ["me", "", "northwind", "none,none"])
    def test_what_names_none_is_422(self, desk: ServiceDesk, value: str) -> None:
        reply = desk.as_(desk.cast.dario).get(f"/v1/tickets?organisation={value}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "organisation")

    def test_shows_a_customer_no_other_organisation(self, desk: ServiceDesk) -> None:
        northwind, contoso = make(desk), make(desk, "Contoso")
        share(desk)
        put(desk, desk.cast.carol, northwind)
        put(desk, desk.cast.chris, contoso)
        carols, chris = desk.ticket(), desk.ticket(desk.cast.chris)

        assert desk.labels(desk.cast.dario, f"organisation={contoso}") == [chris["label"]]
        assert desk.labels(desk.cast.carol, f"organisation={contoso}") == []
        assert desk.labels(desk.cast.carol, f"organisation={northwind}") == [carols["label"]]

    def test_in_the_list_of_the_breached_too(self, desk: ServiceDesk, database: Database) -> None:
        northwind = make(desk)
        chris = desk.ticket(desk.cast.chris)
        put(desk, desk.cast.carol, northwind)
        carols = desk.ticket()
        for promised in ("sla_targets", "tickets"):
            database.run(f"UPDATE {promised} SET due_at = now() - interval '1 hour'")
        dario = desk.as_(desk.cast.dario)

        def late(query: str) -> list[str]:
            return [item["label"] for item in dario.get(f"/v1/tickets/breached?{query}").json["items"]]

        assert late(f"organisation={northwind}") == [carols["label"]]
        assert late("organisation=none") == [chris["label"]]

    def test_a_ticket_for_somebody_else_is_of_the_requesters(self, desk: ServiceDesk, northwind: str) -> None:
        ticket = desk.networks_ticket()

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [ticket["label"]]

    def test_a_ticket_without_an_account(self, desk: ServiceDesk, api: Api) -> None:
        northwind = make(desk, "Northwind", DOMAIN)
        body = {"name": "Nadia", "email": f"nadia@{DOMAIN}", "subject": "S", "description": "No paper left."}

        made = api.post("/v1/public/acme/tickets", body)

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [made.json["label"]]

    def test_it_keeps_the_organisation_when_the_requester_moves(
        self, desk: ServiceDesk, northwind: str
    ) -> None:
        """What was written for one employer is not shown to the next."""
        ticket = desk.ticket()
        contoso = make(desk, "Contoso")

        put(desk, desk.cast.carol, contoso)
        second = desk.ticket()

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [ticket["label"]]
        assert desk.labels(desk.cast.dario, f"organisation={contoso}") == [second["label"]]

    def test_who_joins_brings_along_what_is_active_and_in_no_organisation(self, desk: ServiceDesk) -> None:
        active, finished = desk.networks_ticket(), desk.in_status("closed")
        northwind = make(desk)

        put(desk, desk.cast.carol, northwind)

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [active["label"]]
        assert desk.labels(desk.cast.dario, "organisation=none") == [finished["label"]]
        assert desk.detail(desk.cast.dario, active)["version"] == active["version"]

    def test_so_does_who_comes_by_a_domain(self, desk: ServiceDesk) -> None:
        tickets = [desk.ticket(desk.cast.carol)["label"], desk.ticket(desk.cast.chris)["label"]]
        desk.ticket(desk.cast.ana)
        northwind = make(desk)

        desk.as_(desk.cast.ada).patch(f"/v1/organisations/{northwind}", {"domains": ["customers.example"]})

        assert desk.labels(desk.cast.dario, f"organisation={northwind}&sort=created_at") == tickets

    def test_so_does_who_is_there_when_it_is_made(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()

        northwind = make(desk, "Northwind", "customers.example")

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [ticket["label"]]

    def test_who_comes_from_another_leaves_all_there(self, desk: ServiceDesk, northwind: str) -> None:
        ticket = desk.ticket()
        contoso = make(desk, "Contoso")

        put(desk, desk.cast.carol, None)
        put(desk, desk.cast.carol, contoso)

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == [ticket["label"]]
        assert desk.labels(desk.cast.dario, f"organisation={contoso}") == []

    def test_those_of_a_deleted_one_are_in_none(self, desk: ServiceDesk, northwind: str) -> None:
        ticket = desk.ticket()

        desk.as_(desk.cast.ada).delete(f"/v1/organisations/{northwind}")

        assert desk.labels(desk.cast.dario, f"organisation={northwind}") == []
        assert desk.labels(desk.cast.dario, "organisation=none") == [ticket["label"]]

    def test_the_shape_of_a_ticket_is_as_before(self, desk: ServiceDesk, northwind: str) -> None:
        ticket = desk.detail(desk.cast.dario, desk.ticket())

        assert "organisation" not in ticket
        assert "organisation_id" not in ticket
        assert "organisation" not in ticket["requester"]


class TestWhoSees:
    @pytest.mark.parametrize("own", [None, True, False])
    @pytest.mark.parametrize("workspace", [True, False])
    def test_members_where_the_organisation_says_so_else_where_the_workspace_does(
        self, desk: ServiceDesk, northwind: str, own: bool | None, workspace: bool
    ) -> None:
        ticket = desk.ticket()
        share(desk, workspace)
        desk.as_(desk.cast.ada).patch(f"/v1/organisations/{northwind}", {"shared_tickets": own})

        assert sees(desk, desk.cast.chris, ticket) is (workspace if own is None else own)

    def test_nobody_by_default(self, desk: ServiceDesk, northwind: str) -> None:
        assert desk.as_(desk.cast.ada).get("/v1/workspace").json["customers_see_organisation"] is False
        assert not sees(desk, desk.cast.chris, desk.ticket())

    def test_case_17_no_customer_of_another_or_of_none(self, desk: ServiceDesk, database: Database) -> None:
        share(desk)
        northwind, contoso = make(desk), make(desk, "Contoso")
        put(desk, desk.cast.carol, northwind)
        put(desk, desk.cast.chris, contoso)
        alone = person(database, desk.cast.acme, "Cleo", "customer", "customers.example")
        carols, cleos = desk.ticket(), desk.ticket(alone)

        assert not sees(desk, desk.cast.chris, carols)
        assert not sees(desk, alone, carols)
        assert not sees(desk, desk.cast.carol, cleos)

    def test_no_member_of_an_organisation_of_another_workspace(
        self, desk: ServiceDesk, northwind: str
    ) -> None:
        share(desk)

        assert not sees(desk, desk.cast.mallory, desk.ticket())

    def test_an_agent_sees_no_more_for_it(self, desk: ServiceDesk, northwind: str) -> None:
        share(desk)

        assert not sees(desk, desk.cast.ben, desk.networks_ticket())

    def test_own_and_watched_ones_as_before(
        self, desk: ServiceDesk, northwind: str, database: Database
    ) -> None:
        share(desk)
        put(desk, desk.cast.chris, None)
        own, others = desk.ticket(desk.cast.chris), desk.ticket()
        watch(database, desk, others, desk.cast.chris)
        watch(database, desk, own, desk.cast.carol)

        assert sees(desk, desk.cast.chris, own)
        assert sees(desk, desk.cast.chris, others)
        assert sees(desk, desk.cast.carol, own)

    def test_case_16_a_search_shows_none_that_is_not_shared(self, desk: ServiceDesk, northwind: str) -> None:
        ticket = desk.ticket(subject="The merger with Contoso")
        chris = desk.cast.chris

        assert desk.labels(chris, "query=merger") == []
        assert desk.labels(chris, f"organisation={northwind}") == []
        assert desk.labels(chris, f"requester={desk.cast.carol.id}") == []
        share(desk)
        assert desk.labels(chris, "query=merger") == [ticket["label"]]
        assert desk.labels(chris, f"organisation={northwind}") == [ticket["label"]]
        assert desk.labels(chris, "requester=me") == []

    def test_a_page_of_own_and_others_goes_on_by_its_cursor(self, desk: ServiceDesk, northwind: str) -> None:
        share(desk)
        made = [desk.ticket(who)["label"] for who in (desk.cast.carol, desk.cast.chris) * 3]
        chris, cursor, found = desk.as_(desk.cast.chris), "", []
        while cursor is not None:
            page = chris.get(f"/v1/tickets?limit=2{cursor and '&cursor='}{cursor}").json
            found += [item["label"] for item in page["items"]]
            cursor = page["next_cursor"]

        assert found == made[::-1]


class TestAtTheNextCall:
    """What one may see is read anew with every request, whatever the token says."""

    @pytest.fixture
    def ticket(self, desk: ServiceDesk, northwind: str) -> dict[str, Any]:
        """Carol's, which Chris sees."""
        share(desk)
        ticket = desk.ticket()
        assert sees(desk, desk.cast.chris, ticket)
        return ticket

    def test_5_the_setting_is_taken_back(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        share(desk, False)

        assert not sees(desk, desk.cast.chris, ticket)
        assert sees(desk, desk.cast.carol, ticket)

    def test_5_the_reader_is_taken_out(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        put(desk, desk.cast.chris, None)

        assert not sees(desk, desk.cast.chris, ticket)

    def test_5_the_reader_is_moved(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        put(desk, desk.cast.chris, make(desk, "Contoso"))

        assert not sees(desk, desk.cast.chris, ticket)

    def test_5_the_organisation_is_deleted(
        self, desk: ServiceDesk, northwind: str, ticket: dict[str, Any]
    ) -> None:
        desk.as_(desk.cast.ada).delete(f"/v1/organisations/{northwind}")

        assert not sees(desk, desk.cast.chris, ticket)
        assert sees(desk, desk.cast.carol, ticket)

    def test_the_requester_leaves_and_the_ticket_stays_with_the_organisation(
        self, desk: ServiceDesk, ticket: dict[str, Any]
    ) -> None:
        put(desk, desk.cast.carol, None)

        assert sees(desk, desk.cast.chris, ticket)
        assert sees(desk, desk.cast.carol, ticket)
        assert not sees(desk, desk.cast.chris, desk.ticket())

    def test_a_deleted_ticket_nobody(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}")

        assert not sees(desk, desk.cast.chris, ticket)

    def test_case_14_whoever_is_out_writes_nothing_either(
        self, desk: ServiceDesk, ticket: dict[str, Any]
    ) -> None:
        put(desk, desk.cast.chris, None)
        chris = desk.as_(desk.cast.chris)
        one = f"/v1/tickets/{ticket['id']}"

        replies = [
            chris.post(f"{one}/comments", {"body": "Still here?"}),
            chris.post(f"{one}/cancel", {"reason": "x"}),
            chris.patch(one, {"subject": "x"}, If_Match='"1"'),
        ]

        assert [reply.status for reply in replies] == [404] * 3
        assert desk.actions(ticket) == ["created"]


class TestUnprovenEmails:
    """Anybody can name an address at the public door: a domain opens nothing until the mailbox is proved."""

    @pytest.fixture
    def northwind(self, desk: ServiceDesk) -> str:
        share(desk)
        return make(desk, "Northwind", DOMAIN)

    @pytest.fixture
    def nadia(self, desk: ServiceDesk, northwind: str, database: Database) -> Person:
        """A member by the domain, whose mailbox is proved."""
        return self.member(desk, database, "Nadia", proved=True)

    def member(self, desk: ServiceDesk, database: Database, name: str, *, proved: bool) -> Person:
        found = person(database, desk.cast.acme, name, "customer", DOMAIN)
        put(desk, found, None)
        database.run(
            "UPDATE users SET email_verified_at = CASE WHEN :p THEN now() END, organisation_by = 'domain', "
            "organisation_id = (SELECT organisation_id FROM organisation_domains) WHERE id = :u",
            p=proved,
            u=found.id,
        )
        return found

    def test_whom_the_domain_brought_in_sees_nothing_before(
        self, desk: ServiceDesk, nadia: Person, database: Database
    ) -> None:
        ticket = desk.ticket(nadia)
        unproved = self.member(desk, database, "Igor", proved=False)

        assert not sees(desk, unproved, ticket)
        database.run("UPDATE users SET email_verified_at = now() WHERE id = :u", u=unproved.id)
        assert sees(desk, unproved, ticket)

    def test_another_email_must_be_proved_anew(
        self, desk: ServiceDesk, nadia: Person, database: Database
    ) -> None:
        reader = self.member(desk, database, "Igor", proved=True)
        ticket = desk.ticket(nadia)
        assert sees(desk, reader, ticket)

        reply = desk.as_(desk.cast.ada).patch(f"/v1/users/{reader.id}", {"email": f"other@{DOMAIN}"})

        assert reply.json["organisation"]["name"] == "Northwind"
        assert not sees(desk, reader, ticket)

    def test_whom_an_admin_put_there_needs_no_mailbox(
        self, desk: ServiceDesk, northwind: str, nadia: Person
    ) -> None:
        """The administrator's word is the proof: the email says nothing about it."""
        put(desk, desk.cast.carol, northwind)

        assert sees(desk, desk.cast.carol, desk.ticket(nadia))

    def test_a_claim_at_the_public_door_lends_nobody_a_members_eyes(
        self, desk: ServiceDesk, api: Api, nadia: Person
    ) -> None:
        secret = desk.ticket(nadia, subject="The merger")
        body = {"name": "Mallory", "email": nadia.email, "subject": "Hi", "description": "Tell me all."}

        reply = api.post("/v1/public/acme/tickets", body)

        assert reply.status == 201
        assert secret["label"] not in reply.text
        status = api.post(
            "/v1/public/acme/ticket-status", {"label": secret["label"], "email": f"igor@{DOMAIN}"}
        )
        assert status.status == 404

    def test_members_see_what_was_written_under_their_domain(
        self, desk: ServiceDesk, api: Api, nadia: Person
    ) -> None:
        """A stranger can put a text before them under a name not proved: the timeline says contact."""
        body = {"name": "Igor", "email": f"igor@{DOMAIN}", "subject": "Hi", "description": "No paper left."}
        made = api.post("/v1/public/acme/tickets", body).json

        assert sees(desk, nadia, made)
        shown = desk.detail(nadia, made)
        assert (shown["source"], shown["timeline"][0]["actor"]["type"]) == ("public", "contact")


class TestWhatMembersDo:
    @pytest.fixture
    def ticket(self, desk: ServiceDesk, northwind: str) -> dict[str, Any]:
        share(desk)
        return desk.networks_ticket()

    def test_they_read_it_as_customers_do(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        desk.comment(desk.cast.ana, ticket, "Between us: their router is a toy.", visibility="internal")
        desk.comment(desk.cast.ana, ticket, "Please try again.")
        desk.patch(desk.cast.dario, desk.detail(desk.cast.dario, ticket), tags=["vip"])

        shown = desk.detail(desk.cast.chris, ticket)

        assert [comment["body"] for comment in shown["comments"]] == ["Please try again."]
        assert "toy" not in str(shown)
        assert "document_id" not in shown["requester"]
        assert "source_ip" not in shown
        assert all("tags" not in entry["changes"] for entry in shown["timeline"])

    def test_they_comment_in_public_and_wake_it(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        desk.do(desk.cast.dario, ticket, "pause", waiting_on="customer", reason="asked")

        made = desk.comment(desk.cast.chris, ticket, "It was my router.")

        assert made["author"] == desk.cast.chris.ref
        assert desk.detail(desk.cast.dario, ticket)["status"] == "open"

    def test_they_note_nothing_internally(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        body = {"body": "psst", "visibility": "internal"}

        assert desk.as_(desk.cast.chris).post(f"/v1/tickets/{ticket['id']}/comments", body).status == 403

    @for_each(
        "status, verb, body",
        [
            ("new", "cancel", {"reason": "x"}),
            ("resolved", "close", {}),
            ("resolved", "reopen", {"reason": "x"}),
        ],
    )
    def test_case_18_the_requesters_verbs_are_the_requesters(
        self, desk: ServiceDesk, northwind: str, status: str, verb: str, body: dict[str, str]
    ) -> None:
        share(desk)
        ticket = desk.in_status(status)

        reply = desk.do(desk.cast.chris, ticket, verb, **body)

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert desk.do(desk.cast.carol, ticket, verb, **body).status == 200

    def test_case_18_they_change_no_text(self, desk: ServiceDesk, ticket: dict[str, Any]) -> None:
        assert desk.patch(desk.cast.chris, ticket, subject="Mine now").status == 403

    def test_on_a_finished_one_they_open_a_follow_up_of_their_own(
        self, desk: ServiceDesk, northwind: str
    ) -> None:
        share(desk)
        ticket = desk.in_status("closed")

        made = desk.comment(desk.cast.chris, ticket, "It is back.")

        follow_up = desk.detail(desk.cast.carol, made["follow_up"])
        assert follow_up["requester"]["id"] == str(desk.cast.chris.id)

    def test_a_follow_up_is_the_organisations_as_the_old_one_was(
        self, desk: ServiceDesk, northwind: str
    ) -> None:
        ticket = desk.in_status("closed")

        made = desk.comment(desk.cast.carol, ticket, "It is back.")

        assert made["follow_up"]["label"] in desk.labels(desk.cast.dario, f"organisation={northwind}")

    def test_a_follow_up_shows_the_next_employer_no_subject_of_the_last(
        self, desk: ServiceDesk, northwind: str, database: Database
    ) -> None:
        """Nor does that of a watcher from elsewhere show it there."""
        share(desk)
        ticket = desk.in_status("closed")
        contoso = make(desk, "Contoso")
        cleo = person(database, desk.cast.acme, "Cleo", "customer", "customers.example")
        put(desk, cleo, contoso)
        put(desk, desk.cast.carol, contoso)
        watch(database, desk, ticket, cleo)

        made = [desk.comment(who, ticket, "It is back.")["follow_up"] for who in (desk.cast.carol, cleo)]

        desk.as_(desk.cast.ada).patch(f"/v1/organisations/{contoso}", {"domains": ["else.example"]})
        put(desk, cleo, None)
        put(desk, cleo, contoso)

        assert desk.labels(desk.cast.dario, f"organisation={contoso}") == []
        assert not sees(desk, cleo, made[0])
        assert not sees(desk, desk.cast.carol, made[1])
        assert sees(desk, cleo, made[1])

    def test_they_are_not_mailed(self, desk: ServiceDesk, ticket: dict[str, Any], database: Database) -> None:
        """Whoever wants to hear of a colleague's ticket is made a watcher."""
        desk.comment(desk.cast.ana, ticket, "Please try again.")

        assert database.value("SELECT count(*) FROM ticket_watchers") == 0


class TestIndexes:
    def test_each_part_of_what_a_member_sees_has_one_under_the_policies(
        self, desk: ServiceDesk, northwind: str, cluster: Cluster, database: Database
    ) -> None:
        """An operator that is not leakproof would lose it, and a customer's list read the whole workspace."""
        cast = desk.cast
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
            "SELECT :w, n, 'T-' || n, 's', 'd', :r, :t FROM generate_series(100, 4000) n",
            w=cast.acme,
            r=cast.ana.id,
            t=cast.teams["Networks"],
        )
        database.run("ANALYZE tickets")
        sight = listing.Sight(EVERYTHING, (ASKED, WATCHED, OF_ORGANISATION))
        statement = listing._page(sight, ("not_archived",), "-created_at", False)
        app = pg8000.native.Connection(**cluster.dsn("mesa_app", DATABASE), timeout=60)
        app.run("BEGIN")
        app.run("SELECT workspace_id FROM fn_enter(:w, NULL)", w=cast.acme)

        plan = "\n".join(
            row[0]
            for row in app.run(
                f"EXPLAIN {statement}",
                workspace_id=cast.acme,
                actor_id=cast.chris.id,
                own_organisation=UUID(northwind),
                take=26,
                skip=0,
            )
        )
        app.close()

        parts = ("requester_id_idx", "organisation_id_idx")
        assert {f"tickets_workspace_id_{part}" for part in parts} <= set(re.findall(r"tickets_\w+", plan))
        assert "tickets_pkey" in plan


class TestPromises:
    def test_a_policy_picks_by_organisation(
        self, desk: ServiceDesk, northwind: str, database: Database
    ) -> None:
        policy(database, desk, northwind)
        carols, put_out = desk.ticket(priority="high"), desk.cast.chris
        put(desk, put_out, None)
        chris = desk.ticket(put_out, priority="high")

        assert (carols["sla"]["policy"]["name"], carols["sla_minutes"]) == ("Gold", 30)
        assert chris["sla"]["policy"]["name"] == "Default"

    def test_a_ticket_without_an_account_too(
        self, desk: ServiceDesk, api: Api, northwind: str, database: Database
    ) -> None:
        policy(database, desk, northwind)
        desk.as_(desk.cast.ada).patch(f"/v1/organisations/{northwind}", {"domains": [DOMAIN]})
        body = {"name": "Nadia", "email": f"n@{DOMAIN}", "subject": "S", "description": "No paper left."}

        assert api.post("/v1/public/acme/tickets", body).json["sla_minutes"] == 20

    def test_a_change_of_priority_asks_for_the_tickets_organisation(
        self, desk: ServiceDesk, northwind: str, database: Database
    ) -> None:
        policy(database, desk, northwind)
        ticket = desk.ticket()
        put(desk, desk.cast.carol, None)

        changed = desk.do(desk.cast.dario, ticket, "reclassify", priority="high").json

        assert (changed["sla"]["policy"]["name"], changed["sla_minutes"]) == ("Gold", 30)


def policy(database: Database, desk: ServiceDesk, organisation: str) -> None:
    """A quicker promise for one organisation, before that for everybody."""
    database.run(
        "INSERT INTO sla_policies (workspace_id, name, position, conditions, targets, calendar_id) "
        "SELECT :w, 'Gold', 0, jsonb_build_object('organisation', jsonb_build_array(CAST(:o AS text))), "
        """'{"resolution": {"medium": 20, "high": 30}}', id FROM calendars WHERE workspace_id = :w""",
        w=desk.cast.acme,
        o=organisation,
    )


def watch(database: Database, desk: ServiceDesk, ticket: dict[str, Any], who: Person) -> None:
    database.run(
        "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
        w=desk.cast.acme,
        t=ticket["id"],
        u=who.id,
    )
