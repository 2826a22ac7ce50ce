"""Erasing a person: case 75, the receipt, who may, and what stays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.conftest import Queue
from tests.support.api import Api
from tests.support.canary import found_in
from tests.support.cast import Cast, Person, person, token_for
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.jobs import Workshop
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.processes import in_processes
from tests.support.rating_links import token_in
from tests.support.service_desk import ServiceDesk
from tests.support.tenants import fingerprint


@dataclass
class Canary:
    """A person whose every fact is found nowhere else."""

    word: str

    @property
    def email(self) -> str:
        return f"{self.word}@people.example"

    @property
    def name(self) -> str:
        return f"Nadia {self.word.title()} Petit"

    @property
    def document(self) -> str:
        return f"DOC-{self.word[-6:]}-9"

    phone = "+57 601 555 0199"

    @property
    def words(self) -> tuple[str, ...]:
        return (self.word, self.email, self.name, self.document, self.phone, "6015550199")


@pytest.fixture
def canary() -> Canary:
    return Canary(f"canary{uuid4().hex[:8]}")


@pytest.fixture
def post(queue: Queue) -> Post:
    mailbox = Mailbox()
    mailbox.empty()
    return Post(queue, mailbox)


def live(api: Api, cast: Cast, canary: Canary, post: Post) -> dict[str, Any]:
    """All that a customer can do here, and what others do with and say of them. Their user id and tickets."""
    ada = api.with_token(cast.ada.token)
    public = api.post(
        "/v1/public/acme/tickets",
        {
            "name": canary.name,
            "email": canary.email,
            "subject": f"No light at {canary.name}'s",
            "description": f"Write to {canary.email.upper()} or call (+57) 601-555 01.99, {canary.document}.",
            "document_id": canary.document,
            "phone": canary.phone,
            "company": f"{canary.word} Ltd",
        },
        Idempotency_Key="public",
    )
    assert public.status == 201, public.text
    signup = {"name": canary.name, "email": canary.email, "password": "violet staple horse"}
    assert api.post("/v1/public/acme/signup", signup).status == 202
    assert api.post("/v1/auth/verify-email", {"token": post.token(canary.email)}).status == 204
    signed_in = api.post(
        "/v1/auth/login", {"email": canary.email, "password": "violet staple horse", "workspace": "acme"}
    )
    assert signed_in.status == 200, signed_in.text
    me = api.with_token(signed_in.json["access_token"])
    own = me.post(
        "/v1/tickets",
        {"subject": "VPN", "description": f"It is me, {canary.name}."},
        Idempotency_Key="own",
    )
    assert own.status == 201, own.text
    path = f"/v1/tickets/{own.json['id']}"
    said = me.post(f"{path}/comments", {"body": f"Yours, {canary.name}"}, Idempotency_Key="comment")
    assert said.status == 201
    user_id = own.json["requester"]["id"]
    assert me.patch("/v1/auth/me", {"name": f"Née {canary.name}"}).status == 200
    assert ada.patch(f"/v1/users/{user_id}", {"name": canary.name}).status == 200
    assert me.post("/v1/auth/login", {"email": canary.email, "password": "wrong wrong"}).status == 401
    assert api.post("/v1/auth/password/forgot", {"email": canary.email}).status == 202
    # Somebody else's ticket speaks of them too, and a key is named for them.
    other = ada.post(
        "/v1/tickets",
        {
            "subject": f"Access for {canary.name}",
            "description": f"{canary.email} asks.",
            "requester_id": str(cast.chris.id),
            "tags": [canary.word + "@people.example", "vpn"],
            "custom_fields": {"contact": {"mail": canary.email, "tall": True}, "n": 1.5},
        },
        Idempotency_Key="other",
    )
    assert other.status == 201, other.text
    note = {"body": f"Spoke to {canary.name.upper()}.", "visibility": "internal"}
    assert ada.post(f"/v1/tickets/{other.json['id']}/comments", note).status == 201
    closed = ada.post(f"/v1/tickets/{other.json['id']}/close", {"reason": f"{canary.email} is gone"})
    assert closed.status == 200
    house = {"name": "House", "notes": f"Ask {canary.name}, {canary.phone}."}
    assert ada.post("/v1/organisations", house).status == 201
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    key = {"name": f"Key of {canary.name}", "role": "agent", "scopes": ["read"], "expires_at": until}
    assert ada.post("/v1/api-keys", key).status == 201
    post.arrive()
    return {
        "user_id": user_id,
        "token": signed_in.json["access_token"],
        "own": own.json,
        "other": other.json,
        "label": public.json["label"],
    }


def erase(api: Api, cast: Cast, canary: Canary, user_id: str, **headers: str) -> Any:
    body = {"confirm": canary.email.upper()}
    return api.with_token(cast.ada.token).post(f"/v1/users/{user_id}/erase", body, **headers)


class TestCase75:
    def test_75_a_canary_is_found_nowhere_and_the_log_still_verifies(
        self,
        api: Api,
        cast: Cast,
        canary: Canary,
        post: Post,
        workshop: Workshop,
        database: Database,
        queue: Queue,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        lived = live(api, cast, canary, post)
        ada = api.with_token(cast.ada.token)
        ada.post(f"/v1/users/{lived['user_id']}/export")
        workshop.work()
        assert len(workshop.files()) == 1
        before = found_in(database, *canary.words)
        assert len(before) > 10

        erased = erase(api, cast, canary, lived["user_id"], Idempotency_Key="erase")
        assert erased.status == 202, erased.text
        workshop.work()

        assert found_in(database, *canary.words) == set()
        assert workshop.files() == {}
        assert workshop.take() == queue.take() == []
        assert canary.word not in caplog.text.lower()
        assert canary.word not in "".join(capsys.readouterr()).lower()
        assert ada.get("/v1/audit-log/verify").json["ok"]
        receipt = ada.get(f"/v1/users/{lived['user_id']}/erasure").json
        assert receipt["status"] == "complete"
        entry = ada.get("/v1/audit-log?action=user.erased").json["items"][0]
        assert entry["sequence"] == receipt["audit_sequence"]
        assert entry["after"] == {"pseudonym": receipt["pseudonym"], "reason": "requested"}

    def test_75_of_an_administrator_nothing_is_found_either(
        self, api: Api, cast: Cast, canary: Canary, workshop: Workshop, database: Database
    ) -> None:
        bea = person(database, cast.acme, "Bea", "admin", "acme.example")
        ada, path = api.with_token(cast.ada.token), f"/v1/users/{bea.id}"
        facts = {"email": canary.email, "name": canary.name, "phone": canary.phone}
        assert ada.patch(path, facts).status == 200
        caller = api.with_token(bea.token).at("198.51.100.77")
        erased = caller.post(*erasure_of(cast.chris))
        assert erased.status == 202, erased.text
        assert caller.post(f"/v1/users/{cast.ben.id}/deactivate").status == 200
        workshop.work()

        assert ada.post(f"{path}/erase", {"confirm": canary.email}).status == 202
        workshop.work()

        assert found_in(database, *canary.words, "198.51.100.77") == set()
        assert ada.get("/v1/audit-log/verify").json["ok"]
        of_chris = ada.get(f"/v1/users/{cast.chris.id}/erasure").json
        assert (of_chris["status"], of_chris["pseudonym"]) == ("complete", erased.json["pseudonym"])
        assert of_chris["audit_sequence"] is not None


def erasure_of(person: Person) -> tuple[str, dict[str, str]]:
    return f"/v1/users/{person.id}/erase", {"confirm": person.email}


class TestWhatStays:
    def test_the_tickets_stay_under_the_pseudonym(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        ticket = (
            desk.as_(cast.carol)
            .post(
                "/v1/tickets",
                {"subject": "VPN", "description": "Carol here: it drops."},
                Idempotency_Key="k1",
            )
            .json
        )
        path = f"/v1/tickets/{ticket['id']}"
        desk.as_(cast.carol).post(f"{path}/comments", {"body": "Every hour."})

        receipt = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json
        workshop.work()

        seen = desk.as_(cast.ada).get(path).json
        assert (seen["requester"]["name"], seen["status"]) == (receipt["pseudonym"], "new")
        assert seen["description"] == "[erased] here: it drops."
        assert [comment["author"]["name"] for comment in seen["comments"]] == [receipt["pseudonym"]]
        assert {entry["actor"]["name"] for entry in seen["timeline"]} == {receipt["pseudonym"]}
        assert seen["version"] == ticket["version"]
        assert found_in(database, "carol") == set()

    def test_what_they_said_of_the_help_goes_and_how_they_found_it_stays(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, post: Post, database: Database
    ) -> None:
        ticket = desk.in_status("resolved")
        token = token_in(post.last(cast.carol.email))
        desk.as_(cast.carol).post(f"/v1/tickets/{ticket['id']}/rating", {"score": 2, "comment": "Rude."})

        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()

        seen = desk.as_(cast.ada).get(f"/v1/tickets/{ticket['id']}/rating").json
        assert (seen["rating"]["score"], seen["rating"]["comment"]) == (2, None)
        assert found_in(database, "Rude.") == set()
        assert desk.api.post("/v1/ratings", {"token": token, "score": 1}).status == 404

    def test_whom_a_rating_speaks_of_is_taken_out_of_it(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        desk.as_(cast.ada).patch(f"/v1/users/{cast.ana.id}", {"name": "Ana Ibarra"})
        ticket = desk.in_status("resolved")
        said = {"score": 5, "comment": "Ana Ibarra was quick."}
        desk.as_(cast.carol).post(f"/v1/tickets/{ticket['id']}/rating", said)

        desk.as_(cast.ada).post(*erasure_of(cast.ana))
        workshop.work()

        assert database.value("SELECT comment FROM ratings") == "[erased] was quick."

    def test_who_wrote_by_the_form_is_in_no_answer_that_is_kept_for_its_token(
        self, api: Api, cast: Cast, database: Database, workshop: Workshop
    ) -> None:
        nora = Canary("nora.o'canary")
        filled = {"token": "one", "name": "Nora Vega", "email": nora.email, "type": "question"}
        filled |= {"subject": f"Toner for {nora.email}", "description": "There is none."}
        sent = api.post(
            "/v1/public/acme/form",
            urlencode(filled).encode(),
            Content_Type="application/x-www-form-urlencoded",
            Accept="text/html",
        )
        assert (sent.status, "nora.o&#39;canary" in sent.text) == (201, True)
        user_id = str(database.value("SELECT id FROM users WHERE email = :email", email=nora.email))

        assert erase(api, cast, nora, user_id).status == 202
        workshop.work()

        complete = api.with_token(cast.ada.token).get(f"/v1/users/{user_id}/erasure")
        assert complete.json["status"] == "complete"
        kept = database.value("SELECT body FROM idempotency_keys WHERE path LIKE '%/form'")
        assert kept.startswith("<!doctype html>")
        assert "canary" not in kept

    def test_a_name_that_a_stranger_signed_up_with_is_looked_for_in_their_own_tickets_alone(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        ada = desk.as_(cast.ada)
        told = {"subject": "VPN connection", "description": "The VPN connection drops."}
        of_chris = desk.as_(cast.chris).post("/v1/tickets", told).json
        written = {"name": "Nadia Petit", "email": "nadia@people.example", **told}
        own = desk.api.post("/v1/public/acme/tickets", written)
        assert own.status == 201
        claimed = {"name": "vpn connection", "email": written["email"], "password": "violet staple horse"}
        assert desk.api.post("/v1/public/acme/signup", claimed).status == 202

        (nadia,) = ada.get("/v1/users?query=nadia").json["items"]
        assert ada.post(f"/v1/users/{nadia['id']}/erase", {"confirm": written["email"]}).status == 202
        workshop.work()

        kept = ada.get(f"/v1/tickets/{of_chris['id']}").json
        assert {name: kept[name] for name in told} == told

    def test_what_a_stranger_said_of_themselves_takes_no_words_out_of_other_tickets(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        told = {
            "subject": "See TKT-2026",
            "description": "Please help with the VPN, says nadia@people.example.",
        }
        of_chris = desk.as_(cast.chris).post("/v1/tickets", told).json
        facts = {"name": "Please help", "document_id": "TKT-2026", "email": "nadia@people.example"}
        own = desk.api.post("/v1/public/acme/tickets", {**facts, **told})
        assert own.status == 201

        ada = desk.as_(cast.ada)
        (nadia,) = ada.get("/v1/users?query=nadia").json["items"]
        assert ada.post(f"/v1/users/{nadia['id']}/erase", {"confirm": facts["email"]}).status == 202
        workshop.work()

        kept, hers = (ada.get(f"/v1/tickets/{id}").json for id in (of_chris["id"], own.json["id"]))
        assert kept["subject"] == "See TKT-2026"
        assert kept["description"] == "Please help with the VPN, says [erased]."
        assert (hers["subject"], hers["description"]) == (
            "See [erased]",
            "[erased] with the VPN, says [erased].",
        )

    def test_of_another_workspace_nothing_is_touched(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        database.run(
            "UPDATE users SET email = :e, name = :n WHERE id = :u",
            e=cast.carol.email,
            n="Carol",
            u=cast.mallory.id,
        )
        body = {"subject": "Carol", "description": f"{cast.carol.email} of Globex"}
        desk.as_(cast.mallory).post("/v1/tickets", body)
        before = fingerprint(database, cast.globex)

        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()

        assert fingerprint(database, cast.globex) == before

    def test_a_later_ticket_with_the_same_email_is_a_new_persons(
        self, desk: ServiceDesk, api: Api, cast: Cast, database: Database, workshop: Workshop
    ) -> None:
        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()

        body = {
            "name": "Carol",
            "email": cast.carol.email,
            "subject": "Again",
            "description": "It is me again.",
        }
        assert api.post("/v1/public/acme/tickets", body).status == 201

        rows = database.rows("SELECT id, status FROM users WHERE email = :e", e=cast.carol.email)
        assert [row["status"] for row in rows] == ["contact"]
        assert rows[0]["id"] != cast.carol.id

    def test_keys_that_an_erased_admin_made_work_on(
        self, desk: ServiceDesk, api: Api, cast: Cast, database: Database, workshop: Workshop
    ) -> None:
        database.run("UPDATE users SET role = 'admin' WHERE id = :u", u=cast.dario.id)
        until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"name": "CI", "role": "agent", "scopes": ["read"], "expires_at": until}
        token = token_for(cast.acme, cast.dario.id, "admin")
        key = api.with_token(token).post("/v1/api-keys", body).json

        receipt = desk.as_(cast.ada).post(*erasure_of(cast.dario)).json
        workshop.work()

        assert api.with_token(key["key"]).get("/v1/tickets").status == 200
        (shown,) = desk.as_(cast.ada).get("/v1/api-keys").json["items"]
        assert shown["created_by"]["name"] == receipt["pseudonym"]

    def test_the_work_of_erased_staff_returns_to_the_queue(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.in_status("open")
        path = f"/v1/tickets/{ticket['id']}"
        desk.as_(cast.dario).post(f"{path}/assign", {"assignee_id": str(cast.ana.id)})

        receipt = desk.as_(cast.ada).post(*erasure_of(cast.ana)).json

        seen = desk.as_(cast.ada).get(path).json
        assert seen["assignee"] is None
        assert seen["timeline"][-1]["meta"]["reason"] == f"{receipt['pseudonym']} was erased."

    def test_names_of_colleagues_stay(self, desk: ServiceDesk, cast: Cast, workshop: Workshop) -> None:
        """Another Carol, in a ticket that this one has nothing to do with."""
        body = {"subject": "Carol called", "description": "Carol, not carol@customers.example."}
        ticket = desk.as_(cast.chris).post("/v1/tickets", body).json

        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()

        seen = desk.as_(cast.ada).get(f"/v1/tickets/{ticket['id']}").json
        assert (seen["subject"], seen["description"]) == ("Carol called", "Carol, not [erased].")


class TestTimeEntries:
    def test_notes_lose_the_words_and_stay_as_long_as_they_may_be(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        ticket = desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."}).json
        path = f"/v1/tickets/{ticket['id']}/time-entries"
        called = f"{'Carol ' * 320}{'.' * 80}"
        for note in (f"Called {cast.carol.email}.", called):
            assert desk.as_(cast.ada).post(path, {"minutes": 5, "note": note}).status == 201

        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()

        first, second = (row["note"] for row in database.rows("SELECT note FROM time_entries ORDER BY id"))
        assert (first, len(second)) == ("Called [erased].", 2000)
        assert cast.carol.name not in second


class TestFiles:
    def test_files_that_they_sent_go_and_names_of_others_lose_the_words(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        ticket = desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."}).json
        sent, other = uuid4(), uuid4()
        for id, who, name in (
            (sent, cast.carol, "passport.png"),
            (other, cast.ana, f"{'é' * 110} {cast.carol.email}"),
        ):
            database.run(
                "INSERT INTO attachments (workspace_id, id, ticket_id, uploaded_by, file_name, content_type, "
                "size, state, object_version, uploaded_at) "
                "VALUES (:w, :i, :t, :u, :n, 'image/png', 10, 'uploaded', 'v1', now())",
                w=cast.acme,
                i=id,
                t=ticket["id"],
                u=who.id,
                n=name,
            )

        receipt = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json
        workshop.work()

        assert receipt["counts"]["attachments"] == 1
        assert database.rows("SELECT id, file_name FROM attachments") == [
            {"id": other, "file_name": f"{'é' * 110} [erased]"}
        ]
        assert [row["id"] for row in database.rows("SELECT id FROM discarded_files")] == [sent]


class TestAccess:
    def test_an_erased_person_is_signed_out_at_once_and_gets_in_by_no_door(
        self, desk: ServiceDesk, api: Api, cast: Cast, database: Database
    ) -> None:
        login = {"email": cast.carol.email, "password": cast.carol.password}
        signed_in = api.post("/v1/auth/login", login).json

        desk.as_(cast.ada).post(*erasure_of(cast.carol))

        assert desk.as_(cast.carol).get("/v1/auth/me").status == 401
        refresh = {"refresh_token": signed_in["refresh_token"]}
        assert api.post("/v1/auth/refresh", refresh).status == 401
        assert api.post("/v1/auth/login", login).status == 401
        assert api.post("/v1/auth/password/forgot", {"email": cast.carol.email}).status == 202
        assert database.value("SELECT count(*) FROM events WHERE type LIKE 'user.password%'") == 0
        assert desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}").status == 404
        listed = desk.as_(cast.ada).get("/v1/users?limit=100").json["items"]
        assert str(cast.carol.id) not in {user["id"] for user in listed}

    def test_news_that_waits_in_the_queue_is_not_sent_to_the_old_address(
        self, desk: ServiceDesk, cast: Cast, post: Post
    ) -> None:
        ticket = desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."}).json
        post.arrive()
        desk.as_(cast.ana).post(f"/v1/tickets/{ticket['id']}/comments", {"body": "We look."})
        post.mailbox.empty()

        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        mails = post.arrive()

        assert not any(cast.carol.email in str(mail["To"]) for mail in mails)

    def test_nobody_erases_themselves_or_the_last_admin_or_by_a_slip(
        self, desk: ServiceDesk, api: Api, cast: Cast, database: Database
    ) -> None:
        ada = desk.as_(cast.ada)
        until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"name": "CI", "role": "admin", "scopes": ["read", "write"], "expires_at": until}
        key = ada.post("/v1/api-keys", body).json["key"]
        path, whole = erasure_of(cast.ada)

        assert ada.post(path, whole).code == "FORBIDDEN"
        assert api.with_token(key).post(path, whole).code == "CONFLICT"
        wrong = ada.post(f"/v1/users/{cast.carol.id}/erase", {"confirm": cast.chris.email})
        assert (wrong.status, wrong.code) == (409, "CONFLICT")
        assert cast.carol.email not in wrong.text
        assert database.value("SELECT count(*) FROM users WHERE deleted_at IS NOT NULL") == 0

    @for_each(
        "body",
        [
            None,
            {},
            {"confirm": ""},
            {"confirm": 1},
            {"reason": "requested"},
            {"confirm": "carol@customers.example", "reason": "because"},
        ],
    )
    def test_a_request_without_sense_is_refused(self, desk: ServiceDesk, cast: Cast, body: Any) -> None:
        assert desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/erase", body).status == 422

    def test_a_stranger_and_another_tenants_are_not_found(self, desk: ServiceDesk, cast: Cast) -> None:
        for user in (uuid4(), cast.mallory.id):
            ada = desk.as_(cast.ada)
            assert ada.post(f"/v1/users/{user}/erase", {"confirm": cast.mallory.email}).status == 404
            assert ada.get(f"/v1/users/{user}/erasure").status == 404
            assert ada.post(f"/v1/users/{user}/export").status == 404


class TestReceipt:
    def test_says_how_far_it_is_and_what_was_done_without_a_word_of_the_person(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Carol here."})
        path, body = erasure_of(cast.carol)

        asked = desk.as_(cast.ada).post(path, {**body, "reason": "consent_withdrawn"})
        held = database.value("SELECT patterns FROM erasures")
        workshop.work()
        complete = desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure")

        assert asked.status == 202
        assert asked.headers["location"] == f"/v1/users/{cast.carol.id}/erasure"
        assert (asked.json["status"], asked.json["reason"]) == ("running", "consent_withdrawn")
        assert cast.carol.email.split("@")[0] in held["everywhere"]
        assert (complete.json["status"], complete.json["id"]) == ("complete", asked.json["id"])
        assert complete.json["counts"]["tickets"] == 1
        assert cast.carol.email not in complete.text
        assert database.value("SELECT patterns FROM erasures") is None
        job = desk.as_(cast.ada).get(f"/v1/jobs/{complete.json['job_id']}").json
        assert (job["status"], job["kind"], job["file"]) == ("done", "user_erasure", None)

    def test_a_second_request_gets_the_first_receipt(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        first = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json
        second = desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()
        third = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json

        assert second.status == 202
        assert (second.json["id"], third["id"]) == (first["id"], first["id"])
        assert third["status"] == "complete"
        assert database.value("SELECT count(*) FROM jobs") == 1
        assert database.value("SELECT count(*) FROM audit_log WHERE action = 'user.erased'") == 1

    def test_a_search_that_gave_up_goes_on_when_asked_again(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        database.run("UPDATE jobs SET status = 'failed', error = 'x'")
        failed = desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json

        again = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json
        workshop.work()

        assert (failed["status"], again["status"]) == ("failed", "running")
        assert desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json["status"] == "complete"

    @pytest.mark.parametrize(
        "lost", ["UPDATE jobs SET leased_until = now() - interval '7 hours'", "DELETE FROM jobs"]
    )
    def test_one_whose_job_was_lost_has_failed_and_goes_on_when_asked_again(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database, lost: str
    ) -> None:
        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        database.run(lost)
        failed = desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json

        again = desk.as_(cast.ada).post(*erasure_of(cast.carol)).json
        workshop.work()

        assert (failed["status"], again["status"]) == ("failed", "running")
        assert desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json["status"] == "complete"

    def test_a_search_that_comes_after_the_end_changes_nothing(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Carol here."})
        desk.as_(cast.ada).post(*erasure_of(cast.carol))
        workshop.work()
        texts = "SELECT subject, description, changes, meta FROM tickets, timeline_entries ORDER BY sequence"
        before = database.rows(texts)

        database.run("UPDATE jobs SET status = 'queued', leased_until = now()")
        database.run("UPDATE events SET sent_at = NULL WHERE type = 'job.requested'")
        workshop.work()

        assert database.rows(texts) == before
        assert desk.as_(cast.ada).get(f"/v1/users/{cast.carol.id}/erasure").json["status"] == "complete"


class TestRaces:
    def test_of_ten_erasures_at_once_one_is_done_and_all_get_its_receipt(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        path, body = erasure_of(cast.carol)

        replies = in_processes(5, 2, cast.ada.token, "POST", path, body, {})

        assert {reply.status for reply in replies} == {202}
        assert len({reply.json["id"] for reply in replies}) == 1
        assert database.value("SELECT count(*) FROM erasures") == 1
        assert database.value("SELECT count(*) FROM jobs") == 1

    def test_what_was_being_written_at_that_moment_is_found_too(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        """A transaction that ends after the erasure; the search begins when it must be over."""
        ticket = desk.as_(cast.carol).post("/v1/tickets", {"subject": "VPN", "description": "Drops."}).json
        with database.another() as late:
            late.run("BEGIN")
            late.run(
                "INSERT INTO comments (workspace_id, ticket_id, author_id, body) VALUES (:w, :t, :u, :b)",
                w=cast.acme,
                t=ticket["id"],
                u=cast.carol.id,
                b=f"Write to {cast.carol.email}",
            )
            erased = desk.as_(cast.ada).post(*erasure_of(cast.carol))
            early = workshop.take()
            late.run("COMMIT")
        waits = database.value(
            "SELECT extract(epoch FROM leased_until - created_at) FROM events WHERE type = 'job.requested'"
        )
        workshop.work()

        assert erased.status == 202
        assert early == []
        assert float(waits) == 60
        assert found_in(database, cast.carol.email) == set()

    def test_a_sign_in_that_races_leaves_no_session(
        self, desk: ServiceDesk, api: Api, cast: Cast, database: Database
    ) -> None:
        login = {"email": cast.carol.email, "password": cast.carol.password}
        with ThreadPoolExecutor(1) as other:
            racing = other.submit(
                in_processes,
                3,
                3,
                None,
                "POST",
                "/v1/auth/login",
                login,
                {},  # type: ignore[arg-type]
            )
            desk.as_(cast.ada).post(*erasure_of(cast.carol))
            replies = racing.result(timeout=120)

        assert {reply.status for reply in replies} <= {200, 401, 429}
        open_sessions = "SELECT count(*) FROM refresh_tokens WHERE user_id = :u"
        assert database.value(open_sessions, u=cast.carol.id) == 0
