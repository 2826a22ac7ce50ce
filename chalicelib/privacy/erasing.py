"""Erasing a person: in the request who they are and how they get in, by a job every word of them elsewhere.

The tickets stay, under a pseudonym. What is looked for rests in the receipt's row until it is found nowhere.
"""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import queries as people
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.changing import hold, keep_an_admin
from chalicelib.accounts.permissions import Permission
from chalicelib.core import jobs
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, NotFound
from chalicelib.models.words import UserStatus
from chalicelib.privacy import queries
from chalicelib.privacy.words import patterns

KIND = "user_erasure"
# The job begins when whoever was at work at the moment of the erasure has ended. No transaction lives as
# long, so nothing that was read before it is written after the search.
SETTLING_SECONDS = 60
AT_ONCE = 1000
RUNS_ON = "An erasure cannot be cancelled: half of it done, the person would be neither here nor gone."
SHOWN = (
    *("id", "user_id", "job_id", "pseudonym", "reason", "status", "counts", "audit_sequence"),
    *("erased_at", "completed_at"),
)


def erase(tx: Transaction, actor: Actor, user_id: UUID, confirm: str, reason: str) -> dict[str, Any]:
    """The receipt, of now or of the first time. `confirm` repeats the person's email.

    Raises Forbidden (oneself too), NotFound, Conflict for another email and for the last active admin.
    """
    actor.require(Permission.PERSONAL_DATA_MANAGE, "Only an administrator erases people.")
    try:
        user, admins = hold(tx, actor, user_id)
    except NotFound:
        return _again(tx, actor, user_id)
    if actor.user_id == user_id:
        raise Forbidden("Nobody erases themselves. Ask another administrator.")
    keep_an_admin(user, admins)
    if confirm != user.email:
        raise Conflict("`confirm` is not the email of the person to be erased. Look again who it is.")
    known = _patterns(tx, actor, user)
    pseudonym = f"Erased person {secrets.token_hex(4)}"
    values = {
        **queries.cleared(),
        "name": pseudonym,
        "email": f"erased-{secrets.token_hex(8)}@erased.invalid",
        "status": UserStatus.DEACTIVATED,
        "deactivated_at": actor.now,
        "deleted_at": actor.now,
    }
    people.change_user(tx, actor.workspace.id, user_id, values)
    job = jobs.ask(tx, actor.workspace.id, KIND, user_id, actor.id, delay=SETTLING_SECONDS)
    queries.add(tx, actor.workspace.id, user_id, job.id, pseudonym, reason, known)
    # Sessions, tokens, second steps and memberships end here and now; what is many is left to the job.
    queries.count(tx, actor.workspace.id, user_id, queries.erase_owned(tx, user_id, AT_ONCE))
    audit(tx, actor, "user.erased", ("user", user_id), after={"pseudonym": pseudonym, "reason": reason})
    return receipt(tx, actor, user_id)


def receipt(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """What was erased of a person and how far that is. NotFound for who is not erased."""
    actor.require(Permission.PERSONAL_DATA_MANAGE, "Only an administrator reads receipts.")
    return _shape(_found(tx, actor, user_id))


def _again(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """The receipt of the first time. A job that gave up is asked for once more."""
    if _found(tx, actor, user_id).status == "failed":
        job = jobs.ask(tx, actor.workspace.id, KIND, user_id, actor.id)
        queries.try_again(tx, actor.workspace.id, user_id, job.id)
    return _shape(_found(tx, actor, user_id))


def _found(tx: Transaction, actor: Actor, user_id: UUID) -> Row[Any]:
    row = queries.receipt(tx, actor.workspace.id, user_id)
    if row is None:
        raise NotFound("Nobody of this id was erased here.")
    return row


def _shape(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SHOWN}


def _patterns(tx: Transaction, actor: Actor, user: Row[Any]) -> dict[str, Any]:
    facts = set(queries.former_facts(tx, actor.workspace.id, user.id))
    facts |= {(kind, getattr(user, kind) or "") for kind in ("email", "name", "phone", "document_id")}
    others = queries.shared(
        tx, actor.workspace.id, user.id, [value for kind, value in facts if kind != "email"]
    )
    # Who wrote without an account chose these words alone.
    return dict(patterns(facts, others, claimed=user.status == UserStatus.CONTACT))
