"""Much at once: taken in as another desk's, for a call each takes the stack as long as a test."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from local import importing
from local.importing import Desk
from tests.e2e.http import Http
from tests.support.imports import lines, zendesk

WHO = {"id": 1, "name": "Carol", "role": "end-user"}


def minute(number: int) -> str:
    """Of one day, the minutes one after the other."""
    return f"2026-03-02T{9 + number // 60:02}:{number % 60:02}:00Z"


def moved(admin: Http, folder: Path, requester: str, subjects: list[str], **changed: Any) -> None:
    """New tickets of somebody's with these subjects, each a minute after the other; `changed`: what else is
    another than in the sample of Zendesk's."""
    assert admin.token
    nobody = {"assignee": None, "assignee_id": None, "group": None, "group_id": None}
    facts = {
        **nobody,
        **{"status": "new", "satisfaction_rating": None, "metric_set": None, "custom_fields": []},
        **{"requester": {**WHO, "email": requester}, "requester_id": 1, "submitter": None},
        **{"comments": [], **changed},
    }
    rows = [
        zendesk(number + 1, subject=subject, created_at=minute(number)) | facts
        for number, subject in enumerate(subjects)
    ]
    file = folder / "tickets.json"
    file.write_bytes(lines(*rows))
    asked = {"source": "zendesk", "system": uuid4().hex}
    done = importing.take_in(Desk(admin.base, admin.token), file, asked, lambda _: None)
    assert (done["status"], done["counts"]["taken"]) == ("done", len(subjects)), done
