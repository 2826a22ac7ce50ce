"""The people of a workspace as staff see them: one, or a list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import absence, queries, reachability
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.paging import Page, answer

FACTS = ("document_id", "phone", "has_whatsapp", "company")
SORT_TYPES: Mapping[str, Any] = {"created_at": datetime, "name": str}


def shape(row: Row[Any]) -> dict[str, Any]:
    """A user as answers show it; never the password."""
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "status": row.status,
        "teams": row.teams,
        "organisation": row.organisation,
        **{fact: getattr(row, fact) for fact in FACTS},
        **absence.shape(row),
        "email_verified_at": row.email_verified_at,
        "email_problem": reachability.shape(row),
        "two_step_enabled": row.two_step_enabled,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "deactivated_at": row.deactivated_at,
    }


def get(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """One user of the actor's workspace, or NotFound."""
    row = queries.user(tx, actor.workspace.id, user_id)
    if row is None:
        raise no_such_user()
    return _as_seen_by(actor, shape(row))


def listing(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page of users; `wanted` as queries.list_users has it, `sort` of SORT_TYPES with or without `-`.

    Raises Forbidden where somebody else than an administrator asks who has a second step.
    """
    if "two_step" in wanted:
        actor.require(Permission.PEOPLE_MANAGE, "Only an administrator asks who signs in with two steps.")
    by = sort.removeprefix("-")
    after = page.after(sort, (SORT_TYPES[by], UUID))
    rows = queries.list_users(tx, actor.workspace.id, wanted, page, sort, after)
    return answer(
        rows, page, sort, lambda row: (getattr(row, by), row.id), lambda row: _as_seen_by(actor, shape(row))
    )


def _as_seen_by(actor: Actor, user: dict[str, Any]) -> dict[str, Any]:
    """Whose account has no second step is for administrators to know."""
    knows = actor.may(Permission.PEOPLE_MANAGE) or actor.user_id == user["id"]
    return user if knows else {**user, "two_step_enabled": None}


def no_such_user() -> NotFound:
    return NotFound("There is no such user.")
