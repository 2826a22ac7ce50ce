"""The public look-up, a Lambda of its own: label and email tell one ticket's status, and nothing else."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Annotated, Any
from urllib.parse import quote

import pg8000.dbapi
import pytest
from chalice.app import Request
from pydantic import StringConstraints

from chalicelib.api import parsing, public_status
from chalicelib.api.problem_document import document
from chalicelib.api.schemas.common import In
from chalicelib.core import kept_connection
from chalicelib.core.errors import HelpdeskError, Unavailable
from chalicelib.core.kept_connection import KeptConnection
from tests.support.api import Api, Context, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each


class LookupShape(In):
    """What the look-up's body would be, had it a shape of the API's."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]


KEYS = {
    *("label", "subject", "status", "type", "priority", "category", "desk"),
    *("created_at", "updated_at", "resolved_at", "closed_at", "due_at", "breached"),
}
Ask = Callable[..., Reply]


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    return Desk(database, cast)


@pytest.fixture
def ask(database: Database) -> Iterator[Ask]:
    """Asks the Lambda as API Gateway does."""

    def asked(
        label: str = "",
        email: str = "",
        *,
        slug: str = "acme",
        address: str = "198.51.100.7",
        raw: bytes | None = None,
        query: dict[str, list[str]] | None = None,
        **headers: str,
    ) -> Reply:
        sent = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        body = json.dumps({"label": label, "email": email}).encode() if raw is None else raw
        event = {
            "resource": public_status.PATH,
            "path": f"/v1/public/{slug}/ticket-status",
            "httpMethod": "POST",
            "headers": sent,
            "multiValueQueryStringParameters": query,
            "pathParameters": {"workspace": slug},
            "requestContext": {"requestId": "r-1", "identity": {"sourceIp": address}},
            "body": body.decode("latin-1"),
            "isBase64Encoded": False,
        }
        if any(byte > 127 for byte in body):
            event |= {"body": b64encode(body).decode(), "isBase64Encoded": True}
        answer = public_status.public_status(event, Context())
        return Reply(
            answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer["body"]
        )

    yield asked
    public_status.database.drop()


class TestAnswer:
    def test_tells_the_status_by_label_and_email(self, ask: Ask, desk: Desk, cast: Cast) -> None:
        ticket = desk.ticket(cast.carol, category="network", priority="high", type="incident")
        desk.promise(ticket, "timestamptz '2030-06-05 15:00:00Z'")

        reply = ask(desk.label(ticket), cast.carol.email)

        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert set(reply.json) == KEYS
        told = {
            name: reply.json[name] for name in ("subject", "status", "type", "priority", "category", "desk")
        }
        assert told == {
            "subject": "No link on floor 3",
            "status": "new",
            "type": "incident",
            "priority": "high",
            "category": "network",
            "desk": "Acme",
        }
        assert reply.json["due_at"] == "2030-06-05T15:00:00.000000Z"
        assert reply.json["created_at"].endswith("Z")
        assert reply.json["breached"] is False
        assert reply.json["resolved_at"] is None

    def test_tells_that_the_promise_is_broken(self, ask: Ask, desk: Desk, cast: Cast) -> None:
        ticket = desk.ticket(cast.carol)
        desk.promise(ticket, "now() - interval '1 minute'")

        assert ask(desk.label(ticket), cast.carol.email).json["breached"] is True

    def test_a_promise_kept_in_time_is_not_broken_by_the_time_that_passed_since(
        self, ask: Ask, desk: Desk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        target = desk.promise(ticket, "now() - interval '1 minute'")
        database.run(
            "UPDATE sla_targets SET fulfilled_at = due_at - interval '1 second' WHERE id = :t", t=target
        )

        assert ask(desk.label(ticket), cast.carol.email).json["breached"] is False

    def test_takes_label_and_email_in_any_case_with_spaces_around(
        self, ask: Ask, desk: Desk, cast: Cast
    ) -> None:
        label = desk.label(desk.ticket(cast.carol))

        assert ask(f"  {label.lower()} ", "\tCarol@Customers.EXAMPLE ").status == 200

    def test_takes_a_percent_encoded_workspace(self, ask: Ask, desk: Desk, cast: Cast) -> None:
        label = desk.label(desk.ticket(cast.carol))

        assert ask(label, cast.carol.email, slug="%61cme").status == 200

    def test_carries_the_headers_of_every_answer(self, ask: Ask, desk: Desk, cast: Cast) -> None:
        headers = ask(desk.label(desk.ticket(cast.carol)), cast.carol.email).headers

        assert headers["x-request-id"] == "r-1"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert headers["access-control-allow-origin"] == "*"
        assert "RateLimit-Remaining" in headers["access-control-expose-headers"]
        assert headers["ratelimit-limit"] == "30"
        assert headers["ratelimit-remaining"] == "29"
        assert 1 <= int(headers["ratelimit-reset"]) <= 60

    def test_case_68_tells_no_notes_and_no_names_beyond_the_desks(
        self, ask: Ask, desk: Desk, cast: Cast
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.comment(ticket, cast.ana, "canary-note", "internal")
        desk.comment(ticket, cast.ana, "canary-reply")

        text = ask(desk.label(ticket), cast.carol.email).text

        for secret in ("canary", "Ana", "ana@", "Networks", "Carol", "rack 4", str(ticket)):
            assert secret not in text


class TestWrongGuess:
    def test_case_66_wrong_email_label_or_workspace_is_one_answer(
        self, ask: Ask, desk: Desk, cast: Cast, database: Database
    ) -> None:
        label = desk.label(desk.ticket(cast.carol))
        desk.ticket(
            cast.mallory,
            team_id=database.value("SELECT id FROM teams WHERE workspace_id = :w", w=cast.globex),
        )
        guesses = [
            ask(label, cast.chris.email),
            ask("TKT-2026-99999", cast.carol.email),
            ask(label, cast.carol.email, slug="nowhere"),
            ask(label, cast.carol.email, slug="globex"),
            ask(label, cast.mallory.email, slug="acme"),
            ask("💥", "x", slug="a'--"),
        ]

        assert {guess.status for guess in guesses} == {404}
        assert len({guess.text for guess in guesses}) == 1
        assert guesses[0].code == "NOT_FOUND"
        volatile = {"ratelimit-remaining", "ratelimit-reset"}
        headers = [{k: v for k, v in guess.headers.items() if k not in volatile} for guess in guesses]
        assert headers.count(headers[0]) == len(headers)

    def test_case_66_wrong_email_label_or_workspace_look_at_as_many_tables(
        self, ask: Ask, desk: Desk, cast: Cast, database: Database
    ) -> None:
        """So they take as long: `make bench ONLY=sign_in` measures it."""
        label = desk.label(desk.ticket(cast.carol))
        guesses: dict[str, tuple[str, str, str]] = {
            "email": (label, cast.chris.email, "acme"),
            "label": ("TKT-2026-99999", cast.carol.email, "acme"),
            "workspace": (label, cast.carol.email, "nowhere"),
        }
        looked = {name: self.looked_at(database, *guess) for name, guess in guesses.items()}

        assert looked["email"] == looked["label"] == looked["workspace"]
        assert {"workspaces", "tickets", "users", "sla_targets"} <= set(looked["email"])
        assert all(ask(label, email, slug=slug).status == 404 for label, email, slug in guesses.values())

    def looked_at(self, database: Database, label: str, email: str, slug: str) -> dict[str, int]:
        """How often the function that the Lambda asks looked into each table."""
        asked = "fn_public_ticket_status(:s, :l, :e, 'an address', 9, 60, 'an account', 9, 60)"
        looks = "SELECT relname, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
        database.run("BEGIN")
        before = dict(database.connection.run(looks))
        (answer,) = database.rows(f"SELECT * FROM {asked}", s=slug, l=label, e=email)
        after = dict(database.connection.run(looks))
        database.run("ROLLBACK")
        assert (answer["allowed"], answer["answer"]) == (True, None)
        return {table: looks - before[table] for table, looks in after.items() if looks > before[table]}

    def test_a_deleted_ticket_is_not_there(
        self, ask: Ask, desk: Desk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        database.run("UPDATE tickets SET deleted_at = now()")

        assert ask(desk.label(ticket), cast.carol.email).code == "NOT_FOUND"


class TestThrottle:
    def test_case_67_an_address_is_refused_after_thirty_guesses_a_minute(
        self, ask: Ask, cast: Cast, desk: Desk
    ) -> None:
        label = desk.label(desk.ticket(cast.carol))
        guesses = [ask(f"TKT-2026-{n:05}", f"guess-{n}@x.example") for n in range(30)]

        refused = ask(label, cast.carol.email)

        assert {guess.status for guess in guesses} == {404}
        assert refused.code == "RATE_LIMITED"
        assert refused.status == 429
        assert refused.headers["ratelimit-remaining"] == "0"
        assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
        assert ask(label, cast.carol.email, address="198.51.100.8").status == 200

    def test_case_67_no_header_makes_another_address(self, ask: Ask, cast: Cast) -> None:
        replies = [
            ask(
                "TKT-2026-00001",
                f"{n}@x.example",
                x_forwarded_for=f"203.0.113.{n}",
                forwarded=f"for=10.0.0.{n}",
            )
            for n in range(31)
        ]

        assert replies[-1].status == 429

    def test_case_67_an_ipv6_neighbour_is_the_same_caller(self, ask: Ask, cast: Cast) -> None:
        replies = [ask("TKT-2026-00001", f"{n}@x.example", address=f"2001:db8:0:1::{n:x}") for n in range(31)]

        assert replies[-1].status == 429
        assert ask("TKT-2026-00001", "x@x.example", address="2001:db8:0:2::1").status == 404

    def test_an_address_in_no_known_form_is_counted_as_it_is(self, ask: Ask, cast: Cast) -> None:
        replies = [ask("TKT-2026-00001", f"{n}@x.example", address="a:b") for n in range(31)]

        assert replies[-1].status == 429

    def test_case_67_one_persons_tickets_are_not_guessed_from_many_addresses(
        self, ask: Ask, cast: Cast
    ) -> None:
        replies = [
            ask(f"TKT-2026-{n:05}", cast.carol.email, address=f"203.0.{n // 250}.{n % 250}")
            for n in range(101)
        ]

        assert {reply.status for reply in replies[:-1]} == {404}
        assert replies[-1].status == 429
        assert replies[-1].headers["ratelimit-limit"] == "100"

    def test_case_67_of_ten_thousand_guesses_thirty_are_answered(
        self, database: Database, cast: Cast
    ) -> None:
        answered = database.value(
            "SELECT count(*) FILTER (WHERE s.allowed) FROM generate_series(1, 10000) AS n, LATERAL "
            "fn_public_ticket_status('acme', 'TKT-2026-' || n, 'x', 'a', 30, 60, 'b' || n, 100, 3600) AS s"
        )

        assert answered == 30

    def test_no_address_and_no_email_is_kept_in_the_counts(
        self, ask: Ask, cast: Cast, database: Database
    ) -> None:
        ask("TKT-2026-00001", cast.carol.email)

        kept = json.dumps([row["bucket"] for row in database.rows("SELECT bucket FROM rate_limits")])

        assert "198.51" not in kept
        assert "carol" not in kept

    def test_a_local_stack_multiplies_the_limits(
        self, ask: Ask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MESA_RATE_LIMIT_FACTOR", "20")
        public_status.settings.cache_clear()

        limit = ask("TKT-2026-00001", cast.carol.email).headers["ratelimit-limit"]
        public_status.settings.cache_clear()

        assert limit == "600"


class TestBadInput:
    @for_each(
        "raw, status, code, fields",
        [
            (b"", 422, "FIELD_REQUIRED", ["label", "email"]),
            (b"{}", 422, "FIELD_REQUIRED", ["label", "email"]),
            (b'{"label": "TKT-2026-00001"}', 422, "FIELD_REQUIRED", ["email"]),
            (b'{"label": 7, "email": true}', 422, "VALIDATION_ERROR", ["label", "email"]),
            (b'{"label": " ", "email": "x"}', 422, "VALIDATION_ERROR", ["label"]),
            (b'{"label": "%s", "email": "x"}' % (b"x" * 41), 422, "VALIDATION_ERROR", ["label"]),
            (b'{"label": "x", "email": "%s"}' % (b"x" * 255), 422, "VALIDATION_ERROR", ["email"]),
            (b'{"label": "x", "email": "y", "role": "admin"}', 422, "VALIDATION_ERROR", ["role"]),
            (b'{"label": "x", "z": 1}', 422, "VALIDATION_ERROR", ["email", "z"]),
            (b'{"label": "a\\u0000b", "email": "x"}', 422, "VALIDATION_ERROR", ["label"]),
            (b'{"a\\u0000b": 1}', 422, "VALIDATION_ERROR", ["ab"]),
            (b"[]", 422, "VALIDATION_ERROR", [""]),
            (b"null", 422, "VALIDATION_ERROR", [""]),
            (b'{"label": %s}' % (b"[" * 40 + b"]" * 40), 422, "VALIDATION_ERROR", ["label" + ".0" * 31]),
            (b"{", 400, "MALFORMED_REQUEST", []),
            (b'{"label": NaN}', 400, "MALFORMED_REQUEST", []),
            (b'{"label": -Infinity}', 400, "MALFORMED_REQUEST", []),
            (b'{"label": "\\ud800", "email": "x"}', 400, "MALFORMED_REQUEST", []),
            (b"\xff\xfe", 400, "MALFORMED_REQUEST", []),
            (b"\xef\xbb\xbf{}", 400, "MALFORMED_REQUEST", []),
            (b"\x0b", 400, "MALFORMED_REQUEST", []),
            (b"[" * 100_000, 400, "MALFORMED_REQUEST", []),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "MALFORMED_REQUEST", []),
            (b"x" * 1_048_577, 413, "PAYLOAD_TOO_LARGE", []),
        ],
        ids=lambda case: repr(case)[:40],
    )
    def test_is_refused_with_the_code_and_the_fields(
        self, ask: Ask, raw: bytes, status: int, code: str, fields: list[str]
    ) -> None:
        reply = ask(raw=raw)

        assert (reply.status, reply.code) == (status, code)
        assert [error["field"] for error in reply.json["errors"]] == fields
        assert set(reply.json) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
        assert reply.json["request_id"] == "r-1"

    @for_each(
        "raw",
        [
            b"",
            b"{}",
            b"[]",
            b"{",
            b'{"label": NaN}',
            b'{"label": 7, "email": "x"}',
            b'{"label": "a\\u0000b"}',
            b'{"label": "x", "email": "x", "workspace_id": 1}',
            b'{"label": " ", "email": "x"}',
            b'{"label": "\\udfff", "email": "x"}',
            b'{"label": "%s", "email": "x"}' % (b"x" * 41),
            b"\xff",
            b"[" * 100_000,
            b'{"label": %s}' % (b"[" * 40 + b"]" * 40),
        ],
        ids=lambda raw: repr(raw)[:30],
    )
    def test_is_refused_just_as_the_api_refuses_it(self, ask: Ask, raw: bytes) -> None:
        request = Request.__new__(Request)
        request.headers = {"content-type": "application/json"}
        with pytest.raises(HelpdeskError) as refusal:
            parsing.parse_body(LookupShape, request, raw)
        _, _, members = document(refusal.value, "r-1")

        reply = ask(raw=raw).json

        if members["code"] == "MALFORMED_REQUEST":  # each parser says in its own words where it stopped
            members["detail"] = reply["detail"]
        assert reply == members

    def test_case_65_an_email_in_the_query_string_is_refused(self, ask: Ask, cast: Cast) -> None:
        reply = ask("TKT-2026-00001", cast.carol.email, query={"email": [cast.carol.email]})

        assert reply.status == 422
        assert reply.json["errors"][0]["field"] == "email"
        assert cast.carol.email not in reply.text

    def test_another_media_type_is_refused(self, ask: Ask) -> None:
        assert ask(raw=b"label=x", content_type="application/x-www-form-urlencoded").status == 415

    def test_a_json_suffix_is_json(self, ask: Ask, cast: Cast) -> None:
        assert ask("TKT-2026-00001", "x", content_type="application/vnd.x+json; charset=utf-8").status == 404

    @pytest.mark.parametrize("slug", ["a%00b", quote("x" * 501)])
    def test_a_workspace_that_cannot_be_one_is_refused(self, ask: Ask, slug: str) -> None:
        assert ask("TKT-2026-00001", "x", slug=slug).status == 422

    def test_a_body_that_is_no_base64_is_refused(self, ask: Ask) -> None:
        event: dict[str, Any] = {"body": "a", "isBase64Encoded": True, "requestContext": {}}

        assert public_status.public_status(event, Context())["statusCode"] == 400

    def test_refused_input_is_not_counted(self, ask: Ask, cast: Cast, database: Database) -> None:
        ask(raw=b"{}")

        assert database.rows("SELECT * FROM rate_limits") == []


class TestFaults:
    def test_a_connection_cut_while_the_sandbox_slept_is_opened_anew(
        self, ask: Ask, desk: Desk, cast: Cast, database: Database
    ) -> None:
        label = desk.label(desk.ticket(cast.carol))
        ask(label, cast.carol.email)
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'")

        assert ask(label, cast.carol.email).status == 200

    def test_one_connection_serves_a_whole_sandbox(self, ask: Ask, cast: Cast, database: Database) -> None:
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'")
        for _ in range(5):
            ask("TKT-2026-00001", cast.carol.email)

        assert database.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'mesa_app'") == 1

    def test_a_database_out_of_reach_is_503(
        self, ask: Ask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        nowhere = KeptConnection(lambda: pg8000.dbapi.connect("x", host="127.0.0.1", port=port))
        monkeypatch.setattr(public_status, "database", nowhere)

        reply = ask("TKT-2026-00001", cast.carol.email)

        assert reply.code == "SERVICE_UNAVAILABLE"
        assert reply.headers["retry-after"] == "1"

    def test_a_frozen_database_is_waited_for_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept_connection, "QUICK_SECONDS", 0.05)
        attempts = []
        with socket.create_server(("127.0.0.1", 0)) as silent:

            def connect() -> pg8000.dbapi.Connection:
                attempts.append(1)
                with socket.create_connection(silent.getsockname(), timeout=0.1) as line:
                    return pg8000.dbapi.connect("x", sock=line)

            with pytest.raises(Unavailable):
                KeptConnection(connect).ask("SELECT 1", ())

        assert len(attempts) == 1

    def test_case_38_a_defect_shows_nothing_but_the_request_id(
        self, ask: Ask, cast: Cast, database: Database
    ) -> None:
        limits = "text, integer, integer"
        function = f"FUNCTION fn_public_ticket_status(text, text, text, {limits}, {limits})"
        database.run(f"REVOKE EXECUTE ON {function} FROM mesa_app")
        try:
            reply = ask("TKT-2026-00001", cast.carol.email)
        finally:
            database.run(f"GRANT EXECUTE ON {function} TO mesa_app")

        assert reply.code == "INTERNAL_SERVER_ERROR"
        assert "r-1" in reply.json["detail"]
        assert "fn_public" not in reply.text


class TestInProcess:
    def test_the_api_itself_answers_the_same(self, api: Api, ask: Ask, desk: Desk, cast: Cast) -> None:
        label = desk.label(desk.ticket(cast.carol))

        inside = api.post("/v1/public/acme/ticket-status", {"label": label, "email": cast.carol.email})
        outside = ask(label, cast.carol.email)

        assert inside.status == outside.status == 200
        assert inside.json == outside.json
        assert inside.headers.keys() == outside.headers.keys()

    def test_case_67_counts_the_address_of_the_connection(self, api: Api, cast: Cast) -> None:
        for _ in range(30):
            api.post("/v1/public/acme/ticket-status", {"label": "TKT-2026-00001", "email": "x"})

        refused = api.post("/v1/public/acme/ticket-status", {"label": "TKT-2026-00001", "email": "x"})
        elsewhere = api.at("198.51.100.9").post("/v1/public/acme/ticket-status", {"label": "x", "email": "x"})

        assert refused.code == "RATE_LIMITED"
        assert elsewhere.code == "NOT_FOUND"

    def test_case_65_there_is_no_way_to_ask_with_an_email_in_the_url(self, api: Api, cast: Cast) -> None:
        path = f"/v1/public/acme/ticket-status?label=TKT-2026-00001&email={cast.carol.email}"

        assert api.get(path).status in (403, 404, 405)
        assert api.post(path).status == 422
        assert api.post(path, {"label": "x", "email": "x"}).code == "VALIDATION_ERROR"
