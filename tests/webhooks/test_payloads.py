"""What is posted: events as Standard Webhooks has them, lines for channels of Slack and Teams."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chalicelib.core import sqs
from chalicelib.core.json_text import dumps
from chalicelib.webhooks import payloads
from chalicelib.webhooks.payloads import Told

TICKET = UUID(int=3)
PAYLOAD: dict[str, Any] = {
    "ticket": {"id": str(TICKET), "label": "TKT-2026-00042", "subject": "No paper", "status": "open"},
    "actor": {"type": "user", "id": str(UUID(int=4))},
    "changes": {"team_id": {"from": None, "to": "x"}, "tags": {"from": [], "to": ["vip"]}},
    "meta": {"reason": "not ours", "rules": [1]},
}


def told(**facts: Any) -> Told:
    base: dict[str, Any] = {
        "workspace_id": UUID(int=1),
        "type": "ticket.transferred",
        "ticket_id": TICKET,
        "sequence": 7,
        "created_at": datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC),
        "payload": PAYLOAD,
        "comment": None,
        "language": "en",
        "include_internal": False,
    }
    return Told(**{**base, **facts})


def commented(body: str, **facts: Any) -> Told:
    comment = {"id": str(UUID(int=9)), "body": body, "visibility": "public", "author_id": None}
    return told(type="ticket.commented", comment=comment, **facts)


class TestStandard:
    def test_type_timestamp_and_data(self) -> None:
        document = json.loads(payloads.body(told(include_internal=True), "standard"))

        assert list(document) == ["type", "timestamp", "data"]
        assert document["timestamp"] == "2026-11-20T09:00:00.123456Z"
        assert document["data"] == {"workspace_id": str(UUID(int=1)), "sequence": 7, **PAYLOAD}

    def test_without_internal_what_is_between_colleagues_is_left_out(self) -> None:
        data = json.loads(payloads.body(told(), "standard"))["data"]

        assert data["changes"] == {"team_id": {"from": None, "to": "x"}}
        assert data["meta"] == {}
        assert data["ticket"] == PAYLOAD["ticket"]

    def test_what_is_no_tickets_is_told_as_it_is(self) -> None:
        payload = {"user": {"name": "Eva"}, "actor": {"type": "system"}}
        data = json.loads(
            payloads.body(told(type="user.created", ticket_id=None, payload=payload), "standard")
        )
        assert data["data"]["user"] == {"name": "Eva"}

    @pytest.mark.parametrize("letter", ["x", "é", "字", "\u0001", "😀", '"'])
    def test_what_no_queue_would_take_goes_without_its_long_texts(self, letter: str) -> None:
        long = {**PAYLOAD, "changes": {"description": {"from": letter * 40_000, "to": letter * 40_000}}}
        body = payloads.body(told(payload=long, include_internal=True), "standard")
        data = json.loads(body)["data"]

        assert len(dumps(body, ascii_only=True)) + 8_000 < sqs.MAX_MESSAGE_BYTES
        assert data.get("truncated", False) is ("changes" not in data)
        assert data["ticket"] == PAYLOAD["ticket"]
        assert data["sequence"] == 7


class TestSlack:
    def test_one_line_says_what_happened_to_what_and_a_comment_is_quoted(self) -> None:
        line = json.loads(payloads.body(commented("Try again.\nNow."), "slack"))
        assert line["text"] == "*New comment*: TKT-2026-00042 No paper\n> Try again.\n> Now."

    def test_case_33_what_people_wrote_makes_no_link_and_calls_nobody(self) -> None:
        payload = {
            **PAYLOAD,
            "ticket": {"label": "TKT-1", "subject": "<!channel> <https://evil.example|pay> & go"},
        }
        line = json.loads(payloads.body(commented("<@U1> <!here>", payload=payload), "slack"))
        assert "<" not in line["text"]
        assert "&lt;!channel&gt; &lt;https://evil.example|pay&gt; &amp; go" in line["text"]

    def test_it_speaks_the_language_of_the_workspace(self) -> None:
        line = json.loads(payloads.body(told(type="ticket.resolved", language="es"), "slack"))
        assert line["text"] == "*Resuelto*: TKT-2026-00042 No paper"

    def test_a_long_comment_is_cut(self) -> None:
        line = json.loads(payloads.body(commented("word " * 1000), "slack"))
        assert len(line["text"]) < 400
        assert line["text"].endswith("…")


class TestTeams:
    def test_a_card_of_plain_runs_which_no_markdown_is_read_in(self) -> None:
        card = json.loads(payloads.body(commented("[pay](https://evil.example)"), "teams"))
        (attachment,) = card["attachments"]
        blocks = attachment["content"]["body"]

        assert card["type"] == "message"
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert {block["type"] for block in blocks} == {"RichTextBlock"}
        assert [block["inlines"][0]["text"] for block in blocks] == [
            "New comment",
            "TKT-2026-00042 No paper",
            "[pay](https://evil.example)",
        ]

    @pytest.mark.parametrize(
        ("name", "about"), [("user", "Eva"), ("api_key", "Monitoring"), ("webhook", "Warehouse")]
    )
    def test_of_people_keys_and_webhooks_the_name_is_told(self, name: str, about: str) -> None:
        event = told(type="x.y", ticket_id=None, payload={name: {"name": about}})
        assert payloads.headline(event) == ("x.y", about)
