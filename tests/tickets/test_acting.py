"""Actions: a list of them done to a ticket at once, by the verbs, as one new version."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from sqlalchemy import event

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.api.schemas.actions import ActionsOnce, documents
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, HelpdeskError, IllegalTransition, ValidationFailed
from chalicelib.tickets import acting
from chalicelib.tickets.actions import KEPT
from chalicelib.tickets.draft import open_draft
from chalicelib.tickets.placeholders import KNOWN
from chalicelib.tickets.preparing import NothingThere
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

SHAPE = TypeAdapter(ActionsOnce)
Ticket = dict[str, Any]


def stored(*actions: dict[str, Any]) -> list[dict[str, Any]]:
    """Actions as a request brings them and as they are kept."""
    return documents(SHAPE.validate_json(to_json(list(actions)), strict=True))


def action(kind: str, **given: Any) -> dict[str, Any]:
    return {"action": kind, **given}


class Doer:
    """Does actions past HTTP, as a person or as the desk itself."""

    def __init__(self, desk: ServiceDesk, connections: Connections) -> None:
        self.desk = desk
        self.cast = desk.cast
        self.connections = connections

    def do(
        self, who: Person | None, ticket: Ticket, *actions: dict[str, Any], **options: Any
    ) -> dict[str, Any]:
        """The ticket as the admin sees it then."""
        self.run(who, lambda tx, actor: self.act(tx, actor, ticket, actions, **options))
        return self.desk.detail(self.cast.ada, ticket)

    def act(
        self, tx: Transaction, actor: Actor, ticket: Ticket, actions: Sequence[dict[str, Any]], **options: Any
    ) -> bool:
        prepared = acting.prepare(tx, actor, stored(*actions))
        return acting.act(tx, actor, UUID(ticket["id"]), prepared, **options)

    def run(self, who: Person | None, unit: Callable[[Transaction, Actor], Any]) -> Any:
        def whole(tx: Transaction) -> Any:
            if who is not None:
                return unit(tx, principals.enter(tx, who.workspace_id, who.id))
            system = principals.enter_system(tx, self.cast.acme)
            assert system is not None
            return unit(tx, system)

        return self.connections.run(whole)

    def refused(
        self, who: Person | None, ticket: Ticket, *actions: dict[str, Any]
    ) -> tuple[type[HelpdeskError], Any]:
        """Why it is not done, with the fields at fault or the place of the action; nothing has changed."""
        before = steady(self.desk.detail(self.cast.ada, ticket))
        with pytest.raises(HelpdeskError) as caught:
            self.run(who, lambda tx, actor: self.act(tx, actor, ticket, actions))
        assert steady(self.desk.detail(self.cast.ada, ticket)) == before
        error = caught.value
        fields = [problem.field for problem in error.errors]
        return type(error), fields or error.facts.get("action")


@pytest.fixture
def doer(desk: ServiceDesk, connections: Connections) -> Doer:
    return Doer(desk, connections)


def steady(ticket: Ticket) -> Ticket:
    """Without what goes on by itself."""
    return {**ticket, "hours_remaining": None}


def told(ticket: Ticket) -> list[str]:
    return [entry["action"] for entry in ticket["timeline"]][1:]


def declare(desk: ServiceDesk, **field: Any) -> None:
    reply = desk.as_(desk.cast.ada).post("/v1/custom-fields", {"name": field["key"], **field})
    assert reply.status == 201, reply.text


class TestEachAction:
    @for_each(
        "given, seen",
        [
            (action("set_priority", priority="ALTA"), {"priority": "high"}),
            (action("set_type", type="incident"), {"type": "incident"}),
            (action("set_category", category="Network"), {"category": "Network", "subcategory": None}),
            (
                action("set_category", category="Network", subcategory="VPN"),
                {"category": "Network", "subcategory": "VPN"},
            ),
            (action("add_tags", tags=["VIP", "vip", "vpn"]), {"tags": ["vip", "vpn"]}),
            (action("set_field", key="floor", value=3), {"custom_fields": {"floor": 3}}),
            (action("set_status", status="pausado", reason="The part."), {"status": "on_hold"}),
            (action("set_status", status="open"), {"status": "open"}),
            (action("set_status", status="closed"), {"status": "closed"}),
            (action("set_sla_minutes", minutes=90), {"sla_minutes": 90.0}),
        ],
    )
    def test_changes_what_it_says(
        self, doer: Doer, desk: ServiceDesk, given: dict[str, Any], seen: dict[str, Any]
    ) -> None:
        ticket = doer.do(doer.cast.dario, desk.networks_ticket(), given)

        assert {name: ticket[name] for name in seen} == seen
        assert ticket["version"] == 2
        assert len(told(ticket)) == 1

    def test_a_transfer_moves_it(self, doer: Doer, desk: ServiceDesk) -> None:
        apps = str(doer.cast.teams["Apps"])

        ticket = doer.do(
            doer.cast.dario, desk.networks_ticket(), action("transfer", team_id=apps, reason="An app.")
        )

        assert (ticket["team"]["id"], ticket["assignee"], told(ticket)) == (apps, None, ["transferred"])
        assert ticket["timeline"][-1]["meta"] == {"reason": "An app."}

    def test_a_transfer_and_an_assignment_are_one_change(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("assign", assignee_id=str(doer.cast.ben.id)),
            action("transfer", team_id=str(doer.cast.teams["Apps"])),
        )

        assert (ticket["assignee"], ticket["status"]) == (doer.cast.ben.ref, "open")
        assert told(ticket) == ["transferred"]

    def test_a_team_that_assigns_by_itself_does(
        self, doer: Doer, desk: ServiceDesk, database: Database
    ) -> None:
        field = crew(database, doer.cast.acme, "round_robin", 2)
        there = action("transfer", team_id=str(field.team))

        picked = doer.do(doer.cast.dario, desk.networks_ticket(), there)
        nobody = doer.do(doer.cast.dario, desk.networks_ticket(), {**there, "assignee_id": None})

        assert (picked["assignee"], nobody["assignee"]) == (field[0].ref, None)

    def test_a_transfer_to_where_it_is_only_assigns(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("transfer", team_id=str(doer.cast.teams["Networks"]), assignee_id="me"),
        )

        assert (ticket["assignee"], told(ticket)) == (doer.cast.dario.ref, ["assigned"])

    def test_tags_go_on_and_off_in_the_order_of_the_list(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(tags=["old", "vpn"]),
            action("remove_tags", tags=["OLD", "absent"]),
            action("add_tags", tags=["new", "gone"]),
            action("remove_tags", tags=["gone"]),
        )

        assert (ticket["tags"], told(ticket)) == (["vpn", "new"], ["updated"])

    def test_watchers_are_added(self, doer: Doer, desk: ServiceDesk) -> None:
        made = desk.networks_ticket()

        ticket = doer.do(
            doer.cast.dario,
            made,
            action("add_watcher", user_id="me"),
            action("add_watcher", user_id=str(doer.cast.chris.id)),
        )

        watchers = desk.as_(doer.cast.ada).get(f"/v1/tickets/{made['id']}/watchers").json["items"]
        assert {each["name"] for each in watchers} == {"Dario", "Chris"}
        assert (ticket["version"], told(ticket)) == (1, ["watcher_added", "watcher_added"])

    def test_comments_are_written(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("comment", body="Ask @Ana.", visibility="internal"),
            action("comment", body="Hello {{requester.first_name}}."),
        )

        assert [(each["body"], each["visibility"]) for each in ticket["comments"]] == [
            ("Ask @Ana.", "internal"),
            ("Hello Carol.", "public"),
        ]
        assert ticket["comments"][0]["mentions"] == [{"id": str(doer.cast.ana.id), "name": "Ana"}]
        assert ticket["version"] == 1

    def test_a_finished_ticket_is_archived(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.in_status("open"),
            action("archive"),
            action("set_status", status="cancelled"),
        )

        assert ticket["archived_at"] is not None
        assert told(ticket)[-2:] == ["cancelled", "archived"]

    def test_a_deleted_ticket_is_gone_and_on_record(
        self, doer: Doer, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()

        doer.run(doer.cast.ada, lambda tx, actor: doer.act(tx, actor, ticket, [action("delete")]))

        assert desk.as_(doer.cast.ada).get(f"/v1/tickets/{ticket['id']}").status == 404
        assert database.value("SELECT count(*) FROM audit_log WHERE action = 'ticket.deleted'") == 1


class TestTogether:
    def test_all_of_them_are_one_version_and_a_row_a_verb(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("set_status", status="pending"),
            action("comment", body="Which version, {{requester.name}}? It is {{ticket.status}}."),
            action("set_type", type="incident"),
            action("add_tags", tags=["vpn"]),
            action("set_priority", priority="urgent"),
            action("set_field", key="floor", value=3),
            action("assign", assignee_id="me"),
            action("set_sla_minutes", minutes=60),
        )

        assert ticket["version"] == 2
        assert told(ticket) == ["assigned", "reclassified", "updated", "commented", "paused"]
        assert ticket["comments"][0]["body"] == "Which version, Carol? It is waiting for the customer."
        assert {target["metric"]: target["status"] for target in ticket["sla"]["targets"]}[
            "first_response"
        ] == "fulfilled"

    def test_a_resolved_ticket_is_reopened_first(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.dario,
            desk.in_status("resolved"),
            action("set_priority", priority="urgent"),
            action("set_status", status="open", reason="It is back."),
        )

        assert told(ticket)[-2:] == ["reopened", "reclassified"]

    def test_what_is_so_already_is_no_change(self, doer: Doer, desk: ServiceDesk) -> None:
        made = desk.networks_ticket(tags=["vpn"], priority="high", category="Network")
        made = doer.do(doer.cast.dario, made, action("add_watcher", user_id="me"))

        again = doer.do(
            doer.cast.dario,
            made,
            action("set_priority", priority="high"),
            action("set_type", type="question"),
            action("set_category", category="Network"),
            action("assign", assignee_id=None),
            action("add_tags", tags=["VPN"]),
            action("remove_tags", tags=["absent"]),
            action("set_field", key="floor", value=None),
            action("set_status", status="closed"),
            meta={"macro": {"id": "1"}},
        )
        unchanged = doer.do(doer.cast.dario, again, action("set_status", status="closed"), action("archive"))

        assert told(again) == ["watcher_added", "closed"]
        assert (again["version"], unchanged["version"]) == (2, 3)
        last = doer.do(doer.cast.dario, unchanged, action("archive"), action("add_tags", tags=["vpn"]))
        assert steady(last) == steady(unchanged)

    def test_meta_is_on_every_entry_and_no_customers_business(self, doer: Doer, desk: ServiceDesk) -> None:
        macro = {"id": "the macro", "name": "Ask"}

        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("set_priority", priority="urgent"),
            action("comment", body="Which one?"),
            meta={"macro": macro},
        )

        assert [entry["meta"].get("macro") for entry in ticket["timeline"]] == [None, macro, macro]
        assert "the macro" not in desk.as_(doer.cast.carol).get(f"/v1/tickets/{ticket['id']}").text

    def test_a_stale_version_is_refused(self, doer: Doer, desk: ServiceDesk) -> None:
        with pytest.raises(HelpdeskError) as caught:
            doer.do(
                doer.cast.dario, desk.networks_ticket(), action("set_priority", priority="low"), version=[7]
            )

        assert caught.value.code == "OPTIMISTIC_LOCK"

    def test_they_are_prepared_once_for_many_tickets(self, doer: Doer, desk: ServiceDesk) -> None:
        tickets = [desk.networks_ticket() for _ in range(3)]
        actions = stored(
            action("assign", assignee_id=str(doer.cast.ana.id)),
            action("set_category", category="Network"),
            action("set_priority", priority="low"),
        )

        def all_of_them(tx: Transaction, actor: Actor) -> list[str]:
            prepared = acting.prepare(tx, actor, actions)
            drafts = [open_draft(tx, actor, UUID(ticket["id"])) for ticket in tickets]
            sent: list[str] = []
            event.listen(
                tx.connection, "before_cursor_execute", lambda _c, _k, sql, *_: sent.append(str(sql))
            )
            for draft in drafts:
                acting.apply(draft, prepared)
                draft.save(counts=bool(draft.values))
            return sent

        sent = doer.run(doer.cast.dario, all_of_them)

        # The promises and their policies, the ticket, the promises again.
        assert len(sent) == 4 * len(tickets)
        assert {desk.detail(doer.cast.ada, ticket)["version"] for ticket in tickets} == {2}


class TestRights:
    def test_an_agent_claims_and_classifies_in_whatever_order(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            doer.cast.ana,
            desk.networks_ticket(),
            action("set_priority", priority="high"),
            action("assign", assignee_id="me"),
        )

        assert (ticket["assignee"], ticket["priority"]) == (doer.cast.ana.ref, "high")

    def test_an_agent_classifies_and_hands_on_in_whatever_order(self, doer: Doer, desk: ServiceDesk) -> None:
        own = doer.do(doer.cast.ana, desk.networks_ticket(), action("assign", assignee_id="me"))

        ticket = doer.do(
            doer.cast.ana,
            own,
            action("assign", assignee_id=str(doer.cast.ben.id)),
            action("set_priority", priority="high"),
        )

        assert (ticket["assignee"], ticket["priority"]) == (doer.cast.ben.ref, "high")

    @for_each(
        "wanted",
        [
            action("set_priority", priority="high"),
            action("transfer", team_id="apps"),
            action("assign", assignee_id="ben"),
            action("set_status", status="closed"),
            action("delete"),
        ],
    )
    def test_an_agent_may_no_more_than_by_the_verbs(
        self, doer: Doer, desk: ServiceDesk, wanted: dict[str, Any]
    ) -> None:
        names = {"apps": str(doer.cast.teams["Apps"]), "ben": str(doer.cast.ben.id)}
        wanted = {name: names.get(value, value) for name, value in wanted.items()}

        refused, place = doer.refused(
            doer.cast.ana, desk.networks_ticket(), action("add_tags", tags=["x"]), wanted
        )

        assert refused in (Forbidden, IllegalTransition)
        assert place == 1

    def test_a_customer_may_nothing(self, doer: Doer, desk: ServiceDesk) -> None:
        assert doer.refused(doer.cast.carol, desk.ticket(), action("add_tags", tags=["x"]))[0] is Forbidden

    def test_what_one_does_not_see_is_not_there(self, doer: Doer, desk: ServiceDesk) -> None:
        with pytest.raises(HelpdeskError) as caught:
            doer.do(doer.cast.ben, desk.networks_ticket(), action("add_tags", tags=["x"]))

        assert caught.value.code == "NOT_FOUND"

    @for_each("status", ["open", "pending", "resolved", "cancelled"])
    def test_the_table_of_states_holds(self, doer: Doer, desk: ServiceDesk, status: str) -> None:
        archived = desk.in_status("closed")
        assert desk.do(doer.cast.dario, archived, "archive").status == 200

        refused, place = doer.refused(doer.cast.dario, archived, action("set_status", status=status))

        assert (refused, place) == (IllegalTransition, 0)


class TestTheDeskItself:
    def test_does_what_a_dispatcher_may(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(
            None,
            desk.networks_ticket(),
            action("assign", assignee_id=str(doer.cast.ana.id)),
            action("set_priority", priority="urgent"),
            action("comment", body="We have your request, {{requester.name}}. {{actor.name}}"),
            action("set_status", status="pending"),
        )

        assert ticket["version"] == 2
        assert {entry["actor"]["type"] for entry in ticket["timeline"][1:]} == {"system"}
        assert ticket["comments"][0]["author"] is None
        assert ticket["comments"][0]["body"] == "We have your request, Carol. Acme"

    def test_answers_nobody(self, doer: Doer, desk: ServiceDesk) -> None:
        ticket = doer.do(None, desk.networks_ticket(), action("comment", body="We have your request."))

        states = {target["metric"]: target["status"] for target in ticket["sla"]["targets"]}
        assert states["first_response"] == "running"

    @for_each("kind", ["assign", "add_watcher", "transfer"])
    def test_is_nobody_whom_me_could_mean(self, doer: Doer, desk: ServiceDesk, kind: str) -> None:
        given = {
            "assign": {"assignee_id": "me"},
            "add_watcher": {"user_id": "me"},
            "transfer": {"team_id": str(doer.cast.teams["Apps"]), "assignee_id": "me"},
        }[kind]

        refused, fields = doer.refused(None, desk.networks_ticket(), action(kind, **given))

        assert (refused, fields) == (ValidationFailed, [f"actions.0.{list(given)[-1]}"])

    def test_never_deletes(self, doer: Doer, desk: ServiceDesk) -> None:
        assert doer.refused(None, desk.networks_ticket(), action("delete")) == (Forbidden, 0)


class TestWhatIsNotThere:
    @pytest.fixture
    def floor_and_network(self, desk: ServiceDesk) -> None:
        """Of fields and categories there is one each, and no other category may be given."""
        declare(desk, key="floor", type="number")
        admin = desk.as_(desk.cast.ada)
        admin.post("/v1/categories", {"name": "Network", "subcategories": ["VPN"]})
        admin.patch("/v1/workspace", {"categories_only": True})

    @pytest.mark.usefixtures("floor_and_network")
    @for_each(
        "given, field",
        [
            (action("transfer", team_id=str(uuid4())), "team_id"),
            (action("assign", assignee_id=str(uuid4())), "assignee_id"),
            (action("assign", assignee_id="carol"), "assignee_id"),
            (action("assign", assignee_id="mallory"), "assignee_id"),
            (action("transfer", team_id="Apps", assignee_id="mallory"), "assignee_id"),
            (action("add_watcher", user_id="mallory"), "user_id"),
            (action("set_field", key="colour", value="red"), "key"),
            (action("set_field", key="floor", value="three"), "value"),
            (action("set_category", category="Coffee"), "category"),
            (action("set_category", category="network", subcategory="Beans"), "subcategory"),
        ],
    )
    def test_is_refused_by_its_field(
        self, doer: Doer, desk: ServiceDesk, given: dict[str, Any], field: str
    ) -> None:
        ids = {**vars(doer.cast), **doer.cast.teams}
        given = {
            name: str(getattr(found, "id", found)) if (found := ids.get(value)) else value
            for name, value in given.items()
        }

        refused, fields = doer.refused(
            doer.cast.dario, desk.networks_ticket(), action("add_tags", tags=["x"]), given
        )

        kind = NothingThere if field.endswith("_id") else ValidationFailed
        assert (refused, fields) == (kind, [f"actions.1.{field}"])

    def test_all_of_it_is_told_at_once(self, doer: Doer, desk: ServiceDesk) -> None:
        _, fields = doer.refused(
            doer.cast.dario,
            desk.networks_ticket(),
            action("add_watcher", user_id=str(uuid4())),
            action("transfer", team_id=str(uuid4())),
            action("assign", assignee_id=str(uuid4())),
        )

        assert fields == ["actions.1.team_id", "actions.2.assignee_id", "actions.0.user_id"]

    def test_declared_names_come_in_their_spelling(self, doer: Doer, desk: ServiceDesk) -> None:
        desk.as_(doer.cast.ada).post("/v1/categories", {"name": "Network", "subcategories": ["VPN"]})

        ticket = doer.do(
            doer.cast.dario,
            desk.networks_ticket(),
            action("set_category", category="NETWORK", subcategory="vpn"),
        )

        assert (ticket["category"], ticket["subcategory"]) == ("Network", "VPN")

    def test_no_category_leaves_no_subcategory(self, doer: Doer, desk: ServiceDesk) -> None:
        made = desk.networks_ticket(category="Network", subcategory="VPN")

        ticket = doer.do(doer.cast.dario, made, action("set_category", category=None))

        assert (ticket["category"], ticket["subcategory"]) == (None, None)

    def test_a_field_that_the_type_asks_for_is_not_cleared(self, doer: Doer, desk: ServiceDesk) -> None:
        declare(desk, key="floor", type="number", required_for=["incident"])
        made = desk.networks_ticket(type="incident", custom_fields={"floor": 3})

        refused = doer.refused(doer.cast.dario, made, action("set_field", key="floor", value=None))

        assert refused == (ValidationFailed, ["actions.0.value"])


class TestBounds:
    def test_a_ticket_has_fifty_tags(self, doer: Doer, desk: ServiceDesk) -> None:
        made = desk.networks_ticket(tags=[f"t{number}" for number in range(49)])

        refused = doer.refused(doer.cast.dario, made, action("add_tags", tags=["one", "two"]))

        assert refused == (Conflict, 0)
        swapped = doer.do(
            doer.cast.dario,
            made,
            action("remove_tags", tags=["t0"]),
            action("add_tags", tags=["one", "two"]),
        )
        assert len(swapped["tags"]) == 50

    def test_fields_of_a_desk_that_declares_none_are_bounded(self, doer: Doer, desk: ServiceDesk) -> None:
        made = desk.networks_ticket(custom_fields={"a": "x" * 9000})

        refused = doer.refused(doer.cast.dario, made, action("set_field", key="b", value="x" * 9000))

        assert refused == (Conflict, 0)

    def test_a_comment_of_which_nothing_is_left_is_refused(self, doer: Doer, desk: ServiceDesk) -> None:
        refused = doer.refused(
            doer.cast.dario, desk.networks_ticket(), action("comment", body="{{assignee.name}}")
        )

        assert refused == (Conflict, 0)


class TestTheList:
    @for_each(
        "actions, field",
        [
            ([action("set_priority", priority="low"), action("set_priority", priority="high")], "1.action"),
            ([action("set_field", key="a", value=1), action("set_field", key="a", value=2)], "1.key"),
            ([action("comment", body="a"), action("comment", body="b")], "1.visibility"),
            ([action("set_status", status="new")], "0.status"),
            ([action("set_status", status="resolved", reason="Done.")], "0.reason"),
            ([action("set_category", category=None, subcategory="VPN")], "0.subcategory"),
            (
                [
                    action("transfer", team_id=str(uuid4()), assignee_id=None),
                    action("assign", assignee_id=None),
                ],
                "1.assignee_id",
            ),
        ],
    )
    def test_may_not_contradict_itself(
        self, doer: Doer, desk: ServiceDesk, actions: list[dict[str, Any]], field: str
    ) -> None:
        refused = doer.refused(doer.cast.dario, desk.networks_ticket(), *actions)

        assert refused == (ValidationFailed, [f"actions.{field}"])

    @pytest.mark.parametrize("kind", ["archive", "delete"])
    def test_that_is_kept_puts_nothing_away(self, doer: Doer, kind: str) -> None:
        with pytest.raises(ValidationFailed) as caught:
            doer.run(doer.cast.ada, lambda tx, actor: acting.check(tx, actor, stored(action(kind)), KEPT))

        assert caught.value.errors[0].field == "actions.0.action"

    def test_can_be_kept_with_whoever_does_it_in_it(self, doer: Doer) -> None:
        kept = stored(action("assign", assignee_id="me"), action("add_watcher", user_id="me"))

        doer.run(None, lambda tx, actor: acting.check(tx, actor, kept, KEPT))

        with pytest.raises(ValidationFailed):
            doer.run(doer.cast.ada, lambda tx, actor: acting.check(tx, actor, kept, KEPT, me=False))

    @for_each(
        "given",
        [
            [],
            [action("add_tags", tags=["x"])] * 21,
            [action("explode")],
            [{}],
            ["assign"],
            [action("assign")],
            [action("assign", assignee_id="you")],
            [action("set_priority", priority="highest")],
            [action("set_priority", priority="high", more=1)],
            [action("set_sla_minutes", minutes=0)],
            [action("add_tags", tags=[])],
            [action("add_tags", tags=["a b"])],
            [action("comment", body="  ")],
            [action("comment", body="{{customer.name}}")],
            [action("comment", body="x", visibility="secret")],
            [action("set_field", key="a", value="x" * 20_000)],
            [action("set_field", key="", value=1)],
        ],
    )
    def test_takes_nothing_else(self, given: list[Any]) -> None:
        with pytest.raises(ValidationError):
            stored(*given)


class TestWhatItSays:
    def test_every_placeholder_is_filled_in_as_the_ticket_will_be(
        self, doer: Doer, desk: ServiceDesk, database: Database
    ) -> None:
        database.run(
            "UPDATE workspaces SET language = 'es', timezone = 'Pacific/Kiritimati' WHERE id = :w",
            w=doer.cast.acme,
        )
        database.run("UPDATE users SET name = 'Carol Diaz Ruiz' WHERE id = :u", u=doer.cast.carol.id)
        made = desk.networks_ticket()
        database.run("UPDATE tickets SET created_at = '2026-11-20T23:30:00Z' WHERE id = :t", t=made["id"])
        every = "\n".join(f"{name}: {{{{{name}|none}}}}" for name in KNOWN)

        ticket = doer.do(
            doer.cast.dario,
            made,
            action("comment", body=every),
            action("set_status", status="on_hold"),
            action("set_priority", priority="urgent"),
            action("set_category", category="Network"),
            action("transfer", team_id=str(doer.cast.teams["Apps"]), assignee_id=str(doer.cast.ben.id)),
        )

        assert dict(line.split(": ", 1) for line in ticket["comments"][0]["body"].split("\n")) == {
            "ticket.label": ticket["label"],
            "ticket.number": str(ticket["number"]),
            "ticket.subject": "VPN drops",
            "ticket.status": "en pausa",
            "ticket.priority": "urgente",
            "ticket.type": "consulta",
            "ticket.category": "Network",
            "ticket.created_on": "2026-11-21",
            "requester.name": "Carol Diaz Ruiz",
            "requester.first_name": "Carol",
            "requester.email": "carol@customers.example",
            "assignee.name": "Ben",
            "assignee.first_name": "Ben",
            "actor.name": "Dario",
            "actor.first_name": "Dario",
            "team.name": "Apps",
            "organisation.name": "none",
            "workspace.name": "Acme",
        }
