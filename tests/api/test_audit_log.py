"""The audit log over HTTP: every event of administration and security is in it, and no secret is."""

import re
from typing import Any

import pytest

from chalicelib import schedules
from chalicelib.core import storage
from tests.support.api import Api, Reply
from tests.support.cast import PASSWORD, Cast, Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.mailbox import LambdaContext
from tests.support.service_desk import ServiceDesk

NEW_PASSWORD = "canary-violet-staple-horse"
ADDRESS = "198.51.100.23"
TICK: dict[str, Any] = {
    "version": "0",
    "account": "123456789012",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-06-05T15:00:00Z",
    "id": "tick",
    "resources": [],
}


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    """Ada, calling from an address of her own."""
    return api.at(ADDRESS).with_token(cast.ada.token)


@pytest.fixture(autouse=True)
def anew(stage: dict[str, str]) -> None:
    storage.client.cache_clear()
    schedules.anchor_settings.cache_clear()


def entries(api: Api, query: str = "") -> list[dict[str, Any]]:
    reply = api.get(f"/v1/audit-log{query}")
    assert reply.status == 200, reply.text
    return list(reply.json["items"])


def newest(api: Api, action: str) -> dict[str, Any]:
    return entries(api, f"?action={action}")[0]


def recorded(
    api: Api,
    action: str,
    who: Person | None,
    target: tuple[str, object],
    before: Any = None,
    after: Any = None,
    *,
    reply: Reply | None = None,
) -> None:
    """The newest entry of this kind says exactly that."""
    entry = newest(api, action)
    assert entry["action"] == action
    assert entry["actor"]["id"] == (str(who.id) if who else None)
    assert entry["actor"]["name"] == (who.name if who else None)
    assert entry["address"] == ADDRESS
    assert entry["target"] == {"type": target[0], "id": str(target[1])}
    assert (entry["before"], entry["after"]) == (before, after)
    if reply:
        assert entry["request_id"] == reply.headers["x-request-id"]


def login(api: Api, email: str, password: str = PASSWORD, **more: str) -> Reply:
    return api.with_token(None).post("/v1/auth/login", {"email": email, "password": password, **more})


class TestPeople:
    def test_a_workspace_that_is_registered(self, api: Api) -> None:
        reply = api.at(ADDRESS).post(
            "/v1/auth/register",
            {"workspace_name": "New", "admin_email": "a@new.example", "admin_password": NEW_PASSWORD},
        )
        admin = api.with_token(reply.json["access_token"])

        found = {entry["action"]: entry for entry in entries(admin)}

        assert set(found) == {"workspace.registered", "user.created"}
        assert found["workspace.registered"]["after"] == {"name": "New", "slug": "new"}
        assert found["user.created"]["after"]["email"] == "a@new.example"
        assert {entry["actor"]["id"] for entry in found.values()} == {reply.json["user"]["id"]}
        assert {entry["address"] for entry in found.values()} == {ADDRESS}

    def test_a_workspace_that_is_changed(self, ada: Api, cast: Cast) -> None:
        reply = ada.patch("/v1/workspace", {"language": "es", "timezone": "UTC"})

        recorded(
            ada,
            "workspace.changed",
            cast.ada,
            ("workspace", cast.acme),
            {"language": "en"},
            {"language": "es"},
            reply=reply,
        )

    def test_a_user_who_is_created(self, ada: Api, cast: Cast) -> None:
        body = {"name": "Eve", "email": "eve@acme.example", "role": "agent", "password": NEW_PASSWORD}

        made = ada.post("/v1/users", body).json

        recorded(
            ada,
            "user.created",
            cast.ada,
            ("user", made["id"]),
            None,
            {
                **{name: made[name] for name in ("name", "email", "role", "status")},
                **dict.fromkeys(("document_id", "phone", "has_whatsapp", "company", "email_problem")),
                "away": False,
                "organisation_id": None,
                "team_ids": [made["teams"][0]["id"]],
            },
        )

    def test_a_user_who_is_invited(self, ada: Api, cast: Cast) -> None:
        made = ada.post("/v1/users", {"name": "Eve", "email": "eve@acme.example", "role": "agent"}).json

        assert newest(ada, "user.invited")["target"]["id"] == made["id"]

    @pytest.mark.parametrize(
        ("change", "before", "after"),
        [
            ({"role": "dispatcher"}, {"role": "agent"}, {"role": "dispatcher"}),
            ({"email": "ann@acme.example"}, {"email": "ana@acme.example"}, {"email": "ann@acme.example"}),
            ({"phone": "+34 600"}, {"phone": None}, {"phone": "+34 600"}),
            ({"password": NEW_PASSWORD}, {"password_set": None}, {"password_set": True}),
        ],
    )
    def test_a_user_who_is_changed(
        self, ada: Api, cast: Cast, change: dict[str, Any], before: Any, after: Any
    ) -> None:
        ada.patch(f"/v1/users/{cast.ana.id}", change)

        recorded(ada, "user.changed", cast.ada, ("user", cast.ana.id), before, after)

    def test_a_user_who_changes_teams(self, ada: Api, cast: Cast) -> None:
        ada.patch(f"/v1/users/{cast.ana.id}", {"team_ids": [str(cast.teams["Apps"])]})

        before, after = ({"team_ids": [str(cast.teams[name])]} for name in ("Networks", "Apps"))
        recorded(ada, "user.changed", cast.ada, ("user", cast.ana.id), before, after)

    def test_what_changes_nothing_is_not_recorded(self, ada: Api, cast: Cast) -> None:
        ada.patch(f"/v1/users/{cast.ana.id}", {"name": "Ana"})
        ada.patch("/v1/workspace", {"language": "en"})
        ada.patch(f"/v1/teams/{cast.teams['Apps']}", {"name": "Apps"})

        assert entries(ada) == []

    def test_a_refused_change_is_not_recorded(self, ada: Api, cast: Cast) -> None:
        assert ada.patch(f"/v1/users/{cast.ada.id}", {"role": "agent"}).status == 409

        assert entries(ada) == []

    def test_who_changes_their_own_name(self, api: Api, ada: Api, cast: Cast) -> None:
        api.at(ADDRESS).with_token(cast.carol.token).patch("/v1/auth/me", {"company": "Initech"})

        recorded(
            ada,
            "user.changed",
            cast.carol,
            ("user", cast.carol.id),
            {"company": None},
            {"company": "Initech"},
        )

    def test_a_user_who_is_deactivated_and_let_in_again(self, ada: Api, cast: Cast) -> None:
        ada.post(f"/v1/users/{cast.ben.id}/deactivate", {})
        states = {"status": "active"}, {"status": "deactivated"}
        recorded(ada, "user.deactivated", cast.ada, ("user", cast.ben.id), *states)

        ada.patch(f"/v1/users/{cast.ben.id}", {"status": "active"})
        recorded(ada, "user.changed", cast.ada, ("user", cast.ben.id), *reversed(states))

    def test_a_team_and_its_members(self, ada: Api, cast: Cast) -> None:
        by_hand = {"assignment": "manual", "assignment_cap": None}
        team = ada.post("/v1/teams", {"name": "Field"}).json["id"]
        recorded(ada, "team.created", cast.ada, ("team", team), None, {"name": "Field", **by_hand})

        ada.patch(f"/v1/teams/{team}", {"name": "Field service"})
        names = {"name": "Field"}, {"name": "Field service"}
        recorded(ada, "team.changed", cast.ada, ("team", team), *names)

        member = {"user_id": str(cast.ben.id)}
        for _ in range(2):
            ada.post(f"/v1/teams/{team}/members", member)
        recorded(ada, "team.member_added", cast.ada, ("team", team), None, member)
        assert len(entries(ada, "?action=team.member_added")) == 1

        ada.delete(f"/v1/teams/{team}/members/{cast.ben.id}")
        recorded(ada, "team.member_removed", cast.ada, ("team", team), member, None)

    def test_an_api_key_and_what_it_does(self, api: Api, ada: Api, cast: Cast) -> None:
        made = ada.post("/v1/api-keys", {"name": "Sync", "role": "admin", "scopes": ["read", "write"]}).json
        facts = {"name": "Sync", "role": "admin", "scopes": ["read", "write"]}
        recorded(ada, "api_key.created", cast.ada, ("api_key", made["id"]), None, facts)

        api.with_token(made["key"]).patch("/v1/workspace", {"language": "es"})
        changed = newest(ada, "workspace.changed")
        assert changed["actor"] == {"type": "api_key", "id": made["id"], "name": "Sync"}

        ada.delete(f"/v1/api-keys/{made['id']}")
        recorded(ada, "api_key.revoked", cast.ada, ("api_key", made["id"]), None, facts)


class TestSignIn:
    def test_one_that_succeeds(self, api: Api, ada: Api, cast: Cast) -> None:
        reply = login(api.at(ADDRESS), cast.ben.email)

        recorded(ada, "sign_in.succeeded", cast.ben, ("user", cast.ben.id), reply=reply)

    def test_one_that_fails_is_recorded_though_the_request_is_refused(
        self, api: Api, ada: Api, cast: Cast
    ) -> None:
        reply = login(api.at(ADDRESS), cast.ben.email, "canary-wrong-password")

        assert reply.code == "INVALID_CREDENTIALS"
        recorded(ada, "sign_in.failed", None, ("user", cast.ben.id), None, {"status": "active"}, reply=reply)
        assert newest(ada, "sign_in.failed")["actor"]["type"] == "anonymous"

    def test_one_of_a_deactivated_user_fails_and_is_recorded(self, api: Api, ada: Api, cast: Cast) -> None:
        ada.post(f"/v1/users/{cast.ben.id}/deactivate", {})

        login(api.at(ADDRESS), cast.ben.email)

        recorded(ada, "sign_in.failed", None, ("user", cast.ben.id), None, {"status": "deactivated"})

    def test_an_unknown_email_leaves_no_trace_in_anybodys_log(
        self, api: Api, ada: Api, cast: Cast, database: Database
    ) -> None:
        ada.patch("/v1/workspace", {"language": "es"})

        login(api, "nobody@acme.example", "wrong")
        login(api, cast.ben.email, "wrong", workspace="globex")

        assert [entry["action"] for entry in entries(ada)] == ["workspace.changed"]
        assert database.value("SELECT count(*) FROM audit_log") == 1
        assert ada.get("/v1/audit-log/verify").json["ok"]

    def test_an_account_in_two_workspaces_is_told_to_both(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        copy = (
            "INSERT INTO users (workspace_id, email, name, role, password_hash) "
            "SELECT :w, email, name, role, password_hash FROM users WHERE id = :u"
        )
        database.run(copy, w=cast.globex, u=cast.ben.id)

        login(api, cast.ben.email, "wrong")

        assert len(entries(api.with_token(cast.ada.token), "?action=sign_in.failed")) == 1
        assert len(entries(api.with_token(cast.mallory.token), "?action=sign_in.failed")) == 1

    def test_a_replayed_refresh_token(self, api: Api, ada: Api, cast: Cast) -> None:
        first = login(api, cast.ben.email).json["refresh_token"]
        somewhere = api.at(ADDRESS)
        somewhere.post("/v1/auth/refresh", {"refresh_token": first})

        replayed = somewhere.post("/v1/auth/refresh", {"refresh_token": first})

        assert replayed.status == 401
        entry = newest(ada, "session.replayed")
        assert entry["target"] == {"type": "user", "id": str(cast.ben.id)}
        assert entry["address"] == ADDRESS
        assert set(entry["after"]) == {"family_id"}

    def test_a_logout_everywhere(self, api: Api, ada: Api, cast: Cast) -> None:
        api.at(ADDRESS).with_token(cast.ben.token).post("/v1/auth/logout", {"everywhere": True})

        recorded(ada, "session.ended_everywhere", cast.ben, ("user", cast.ben.id))


class TestTickets:
    def test_one_that_is_deleted_and_restored(self, desk: ServiceDesk, ada: Api, cast: Cast) -> None:
        ticket = desk.in_status("open")
        ada.delete(f"/v1/tickets/{ticket['id']}")
        ada.post(f"/v1/tickets/{ticket['id']}/restore", {})

        named = {"label": ticket["label"], "status": "open"}
        recorded(ada, "ticket.deleted", cast.ada, ("ticket", ticket["id"]), named, None)
        recorded(ada, "ticket.restored", cast.ada, ("ticket", ticket["id"]), None, named)


def test_no_secret_is_in_any_entry(api: Api, ada: Api, cast: Cast, database: Database) -> None:
    """Passwords, right or wrong, their hashes, and every token that was ever given or sent."""
    tokens = login(api, cast.ben.email).json
    login(api, cast.ben.email, "canary-wrong-password")
    renewed = api.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}).json
    api.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    made = ada.post(
        "/v1/users",
        {"name": "Eve", "email": "eve@acme.example", "role": "agent", "password": NEW_PASSWORD},
    )
    ada.patch(f"/v1/users/{made.json['id']}", {"password": f"{NEW_PASSWORD}-2"})
    api.with_token(cast.ben.token).post(
        "/v1/auth/logout", {"everywhere": True, "refresh_token": renewed["refresh_token"]}
    )

    rows = database.rows(
        "SELECT coalesce(before::text, '') || coalesce(after::text, '') || action || coalesce(address, '') "
        "|| coalesce(request_id, '') AS text FROM audit_log"
    )
    kept = "\n".join(row["text"] for row in rows)
    hashes = [row["h"] for row in database.rows("SELECT DISTINCT password_hash AS h FROM users")]
    digests = [row["d"] for row in database.rows("SELECT encode(digest, 'hex') AS d FROM refresh_tokens")]
    secrets = [
        "canary",
        PASSWORD,
        cast.ada.token,
        *(each[name] for each in (tokens, renewed) for name in ("access_token", "refresh_token")),
        *hashes,
        *digests,
    ]

    assert len(rows) >= 6
    assert [secret for secret in secrets if secret in kept] == []
    assert not re.search(r"\$2[aby]\$", kept)


class TestListing:
    @pytest.fixture(autouse=True)
    def history(self, api: Api, ada: Api, cast: Cast) -> None:
        for number in range(7):
            ada.patch(f"/v1/teams/{cast.teams['Apps']}", {"name": f"Apps {number}"})
        ada.patch("/v1/workspace", {"language": "es"})
        api.with_token(cast.carol.token).patch("/v1/auth/me", {"company": "Initech"})

    def test_the_newest_comes_first_page_by_page(self, ada: Api) -> None:
        seen, cursor = [], ""
        while True:
            page = ada.get(f"/v1/audit-log?limit=4{cursor}").json
            seen += [entry["sequence"] for entry in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert seen == list(range(9, 0, -1))
        assert [entry["sequence"] for entry in entries(ada, "?offset=7")] == [2, 1]

    @for_each(
        "action, count",
        [
            ("team.changed", 7),
            ("team.*", 7),
            ("TEAM.CHANGED,workspace.changed", 8),
            ("user.*,workspace.*", 2),
            ("team.chang", 0),
            ("*", 9),
        ],
    )
    def test_by_action(self, ada: Api, action: str, count: int) -> None:
        assert len(entries(ada, f"?action={action}")) == count

    def test_by_actor_and_target_and_time(self, ada: Api, cast: Cast) -> None:
        everything = entries(ada)
        middle = everything[4]["created_at"]

        assert len(entries(ada, f"?actor={cast.carol.id}")) == 1
        assert len(entries(ada, f"?target={cast.teams['Apps']}")) == 7
        assert len(entries(ada, f"?target={cast.teams['Apps']}&actor={cast.carol.id}")) == 0
        assert len(entries(ada, f"?created_after={middle}")) == 4
        assert len(entries(ada, f"?created_before={middle}")) == 4

    @for_each(
        "query",
        [
            "action=%27--",
            "action=a b",
            "action=",
            "actor=me",
            "created_after=2026-01-01T00:00:00",
            "created_after=0",
        ],
    )
    def test_37_what_is_no_filter_is_refused(self, ada: Api, query: str) -> None:
        assert ada.get(f"/v1/audit-log?{query}").status == 422

    def test_another_workspace_sees_none_of_it(self, api: Api, cast: Cast) -> None:
        mallory = api.with_token(cast.mallory.token)

        assert entries(mallory) == []
        assert entries(mallory, f"?target={cast.teams['Apps']}") == []
        assert mallory.get("/v1/audit-log/verify").json["checked"] == 0

    @for_each("name", ["dario", "ana", "carol"])
    def test_case_18_nobody_but_an_admin_reads_it(self, api: Api, cast: Cast, name: str) -> None:
        someone = api.with_token(getattr(cast, name).token)

        for path in ("/v1/audit-log", "/v1/audit-log/verify"):
            assert someone.get(path).status == 403


class TestVerifying:
    """Case 74 over HTTP; the forgeries one by one are in tests/accounts/test_audit_log.py."""

    @pytest.fixture(autouse=True)
    def history(self, ada: Api, cast: Cast) -> None:
        for number in range(4):
            ada.patch(f"/v1/teams/{cast.teams['Apps']}", {"name": f"Apps {number}"})

    def test_74_a_whole_log_with_its_anchor(self, ada: Api) -> None:
        assert ada.get("/v1/audit-log/verify").json["anchored"] is None

        schedules.audit_anchor(TICK, LambdaContext(300))
        reply = ada.get("/v1/audit-log/verify").json

        assert (reply["ok"], reply["checked"], reply["first_broken"]) == (True, 4, None)
        assert reply["head"] == {"sequence": 4, "hash": entries(ada)[0]["hash"]}
        assert {name: reply["anchored"][name] for name in ("sequence", "hash")} == reply["head"]

    def test_74_an_edited_entry_is_named(self, ada: Api, database: Database) -> None:
        second = entries(ada)[2]
        database.run("UPDATE audit_log SET after = '{}' WHERE id = :i", i=second["id"])

        reply = ada.get("/v1/audit-log/verify").json

        assert reply["ok"] is False
        assert reply["first_broken"] == {"sequence": 2, "id": second["id"], "reason": "edited"}

    def test_74_a_tail_cut_with_its_head_contradicts_the_anchor(
        self, ada: Api, cast: Cast, database: Database
    ) -> None:
        schedules.audit_anchor(TICK, LambdaContext(300))
        database.run("DELETE FROM audit_log WHERE sequence > 2")
        database.run(
            "UPDATE audit_heads h SET sequence = 2, anchored_sequence = 2, hash = e.hash "
            "FROM audit_log e WHERE e.workspace_id = h.workspace_id AND e.sequence = 2"
        )

        reply = ada.get("/v1/audit-log/verify").json

        assert reply["first_broken"] == {"sequence": 3, "id": None, "reason": "cut"}

    def test_where_the_anchors_cannot_be_read_nothing_is_claimed(
        self, ada: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "chalicelib.api.audit_log.anchoring.storage.client",
            lambda _patience: Broken(),
        )

        assert ada.get("/v1/audit-log/verify").code == "SERVICE_UNAVAILABLE"


class Broken:
    """An S3 that is away."""

    def list_objects_v2(self, **_: Any) -> Any:
        from botocore.exceptions import EndpointConnectionError

        raise EndpointConnectionError(endpoint_url="https://s3.example")
