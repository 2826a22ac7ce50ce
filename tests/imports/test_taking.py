"""What becomes of the tickets of another desk, and what does not."""

from typing import Any

import pytest

from chalicelib.imports import fitting
from chalicelib.tickets.queries import TOLD
from tests.support.cast import Cast, person
from tests.support.database import Database
from tests.support.imports import REQUESTER, Importer, freshdesk, lines, zendesk

TOLD_OF = "SELECT payload -> 'ticket' AS ticket FROM events WHERE type = 'ticket.imported' ORDER BY id"


def tickets(importer: Importer) -> list[dict[str, Any]]:
    """All that are there, in the order of their numbers, whole."""
    items = sorted(importer.api.get("/v1/tickets").json["items"], key=lambda each: each["number"])
    return [importer.api.get(f"/v1/tickets/{each['id']}").json for each in items]


def ticket(importer: Importer) -> dict[str, Any]:
    """The one that is there."""
    (found,) = tickets(importer)
    return found


def codes(done: dict[str, Any], kind: str = "changed") -> set[str]:
    return set(done["reasons"][kind])


class TestHistory:
    def test_a_closed_ticket_keeps_its_history(self, importer: Importer, cast: Cast) -> None:
        done = importer.take(lines(zendesk()))

        assert (done["status"], done["error"]) == ("done", None)
        assert done["counts"] == {
            **{"rows": 1, "taken": 1, "updated": 0, "unchanged": 0, "skipped": 0, "comments": 2, "people": 1}
        }
        found = ticket(importer)
        assert found["label"].endswith("-00001")
        assert (found["subject"], found["description"]) == ("Printer on fire", "It smokes.")
        assert (found["status"], found["priority"], found["type"]) == ("closed", "medium", "incident")
        times = [found[name] for name in ("created_at", "resolved_at", "closed_at")]
        assert times == ["2026-03-02T09:00:00Z", "2026-03-03T09:30:00Z", "2026-03-03T10:00:00Z"]
        assert found["requester"]["email"] == "rosa@client.example"
        assert (found["source"], found["assignee"]["id"]) == ("email", str(cast.ana.id))
        assert found["team"]["name"] == "Networks"
        assert found["tags"] == ["printer", "third_floor"]
        said = [(each["body"], each["visibility"], each["author"]["name"]) for each in found["comments"]]
        assert said == [("Pull the plug.", "public", "Ana"), ("Third one this week.", "internal", "Ana")]
        assert found["comments"][0]["created_at"].startswith("2026-03-02T09:10:00")
        entries = [(each["action"], each["actor"]["id"], each["meta"]) for each in found["timeline"]]
        told = {"source": "zendesk", "system": "zendesk", "external_id": "35436"}
        told |= {"ended_at": "2026-03-03T09:30:00Z"}
        assert entries == [("imported", str(cast.ada.id), told)]

    def test_numbers_follow_the_desks_own_without_a_gap(self, importer: Importer) -> None:
        own = importer.api.post("/v1/tickets", {"subject": "Own", "description": "x"})
        importer.take(lines(zendesk(1), zendesk(2, status="deleted"), zendesk(3)))
        last = importer.api.post("/v1/tickets", {"subject": "Own too", "description": "x"})

        assert own.status == 201
        labels = sorted(each["label"][-5:] for each in importer.api.get("/v1/tickets").json["items"])
        assert labels == ["00001", "00002", "00003", "00004"]
        assert last.json["label"].endswith("00004")

    def test_the_old_number_finds_it(self, importer: Importer) -> None:
        importer.take(lines(zendesk(35436), zendesk(99, subject="Another")))

        found = importer.api.get("/v1/tickets?query=35436").json["items"]
        assert [each["subject"] for each in found] == ["Printer on fire"]

    def test_a_rating_comes_along(self, importer: Importer, database: Database) -> None:
        importer.take(lines(zendesk(1), zendesk(2, satisfaction_rating={"score": "bad"})))

        rows = database.rows("SELECT score, comment, ended_at FROM ratings ORDER BY score")
        assert [(row["score"], row["comment"]) for row in rows] == [(1, None), (5, "Quick!")]
        assert rows[0]["ended_at"].isoformat().startswith("2026-03-03T09:30")

    def test_what_was_solved_longer_ago_than_its_window_is_closed_and_newer_is_not(
        self, importer: Importer, database: Database
    ) -> None:
        recent = database.value("SELECT to_char(now() - interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        newer = {"updated_at": recent, "metric_set": {"solved_at": recent}}
        importer.take(lines(zendesk(1, status="solved"), zendesk(2, status="solved", **newer)))

        old, new = tickets(importer)
        assert (old["status"], old["closed_at"][:10]) == ("closed", "2026-03-10")
        assert (new["status"], new["closed_at"]) == ("resolved", None)

    def test_nobody_is_told_and_the_feed_alone_tells_of_it(
        self, importer: Importer, queue: Any, database: Database
    ) -> None:
        queue.take()
        importer.take(lines(zendesk(1, status="open"), zendesk(2)))

        types = [message["type"] for message in queue.take()]
        assert types == ["import.ended"]
        events = database.rows(
            "SELECT type, sent_at IS NULL AS waits FROM events WHERE ticket_id IS NOT NULL"
        )
        assert events == [{"type": "ticket.imported", "waits": False}] * 2

    def test_the_feed_tells_as_much_of_it_as_of_any_ticket(
        self, importer: Importer, database: Database
    ) -> None:
        first, again = zendesk(1), zendesk(1)
        again["comments"].append({**again["comments"][0], "id": 999, "body": "More of it."})
        importer.take(lines(first))
        importer.take(lines(again))

        told = [row["ticket"] for row in database.rows(TOLD_OF)]
        assert [set(each) for each in told] == [set(TOLD)] * 2
        assert {each["status"] for each in told} == {"closed"}
        assert told[0]["created_at"].startswith("2026-03-02T09:00:00")

    def test_figures_count_it_on_the_days_on_which_it_was(
        self, importer: Importer, database: Database
    ) -> None:
        importer.take(lines(zendesk(1), zendesk(2, status="open")))

        rows = database.rows(
            "SELECT day, created, resolved, first_responses FROM ticket_rollups WHERE dimension = 'all' "
            "AND team_id = '00000000-0000-0000-0000-000000000000' ORDER BY day"
        )
        days = [(str(row["day"]), row["created"], row["resolved"], row["first_responses"]) for row in rows]
        assert days == [("2026-03-02", 2, 0, 2), ("2026-03-03", 0, 1, 0)]

    def test_what_is_reopened_here_still_counts_on_the_day_on_which_it_was_resolved_there(
        self, importer: Importer, cast: Cast, database: Database
    ) -> None:
        importer.take(lines(zendesk(1, created_at="2026-03-01T09:00:00Z")))
        reason = {"reason": "Not over."}
        assert importer.api.post(f"/v1/tickets/{ticket(importer)['id']}/reopen", reason).status == 200
        database.run("CALL sp_rollup_rebuild(:w)", w=cast.acme)

        metric = "metric=backlog,created,reopened,resolved"
        there = importer.api.get(f"/v1/analytics/series?from=2026-03-01&to=2026-03-04&{metric}").json
        figures = [list(point["figures"].values()) for point in there["series"][0]["points"]]
        assert figures == [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
        (here,) = importer.api.get(f"/v1/analytics/series?days=1&{metric}").json["series"][0]["points"]
        assert list(here["figures"].values()) == [1, 0, 1, 0]

    def test_who_is_unknown_becomes_a_contact_or_a_colleague_who_is_gone(
        self, importer: Importer, database: Database
    ) -> None:
        agent = {"id": 3009, "name": "Marta", "email": "marta@acme.example", "role": "agent"}
        closed = zendesk(1, assignee=agent, assignee_id=3009)
        closed["comments"][1]["author_id"] = 3009
        done = importer.take(lines(closed, zendesk(2, status="open", assignee=agent, assignee_id=3009)))

        people = database.rows(
            "SELECT email, role, status FROM users WHERE email ~ 'marta|rosa' ORDER BY email"
        )
        assert people == [
            {"email": "marta@acme.example", "role": "agent", "status": "deactivated"},
            {"email": "rosa@client.example", "role": "customer", "status": "contact"},
        ]
        over, active = tickets(importer)
        assert over["assignee"]["name"] == "Marta"
        assert over["comments"][0]["author"]["name"] == "Marta"
        assert active["assignee"] is None
        assert codes(done) == {"assignee_unknown", "rating_left"}


class TestPromises:
    def test_what_is_over_has_none(self, importer: Importer) -> None:
        importer.take(lines(zendesk()))
        assert ticket(importer)["sla"]["targets"] == []

    def test_what_is_active_has_those_that_hold_from_now_on(self, importer: Importer) -> None:
        unanswered = zendesk(1, status="new", assignee=None, assignee_id=None, comments=[])
        importer.take(lines(unanswered))

        found = ticket(importer)
        assert found["status"] == "new"
        targets = {each["metric"]: each for each in found["sla"]["targets"]}
        assert set(targets) == {"first_response", "resolution"}
        assert found["breached"] is False
        assert 23.9 < found["hours_remaining"] <= 24

    def test_who_was_answered_is_promised_no_first_answer_and_pausing_is_pausing(
        self, importer: Importer
    ) -> None:
        importer.take(lines(zendesk(1, status="pending")))

        found = ticket(importer)
        assert found["status"] == "pending"
        assert [each["metric"] for each in found["sla"]["targets"]] == ["resolution"]
        assert found["due_at"] is None

    def test_an_unknown_agents_answer_is_one_for_good(self, importer: Importer, cast: Cast) -> None:
        """Another priority counts anew what is promised: not what was answered at the other desk."""
        row = zendesk(1, status="open", assignee=None, assignee_id=None)
        row["comments"][1]["author_id"] = 3077
        importer.take(lines(row))
        found = ticket(importer)

        importer.api.post(f"/v1/tickets/{found['id']}/reclassify", {"priority": "urgent"})

        targets = ticket(importer)["sla"]["targets"]
        assert [each["metric"] for each in targets] == ["resolution"]


class TestAgain:
    def test_the_same_file_takes_nothing_twice(self, importer: Importer) -> None:
        content = lines(zendesk(1), zendesk(2))
        importer.take(content)
        again = importer.take(content)

        assert again["counts"]["unchanged"] == 2
        assert again["counts"]["taken"] == again["counts"]["comments"] == 0
        assert [len(each["comments"]) for each in tickets(importer)] == [2, 2]

    def test_a_newer_file_adds_what_was_said_since(self, importer: Importer) -> None:
        row = zendesk(1, status="open")
        importer.take(lines(row))
        said = {"id": 777, "author_id": 2001, "body": "And now?", "public": True}
        row["comments"].append({**said, "created_at": "2026-03-04T09:00:00Z"})
        again = importer.take(lines({**row, "subject": "Another", "status": "closed"}))

        assert again["counts"]["updated"] == 1
        found = ticket(importer)
        assert (found["subject"], found["status"]) == ("Printer on fire", "open")
        assert [each["body"] for each in found["comments"]][-1] == "And now?"
        assert [(each["action"], each["meta"].get("comments")) for each in found["timeline"]] == [
            ("imported", None),
            ("imported", 1),
        ]

    def test_another_system_has_ids_of_its_own(self, importer: Importer) -> None:
        importer.take(lines(zendesk(1)), system="zendesk-eu")
        other = importer.take(lines(zendesk(1)), system="zendesk-us")
        assert other["counts"]["taken"] == 1

    def test_a_row_that_comes_twice_in_a_file_is_taken_once(self, importer: Importer) -> None:
        done = importer.take(lines(zendesk(1), zendesk(1)))
        assert (done["counts"]["taken"], done["counts"]["unchanged"]) == (1, 1)

    def test_what_is_archived_here_stays_as_it_is(self, importer: Importer, database: Database) -> None:
        row = zendesk(1)
        importer.take(lines(row))
        database.run("UPDATE tickets SET archived_at = now()")
        row["comments"].append({"id": 7, "body": "Late", "created_at": "2026-03-05T09:00:00Z"})

        assert importer.take(lines(row))["counts"]["unchanged"] == 1


class TestRows:
    def test_bad_rows_are_told_and_passed_over(self, importer: Importer) -> None:
        content = (
            lines(zendesk(1))
            + b'{"id": 2, "subject": \n'
            + b"[]\n\n"
            + b'{"id": 3, "subject": "\xff"}\n'
            + b'{"id": '
            + b"[" * 60_000
            + b"\n"
            + lines(
                {"subject": "no id"},
                zendesk(4, status="deleted"),
                zendesk(5, created_at="soon"),
                zendesk(6, created_at="2050-01-01T00:00:00Z"),
                zendesk(7, requester={"id": 2001, "name": "R", "email": "not an address"}),
                zendesk(8),
            )
        )
        done = importer.take(content)

        assert (done["counts"]["taken"], done["counts"]["skipped"]) == (2, 9)
        assert done["reasons"]["skipped"] == {
            **{"malformed": 3, "not_utf8": 1, "no_id": 1, "deleted": 1, "bad_time": 2, "no_requester": 1}
        }
        where = [(each["line"], each["external_id"], each["code"]) for each in done["remarks"]]
        assert where[0] == (2, None, "malformed")
        assert ("4", "deleted") in [each[1:] for each in where]
        assert all(each["detail"].endswith((".", "?")) for each in done["remarks"])

    def test_a_note_never_becomes_the_description_which_the_requester_reads(self, importer: Importer) -> None:
        note = {**zendesk()["comments"][2], "body": "He is rude."}
        reply = zendesk()["comments"][1]
        importer.take(
            lines(
                zendesk(1, description="He is rude.", comments=[note]),
                zendesk(2, description="", comments=[{**note, "id": 1}, {**reply, "id": 2}]),
            )
        )
        table = "id,title,mail,note\n3,Loud,rosa@client.example,He is rude.\n"
        columns = {"id": "external_id", "title": "subject", "mail": "requester_email", "note": "note"}
        importer.take(table.encode(), "csv", mapping={"columns": columns})

        found = tickets(importer)
        assert [each["description"] for each in found] == ["…", "Pull the plug.", "…"]
        for each in found:
            assert ("internal", "He is rude.") in [(c["visibility"], c["body"]) for c in each["comments"]]

    def test_texts_are_cut_times_repaired_and_it_is_told(self, importer: Importer) -> None:
        row = zendesk(
            1,
            raw_subject="x" * 300,
            description="ñ" * 40_000,
            updated_at="2026-02-01T00:00:00Z",
            tags=[f"t{n}" for n in range(60)] + ["A B", 7, ""],
            priority="sky-high",
        )
        done = importer.take(lines(row))

        found = ticket(importer)
        assert (len(found["subject"]), found["subject"][-1]) == (200, "…")
        assert len(found["description"].encode()) <= 65_536
        assert (len(found["tags"]), found["priority"]) == (50, "medium")
        assert found["updated_at"] >= found["created_at"]
        cut = {"subject_cut", "description_cut", "tags_cut", "times_repaired", "priority_unknown"}
        assert codes(done) == cut

    def test_a_ticket_has_as_much_said_as_can_be_written_at_once(
        self, importer: Importer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fitting, "MOST_SAID_BYTES", 25)
        said = [{**zendesk()["comments"][1], "id": id, "body": f"{id:010}"} for id in range(4)]
        done = importer.take(lines(zendesk(1, comments=said)))

        found = sorted(each["body"] for each in ticket(importer)["comments"])
        assert found == ["0000000000", "0000000001"]
        assert done["remarks"][0]["detail"] == "Of its 4 comments 2 are taken."

    def test_what_was_said_at_one_moment_stays_in_its_order(self, importer: Importer) -> None:
        said = [{**zendesk()["comments"][1], "id": 100 - id, "body": f"Word {id}"} for id in range(8)]
        importer.take(lines(zendesk(1, comments=said)))
        assert [each["body"] for each in ticket(importer)["comments"]] == [f"Word {id}" for id in range(8)]

    def test_nothing_to_say_is_said_so(self, importer: Importer) -> None:
        row = zendesk(1, raw_subject=None, subject="", description=None, comments=[])
        importer.take(lines(row))
        found = ticket(importer)
        assert (found["subject"], found["description"]) == ("(no subject)", "…")

    def test_signs_that_no_text_has_are_left_out(self, importer: Importer) -> None:
        importer.take(lines(zendesk(1, raw_subject="a\u0000b\nc\ud800", description="x\u0000y")))
        found = ticket(importer)
        assert "\x00" not in found["subject"] + found["description"]
        assert "\n" not in found["subject"]

    def test_without_an_address_the_import_may_say_whose_it_is(self, importer: Importer) -> None:
        row = zendesk(1, requester={"name": "By phone"}, requester_id=None)
        done = importer.take(lines(row), options={"requester_email": "phone@acme.example"})

        assert ticket(importer)["requester"]["email"] == "phone@acme.example"
        assert codes(done) >= {"requester_default"}

    def test_what_would_be_purged_at_once_is_not_taken(self, importer: Importer, database: Database) -> None:
        database.run("UPDATE workspaces SET retention_days = 30")
        done = importer.take(lines(zendesk(1), zendesk(2, status="open")))
        assert (done["counts"]["taken"], done["reasons"]["skipped"]) == (1, {"beyond_retention": 1})

    def test_custom_fields_fit_those_that_are_declared(self, importer: Importer) -> None:
        for key, type, options in (
            ("room", "text", []),
            ("floor", "number", []),
            ("kind", "select", ["Big"]),
        ):
            body = {"key": key, "name": key, "type": type, "options": options}
            assert importer.api.post("/v1/custom-fields", body).status == 201
        fields = [
            {"id": 360001, "value": "B-12"},
            {"id": 360002, "value": "3"},
            {"id": 360003, "value": "tiny"},
            {"id": 360004, "value": "?"},
        ]
        names = {"360001": "room", "360002": "floor", "360003": "kind"}
        done = importer.take(lines(zendesk(1, custom_fields=fields)), mapping={"custom_fields": names})

        assert ticket(importer)["custom_fields"] == {"room": "B-12", "floor": 3}
        assert done["reasons"]["changed"] == {"field_left": 2}

    def test_agents_of_ours_who_are_customers_stay_so(self, importer: Importer, cast: Cast) -> None:
        row = zendesk(1, assignee={"id": 3001, "name": "Carol", "email": cast.carol.email, "role": "agent"})
        importer.take(lines(row))
        assert importer.api.get(f"/v1/users/{cast.carol.id}").json["role"] == "customer"


SCALARS = (None, True, 7, -1.5, 10**400, "", "x" * 9000, "\ud800\u0000")
ODD = (*SCALARS, [], [[]], [None], {}, {"id": {}}, [{"id": []}])


@pytest.mark.parametrize("source", ["zendesk", "freshdesk"])
def test_whatever_stands_in_a_row_it_stands_alone(importer: Importer, source: str) -> None:
    """Each value of a ticket, of a comment and of a person in the place of others."""
    rows: list[dict[str, Any]] = []
    for whole in (zendesk(1), freshdesk(1)):
        asks = whole["requester"]
        rows += [{**whole, name: odd} for name in whole for odd in ODD]
        rows += [{**whole, "requester": {**asks, name: odd}} for name in REQUESTER for odd in ODD]
        for inner in ("comments", "conversations"):
            for first in whole.get(inner, ())[:1]:
                rows += [{**whole, inner: [{**first, name: odd}]} for name in first for odd in ODD]
    told = [{**row, "id": f"n{place}"} if row["id"] == 1 else row for place, row in enumerate(rows)]
    done = importer.take(lines(*told), source)

    assert done["status"] == "done"
    assert done["counts"]["rows"] == len(rows)
    assert "refused" not in done["reasons"]["skipped"]
    assert done["counts"]["taken"] > len(rows) / 2


def test_what_the_database_refuses_is_one_rows_matter(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = fitting.settle

    def broken(ticket: Any, reading: Any) -> Any:
        settled = settle(ticket, reading)
        if settled.external_id == "2":
            settled.tags = ("\0",)
        return settled

    monkeypatch.setattr(fitting, "settle", broken)
    done = importer.take(lines(zendesk(1), zendesk(2), zendesk(3)))

    assert (done["counts"]["taken"], done["reasons"]["skipped"]) == (2, {"refused": 1})
    assert sorted(each["label"][-5:] for each in tickets(importer)) == ["00001", "00002"]


def test_deactivated_colleagues_work_on_nothing_that_is_active(
    importer: Importer, cast: Cast, database: Database
) -> None:
    gone = person(database, cast.acme, "Gone", "agent", "acme.example")
    database.run("UPDATE users SET status = 'deactivated' WHERE id = :id", id=gone.id)
    agent = {"id": 3001, "name": "Gone", "email": gone.email, "role": "agent"}
    importer.take(lines(zendesk(1, status="open", assignee=agent), zendesk(2, assignee=agent)))

    active, over = sorted(tickets(importer), key=lambda each: each["status"] == "closed")
    assert (active["assignee"], over["assignee"]["name"]) == (None, "Gone")
