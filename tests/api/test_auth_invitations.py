"""/v1/invitations: who was invited, mailed again, revoked; and what the mail is good for."""

from typing import Any
from uuid import UUID

import pytest

from chalicelib.api.schemas.auth import Tokens
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.invitations import InvitationOut
from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.mailbox import text_of
from tests.support.post import Post, token_of

PASSWORD = "violet staple horse"
EVE = "eve@acme.example"
EXPIRE = "UPDATE invitations SET expires_at = now() - interval '1 second'"


@pytest.fixture
def ada(api: Api, cast: Cast, post: Post) -> Api:
    return api.with_token(cast.ada.token)


def invite(caller: Api, **fields: Any) -> Reply:
    return caller.post("/v1/invitations", {"email": EVE, "name": "Eve Ruiz", "role": "agent", **fields})


def accept(api: Api, token: str, **fields: Any) -> Reply:
    return api.post("/v1/invitations/accept", {"token": token, "password": PASSWORD, **fields})


def statuses(caller: Api, query: str = "") -> dict[str, str]:
    reply = caller.get(f"/v1/invitations{query}")
    assert reply.status == 200, reply.text
    reply.read(Page[InvitationOut])
    return {item["email"]: item["status"] for item in reply.json["items"]}


class TestInviting:
    def test_makes_an_invited_user_and_a_mail(self, ada: Api, cast: Cast, post: Post) -> None:
        reply = invite(ada, team_ids=[str(cast.teams["Networks"])])

        made = reply.read(InvitationOut)
        user = ada.get(f"/v1/users/{made['user_id']}").json
        mail = post.last(EVE)
        assert (reply.status, made["status"], user["status"]) == (201, "pending", "invited")
        assert [team["name"] for team in made["teams"]] == ["Networks"]
        assert made["invited_by"] is not None
        assert made["invited_by"]["id"] == cast.ada.id
        assert (made["expires_at"] - made["sent_at"]).days == 7
        assert mail["Subject"] == "Your invitation to the help desk of Acme"
        assert "Ada invites you" in text_of(mail)
        assert f"/app/invitation#token={token_of(mail)}" in text_of(mail)

    def test_a_user_without_a_password_is_invited_too(self, ada: Api, post: Post) -> None:
        ada.post("/v1/users", {"email": EVE, "name": "Eve", "role": "customer"})

        assert statuses(ada) == {EVE: "pending"}
        assert token_of(post.last(EVE))

    def test_without_a_name_the_email_serves(self, ada: Api) -> None:
        reply = ada.post("/v1/invitations", {"email": EVE, "role": "agent"})

        assert reply.json["name"] == "eve"

    def test_an_email_that_is_taken_is_a_conflict(self, ada: Api, cast: Cast) -> None:
        assert invite(ada, email=cast.ben.email).code == "CONFLICT"

    @pytest.mark.parametrize(("role", "teams"), [("customer", []), ("agent", ["Service desk"])])
    def test_a_contact_may_be_invited_and_keeps_name_and_tickets(
        self, api: Api, ada: Api, post: Post, role: str, teams: list[str]
    ) -> None:
        ticket = {"name": "Eve Ruiz", "email": EVE, "subject": "No paper", "description": "Since Monday."}
        api.post("/v1/public/acme/tickets", ticket)

        reply = ada.post("/v1/invitations", {"email": EVE, "role": role})
        tokens = accept(api, token_of(post.last(EVE)))

        made = reply.read(InvitationOut)
        assert (reply.status, made["status"], made["name"], made["role"]) == (
            201,
            "pending",
            "Eve Ruiz",
            role,
        )
        assert [team["name"] for team in made["teams"]] == teams
        own = api.with_token(tokens.json["access_token"]).get("/v1/tickets?requester=me").json["items"]
        assert [each["subject"] for each in own] == ["No paper"]
        assert ada.post("/v1/invitations", {"email": EVE, "role": role}).code == "CONFLICT"

    def test_a_contact_who_is_invited_already_is_a_conflict(self, api: Api, ada: Api) -> None:
        ticket = {"name": "Eve Ruiz", "email": EVE, "subject": "No paper", "description": "Since Monday."}
        api.post("/v1/public/acme/tickets", ticket)

        first, second = (invite(ada, name="Eve R.", role="customer") for _ in range(2))

        assert (first.status, first.json["name"]) == (201, "Eve R.")
        assert (second.status, second.code) == (409, "CONFLICT")

    def test_only_admins_invite(self, api: Api, cast: Cast) -> None:
        for person in (cast.dario, cast.ana, cast.carol):
            assert invite(api.with_token(person.token)).status == 403


class TestAccepting:
    def test_lets_in_with_the_password_and_the_name(self, api: Api, ada: Api, post: Post) -> None:
        invite(ada)

        reply = accept(api, post.token(EVE), name="Eva")

        tokens = reply.read(Tokens)
        me = api.with_token(tokens["access_token"]).get("/v1/auth/me").json
        assert reply.status == 200
        assert (me["name"], me["status"], me["email"]) == ("Eva", "active", EVE)
        assert me["email_verified_at"] is not None
        assert api.post("/v1/auth/login", {"email": EVE, "password": PASSWORD}).status == 200
        assert api.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status == 200
        assert statuses(ada) == {EVE: "accepted"}

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "null"])
    def test_10_an_empty_or_unknown_one_is_not_found(self, api: Api, ada: Api, token: str) -> None:
        invite(ada)

        assert (accept(api, token).status, accept(api, token).code) == (404, "NOT_FOUND")

    def test_10_an_expired_one_is_gone(self, api: Api, ada: Api, post: Post, database: Database) -> None:
        invite(ada)
        token = post.token(EVE)
        database.run("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'")

        assert accept(api, token).code == "GONE"
        assert api.post("/v1/auth/login", {"email": EVE, "password": PASSWORD}).status == 401

    def test_10_a_used_one_is_gone(self, api: Api, ada: Api, post: Post) -> None:
        invite(ada)
        token = post.token(EVE)

        assert [accept(api, token).status for _ in range(2)] == [200, 410]

    def test_10_a_revoked_one_is_gone(self, api: Api, ada: Api, post: Post) -> None:
        made = invite(ada).json
        token = post.token(EVE)

        assert ada.delete(f"/v1/invitations/{made['id']}").status == 204
        assert accept(api, token).code == "GONE"

    def test_the_token_of_a_reset_is_none(self, api: Api, cast: Cast, post: Post) -> None:
        api.post("/v1/auth/password/forgot", {"email": cast.ana.email})

        assert accept(api, post.token(cast.ana.email)).status == 404

    def test_a_password_that_may_not_be_chosen_leaves_it_open(self, api: Api, ada: Api, post: Post) -> None:
        invite(ada)
        token = post.token(EVE)

        assert accept(api, token, password="eve@acme.example").status == 422
        assert accept(api, token).status == 200

    def test_the_answer_is_not_kept_for_repeats(self, api: Api, ada: Api, post: Post) -> None:
        invite(ada)
        body = {"token": post.token(EVE), "password": PASSWORD}

        replies = [api.post("/v1/invitations/accept", body, Idempotency_Key="k") for _ in range(2)]

        assert [reply.status for reply in replies] == [200, 410]

    def test_an_admin_who_sets_a_password_ends_it(self, api: Api, ada: Api, post: Post) -> None:
        made = invite(ada).json
        token = post.token(EVE)

        ada.patch(f"/v1/users/{made['user_id']}", {"password": "amber ladder cloud"})

        assert accept(api, token).status == 410
        assert statuses(ada) == {EVE: "accepted"}

    def test_another_email_gets_another_mail_and_ends_the_former(
        self, api: Api, ada: Api, post: Post
    ) -> None:
        made = invite(ada).json
        token = post.token(EVE)

        ada.patch(f"/v1/users/{made['user_id']}", {"email": "eva@acme.example"})

        assert accept(api, token).status == 410
        assert accept(api, post.token("eva@acme.example")).status == 200


class TestResending:
    def test_another_week_another_token(self, api: Api, ada: Api, post: Post, database: Database) -> None:
        made = invite(ada).json
        former = post.token(EVE)
        database.run(EXPIRE)
        expired = statuses(ada)

        reply = ada.post(f"/v1/invitations/{made['id']}/resend")

        assert (expired, reply.status, reply.json["status"]) == ({EVE: "expired"}, 200, "pending")
        latest = post.token(EVE)
        assert [accept(api, token).status for token in (former, latest)] == [410, 200]

    def test_what_was_accepted_or_revoked_is_not_sent_again(self, api: Api, ada: Api, post: Post) -> None:
        accepted = invite(ada).json
        accept(api, post.token(EVE))
        revoked = invite(ada, email="fay@acme.example").json
        ada.delete(f"/v1/invitations/{revoked['id']}")

        for made in (accepted, revoked):
            assert ada.post(f"/v1/invitations/{made['id']}/resend").code == "CONFLICT"
            assert ada.delete(f"/v1/invitations/{made['id']}").code == "CONFLICT"


class TestRevoking:
    def test_deactivates_the_user_and_an_admin_can_undo_it(self, api: Api, ada: Api, post: Post) -> None:
        made = invite(ada).json

        ada.delete(f"/v1/invitations/{made['id']}")

        assert ada.get(f"/v1/users/{made['user_id']}").json["status"] == "deactivated"
        assert statuses(ada) == {EVE: "revoked"}
        ada.patch(f"/v1/users/{made['user_id']}", {"status": "active"})
        assert statuses(ada) == {EVE: "pending"}
        assert accept(api, post.token(EVE)).status == 200

    def test_an_unknown_one_is_not_found(self, ada: Api) -> None:
        assert ada.delete(f"/v1/invitations/{UUID(int=7)}").status == 404


class TestListing:
    def test_by_status_the_newest_first(self, api: Api, ada: Api, post: Post, database: Database) -> None:
        invite(ada, email="old@acme.example")
        database.run(EXPIRE)
        invite(ada)
        accept(api, post.token(EVE))
        invite(ada, email="new@acme.example")

        assert list(statuses(ada)) == ["new@acme.example", EVE, "old@acme.example"]
        assert statuses(ada, "?status=pending") == {"new@acme.example": "pending"}
        assert statuses(ada, "?status=accepted,EXPIRED") == {EVE: "accepted", "old@acme.example": "expired"}

    def test_page_by_page(self, ada: Api) -> None:
        for number in range(5):
            invite(ada, email=f"p{number}@acme.example")
        seen: list[str] = []
        query = "?limit=2"
        while query:
            page = ada.get(f"/v1/invitations{query}").json
            seen += [item["email"] for item in page["items"]]
            query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""

        assert seen == [f"p{number}@acme.example" for number in (4, 3, 2, 1, 0)]

    def test_shows_no_other_workspaces(self, api: Api, ada: Api, cast: Cast) -> None:
        invite(ada)

        assert statuses(api.with_token(cast.mallory.token)) == {}
