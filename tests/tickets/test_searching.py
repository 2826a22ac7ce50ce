"""Searching: what is found by whom, in which language, in which order, and how it is shown."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.tickets import search_queries
from chalicelib.tickets.updating import update
from tests.support.canary import found_in
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.jobs import Workshop
from tests.support.made_once import MadeOnce
from tests.support.service_desk import ServiceDesk


def found(desk: ServiceDesk, who: Person, typed: str, more: str = "") -> list[dict[str, Any]]:
    reply = desk.as_(who).get(f"/v1/tickets?query={quote(typed)}{more}")
    assert reply.status == 200, reply.text
    return list(reply.json["items"])


def numbers(desk: ServiceDesk, typed: str, who: Person | None = None, more: str = "") -> list[int]:
    return sorted(item["number"] for item in found(desk, who or desk.cast.dario, typed, more))


def snippets(desk: ServiceDesk, typed: str, who: Person | None = None) -> list[tuple[str, str]]:
    (item,) = found(desk, who or desk.cast.dario, typed)
    return [(each["field"], each["snippet"]) for each in item["highlights"]]


@pytest.fixture
def spanish(database: Database, desk: ServiceDesk) -> None:
    speak_spanish(desk, database)


def speak_spanish(desk: ServiceDesk, database: Database) -> None:
    database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=desk.cast.acme)


def many_of_carols(desk: ServiceDesk, database: Database) -> dict[str, Any]:
    """Carol's oldest ticket, of more than are written anew at once."""
    ticket = desk.ticket()
    database.run(
        "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
        "SELECT t.workspace_id, 1000 + n, 'TKT-2026-' || 1000 + n, 's', 'd', t.requester_id, t.team_id "
        "FROM tickets t, generate_series(1, 210) n"
    )
    return ticket


@pytest.fixture
def workshop(stage: dict[str, str], aws: str, database: Database) -> Workshop:
    return Workshop(stage, aws, database)


class TestAWord(MadeOnce):
    @pytest.fixture(scope="class")
    @classmethod
    def number(cls, desk: ServiceDesk) -> int:
        desk.ticket(desk.cast.chris, subject="VPN drops")
        ticket = desk.networks_ticket(
            subject="The printer has a paper jam",
            description="HQ-PRINT-07 on the third floor, beside the cafetería: error 0x80070005.",
            tags=["vip"],
        )
        desk.comment(desk.cast.dario, ticket, "The toner is new.")
        return int(ticket["number"])

    @for_each(
        "typed",
        [
            *("printer", "PRINTERS", "print", "jam", "jammed", "paper", '"paper jam"', "third floor"),
            *(
                "fax or printer",
                "printer -vpn",
                "toner",
                "cafeteria",
                "cafetería",
                "hq-print-07",
                "0x80070005",
            ),
            *("carol", "carol@customers.example", "carol customers.example", "vip", "carol printer vip"),
        ],
    )
    def test_is_found_wherever_a_ticket_says_it(self, desk: ServiceDesk, number: int, typed: str) -> None:
        assert numbers(desk, typed) == [number]


class TestOneTicket(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def ticket(cls, desk: ServiceDesk) -> None:
        desk.ticket(subject="The printer has a paper jam")

    @for_each(
        "typed",
        [
            "scanner",
            '"jam paper"',
            "printer -jam",
            "printer vpn",
            "the",
            "-printer",
            "of the",
            "!!!",
            "' \" (",
        ],
    )
    def test_is_not_found_by_what_it_does_not_say(self, desk: ServiceDesk, typed: str) -> None:
        assert numbers(desk, typed) == []


class TestALabel(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def second(cls, desk: ServiceDesk) -> dict[str, Any]:
        desk.ticket()
        return desk.ticket()

    @for_each("typed", ["{label}", "{lower}", "#{number}", "{number}", "tkt-{number}", "TKT-2"])
    def test_or_number_is_found_at_once(self, desk: ServiceDesk, second: dict[str, Any], typed: str) -> None:
        named = typed.format(label=second["label"], lower=second["label"].lower(), number=second["number"])

        assert numbers(desk, named) == [2]

    @pytest.mark.parametrize("typed", ["abc-2", "TKT-1999-00002", "#3", "999999999999999999"])
    def test_that_no_ticket_has_finds_none(self, desk: ServiceDesk, typed: str) -> None:
        assert numbers(desk, typed) == []


class TestWhatIsFound:
    def test_a_label_that_others_speak_of_finds_them_too_and_ranks_itself_first(
        self, desk: ServiceDesk
    ) -> None:
        first = desk.ticket()
        desk.ticket(subject=f"As in {first['label']}")

        labels = [item["number"] for item in found(desk, desk.cast.dario, first["label"], "&sort=relevance")]

        assert labels == [1, 2]

    def test_a_ticket_with_its_number_in_its_text_is_found_once(self, desk: ServiceDesk) -> None:
        desk.ticket(subject="1 screen, 1 mouse")

        assert [len(found(desk, desk.cast.ada, "1", more)) for more in ("", "&sort=relevance")] == [1, 1]

    def test_the_words_of_now(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(subject="The printer jams")
        assert desk.patch(desk.cast.carol, ticket, subject="The scanner jams").status == 200

        assert numbers(desk, "printer") == []
        assert numbers(desk, "scanner") == [1]

    def test_the_tags_and_the_name_of_now(self, desk: ServiceDesk, database: Database) -> None:
        ticket = desk.networks_ticket(tags=["vip"])
        assert desk.patch(desk.cast.dario, ticket, tags=["gold"]).status == 200
        desk.as_(desk.cast.ada).patch(f"/v1/users/{desk.cast.carol.id}", {"name": "Zoë Winter"})

        assert (numbers(desk, "vip"), numbers(desk, "carol"), numbers(desk, "gold")) == ([], [1], [1])
        assert numbers(desk, "zoe winter") == [1]
        database.run("UPDATE users SET email = 'zoe@elsewhere.example' WHERE name LIKE 'Zo%'")
        assert numbers(desk, "carol") == []

    def test_an_edited_comment_as_it_is_and_one_taken_back_no_more(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(desk.cast.dario, ticket, "Order a router.")
        path = f"/v1/tickets/{ticket['id']}/comments/{comment['id']}"

        assert desk.as_(desk.cast.dario).patch(path, {"body": "Order a modem."}).status == 200
        assert (numbers(desk, "router"), numbers(desk, "modem")) == ([], [1])
        assert desk.as_(desk.cast.dario).delete(path).status == 204
        assert numbers(desk, "modem") == []

    def test_a_comment_that_was_split_off_on_its_new_ticket(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(desk.cast.carol, ticket, "And the projector flickers.")
        body = {"comment_ids": [comment["id"]], "subject": "Another thing"}
        assert desk.as_(desk.cast.dario).post(f"/v1/tickets/{ticket['id']}/split", body).status == 200

        assert numbers(desk, "flickers") == [2]

    def test_together_with_other_filters_and_page_by_page(self, desk: ServiceDesk) -> None:
        for priority in ("low", "high", "high", "high"):
            desk.networks_ticket(subject="Printer", priority=priority)
        more = "&priority=high&limit=2"

        first = desk.as_(desk.cast.ana).get(f"/v1/tickets?query=printer{more}").json
        rest = (
            desk.as_(desk.cast.ana).get(f"/v1/tickets?query=printer{more}&cursor={first['next_cursor']}").json
        )

        assert [item["number"] for item in first["items"] + rest["items"]] == [4, 3, 2]
        assert rest["next_cursor"] is None


class TestWhoFindsWhat:
    def test_case_16_a_number_or_label_shows_no_hidden_ticket(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(subject="Printer")

        for who in (desk.cast.chris, desk.cast.ben, desk.cast.mallory):
            for typed in (ticket["label"], str(ticket["number"]), f"#{ticket['number']}", "printer"):
                assert found(desk, who, typed) == []

    def test_case_17_an_agent_finds_what_its_teams_have(self, desk: ServiceDesk) -> None:
        desk.networks_ticket(subject="Printer one")
        desk.networks_ticket(subject="Printer two", team_id=desk.cast.teams["Apps"])
        desk.networks_ticket(subject="Printer three", assignee_id=desk.cast.ben.id)

        assert numbers(desk, "printer", desk.cast.ana) == [1, 3]
        assert numbers(desk, "printer", desk.cast.ben) == [2, 3]
        assert numbers(desk, "printer", desk.cast.ada) == [1, 2, 3]

    def test_a_customer_finds_own_and_watched_ones(self, desk: ServiceDesk) -> None:
        desk.ticket(subject="Printer one")
        watched = desk.ticket(desk.cast.chris, subject="Printer two")
        desk.ticket(desk.cast.chris, subject="Printer three")
        path = f"/v1/tickets/{watched['id']}/watchers"
        assert desk.as_(desk.cast.dario).post(path, {"user_id": str(desk.cast.carol.id)}).status == 201

        assert numbers(desk, "printer", desk.cast.carol) == [1, 2]

    def test_a_customer_finds_what_its_organisation_shares(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        database.run(
            "WITH o AS (INSERT INTO organisations (workspace_id, name, shared_tickets) "
            "VALUES (:w, 'Initech', true) RETURNING id) UPDATE users SET organisation_id = o.id, "
            "organisation_by = 'hand' FROM o WHERE users.id IN (:a, :b)",
            w=desk.cast.acme,
            a=desk.cast.carol.id,
            b=desk.cast.chris.id,
        )
        desk.ticket(desk.cast.chris, subject="Printer")

        assert numbers(desk, "printer", desk.cast.carol) == [1]

    @pytest.mark.parametrize("typed", ["secretly", "vip", "carol", "carol@customers.example", "-x carol"])
    def test_what_is_the_staffs_is_found_by_the_staff_alone(self, desk: ServiceDesk, typed: str) -> None:
        ticket = desk.networks_ticket(tags=["vip"])
        desk.comment(desk.cast.dario, ticket, "Secretly hopeless.", visibility="internal")

        assert numbers(desk, typed, desk.cast.carol) == []
        assert numbers(desk, typed, desk.cast.ana) == [1]

    def test_no_mark_of_a_customer_is_in_what_they_may_not_read(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket(subject="Printer")
        desk.comment(desk.cast.dario, ticket, "Printer of a fool.", visibility="internal")

        assert snippets(desk, "printer", desk.cast.carol) == [("subject", "<mark>Printer</mark>")]
        assert ("comment", "<mark>Printer</mark> of a fool.") in snippets(desk, "printer")

    def test_a_deleted_ticket_nobody(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(subject="Printer")
        desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}")

        assert numbers(desk, "printer", desk.cast.ada) == []
        assert numbers(desk, "#1", desk.cast.ada) == []

    def test_own_ones_among_any_number_of_newer_ones(self, desk: ServiceDesk, database: Database) -> None:
        own = desk.ticket(subject="Printer")
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id, "
            "status) SELECT t.workspace_id, 1000 + n, 'TKT-2026-' || 1000 + n, 'Printer', 'd', :r, "
            "t.team_id, 'open' FROM tickets t, generate_series(1, 2100) n",
            r=desk.cast.chris.id,
        )

        assert numbers(desk, "printer", desk.cast.carol) == [own["number"]]
        assert numbers(desk, "printer", desk.cast.dario, f"&requester={desk.cast.carol.id}") == [1]
        assert numbers(desk, "printer", desk.cast.dario, "&status=new") == [1]
        assert len(numbers(desk, "printer", desk.cast.dario, "&offset=1990&limit=100")) == 10
        reply = desk.as_(desk.cast.dario).get("/v1/tickets?query=printer&count=true&limit=1").json
        assert (reply["count"], reply["count_is_exact"]) == (2101, True)


class TestRelevance:
    def test_a_subject_outranks_a_description_and_that_a_comment(self, desk: ServiceDesk) -> None:
        one, two, three = desk.ticket(), desk.ticket(description="The printer."), desk.ticket()
        desk.comment(desk.cast.carol, one, "The printer.")
        assert desk.patch(desk.cast.carol, three, subject="Printer").status == 200

        items = found(desk, desk.cast.dario, "printer", "&sort=relevance")

        assert [item["number"] for item in items] == [three["number"], two["number"], one["number"]]

    def test_goes_on_page_by_page_without_a_gap(self, desk: ServiceDesk) -> None:
        for words in range(1, 8):
            desk.ticket(subject="Printer", description=("printer " * (words % 3) + "x ") * words)
        whole = [item["number"] for item in found(desk, desk.cast.dario, "printer", "&sort=relevance")]
        pages, cursor = [], ""
        while cursor is not None:
            path = f"/v1/tickets?query=printer&sort=relevance&limit=2{cursor and '&cursor='}{cursor}"
            reply = desk.as_(desk.cast.dario).get(path).json
            pages += [item["number"] for item in reply["items"]]
            cursor = reply["next_cursor"]

        assert pages == whole
        assert len(set(pages)) == 7

    def test_is_nothing_without_a_query(self, desk: ServiceDesk) -> None:
        reply = desk.as_(desk.cast.dario).get("/v1/tickets?sort=relevance")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "sort")


class TestHighlights:
    def test_say_where_it_stands_as_it_was_written(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket(subject="No café", description="The CAFÉ is closed,\n\n  again.")
        comment = desk.comment(desk.cast.carol, ticket, "Which cafe?")

        (item,) = found(desk, desk.cast.dario, "cafe")

        assert item["highlights"] == [
            {"field": "subject", "comment_id": None, "snippet": "No <mark>café</mark>"},
            {
                "field": "description",
                "comment_id": None,
                "snippet": "The <mark>CAFÉ</mark> is closed, again.",
            },
            {"field": "comment", "comment_id": comment["id"], "snippet": "Which <mark>cafe</mark>?"},
        ]

    def test_are_cut_from_a_long_text(self, desk: ServiceDesk) -> None:
        desk.ticket(description="Much is said. " * 400 + "The printer jams. " + "And more is said. " * 400)

        ((field, snippet),) = snippets(desk, "printer")

        assert field == "description"
        assert snippet.startswith("… ")
        assert snippet.endswith(" …")
        assert "The <mark>printer</mark> jams." in snippet
        assert len(snippet) < 500

    def test_take_no_longer_where_a_word_stands_thousands_of_times(self, desk: ServiceDesk) -> None:
        desk.ticket(description="Well, " + "printer " * 8000)

        ((field, snippet),) = snippets(desk, "printer or x2")

        assert field == "description"
        assert snippet.count("<mark>printer</mark>") > 5
        assert snippet.endswith(" …")

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            (
                "<script>alert('printer')</script>",
                "&lt;script&gt;alert(&#x27;<mark>printer</mark>&#x27;)&lt;/script&gt;",
            ),
            ('<img src=x onerror="printer">', "&lt;img src=x onerror=&quot;<mark>printer</mark>&quot;&gt;"),
            (
                "</mark><b>printer &amp; \ue000x\ue001",
                "&lt;/mark&gt;&lt;b&gt;<mark>printer</mark> &amp;amp; \ue000x\ue001",
            ),
        ],
    )
    def test_33_a_script_in_a_text_is_inert(self, desk: ServiceDesk, text: str, shown: str) -> None:
        desk.ticket(subject=text, description="x")

        assert snippets(desk, "printer") == [("subject", shown)]

    def test_are_none_of_what_was_found_by_its_number_or_by_who_asked(self, desk: ServiceDesk) -> None:
        desk.ticket()

        assert snippets(desk, "#1") == []
        assert snippets(desk, "carol") == []

    def test_are_in_no_list_that_asks_for_no_words(self, desk: ServiceDesk) -> None:
        desk.ticket()

        (item,) = desk.as_(desk.cast.dario).get("/v1/tickets").json["items"]

        assert "highlights" not in item


class TestAWordInSpanish(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def ticket(cls, desk: ServiceDesk, database: Database) -> None:
        speak_spanish(desk, database)
        desk.ticket(
            subject="No puedo iniciar sesión",
            description="La contraseña vence tras la instalación; el teléfono está caído, las impresoras no.",
        )

    @for_each(
        "typed",
        [
            *(
                "sesion",
                "sesión",
                "SESIÓN",
                "sesiones",
                "contrasena",
                "contraseñas",
                "instalacion",
                "instalar",
            ),
            *("caido", "telefono", "impresoras", "impres"),
        ],
    )
    def test_accents_and_endings_do_not_matter(self, desk: ServiceDesk, typed: str) -> None:
        assert numbers(desk, typed) == [1]


@pytest.mark.usefixtures("spanish")
class TestSpanish:
    def test_a_mark_stands_on_the_word_as_it_was_written(self, desk: ServiceDesk) -> None:
        desk.ticket(subject="Iniciar la SESIÓN, señor", description="x")

        assert snippets(desk, "sesion") == [("subject", "Iniciar la <mark>SESIÓN</mark>, señor")]

    def test_words_that_say_nothing_find_nothing(self, desk: ServiceDesk) -> None:
        desk.ticket(subject="Es para la red")

        assert numbers(desk, "para la") == []


class TestAnotherLanguage:
    def test_is_indexed_anew_by_a_job_in_batches(
        self, desk: ServiceDesk, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chalicelib.tickets.reindexing.BATCH", 2)
        tickets = [desk.ticket(subject="Instalaciones") for _ in range(3)]
        desk.comment(desk.cast.carol, tickets[0], "Impresoras")
        assert desk.as_(desk.cast.ada).patch("/v1/workspace", {"language": "es"}).status == 200
        assert numbers(desk, '"instalar"') == []

        workshop.work()

        assert numbers(desk, '"instalar"') == [1, 2, 3]
        assert numbers(desk, "impresora") == [1]
        (job,) = desk.as_(desk.cast.ada).get("/v1/jobs?kind=search_refresh").json["items"]
        assert (job["status"], job["done"]) == ("done", 4)

    def test_a_requester_of_many_tickets_who_is_renamed_is_found_on_all_of_them(
        self, desk: ServiceDesk, database: Database, workshop: Workshop
    ) -> None:
        ticket = many_of_carols(desk, database)
        desk.as_(desk.cast.ada).patch(f"/v1/users/{desk.cast.carol.id}", {"name": "Zoe Winter"})
        assert ticket["number"] not in numbers(desk, "winter", more="&limit=100&sort=created_at")

        workshop.work()

        assert ticket["number"] in numbers(desk, "winter", more="&limit=100&sort=created_at")

    def test_75_one_who_is_erased_is_found_on_none_of_them(
        self, desk: ServiceDesk, database: Database, workshop: Workshop
    ) -> None:
        ticket = many_of_carols(desk, database)
        assert desk.patch(desk.cast.carol, ticket, subject="carol@customers.example is me").status == 200
        body = {"confirm": desk.cast.carol.email, "reason": "requested"}
        reply = desk.as_(desk.cast.ada).post(f"/v1/users/{desk.cast.carol.id}/erase", body)
        assert reply.status == 202, reply.text
        # The rename's own job is lost: erasing does not count on it.
        database.run("UPDATE jobs SET status = 'failed' WHERE kind = 'search_refresh'")

        workshop.work()

        assert (
            found_in(database, "carol@customers", "customers.example'") & {"search_documents.vector"} == set()
        )
        assert numbers(desk, "customers.example") == []
        assert numbers(desk, "carol") == []

    def test_whoever_edits_meanwhile_has_the_last_word(
        self, desk: ServiceDesk, connections: Connections
    ) -> None:
        ticket = desk.networks_ticket(subject="Printer")
        workspace = desk.cast.acme

        def refresh(tx: Transaction) -> None:
            principals.enter_system(tx, workspace)
            search_queries.refresh(tx, workspace, None, None, 10)

        def edit(tx: Transaction) -> None:
            actor = principals.enter(tx, workspace, desk.cast.dario.id)
            update(tx, actor, UUID(ticket["id"]), {"subject": "Scanner"}, None)

        for first, second in ((refresh, edit), (edit, refresh)):
            connections.behind(first, second)

            assert (numbers(desk, "printer"), numbers(desk, "scanner")) == ([], [1])
            now = desk.detail(desk.cast.dario, ticket)
            assert now["subject"] == "Scanner"
            assert desk.patch(desk.cast.dario, now, subject="Printer").status == 200


class TestHostileQueries:
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        typed=st.one_of(
            st.text(min_size=1, max_size=200),
            st.text(alphabet="ab'\"\\:*&|!()<->-#@ áñ\ue000\u0301", min_size=1, max_size=60),
        )
    )
    def test_whatever_is_typed_is_answered(self, desk: ServiceDesk, typed: str) -> None:
        for who in (desk.cast.dario, desk.cast.carol):
            for more in ("", "&sort=relevance"):
                reply = desk.as_(who).get(f"/v1/tickets?query={quote(typed, errors='replace')}{more}")
                assert reply.status in (200, 422), (typed, reply.text)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(said=st.text(alphabet="ab'\"\\:*&|!()<>-#@ áñÑß\ue000\ue001\u0301İ\n/_.", min_size=1, max_size=80))
    def test_whatever_is_said_is_kept_found_and_shown(self, desk: ServiceDesk, said: str) -> None:
        ticket = desk.ticket(description=f"printer {said} printer", subject="x")

        (item,) = [each for each in found(desk, desk.cast.dario, "printer") if each["id"] == ticket["id"]]

        (mark, *_) = [each["snippet"] for each in item["highlights"]]
        assert "<mark>printer</mark>" in mark
        assert mark.replace("<mark>", "").replace("</mark>", "").count("<") == 0

    @pytest.mark.parametrize("said", ["x" * 5000, "ab " * 20_000, "a-" * 3000, "'" * 3000, "á" * 2047])
    def test_long_words_and_many_of_them_are_kept(self, desk: ServiceDesk, said: str) -> None:
        desk.ticket(description=f"printer {said}")

        assert numbers(desk, "printer") == [1]
