"""Who is in an organisation: customers, by hand or by the domain of their email, and what wins over what."""

from typing import Any

import pytest

from tests.api.test_auth_signup import login, sign_up, verify
from tests.api.test_organisations import make
from tests.support.api import Api
from tests.support.cast import Cast, person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.post import Post

DOMAIN = "northwind.example"
EMAIL = f"nadia@{DOMAIN}"
TICKET = {"name": "Nadia", "email": EMAIL, "subject": "Printer", "description": "Out of toner."}
PASSWORD = "violet staple horse"


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    return api.with_token(cast.ada.token)


@pytest.fixture
def northwind(ada: Api) -> dict[str, Any]:
    return make(ada, "Northwind", DOMAIN)


@pytest.fixture
def contoso(ada: Api) -> dict[str, Any]:
    return make(ada, "Contoso", "contoso.example")


def ref(organisation: dict[str, Any]) -> dict[str, str]:
    return {"id": organisation["id"], "name": organisation["name"]}


def of(ada: Api, user_id: object) -> Any:
    """The organisation of a user."""
    return ada.get(f"/v1/users/{user_id}").json["organisation"]


def move(ada: Api, user_id: object, **fields: Any) -> Any:
    """The organisation of a user after a change."""
    reply = ada.patch(f"/v1/users/{user_id}", fields)
    assert reply.status == 200, reply.text
    return reply.json["organisation"]


def add(ada: Api, **fields: Any) -> Any:
    reply = ada.post(
        "/v1/users", {"name": "Nadia", "email": EMAIL, "role": "customer", "password": PASSWORD, **fields}
    )
    assert reply.status == 201, reply.text
    return reply.json


def by_email(ada: Api, email: str = EMAIL) -> Any:
    (found,) = ada.get(f"/v1/users?query={email}").json["items"]
    return found


class TestByHand:
    def test_in_and_out(self, ada: Api, cast: Cast, northwind: dict[str, Any]) -> None:
        assert move(ada, cast.carol.id, organisation_id=northwind["id"]) == ref(northwind)
        assert of(ada, cast.carol.id) == ref(northwind)
        assert move(ada, cast.carol.id, organisation_id=None) is None

    def test_a_new_user_is_put_in_one(self, ada: Api, northwind: dict[str, Any]) -> None:
        assert add(ada, email="n@else.example", organisation_id=northwind["id"])["organisation"] == ref(
            northwind
        )

    def test_the_hand_wins_over_the_domain(
        self, ada: Api, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        assert add(ada, organisation_id=contoso["id"])["organisation"] == ref(contoso)

    def test_from_one_to_another(
        self, ada: Api, cast: Cast, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        move(ada, cast.carol.id, organisation_id=northwind["id"])

        assert move(ada, cast.carol.id, organisation_id=contoso["id"]) == ref(contoso)
        assert ada.get(f"/v1/organisations/{northwind['id']}").json["member_count"] == 0

    def test_ones_own_profile_tells_it(
        self, api: Api, ada: Api, cast: Cast, northwind: dict[str, Any]
    ) -> None:
        move(ada, cast.carol.id, organisation_id=northwind["id"])

        assert api.with_token(cast.carol.token).get("/v1/auth/me").json["organisation"] == ref(northwind)
        assert ada.get("/v1/auth/me").json["organisation"] is None

    def test_case_19_nobody_joins_by_ones_own_profile(
        self, api: Api, cast: Cast, northwind: dict[str, Any]
    ) -> None:
        carol = api.with_token(cast.carol.token)

        assert carol.patch("/v1/auth/me", {"organisation_id": northwind["id"]}).status == 422

    @for_each("role", ["agent", "dispatcher", "admin"])
    def test_staff_is_in_none(self, ada: Api, cast: Cast, northwind: dict[str, Any], role: str) -> None:
        new = {"name": "N", "email": "n@else.example", "role": role, "organisation_id": northwind["id"]}

        replies = [
            ada.post("/v1/users", new),
            ada.patch(f"/v1/users/{cast.ben.id}", {"organisation_id": northwind["id"]}),
            ada.patch(f"/v1/users/{cast.carol.id}", {"role": role, "organisation_id": northwind["id"]}),
        ]

        assert [reply.status for reply in replies] == [422] * 3
        assert {reply.json["errors"][0]["field"] for reply in replies} == {"organisation_id"}

    @pytest.mark.parametrize("whose", ["nobody's", "another workspace's", "a deleted one"])
    def test_case_15_one_that_is_not_there_is_not_found(
        self, api: Api, ada: Api, cast: Cast, northwind: dict[str, Any], whose: str
    ) -> None:
        ids = {
            "nobody's": "0190c0de-0000-7000-8000-000000000001",
            "another workspace's": make(api.with_token(cast.mallory.token))["id"],
            "a deleted one": northwind["id"],
        }
        ada.delete(f"/v1/organisations/{northwind['id']}")
        field = {"organisation_id": ids[whose]}
        new = {"name": "N", "email": "n@else.example", "password": PASSWORD, **field}

        replies = [
            ada.patch(f"/v1/users/{cast.carol.id}", field),
            ada.patch(f"/v1/users/{cast.ana.id}", field),
            ada.post("/v1/users", {**new, "role": "customer"}),
            ada.post("/v1/users", {**new, "role": "agent"}),
        ]

        assert [(reply.status, reply.code) for reply in replies] == [(404, "NOT_FOUND")] * 4
        assert of(ada, cast.carol.id) is None

    def test_who_becomes_staff_leaves_it_and_who_was_staff_comes_by_the_domain(
        self, ada: Api, cast: Cast, northwind: dict[str, Any], contoso: dict[str, Any], database: Database
    ) -> None:
        user = add(ada, organisation_id=contoso["id"])

        assert move(ada, user["id"], role="agent") is None
        assert move(ada, user["id"], role="customer") == ref(northwind)

    def test_who_becomes_staff_out_of_a_deleted_one(self, ada: Api, northwind: dict[str, Any]) -> None:
        user = add(ada)
        ada.delete(f"/v1/organisations/{northwind['id']}")

        assert move(ada, user["id"], role="agent") is None


class TestByDomain:
    def test_a_customer_whom_an_admin_adds(self, ada: Api, northwind: dict[str, Any]) -> None:
        assert add(ada)["organisation"] == ref(northwind)

    def test_an_invited_one(self, ada: Api, northwind: dict[str, Any]) -> None:
        reply = ada.post("/v1/users", {"name": "Nadia", "email": EMAIL, "role": "customer"})

        assert reply.json["organisation"] == ref(northwind)

    def test_no_staff(self, ada: Api, northwind: dict[str, Any]) -> None:
        assert add(ada, role="agent")["organisation"] is None

    def test_the_first_ticket_of_somebody_without_an_account(
        self, api: Api, ada: Api, northwind: dict[str, Any]
    ) -> None:
        api.post("/v1/public/acme/tickets", {**TICKET, "email": EMAIL.upper()})

        assert by_email(ada)["organisation"] == ref(northwind)

    @pytest.mark.parametrize(
        "email",
        [f"nadia@mail.{DOMAIN}", f"nadia@x{DOMAIN}", f"nadia@{DOMAIN}.example", "northwind@else.example"],
    )
    def test_exactly_that_domain(self, api: Api, ada: Api, northwind: dict[str, Any], email: str) -> None:
        api.post("/v1/public/acme/tickets", {**TICKET, "email": email})

        assert by_email(ada, email)["organisation"] is None

    def test_an_international_domain(self, api: Api, ada: Api) -> None:
        there = make(ada, "Bücher", "bücher.example")

        api.post("/v1/public/acme/tickets", {**TICKET, "email": "nadia@BÜCHER.example"})

        assert by_email(ada, "nadia@xn--bcher-kva.example")["organisation"] == ref(there)

    def test_a_sign_up(self, api: Api, ada: Api, northwind: dict[str, Any], post: Post) -> None:
        sign_up(api, email=EMAIL)
        verify(api, post.token(EMAIL))

        token = login(api, email=EMAIL).json["access_token"]
        assert api.with_token(token).get("/v1/auth/me").json["organisation"] == ref(northwind)

    def test_who_slipped_past_the_listing_of_the_domain_joins_with_the_next_word(
        self, api: Api, ada: Api, northwind: dict[str, Any], database: Database
    ) -> None:
        """Made by a transaction that could not see the domain, nor be seen by who listed it."""
        api.post("/v1/public/acme/tickets", TICKET)
        database.run(
            "UPDATE users SET organisation_id = NULL, organisation_by = NULL WHERE email = :e", e=EMAIL
        )
        assert by_email(ada)["organisation"] is None

        api.post("/v1/public/acme/tickets", TICKET)

        assert by_email(ada)["organisation"] == ref(northwind)

    def test_who_slipped_past_joins_when_the_mailbox_is_proved(
        self, api: Api, ada: Api, northwind: dict[str, Any], database: Database, post: Post
    ) -> None:
        user = add(ada)
        database.run(
            "UPDATE users SET organisation_id = NULL, organisation_by = NULL WHERE email = :e", e=EMAIL
        )
        own = api.with_token(login(api, PASSWORD, EMAIL).json["access_token"])
        own.post("/v1/auth/verify-email/resend")

        verify(api, post.token(EMAIL))

        assert of(ada, user["id"]) == ref(northwind)
        audited = ada.get("/v1/audit-log?action=email.verified").json["items"][0]
        assert audited["after"] == {"organisation_id": northwind["id"]}


class TestListingADomain:
    def test_brings_in_who_is_in_none(self, ada: Api, cast: Cast, northwind: dict[str, Any]) -> None:
        """Carol and Chris write from customers.example; the staff, who does not, stays out."""
        domains = [DOMAIN, "customers.example", "acme.example"]

        changed = ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": domains}).json

        assert changed["member_count"] == 2
        assert of(ada, cast.carol.id) == of(ada, cast.chris.id) == ref(northwind)
        assert of(ada, cast.ana.id) is None

    def test_brings_in_nobody_of_another_workspace(
        self, api: Api, ada: Api, cast: Cast, database: Database
    ) -> None:
        outsider = person(database, cast.globex, "Otto", "customer", DOMAIN)

        make(ada, "Northwind", DOMAIN)

        assert of(api.with_token(cast.mallory.token), outsider.id) is None

    def test_leaves_who_is_in_another(
        self, ada: Api, cast: Cast, contoso: dict[str, Any], northwind: dict[str, Any]
    ) -> None:
        move(ada, cast.carol.id, organisation_id=contoso["id"])

        ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": ["customers.example"]})

        assert of(ada, cast.carol.id) == ref(contoso)
        assert of(ada, cast.chris.id) == ref(northwind)

    def test_leaves_whom_somebody_took_out_by_hand(
        self, api: Api, ada: Api, cast: Cast, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        move(ada, cast.carol.id, organisation_id=contoso["id"])
        move(ada, cast.carol.id, organisation_id=None)

        ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": ["customers.example"]})
        api.post("/v1/public/acme/tickets", {**TICKET, "email": cast.carol.email})

        assert of(ada, cast.carol.id) is None

    def test_taking_out_who_is_in_none_says_nothing(
        self, ada: Api, cast: Cast, northwind: dict[str, Any]
    ) -> None:
        """A client that sends every field back must not bar anybody."""
        move(ada, cast.carol.id, organisation_id=None)

        ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": ["customers.example"]})

        assert of(ada, cast.carol.id) == ref(northwind)

    def test_taking_it_off_puts_nobody_out(self, ada: Api, northwind: dict[str, Any]) -> None:
        user = add(ada)

        ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": []})

        assert of(ada, user["id"]) == ref(northwind)
        assert add(ada, email=f"new@{DOMAIN}")["organisation"] is None

    def test_a_deleted_organisation_lets_its_members_go_to_the_next(
        self, ada: Api, cast: Cast, northwind: dict[str, Any]
    ) -> None:
        by_domain = add(ada)
        move(ada, cast.carol.id, organisation_id=northwind["id"])

        ada.delete(f"/v1/organisations/{northwind['id']}")
        left = [of(ada, cast.carol.id), of(ada, by_domain["id"])]
        members = ada.get(f"/v1/users?organisation={northwind['id']}").json["items"]
        alone = ada.get("/v1/users?organisation=none&role=customer").json["items"]
        next_one = make(ada, "Successor", DOMAIN, "customers.example")

        assert (left, members, len(alone)) == ([None, None], [], 3)
        assert of(ada, cast.carol.id) == of(ada, by_domain["id"]) == ref(next_one)


class TestAnotherEmail:
    def test_who_came_by_the_domain_follows_the_new_one(
        self, ada: Api, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        user = add(ada)

        assert move(ada, user["id"], email="nadia@contoso.example") == ref(contoso)
        assert move(ada, user["id"], email="nadia@else.example") is None
        assert move(ada, user["id"], email=EMAIL) == ref(northwind)

    def test_who_was_put_there_by_hand_stays(
        self, ada: Api, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        user = add(ada, organisation_id=contoso["id"])

        assert move(ada, user["id"], email=f"other@{DOMAIN}") == ref(contoso)

    def test_who_was_taken_out_by_hand_stays_out(
        self, ada: Api, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        user = add(ada)
        move(ada, user["id"], organisation_id=None)

        assert move(ada, user["id"], email="nadia@contoso.example") is None

    def test_another_name_moves_nobody(self, ada: Api, northwind: dict[str, Any]) -> None:
        user = add(ada)
        ada.patch(f"/v1/organisations/{northwind['id']}", {"domains": []})

        assert move(ada, user["id"], name="Nadia Petit", email=EMAIL) == ref(northwind)

    def test_an_email_and_a_hand_in_one_change(
        self, ada: Api, northwind: dict[str, Any], contoso: dict[str, Any]
    ) -> None:
        user = add(ada)

        moved = move(ada, user["id"], email="n@else.example", organisation_id=contoso["id"])

        assert moved == ref(contoso)


def test_the_event_says_that_the_organisation_changed(
    ada: Api, cast: Cast, northwind: dict[str, Any], database: Database
) -> None:
    changed = "SELECT payload -> 'changed' FROM events WHERE type = 'user.updated'"

    move(ada, cast.carol.id, organisation_id=northwind["id"])
    move(ada, cast.carol.id, organisation_id=northwind["id"])

    assert database.value(changed) == ["organisation"]


def test_a_member_is_never_staff_whoever_writes_it(
    cast: Cast, ada: Api, northwind: dict[str, Any], database: Database
) -> None:
    with pytest.raises(Exception, match="users_organisation_of_customers_check"):
        database.run("UPDATE users SET organisation_id = :o WHERE id = :u", o=northwind["id"], u=cast.ana.id)
