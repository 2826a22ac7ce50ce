"""Imports in process: a file announced, put where its form would put it, started, and read by the job."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.api import Api, Reply
from tests.support.jobs import Workshop


class Importer:
    """Whoever imports into a workspace, and the Lambda that does it."""

    def __init__(self, api: Api, workshop: Workshop) -> None:
        self.api = api
        self.workshop = workshop

    def announce(self, content: bytes, source: str = "zendesk", **facts: Any) -> dict[str, Any]:
        """An import whose file is there, not started."""
        made = self.api.post(
            "/v1/imports", {"source": source, "file_name": "tickets", "bytes": len(content), **facts}
        )
        assert made.status == 201, made.text
        key = made.json["upload"]["fields"]["key"]
        self.workshop.s3.put_object(Bucket=self.workshop.bucket, Key=key, Body=content)
        found: dict[str, Any] = made.json
        return found

    def start(self, made: Mapping[str, Any], **body: Any) -> Reply:
        return self.api.post(f"/v1/imports/{made['id']}/start", body)

    def get(self, made: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/v1/imports/{made['id']}").json
        return found

    def take(self, content: bytes, source: str = "zendesk", **facts: Any) -> dict[str, Any]:
        """The whole way: what became of the file."""
        made = self.announce(content, source, **facts)
        started = self.start(made)
        assert started.status == 202, started.text
        self.workshop.work()
        return self.get(made)


def lines(*rows: Any) -> bytes:
    """A row a line, as Zendesk exports them."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def zendesk(id: int = 35436, **changed: Any) -> dict[str, Any]:
    """A ticket as the full JSON export has it."""
    requester = {"id": 2001, "name": "Rosa Rojas", "email": "rosa@client.example", "role": "end-user"}
    return {
        "url": f"https://old.zendesk.com/api/v2/tickets/{id}.json",
        "id": id,
        "external_id": None,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-03T10:00:00Z",
        "type": "problem",
        "subject": "Printer on fire",
        "raw_subject": "Printer on fire",
        "description": "It smokes.",
        "priority": "normal",
        "status": "closed",
        "requester": requester,
        "requester_id": requester["id"],
        "submitter": requester,
        "assignee": {"id": 3001, "name": "Ana", "email": "ana@acme.example", "role": "agent"},
        "assignee_id": 3001,
        "group": {"id": 4001, "name": "Networks"},
        "group_id": 4001,
        "organization": None,
        "tags": ["Printer", "third floor"],
        "custom_fields": [{"id": 360001, "value": "B-12"}, {"id": 360002, "value": None}],
        "satisfaction_rating": {"score": "good", "comment": "Quick!"},
        "metric_set": {"solved_at": "2026-03-03T09:30:00Z", "reopens": 0},
        "collaborator_ids": [],
        "follower_ids": [],
        "comments": [
            {
                "id": 9000 + id,
                "author_id": 2001,
                "body": "It smokes.",
                "html_body": "<p>It smokes.</p>",
                "public": True,
                "created_at": "2026-03-02T09:00:00Z",
                "via": {"channel": "email"},
            },
            {
                "id": 19000 + id,
                "author_id": 3001,
                "body": "Pull the plug.",
                "public": True,
                "created_at": "2026-03-02T09:10:00Z",
            },
            {
                "id": 29000 + id,
                "author_id": 3001,
                "body": "Third one this week.",
                "public": False,
                "created_at": "2026-03-02T09:11:00Z",
            },
        ],
        **changed,
    }


REQUESTER = ("id", "name", "email", "role")


def freshdesk(id: int = 71, **changed: Any) -> dict[str, Any]:
    """A ticket as the API has it, with all that can be included."""
    return {
        "id": id,
        "subject": "Cannot log in",
        "description": "<div>My password is gone</div>",
        "description_text": "My password is gone",
        "status": 4,
        "priority": 3,
        "source": 1,
        "type": "Problem",
        "created_at": "2026-04-01T10:00:00Z",
        "updated_at": "2026-04-02T10:00:00Z",
        "requester_id": 501,
        "requester": {"id": 501, "name": "Ilse Ito", "email": "ilse@fresh.example", "role": None},
        "responder_id": 601,
        "responder": {"id": 601, "name": "Ben", "email": "ben@acme.example"},
        "group": {"name": "Apps"},
        "tags": ["Login"],
        "custom_fields": {"cf_room": "C3"},
        "stats": {"resolved_at": "2026-04-02T09:00:00Z", "closed_at": None},
        "satisfaction_ratings": [{"ratings": {"default_question": 103}, "feedback": "Fine"}],
        "spam": False,
        "deleted": False,
        "conversations": [
            {
                "id": 901,
                "body": "<div>Which browser?</div>",
                "body_text": "Which browser?",
                "incoming": False,
                "private": False,
                "user_id": 601,
                "source": 0,
                "from_email": None,
                "created_at": "2026-04-01T11:00:00Z",
            }
        ],
        **changed,
    }
