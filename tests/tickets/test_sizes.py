"""However much a ticket holds, its answers stay below the 6 MB that Lambda passes on."""

import json
from typing import Any

import pytest

from chalicelib.tickets.markdown import VERSION
from tests.support.api import Reply
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

LAMBDAS_LIMIT = 6_000_000
COMMENTS = """
    INSERT INTO comments (workspace_id, ticket_id, author_id, body, created_at)
    SELECT t.workspace_id, t.id, t.requester_id, repeat(:character, 65536 / octet_length(:character)),
        now() + n * interval '1 second'
    FROM tickets t, generate_series(1, 101) n WHERE t.id = :id
"""
ENTRIES = """
    INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, actor_type, actor_id, meta)
    SELECT t.workspace_id, t.id, 100 + n, 'commented', 'user', t.requester_id,
        jsonb_build_object('reason', repeat(:character, 65536 / octet_length(:character)))
    FROM tickets t, generate_series(1, 101) n WHERE t.id = :id
"""


def weight(reply: Reply) -> int:
    """What Lambda's runtime makes of an answer: JSON within JSON, ASCII alone."""
    assert reply.status == 200, reply.text[:500]
    return len(json.dumps({"body": reply.text}))


class TestATicketOfManyLongTexts:
    @pytest.mark.parametrize("character", ["a", '"', "\x01", "ñ", "\U0001f600"])
    def test_is_shown_with_the_newest(self, desk: ServiceDesk, database: Database, character: str) -> None:
        ticket = desk.ticket(description=character * (65_536 // len(character.encode())))
        with database.past_triggers():
            database.run(COMMENTS, id=ticket["id"], character=character)
            database.run(ENTRIES, id=ticket["id"], character=character)

        reply = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}")

        assert weight(reply) < LAMBDAS_LIMIT
        assert 1 <= len(reply.json["comments"]) < 100
        assert 1 <= len(reply.json["timeline"]) < 100
        newest = database.value("SELECT id FROM comments ORDER BY created_at DESC LIMIT 1")
        assert reply.json["comments"][-1]["id"] == str(newest)
        assert reply.json["timeline"][-1]["sequence"] == 201

    @pytest.mark.parametrize("name", ["comments", "timeline"])
    def test_is_walked_through_page_by_page(self, desk: ServiceDesk, database: Database, name: str) -> None:
        ticket = desk.ticket()
        with database.past_triggers():
            database.run(COMMENTS if name == "comments" else ENTRIES, id=ticket["id"], character="ñ")
        expected = database.value(
            f"SELECT count(*) FROM {'comments' if name == 'comments' else 'timeline_entries'}"
        )
        api = desk.as_(desk.cast.ada)

        seen, cursor = [], ""
        while cursor is not None:
            reply = api.get(f"/v1/tickets/{ticket['id']}/{name}?limit=100{cursor and '&cursor=' + cursor}")
            assert weight(reply) < LAMBDAS_LIMIT
            seen += [item["id"] for item in reply.json["items"]]
            cursor = reply.json["next_cursor"]

        assert len(set(seen)) == len(seen) == expected

    def test_of_html_that_outgrows_its_text_is_read_no_further_than_it_is_shown(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.ticket()
        with database.past_triggers():
            database.run(COMMENTS, id=ticket["id"], character="&")
            rendered = "UPDATE comments SET body_html = repeat('&amp;', 65536), html_version = :v"
            database.run(rendered, v=VERSION)
        api = desk.as_(desk.cast.ada)

        detail = api.get(f"/v1/tickets/{ticket['id']}")
        assert weight(detail) < LAMBDAS_LIMIT
        assert 1 <= len(detail.json["comments"]) < 5

        seen, cursor = [], ""
        while cursor is not None:
            reply = api.get(f"/v1/tickets/{ticket['id']}/comments?limit=100{cursor and '&cursor=' + cursor}")
            assert weight(reply) < LAMBDAS_LIMIT
            assert {len(item["body_html"]) for item in reply.json["items"]} == {5 * 65_536}
            seen += [item["id"] for item in reply.json["items"]]
            cursor = reply.json["next_cursor"]
        assert len(set(seen)) == len(seen) == 101

    def test_of_short_texts_is_shown_whole(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()
        for n in range(3):
            desk.comment(desk.cast.carol, ticket, f"Comment {n}")

        detail = desk.detail(desk.cast.ada, ticket)

        assert [c["body"] for c in detail["comments"]] == ["Comment 0", "Comment 1", "Comment 2"]
        assert len(detail["timeline"]) == 4


def test_a_change_of_a_long_description_is_told_by_its_beginnings(desk: ServiceDesk) -> None:
    ticket = desk.ticket(description="ñ" * 1001)
    changed = desk.patch(desk.cast.carol, ticket, description="x" * 5000, subject="Short")
    assert changed.status == 200

    shown = desk.detail(desk.cast.ada, ticket)
    changes = shown["timeline"][-1]["changes"]
    listed = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}/timeline").json["items"][-1]

    assert changes["description"] == {
        "from": "ñ" * 1000 + "… (1001 characters)",
        "to": "x" * 1000 + "… (5000 characters)",
    }
    assert changes["subject"] == {"from": "VPN drops", "to": "Short"}
    assert listed["changes"] == changes
    assert shown["description"] == "x" * 5000


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels > 1 else {}


class TestCustomFields:
    GOOD = (
        {"text": "x" * 16_000, "number": 1.5, "flags": [True, None]},
        {f"f{n}": n for n in range(100)},
        {"a": 'ñ"\\\n' * 100},
        nested(5),
    )
    BAD = (
        {"text": "x" * 17_000},
        {"text": "ñ" * 9_000},
        {"text": "\x01" * 3_000},
        {f"f{n}": n for n in range(101)},
        {"inner": {f"f{n}": "x" * 20 for n in range(1_000)}},
        {"numbers": [1e308] * 60},
        {"numbers": [1e-300] * 60},
        nested(6),
        {"a": [[[[[]]]]]},
    )

    @pytest.mark.parametrize("fields", GOOD)
    def test_within_bounds_are_kept(self, desk: ServiceDesk, fields: dict[str, Any]) -> None:
        made = desk.ticket(desk.cast.ada, custom_fields=fields)
        changed = desk.patch(desk.cast.ada, desk.ticket(desk.cast.ada), custom_fields=fields)

        assert made["custom_fields"] == fields
        assert (changed.status, changed.json["custom_fields"]) == (200, fields)

    @for_each("fields", BAD)
    def test_past_bounds_are_refused(self, desk: ServiceDesk, fields: dict[str, Any]) -> None:
        ticket = desk.ticket()
        body = {"subject": "A", "description": "B", "custom_fields": fields}

        made = desk.as_(desk.cast.ada).post("/v1/tickets", body)
        changed = desk.patch(desk.cast.ada, ticket, custom_fields=fields)

        assert [(r.status, [e["field"] for e in r.json["errors"]]) for r in (made, changed)] == [
            (422, ["custom_fields"])
        ] * 2

    def test_take_no_more_room_than_was_counted(self, desk: ServiceDesk, database: Database) -> None:
        fields = {"numbers": [1e308] * 50, "small": [1e-300], "text": 'ñ"\x01'}
        desk.ticket(desk.cast.ada, custom_fields=fields)

        assert database.value("SELECT octet_length(custom_fields::text) FROM tickets") <= 16_384
