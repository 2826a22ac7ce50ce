"""Whether mails reach somebody. An address that does not exist, that takes no mail on several days, or whose
reader calls it spam gets none about tickets any more; only mails about the account, which its owner asks for.
It does again once somebody reads there: who writes in, or uses a link that was mailed; or where an
administrator says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import reachability_queries as queries
from chalicelib.core.db import Transaction
from chalicelib.core.mail import single_line
from chalicelib.models.words import MailTrouble

MAX_DETAIL = 500


@dataclass(frozen=True)
class Report:
    """What is reported of one mail to one person. `message_id`: of the mail, the same whoever reports;
    `detail`: what the receiving server said."""

    user_id: UUID
    message_id: str
    trouble: MailTrouble
    happened_at: datetime
    detail: str = ""


def take(tx: Transaction, workspace_id: UUID, report: Report) -> bool:
    """Writes it down and draws the consequence. False, and nothing, where the same was reported before, or it
    is older than what shows that the address is read."""
    values = {
        "workspace_id": workspace_id,
        "user_id": report.user_id,
        "message_id": report.message_id[:500],
        "kind": report.trouble,
        "happened_at": report.happened_at,
    }
    if not queries.note(tx, values):
        return False
    queries.judge(tx, workspace_id, report.user_id, report.trouble, detail(report.detail))
    return True


def detail(text: str) -> str | None:
    """One line of what a server said, as it is kept."""
    return single_line(text)[:MAX_DETAIL].rstrip() or None


def restore(tx: Transaction, workspace_id: UUID, user_ids: Sequence[UUID]) -> None:
    """They have written, so they are there."""
    queries.restore(tx, workspace_id, user_ids)


def reached(now: datetime) -> dict[str, Any]:
    """The columns of a user whose mails arrive as far as is known now."""
    return {"email_bad_at": None, "email_bad_reason": None, "email_bad_detail": None, "email_good_at": now}


def proven(now: datetime) -> dict[str, Any]:
    """The same of somebody who has used what was mailed to the address: it is theirs."""
    return {**reached(now), "email_verified_at": now}


def shape(row: Row[Any]) -> dict[str, Any] | None:
    """What answers show: null where nothing is wrong."""
    if row.email_bad_at is None:
        return None
    return {"reason": row.email_bad_reason, "since": row.email_bad_at, "detail": row.email_bad_detail}
