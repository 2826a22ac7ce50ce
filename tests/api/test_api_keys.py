"""/v1/api-keys: what lets programs in, how far, until when, and under which name."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.api.schemas.api_keys import ApiKeyOut
from chalicelib.core.keys import decode_base64url, encode_base64url
from chalicelib.core.tokens import Claims, TokenKind
from tests.support.api import Api, Reply
from tests.support.cast import Cast, signer
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

TICKET = {"subject": "VPN drops", "description": "Every hour."}
SOMEBODY = {"name": "Eve", "email": "eve@evil.example"}
PASSWORD = "violet staple horse"


def make(api: Api, cast: Cast, **fields: Any) -> dict[str, Any]:
    """A new key of Acme's: a dispatcher's that may do both, unless told otherwise."""
    body = {"name": "Monitoring", "role": "dispatcher", "scopes": ["read", "write"], **fields}
    reply = api.with_token(cast.ada.token).post("/v1/api-keys", body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def as_key(api: Api, cast: Cast, **fields: Any) -> Api:
    return api.with_token(make(api, cast, **fields)["key"])


def revoke(api: Api, cast: Cast, key: dict[str, Any]) -> Reply:
    return api.with_token(cast.ada.token).delete(f"/v1/api-keys/{key['id']}")


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def outcome(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.code


class TestMaking:
    def test_the_key_is_shown_once(self, api: Api, cast: Cast, database: Database) -> None:
        made = make(api, cast, name="  Monitoring  ")
        key = made.pop("key")

        shown = api.with_token(cast.ada.token).get(f"/v1/api-keys/{made['id']}")
        listed = api.with_token(cast.ada.token).get("/v1/api-keys")

        assert key.startswith("mesa_")
        assert shown.json == made
        assert listed.json["items"] == [made]
        assert key not in str(database.rows("SELECT row_to_json(k)::text FROM api_keys k"))
        assert key not in str(database.rows("SELECT payload::text FROM events"))

    def test_it_says_what_it_was_asked_for(self, api: Api, cast: Cast) -> None:
        made = make(api, cast, scopes=["write", "read", "write"])

        assert (made["name"], made["role"], made["scopes"]) == ("Monitoring", "dispatcher", ["read", "write"])
        assert (made["created_by"], made["teams"]) == (cast.ada.ref, [])
        assert made["last_used_at"] is None

    def test_it_lives_a_year_unless_told_otherwise(self, api: Api, cast: Cast) -> None:
        ends = [
            datetime.fromisoformat(make(api, cast, **fields)["expires_at"])
            for fields in ({}, {"expires_at": None}, {"expires_at": in_days(3)}, {"expires_at": in_days(730)})
        ]

        lives = [(end - datetime.now(UTC)) / timedelta(days=1) for end in ends]
        assert lives == [pytest.approx(days, abs=0.01) for days in (365, 365, 3, 730)]

    def test_the_answer_is_not_kept_for_an_idempotency_key(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        body = {"name": "Monitoring", "role": "agent", "scopes": ["read"]}
        ada = api.with_token(cast.ada.token)

        first, second = (ada.post("/v1/api-keys", body, Idempotency_Key="k") for _ in range(2))

        assert first.json["id"] != second.json["id"]
        assert database.rows("SELECT * FROM idempotency_keys") == []

    def test_an_agents_key_is_in_the_teams_named_else_in_the_default_one(self, api: Api, cast: Cast) -> None:
        networks = str(cast.teams["Networks"])

        named = make(api, cast, role="agent", team_ids=[networks, networks])
        unnamed = make(api, cast, role="AREA")

        assert named["teams"] == [{"id": networks, "name": "Networks"}]
        assert [team["name"] for team in unnamed["teams"]] == ["Service desk"]

    def test_who_made_it_and_who_ended_it_is_told(self, api: Api, cast: Cast, database: Database) -> None:
        made = make(api, cast)
        revoke(api, cast, made)

        events = database.rows("SELECT type, payload, internal FROM events ORDER BY id")
        assert [event["type"] for event in events] == ["api_key.created", "api_key.revoked"]
        for event in events:
            assert event["payload"]["api_key"]["id"] == made["id"]
            assert event["payload"]["actor"]["id"] == str(cast.ada.id)
            assert event["internal"]

    @for_each(
        "fields, field",
        [
            ({"role": "customer"}, "role"),
            ({"role": "root"}, "role"),
            ({"scopes": []}, "scopes"),
            ({"scopes": ["admin"]}, "scopes.0"),
            ({"scopes": "read"}, "scopes"),
            ({"scopes": ["read"] * 11}, "scopes"),
            ({"name": ""}, "name"),
            ({"name": "two\nlines"}, "name"),
            ({"expires_at": in_days(-1)}, "expires_at"),
            ({"expires_at": in_days(732)}, "expires_at"),
            ({"expires_at": "0001-01-01T00:00:00Z"}, "expires_at"),
            ({"expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
            ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
            ({"expires_at": 1_800_000_000}, "expires_at"),
            ({"team_ids": [str(uuid4())]}, "team_ids"),
            ({"token_id": str(uuid4())}, "token_id"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, api: Api, cast: Cast, database: Database, fields: dict[str, Any], field: str
    ) -> None:
        body = {"name": "Monitoring", "role": "admin", "scopes": ["read"], **fields}

        reply = api.with_token(cast.ada.token).post("/v1/api-keys", body)

        assert outcome(reply) == (422, "VALIDATION_ERROR")
        assert [problem["field"] for problem in reply.json["errors"]] == [field]
        assert database.rows("SELECT * FROM api_keys") == []

    def test_case_15_a_team_of_another_workspace_is_not_found(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        foreign = database.value("SELECT id FROM teams WHERE workspace_id = :w", w=cast.globex)
        body = {"name": "M", "role": "agent", "scopes": ["read"], "team_ids": [str(foreign)]}

        reply = api.with_token(cast.ada.token).post("/v1/api-keys", body)

        assert outcome(reply) == (404, "NOT_FOUND")
        assert database.rows("SELECT * FROM api_keys") == []


class TestReading:
    def test_a_list_comes_in_pages_and_sorts(self, api: Api, cast: Cast) -> None:
        for name in ("b", "a", "c"):
            make(api, cast, name=name)
        ada = api.with_token(cast.ada.token)

        first = ada.get("/v1/api-keys?sort=name&limit=2").json
        rest = ada.get(f"/v1/api-keys?sort=name&limit=2&cursor={first['next_cursor']}").json
        newest = ada.get("/v1/api-keys").json

        assert [key["name"] for key in first["items"] + rest["items"]] == ["a", "b", "c"]
        assert rest["next_cursor"] is None
        assert [key["name"] for key in newest["items"]] == ["c", "a", "b"]

    def test_case_14_another_workspaces_keys_are_neither_seen_nor_ended(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        made = make(api, cast)
        mallory = api.with_token(cast.mallory.token)

        assert mallory.get("/v1/api-keys").json["items"] == []
        assert mallory.get(f"/v1/api-keys/{made['id']}").status == 404
        assert mallory.delete(f"/v1/api-keys/{made['id']}").status == 404
        assert database.value("SELECT revoked_at FROM api_keys") is None

    def test_an_expired_key_is_listed_a_revoked_one_is_not(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        made = make(api, cast)
        database.run("UPDATE api_keys SET expires_at = now() - interval '1 day'")
        ada = api.with_token(cast.ada.token)

        assert ada.get(f"/v1/api-keys/{made['id']}").read(ApiKeyOut)
        assert revoke(api, cast, made).status == 204
        assert revoke(api, cast, made).status == 404
        assert ada.get(f"/v1/api-keys/{made['id']}").status == 404
        assert ada.get("/v1/api-keys").json["items"] == []


class TestScopes:
    def test_a_key_reads_and_writes_as_its_role(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast)

        opened = key.post("/v1/tickets", {**TICKET, "requester_id": str(cast.carol.id)})
        seen = key.get(f"/v1/tickets/{opened.json['id']}")

        assert (opened.status, seen.status) == (201, 200)
        assert outcome(key.get("/v1/api-keys")) == (403, "FORBIDDEN")
        assert outcome(key.post("/v1/teams", {"name": "Field"})) == (403, "FORBIDDEN")

    def test_without_write_it_calls_get_alone(self, api: Api, cast: Cast, database: Database) -> None:
        key = as_key(api, cast, role="admin", scopes=["read"])

        assert key.get("/v1/tickets").status == 200
        refused = [
            key.post("/v1/tickets", {**TICKET, "requester_id": str(cast.carol.id)}),
            key.patch("/v1/workspace", {"name": "Taken"}),
            key.delete(f"/v1/teams/{cast.teams['Networks']}/members/{cast.ana.id}"),
        ]
        assert {outcome(reply) for reply in refused} == {(403, "FORBIDDEN")}
        assert "scope write" in refused[0].json["detail"]
        assert database.value("SELECT count(*) FROM tickets") == 0

    def test_without_read_it_calls_no_get(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast, scopes=["write"])

        assert key.post("/v1/tickets", {**TICKET, "requester_id": str(cast.carol.id)}).status == 201
        reply = key.get("/v1/tickets")
        assert outcome(reply) == (403, "FORBIDDEN")
        assert "scope read" in reply.json["detail"]

    def test_an_agents_key_sees_its_teams_tickets(self, api: Api, cast: Cast, desk: ServiceDesk) -> None:
        mine = desk.networks_ticket()
        other = desk.networks_ticket(team_id=cast.teams["Apps"])
        key = as_key(api, cast, role="agent", team_ids=[str(cast.teams["Networks"])])

        assert [item["id"] for item in key.get("/v1/tickets").json["items"]] == [mine["id"]]
        assert key.get(f"/v1/tickets/{other['id']}").status == 404


class TestRefused:
    """What a key must be, besides well signed: 401 at the very next call."""

    def test_5_a_revoked_key(self, api: Api, cast: Cast) -> None:
        made = make(api, cast)
        key = api.with_token(made["key"])
        assert key.get("/v1/tickets").status == 200

        assert revoke(api, cast, made).status == 204

        assert outcome(key.get("/v1/tickets")) == (401, "UNAUTHENTICATED")
        assert outcome(key.post("/v1/tickets", TICKET)) == (401, "UNAUTHENTICATED")

    def test_a_key_can_end_itself(self, api: Api, cast: Cast) -> None:
        made = make(api, cast, role="admin")
        key = api.with_token(made["key"])

        assert key.delete(f"/v1/api-keys/{made['id']}").status == 204
        assert outcome(key.get("/v1/tickets")) == (401, "UNAUTHENTICATED")

    def test_one_whose_row_says_that_its_time_is_over(self, api: Api, cast: Cast, database: Database) -> None:
        key = as_key(api, cast)
        database.run("UPDATE api_keys SET expires_at = now()")

        assert outcome(key.get("/v1/tickets")) == (401, "UNAUTHENTICATED")

    def test_one_whose_token_says_so(self, api: Api, cast: Cast, database: Database) -> None:
        made = make(api, cast)
        token_id = database.value("SELECT token_id FROM api_keys")
        now = int(time.time())
        old = Claims(
            UUID(made["id"]), cast.acme, "dispatcher", TokenKind.API_KEY, token_id, now - 60, now - 1
        )

        assert outcome(api.with_token(signer().sign(old)).get("/v1/tickets")) == (401, "UNAUTHENTICATED")

    @pytest.mark.parametrize("forgery", ["another jti", "another workspace", "another kind", "a user's id"])
    def test_one_that_is_signed_for_something_else(
        self, api: Api, cast: Cast, database: Database, forgery: str
    ) -> None:
        made = make(api, cast)
        token_id = database.value("SELECT token_id FROM api_keys")
        genuine = dict.fromkeys(("subject", "workspace", "kind", "token_id"), None) | {
            "subject": UUID(made["id"]),
            "workspace": cast.acme,
            "kind": TokenKind.API_KEY,
            "token_id": token_id,
        }
        changed = {
            "another jti": {"token_id": uuid4()},
            "another workspace": {"workspace": cast.globex},
            "another kind": {"kind": TokenKind.ACCESS},
            "a user's id": {"subject": cast.ada.id},
        }[forgery]

        assert api.with_token(token(**genuine)).get("/v1/tickets").status == 200
        reply = api.with_token(token(**{**genuine, **changed})).get("/v1/tickets")
        assert outcome(reply) == (401, "UNAUTHENTICATED")

    def test_one_without_its_prefix_and_an_access_token_with_it(self, api: Api, cast: Cast) -> None:
        made = make(api, cast)

        for bad in (made["key"].removeprefix("mesa_"), f"mesa_{made['key']}", f"mesa_{cast.ada.token}"):
            assert outcome(api.with_token(bad).get("/v1/tickets")) == (401, "UNAUTHENTICATED")

    def test_one_that_was_tampered_with(self, api: Api, cast: Cast) -> None:
        head, payload, signature = make(api, cast, scopes=["read"])["key"].split(".")
        raised = decode_base64url(payload).replace(b'"dispatcher"', b'"admin"')

        for bad in (f"{head}.{encode_base64url(raised)}.{signature}", f"{head}.{payload}.{signature[::-1]}"):
            assert outcome(api.with_token(bad).get("/v1/tickets")) == (401, "UNAUTHENTICATED")

    def test_it_is_no_refresh_token(self, api: Api, cast: Cast) -> None:
        made = make(api, cast)

        reply = api.post("/v1/auth/refresh", {"refresh_token": made["key"]})

        assert outcome(reply) == (401, "UNAUTHENTICATED")

    def test_a_key_outlives_the_account_of_who_made_it(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        """It is the workspace's: the desk does not go deaf on the day that somebody leaves."""
        made = make(api, cast)
        database.run(
            "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u", u=cast.ada.id
        )

        assert api.with_token(made["key"]).get("/v1/tickets").status == 200


def token(subject: UUID, workspace: UUID, kind: TokenKind, token_id: UUID) -> str:
    now = int(time.time())
    return signer().sign(Claims(subject, workspace, "dispatcher", kind, token_id, now, now + 600))


class TestPeopleAlone:
    def test_case_18_an_admins_key_makes_no_keys(self, api: Api, cast: Cast, database: Database) -> None:
        key = as_key(api, cast, role="admin")

        reply = key.post("/v1/api-keys", {"name": "Next", "role": "agent", "scopes": ["read"]})

        assert outcome(reply) == (403, "FORBIDDEN")
        assert database.value("SELECT count(*) FROM api_keys") == 1

    @for_each(
        "method, path, body",
        [
            ("GET", "/v1/auth/me", None),
            ("PATCH", "/v1/auth/me", {"name": "Robot"}),
            ("POST", "/v1/auth/logout", {"everywhere": True}),
        ],
    )
    def test_it_has_neither_profile_nor_session(
        self, api: Api, cast: Cast, method: str, path: str, body: dict[str, Any] | None
    ) -> None:
        key = as_key(api, cast, role="admin")

        assert outcome(key.request(method, path, body)) == (403, "FORBIDDEN")
        assert key.get("/v1/tickets").status == 200

    @pytest.mark.parametrize("parameter", ["assignee", "requester"])
    def test_it_is_nobodys_me(self, api: Api, cast: Cast, parameter: str) -> None:
        reply = as_key(api, cast).get(f"/v1/tickets?{parameter}=me")

        assert outcome(reply) == (422, "VALIDATION_ERROR")
        assert reply.json["errors"][0]["field"] == parameter

    @pytest.mark.parametrize("named", [{}, {"requester_id": None}])
    def test_it_says_for_whom_a_ticket_is(self, api: Api, cast: Cast, named: dict[str, None]) -> None:
        reply = as_key(api, cast).post("/v1/tickets", {**TICKET, **named})

        assert outcome(reply) == (422, "FIELD_REQUIRED")
        assert reply.json["errors"][0]["field"] == "requester_id"

    def test_it_can_be_no_assignee(self, api: Api, cast: Cast, desk: ServiceDesk) -> None:
        made = make(api, cast)
        ticket = desk.networks_ticket()

        reply = api.with_token(made["key"]).post(
            f"/v1/tickets/{ticket['id']}/assign", {"assignee_id": made["id"]}
        )

        assert outcome(reply) == (404, "NOT_FOUND")

    def test_an_admins_key_manages_people(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast, role="admin")

        changed = key.patch(f"/v1/users/{cast.ana.id}", {"role": "dispatcher"})
        gone = key.post(f"/v1/users/{cast.ben.id}/deactivate")

        assert (changed.status, gone.status) == (200, 200)
        assert gone.json["status"] == "deactivated"

    @for_each(
        "method, path, body",
        [
            ("POST", "/v1/users", {**SOMEBODY, "role": "agent", "password": PASSWORD}),
            ("POST", "/v1/users", {**SOMEBODY, "role": "admin"}),
            ("POST", "/v1/invitations", {**SOMEBODY, "role": "admin"}),
            ("PATCH", "/v1/users/{ada}", {"password": PASSWORD}),
            ("PATCH", "/v1/users/{ada}", {"email": "eve@evil.example"}),
            ("PATCH", "/v1/users/{ana}", {"password": PASSWORD}),
            ("PATCH", "/v1/users/{ana}", {"role": "admin"}),
            ("POST", "/v1/users/{ana}/totp/reset", None),
            ("DELETE", "/v1/users/{ana}/oidc", None),
        ],
    )
    def test_case_18_an_admins_key_is_no_way_to_come_back_as_an_administrator(
        self, api: Api, cast: Cast, database: Database, method: str, path: str, body: dict[str, Any] | None
    ) -> None:
        key = as_key(api, cast, role="admin")
        people = "SELECT id, email, role, password_hash FROM users ORDER BY id"
        before = database.rows(people)

        reply = key.request(method, path.format(ada=cast.ada.id, ana=cast.ana.id), body)

        assert outcome(reply) == (403, "FORBIDDEN")
        assert database.rows(people) == before

    def test_an_admins_key_invites_and_changes_all_others(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast, role="admin")

        invited = key.post("/v1/users", {**SOMEBODY, "role": "agent"})
        moved = key.patch(f"/v1/users/{cast.carol.id}", {"email": "carol@elsewhere.example"})
        named = key.patch(f"/v1/users/{cast.ada.id}", {"name": "Ada L", "role": "admin"})

        assert (invited.status, moved.status, named.status) == (201, 200, 200)
        assert invited.json["status"] == "invited"

    def test_it_cannot_end_the_last_admin(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast, role="admin")

        assert outcome(key.post(f"/v1/users/{cast.ada.id}/deactivate")) == (409, "CONFLICT")


class TestUnderItsName:
    def test_the_timeline_names_the_key(self, api: Api, cast: Cast, desk: ServiceDesk) -> None:
        made = make(api, cast, name="Nagios")
        key = api.with_token(made["key"])

        ticket = key.post("/v1/tickets", {**TICKET, "requester_id": str(cast.carol.id)}).json
        key.post(f"/v1/tickets/{ticket['id']}/assign", {"assignee_id": str(cast.ana.id)})
        key.patch(f"/v1/tickets/{ticket['id']}", {"tags": ["vpn"]}, If_Match="2")

        actor = {"type": "api_key", "id": made["id"], "name": "Nagios"}
        detail = desk.detail(cast.carol, ticket)
        page = desk.as_(cast.carol).get(f"/v1/tickets/{ticket['id']}/timeline").json["items"]
        assert [entry["actor"] for entry in detail["timeline"]] == [actor] * 3
        assert [entry["actor"] for entry in page] == [actor] * 3
        assert detail["requester"]["id"] == str(cast.carol.id)

    def test_a_comment_names_the_key_also_after_its_end(
        self, api: Api, cast: Cast, desk: ServiceDesk
    ) -> None:
        made = make(api, cast, name="Nagios")
        ticket = desk.networks_ticket()
        path = f"/v1/tickets/{ticket['id']}/comments"

        said = api.with_token(made["key"]).post(path, {"body": "Link is up."})
        revoke(api, cast, made)

        author = {"id": made["id"], "name": "Nagios", "email": None}
        assert (said.status, said.json["author"]) == (201, author)
        assert [each["author"] for each in desk.detail(cast.carol, ticket)["comments"]] == [author]
        assert [each["author"] for each in desk.as_(cast.carol).get(path).json["items"]] == [author]

    def test_its_public_comment_is_an_answer_of_the_staff(
        self, api: Api, cast: Cast, desk: ServiceDesk
    ) -> None:
        key = as_key(api, cast)
        ticket = desk.networks_ticket()

        key.post(f"/v1/tickets/{ticket['id']}/comments", {"body": "Link is up."})
        key.post(f"/v1/tickets/{ticket['id']}/resolve", {"resolution": "Link is up."})
        desk.do(cast.dario, ticket, "reopen", reason="It is not.")

        targets = desk.detail(cast.dario, ticket)["sla"]["targets"]
        first = [target for target in targets if target["metric"] == "first_response"]
        assert [target["status"] for target in first] == ["fulfilled"]

    def test_its_requests_are_done_once_and_apart_from_other_callers(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        body = {**TICKET, "requester_id": str(cast.carol.id)}
        first, second = as_key(api, cast), as_key(api, cast)

        answers = [key.post("/v1/tickets", body, Idempotency_Key="k") for key in (first, first, second)]

        ids = [answer.json["id"] for answer in answers]
        assert ids[0] == ids[1] != ids[2]
        assert answers[1].headers["idempotency-replayed"] == "true"
        assert database.value("SELECT count(*) FROM idempotency_keys WHERE principal ~ '^api_key:'") == 2


class TestLastUse:
    def test_it_is_written_down_once_an_hour(self, api: Api, cast: Cast, database: Database) -> None:
        key = as_key(api, cast)
        used = "SELECT last_used_at FROM api_keys"

        key.get("/v1/tickets")
        first = database.value(used)
        key.get("/v1/tickets")
        second = database.value(used)
        database.run("UPDATE api_keys SET last_used_at = now() - interval '61 minutes'")
        key.get("/v1/tickets")

        assert first == second
        assert datetime.now(UTC) - database.value(used) < timedelta(minutes=1)

    def test_nobody_waits_for_another_request_to_write_it_down(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        key = as_key(api, cast)
        with database.another() as busy:
            busy.run("BEGIN")
            busy.run("SELECT FROM api_keys FOR NO KEY UPDATE")

            assert key.get("/v1/tickets").status == 200
            busy.run("ROLLBACK")

        assert database.value("SELECT last_used_at FROM api_keys") is None

    def test_a_key_reads_with_as_few_statements_as_a_user(self, api: Api, cast: Cast) -> None:
        key = as_key(api, cast)
        counts = []
        for caller in (api.with_token(cast.dario.token), key, key):
            with recorded() as sent:
                assert caller.get("/v1/tickets").status == 200
            counts.append(len(sent))

        assert counts[1:] == [counts[0]] * 2
