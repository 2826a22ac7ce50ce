"""Rows taken out: what is in the file is what the lists say, for whoever asks and for nobody else."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from chalicelib.analytics import export_queries
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.exports import Exports
from tests.support.for_each import for_each
from tests.support.jobs import Workshop
from tests.support.made_once import MadeOnce
from tests.support.service_desk import ServiceDesk

RUNNING = ("hours_remaining",)


def listed(desk: ServiceDesk, who: Person, **filters: Any) -> list[dict[str, Any]]:
    """All that the list shows, whole as the ticket itself does, in the order of their making."""
    query = urlencode({**filters, "limit": 100, "sort": "created_at"}, doseq=True)
    items = desk.as_(who).get(f"/v1/tickets?{query}").json["items"]
    return [desk.detail(who, item) for item in items]


def same(exported: dict[str, Any], shown: dict[str, Any]) -> bool:
    """Whether each field that both have is the same, but for what moves with the clock. Who reads a file has
    no verbs."""
    policy = {**shown, "sla": {"policy": shown["sla"]["policy"]}}
    shared = (exported.keys() & policy.keys()) - set(RUNNING)
    return shared >= policy.keys() - {"comments", "timeline", "verbs", *RUNNING} and all(
        moment(exported[name]) == moment(policy[name]) for name in shared
    )


def moment(value: Any) -> Any:
    """Times without the zeros that one leaves out."""
    if isinstance(value, str) and value.endswith("Z") and "." in value:
        return value[:-1].rstrip("0").rstrip(".")
    if isinstance(value, str) and value.endswith("Z"):
        return value[:-1]
    if isinstance(value, dict):
        return {name: moment(inner) for name, inner in value.items()}
    return [moment(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def busy(desk: ServiceDesk, cast: Cast) -> list[dict[str, Any]]:
    return make_busy(desk, cast)


def make_busy(desk: ServiceDesk, cast: Cast) -> list[dict[str, Any]]:
    """A desk with tickets in every state, of both teams, with files of texts that hurt."""
    states = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled")
    made = [desk.in_status(status) for status in states]
    apps = desk.ticket(
        cast.dario,
        subject='=HYPERLINK("https://evil.example")',
        description='Two\nlines, a "quote", and ＝1',
        team_id=cast.teams["Apps"],
        requester_id=cast.chris.id,
        tags=["vip", "outage"],
        custom_fields={"product": "laptop", "floor": -3},
        priority="urgent",
        category="Hardware",
    )
    desk.comment(cast.chris, apps, "@SUM(1)")
    desk.comment(cast.ben, apps, "Between us: =1+1", visibility="internal")
    return [*made, apps]


class TestTheList(MadeOnce):
    """An export changes nothing that another would show."""

    @pytest.fixture(scope="class")
    @classmethod
    def exports(cls, desk: ServiceDesk, stage: dict[str, str], aws: str, database: Database) -> Exports:
        return Exports(desk, Workshop(stage, aws, database))

    @pytest.fixture(scope="class")
    @classmethod
    def busy(cls, desk: ServiceDesk, cast: Cast) -> list[dict[str, Any]]:
        made = make_busy(desk, cast)
        desk.as_(cast.ada).post("/v1/custom-fields", {"key": "product", "name": "Product", "type": "text"})
        desk.do(cast.dario, desk.in_status("closed"), "archive")
        return made

    @for_each("who", ["ada", "dario", "ana", "ben"])
    def test_case_17_an_export_has_the_tickets_that_its_asker_sees_as_they_are_shown(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]], who: str
    ) -> None:
        person = getattr(cast, who)

        exported = exports.objects(person, "tickets")

        shown = listed(desk, person)
        assert [each["id"] for each in exported] == [each["id"] for each in shown]
        assert all(same(*pair) for pair in zip(exported, shown, strict=True))
        assert len(shown) == {"ada": 8, "dario": 8, "ana": 7, "ben": 1}[who]

    @for_each(
        "filters",
        [
            {"status": ["new", "open"]},
            {"priority": ["urgent"]},
            {"type": ["complaint"]},
            {"assignee": "none"},
            {"assignee": "me"},
            {"tag": "vip"},
            {"query": "laptop OR evil"},
            {"query": "VPN"},
            {"breached": True},
            {"breached": False},
            {"custom_field": ["product:laptop"]},
            {"created_within_days": 1},
            {"created_before": "2026-01-01T00:00:00Z"},
            {"team": "mine"},
            {"organisation": "none"},
            {"requester": "me"},
            {"archived": True},
        ],
        ids=str,
    )
    def test_a_filter_means_what_it_means_to_the_list(
        self,
        desk: ServiceDesk,
        cast: Cast,
        exports: Exports,
        busy: list[dict[str, Any]],
        filters: dict[str, Any],
    ) -> None:
        exported = exports.objects(cast.dario, "tickets", filter=filters)

        asked = {
            name: value if name == "custom_field" else ",".join(value) if isinstance(value, list) else value
            for name, value in filters.items()
        }
        asked = {
            name: str(value).lower() if value in (True, False) else value for name, value in asked.items()
        }
        assert sorted(each["id"] for each in exported) == sorted(
            each["id"] for each in listed(desk, cast.dario, **asked)
        )


class TestTickets:
    def test_csv_says_the_same_as_json_lines(
        self, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        objects = exports.objects(cast.ada, "tickets")
        rows = exports.rows(cast.ada, "tickets")

        assert [row["id"] for row in rows] == [each["id"] for each in objects]
        apps = rows[-1]
        assert apps["subject"] == '\'=HYPERLINK("https://evil.example")'
        assert apps["description"] == 'Two\nlines, a "quote", and ＝1'
        assert (apps["requester.email"], apps["team.name"]) == (str(cast.chris.email), "Apps")
        assert (apps["tags"], apps["custom_fields"]) == ("vip, outage", '{"floor": -3, "product": "laptop"}')
        assert (apps["assignee.id"], apps["resolved_at"], apps["breached"]) == ("", "", "false")
        assert float(apps["hours_remaining"]) == pytest.approx(4, abs=0.1)
        for row, each in zip(rows, objects, strict=True):
            assert row["created_at"] == each["created_at"]
            assert row["sla_minutes"] == ("" if each["sla_minutes"] is None else str(each["sla_minutes"]))

    def test_a_single_page_is_cut_where_texts_are_long_and_nothing_is_lost(
        self, cast: Cast, exports: Exports, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Pages of three rows, and of a single long one."""
        monkeypatch.setattr(export_queries, "ROWS", 3)
        monkeypatch.setattr(export_queries, "BYTES", 1000)
        team = cast.teams["Networks"]
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
            "SELECT :w, n, 'TKT-' || n, 'Ticket ' || n, "
            "repeat('x', CASE WHEN n % 4 = 0 THEN 5000 ELSE 1 END), :r, :t FROM generate_series(1, 50) AS n",
            w=cast.acme,
            r=cast.carol.id,
            t=team,
        )

        numbers = [each["number"] for each in exports.objects(cast.ada, "tickets")]

        assert numbers == list(range(1, 51))

    @pytest.mark.parametrize(
        ("resource", "texts"),
        [
            ("tickets", "UPDATE tickets SET description = repeat('x', 60000)"),
            ("tickets", "UPDATE tickets SET custom_fields = jsonb_build_object('a', repeat('x', 16000))"),
            ("comments", "UPDATE comments SET body = repeat('x', 60000)"),
            ("timeline", "UPDATE timeline_entries SET meta = jsonb_build_object('a', repeat('x', 60000))"),
        ],
    )
    def test_as_much_is_in_memory_at_once_as_a_page_holds(
        self,
        cast: Cast,
        exports: Exports,
        busy: list[dict[str, Any]],
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        resource: str,
        texts: str,
    ) -> None:
        database.run(texts)
        monkeypatch.setattr(export_queries, "BYTES", 10_000)
        real, pages = export_queries.page, list[int]()

        def page(*given: Any, **named: Any) -> export_queries.Page:
            made = real(*given, **named)
            pages.append(made.rows)
            return made

        monkeypatch.setattr(export_queries, "page", page)
        rows = exports.objects(cast.ada, resource)

        assert set(pages) == {0, 1}
        assert len(rows) == sum(pages) > 1

    def test_the_columns_are_those_that_were_chosen_in_their_order(
        self, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        names = ["subject", "assignee", "requester.email", "id"]
        rows = exports.rows(cast.ada, "tickets", columns=names)
        objects = exports.objects(cast.ada, "tickets", columns=names)

        spread = ["subject", "assignee.id", "assignee.name", "assignee.email", "requester.email", "id"]
        assert [list(row) for row in rows] == [spread] * 8
        assert [list(each) for each in objects] == [["subject", "assignee", "requester", "id"]] * 8
        assert {frozenset(each["requester"]) for each in objects} == {frozenset({"email"})}
        assert {each["assignee"] for each in objects} == {None}

    def test_each_declared_field_has_a_column_and_numbers_stay_numbers(
        self, desk: ServiceDesk, cast: Cast, exports: Exports
    ) -> None:
        declared = {"product": "text", "floor": "number", "parts": "multi_select", "paid": "boolean"}
        for key, kind in declared.items():
            options = {"options": ["=a", "b c"]} if kind == "multi_select" else {}
            field = {"key": key, "name": key, "type": kind, **options}
            assert desk.as_(cast.ada).post("/v1/custom-fields", field).status == 201
        values = {"product": "=laptop", "floor": -3, "parts": ["=a", "b c"], "paid": True}
        desk.ticket(cast.dario, requester_id=cast.carol.id, custom_fields=values)
        desk.ticket(cast.dario, requester_id=cast.carol.id)

        rows = exports.rows(cast.ada, "tickets")
        floors = exports.rows(cast.ada, "tickets", columns=["number", "custom_fields.floor"])
        objects = exports.objects(cast.ada, "tickets", columns=["custom_fields.floor", "custom_fields.paid"])

        cells = {key: rows[0][f"custom_fields.{key}"] for key in declared}
        assert cells == {"product": "'=laptop", "floor": "-3", "parts": "'=a, b c", "paid": "true"}
        assert "custom_fields" not in rows[0]
        assert {rows[1][f"custom_fields.{key}"] for key in declared} == {""}
        assert floors == [
            {"number": "1", "custom_fields.floor": "-3"},
            {"number": "2", "custom_fields.floor": ""},
        ]
        assert objects[0] == {"custom_fields": {"floor": -3, "paid": True}}

    def test_what_was_promised_is_told_as_the_ticket_tells_it(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, database: Database
    ) -> None:
        """Reopened ones too, whose promise has several cycles, and those that have nothing left."""
        ticket = desk.in_status("resolved")
        desk.do(cast.dario, ticket, "reopen", reason="again")
        for verb in ("resolve", "reopen", "resolve"):
            body = {"resolution": "Done."} if verb == "resolve" else {"reason": "again"}
            assert desk.do(cast.dario, ticket, verb, **body).status == 200
        late = desk.networks_ticket(sla_minutes=1)
        spent = desk.in_status("resolved")
        database.run("UPDATE sla_targets SET used_minutes = 1440 WHERE ticket_id = :t", t=spent["id"])
        desk.patch(cast.dario, desk.do(cast.dario, spent, "reopen", reason="again").json, sla_minutes=300)
        assert desk.detail(cast.ada, spent)["sla_minutes"] == 300

        exported = exports.objects(
            cast.ada, "tickets", columns=["id", "sla", "sla_minutes", "due_at", "hours_remaining", "breached"]
        )

        for each, shown in zip(
            exported, (desk.detail(cast.ada, t) for t in (ticket, late, spent)), strict=True
        ):
            assert moment(each["sla"]) == moment(shown["sla"])
            for name in ("sla_minutes", "due_at", "breached"):
                assert moment(each[name]) == moment(shown[name])
            assert each["hours_remaining"] == pytest.approx(shown["hours_remaining"], abs=0.01)

    def test_where_nothing_is_meant_there_is_a_header_alone(self, cast: Cast, exports: Exports) -> None:
        wanted = {"filter": {"tag": "nobody-has-this"}, "columns": ["id", "subject"]}

        assert exports.made(cast.ada, "tickets", format="csv", **wanted) == b'\xef\xbb\xbf"id","subject"\r\n'
        assert exports.made(cast.ada, "tickets", format="jsonl", **wanted) == b""
        assert exports.made(cast.ada, "tickets", format="jsonl", compress="gzip", **wanted) == b""

    def test_compressed_it_is_the_same(
        self, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        columns = ["id", "subject", "description"]
        plain = exports.made(cast.ada, "tickets", columns=columns)
        assert exports.made(cast.ada, "tickets", columns=columns, compress="gzip") == plain


class TestOtherRows:
    def test_comments_are_those_of_the_tickets_that_one_sees(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        apps = busy[-1]
        taken = desk.comment(cast.dario, apps, "Wrong ticket.")
        assert desk.as_(cast.dario).delete(f"/v1/tickets/{apps['id']}/comments/{taken['id']}").status == 204

        exported = exports.objects(cast.ben, "comments")

        page = desk.as_(cast.ben).get(f"/v1/tickets/{apps['id']}/comments").json["items"]
        assert len(page) == len(exported) == 3
        for each, shown in zip(exported, page, strict=True):
            known = each.keys() & shown.keys()
            assert known >= {"id", "body", "visibility", "author", "created_at", "deleted_at", "mentions"}
            assert {name: each[name] for name in known} == {name: shown[name] for name in known}
            assert each["ticket_label"] == apps["label"]
        rows = exports.rows(cast.ben, "comments")
        assert [row["body"] for row in rows] == ["'@SUM(1)", "Between us: =1+1", ""]
        assert rows[2]["deleted_by.name"] == "Dario"

    def test_timelines_are_as_the_ticket_shows_them(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        exported = exports.objects(cast.ana, "timeline", filter={"status": ["resolved"]})

        (resolved,) = [ticket for ticket in busy if ticket["status"] == "resolved"]
        shown = desk.as_(cast.ana).get(f"/v1/tickets/{resolved['id']}/timeline").json["items"]
        extra = {"ticket_id": resolved["id"], "ticket_label": resolved["label"]}
        assert exported == [{**entry, **extra} for entry in shown]

    def test_since_and_until_are_of_the_entries_themselves(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, database: Database
    ) -> None:
        ticket = desk.ticket()
        for day in (1, 2, 3):
            made = desk.comment(cast.carol, ticket, f"Day {day}")
            at = f"2026-01-0{day}T00:00:00Z"
            database.run("UPDATE comments SET created_at = :at WHERE id = :id", at=at, id=made["id"])

        between = {"since": "2026-01-02T00:00:00Z", "until": "2026-01-03T00:00:00Z"}
        exported = exports.objects(cast.ada, "comments", **between)

        assert [each["body"] for each in exported] == ["Day 2"]

    def test_users_are_as_the_list_shows_them(self, desk: ServiceDesk, cast: Cast, exports: Exports) -> None:
        desk.as_(cast.ada).patch(f"/v1/users/{cast.carol.id}", {"phone": "+57 601 555", "company": "=ACME"})

        exported = exports.objects(cast.ada, "users")

        shown = desk.as_(cast.ada).get("/v1/users?sort=created_at&limit=100").json["items"]
        assert [each["id"] for each in exported] == sorted(each["id"] for each in shown)
        by_id = {each["id"]: moment(each) for each in shown}
        assert all(moment(each) == by_id[each["id"]] for each in exported)
        (carol,) = exports.rows(cast.ada, "users", user_filter={"query": "carol"})
        assert (carol["phone"], carol["company"], carol["away"]) == ("'+57 601 555", "'=ACME", "")

    @for_each(
        "filters",
        [
            {"role": ["agent"]},
            {"status": ["active"]},
            {"organisation": "none"},
            {"away": False},
            {"two_step": False},
        ],
        ids=str,
    )
    def test_a_filter_of_users_means_what_it_means_to_the_list(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, filters: dict[str, Any]
    ) -> None:
        exported = exports.objects(cast.ada, "users", user_filter=filters, columns=["id"])

        asked = {
            name: ",".join(value) if isinstance(value, list) else value for name, value in filters.items()
        }
        query = urlencode({name: str(value).lower() for name, value in asked.items()})
        shown = desk.as_(cast.ada).get(f"/v1/users?limit=100&{query}").json["items"]
        assert {each["id"] for each in exported} == {each["id"] for each in shown}


class TestWhoMayAsk:
    def test_18_customers_take_no_rows_out(self, desk: ServiceDesk, cast: Cast) -> None:
        assert desk.as_(cast.carol).post("/v1/exports", {"resource": "tickets"}).status == 403

    @pytest.mark.parametrize("who", ["dario", "ana"])
    def test_people_are_for_administrators(self, desk: ServiceDesk, cast: Cast, who: str) -> None:
        reply = desk.as_(getattr(cast, who)).post("/v1/exports", {"resource": "users"})
        assert (reply.status, reply.json["detail"]) == (403, "Only an administrator exports people.")

    def test_another_workspace_gets_its_own_rows_alone(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        for resource in ("tickets", "comments", "timeline"):
            assert exports.objects(cast.mallory, resource) == []
        assert [each["id"] for each in exports.objects(cast.mallory, "users")] == [str(cast.mallory.id)]
        mine = exports.ask(cast.ada, "tickets")
        assert desk.as_(cast.mallory).get(f"/v1/jobs/{mine['id']}").status == 404

    def test_an_api_key_takes_out_what_it_sees(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        body = {
            "name": "BI",
            "role": "agent",
            "scopes": ["read", "write"],
            "team_ids": [str(cast.teams["Apps"])],
        }
        key = desk.as_(cast.ada).post("/v1/api-keys", body).json["key"]

        exported = exports.objects(desk.api.with_token(key), "tickets")

        assert [each["id"] for each in exported] == [busy[-1]["id"]]

    def test_it_is_in_the_audit_log_with_what_was_asked_for(
        self, desk: ServiceDesk, cast: Cast, exports: Exports
    ) -> None:
        job = exports.ask(cast.dario, "tickets", filter={"status": ["open"]}, columns=["id"])

        (entry,) = desk.as_(cast.ada).get("/v1/audit-log?action=rows.exported").json["items"]
        assert (entry["actor"]["id"], entry["target"]["id"]) == (str(cast.dario.id), job["id"])
        assert entry["after"] == {
            "resource": "tickets",
            "format": "csv",
            "filter": {"status": ["open"]},
            "columns": ["id"],
        }


class TestBadRequests:
    @for_each(
        "body, field",
        [
            ({}, "resource"),
            ({"resource": "passwords"}, "resource"),
            ({"resource": "tickets", "format": "xlsx"}, "format"),
            ({"resource": "tickets", "compress": "zip"}, "compress"),
            ({"resource": "tickets", "filter": {"status": ["asleep"]}}, "filter.status"),
            ({"resource": "tickets", "filter": {"colour": "red"}}, "filter.colour"),
            ({"resource": "tickets", "filter": {"custom_field": ["nope:1"]}}, "filter.custom_field"),
            ({"resource": "tickets", "user_filter": {"role": ["agent"]}}, "user_filter"),
            ({"resource": "users", "filter": {"status": ["open"]}}, "filter"),
            ({"resource": "users", "user_filter": {"status": ["open"]}}, "user_filter.status"),
            ({"resource": "tickets", "since": "2026-01-01T00:00:00Z"}, "since"),
            ({"resource": "comments", "until": "yesterday"}, "until"),
            ({"resource": "tickets", "columns": []}, "columns"),
            ({"resource": "tickets", "columns": ["id", "password_hash"]}, "columns.1"),
            ({"resource": "tickets", "columns": ["id", "id"]}, "columns.1"),
            ({"resource": "tickets", "columns": ["requester", "requester.email"]}, "columns.1"),
            ({"resource": "tickets", "columns": ["requester."]}, "columns.0"),
            ({"resource": "tickets", "columns": ["custom_fields.A'"]}, "columns.0"),
            ({"resource": "comments", "columns": ["custom_fields.floor"]}, "columns.0"),
            ({"resource": "users", "columns": ["password_hash"]}, "columns.0"),
            ({"resource": "tickets", "sort": "-id"}, "sort"),
        ],
    )
    def test_what_there_is_not_is_refused_with_its_field(
        self, desk: ServiceDesk, cast: Cast, body: dict[str, Any], field: str
    ) -> None:
        reply = desk.as_(cast.ada).post("/v1/exports", body)

        assert reply.status == 422, reply.text
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_of_a_desk_that_declares_fields_no_other_is_a_column(self, desk: ServiceDesk, cast: Cast) -> None:
        desk.as_(cast.ada).post("/v1/custom-fields", {"key": "floor", "name": "Floor", "type": "number"})

        statuses = [
            desk.as_(cast.ada).post("/v1/exports", {"resource": "tickets", "columns": [name]}).status
            for name in ("custom_fields.floor", "custom_fields.room")
        ]

        assert statuses == [202, 422]

    def test_a_few_at_a_time(self, desk: ServiceDesk, cast: Cast, exports: Exports) -> None:
        for _ in range(5):
            exports.ask(cast.dario, "tickets")

        reply = desk.as_(cast.dario).post("/v1/exports", {"resource": "tickets"})

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert desk.as_(cast.ana).post("/v1/exports", {"resource": "tickets"}).status == 202

    def test_a_repeat_with_its_key_asks_for_one(self, desk: ServiceDesk, cast: Cast) -> None:
        asked = [
            desk.as_(cast.ada).post("/v1/exports", {"resource": "tickets"}, Idempotency_Key="k") for _ in "ab"
        ]
        assert asked[0].json["id"] == asked[1].json["id"]


class TestTheLink:
    def test_it_lives_five_minutes_and_gives_a_download(
        self, desk: ServiceDesk, cast: Cast, exports: Exports
    ) -> None:
        job = exports.ask(cast.ada, "tickets", compress="gzip")
        assert (job["kind"], job["status"], job["file"]) == ("export", "queued", None)
        exports.workshop.work()

        file = exports.job(cast.ada, job)["file"]
        query = parse_qs(urlsplit(file["url"]).query)
        with urlopen(file["url"], timeout=30) as answer:
            headers = answer.headers

        assert query["X-Amz-Expires"] == ["300"]
        assert file["name"].startswith("tickets-20")
        assert headers["content-disposition"] == f'attachment; filename="{file["name"]}"'
        assert headers["content-type"] == "application/gzip"

    def test_after_a_week_there_is_none(self, cast: Cast, exports: Exports, database: Database) -> None:
        job = exports.ask(cast.ada, "tickets")
        exports.workshop.work()
        database.run("UPDATE jobs SET finished_at = now() - interval '7 days'")

        assert exports.job(cast.ada, job)["file"] is None

    def test_who_sees_less_by_now_than_is_in_it_gets_none(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, database: Database
    ) -> None:
        """Dario saw everything, Ana two teams, Ada all people."""
        apps = cast.teams["Apps"]
        desk.as_(cast.ada).post(f"/v1/teams/{apps}/members", {"user_id": str(cast.ana.id)})
        jobs = {
            person.name: (person, exports.ask(person, resource))
            for person, resource in ((cast.dario, "tickets"), (cast.ana, "tickets"), (cast.ada, "users"))
        }
        exports.workshop.work()
        assert all(exports.job(person, job)["file"] for person, job in jobs.values())

        database.run("UPDATE users SET role = 'agent' WHERE id = :u", u=cast.dario.id)
        database.run("DELETE FROM team_members WHERE user_id = :u AND team_id = :t", u=cast.ana.id, t=apps)
        database.run("UPDATE users SET role = 'dispatcher' WHERE id = :u", u=cast.ada.id)
        seen = {name: exports.job(person, job).get("file") for name, (person, job) in jobs.items()}
        database.run("UPDATE users SET role = 'customer' WHERE id = :u", u=cast.ana.id)

        assert seen == {"Dario": None, "Ana": None, "Ada": None}
        assert exports.job(*jobs["Ana"])["file"] is None
