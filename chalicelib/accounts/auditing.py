"""Recording what happened: who, from where, what, to whom, before and after. Nobody ever changes it again.

    audit(tx, actor, "user.changed", ("user", user.id), {"role": "agent"}, {"role": "admin"})

Entries are written by the last statement before the commit: appending holds the head of the workspace's
chain, and so no other lock is ever waited for while it is held.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from chalicelib.accounts import audit_queries
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.models.audit import ANONYMOUS

Values = Mapping[str, Any]

# What stands for itself nowhere: an entry says that it was set, never what it is.
SECRET = frozenset(
    {"password", "password_hash", "token", "access_token", "refresh_token", "secret", "digest", "hash"}
)


def audit(
    tx: Transaction,
    actor: Actor,
    action: str,
    target: tuple[str, UUID],
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Adds an entry to the log of the actor's workspace, which the transaction has entered.

    ValueError for a value that may not be kept.
    """
    _add(tx, (actor.type, actor.id), action, target, before, after)


def audit_stranger(tx: Transaction, action: str, target: tuple[str, UUID], after: Values) -> None:
    """The same of somebody who has not shown who they are."""
    _add(tx, (ANONYMOUS, None), action, target, None, after)


def _add(
    tx: Transaction,
    who: tuple[str, UUID | None],
    action: str,
    target: tuple[str, UUID],
    before: Values | None,
    after: Values | None,
) -> None:
    if secrets := SECRET & {*(before or ()), *(after or ())}:
        raise ValueError(f"{action} would show {', '.join(sorted(secrets))}")
    entry = {
        "action": action,
        "actor_type": who[0],
        "actor_id": who[1],
        "target_type": target[0],
        "target_id": target[1],
        "before": before or None,
        "after": after or None,
    }
    if not tx.audited:
        tx.last.append(partial(audit_queries.append, tx))
    tx.audited.append(entry)


def audit_changes(
    tx: Transaction, actor: Actor, action: str, target: tuple[str, UUID], before: Values, after: Values
) -> None:
    """The same with those of the values alone that differ; nothing where none does."""
    names = [name for name in after if before.get(name) != after[name]]
    if names:
        was, now = ({name: values.get(name) for name in names} for values in (before, after))
        audit(tx, actor, action, target, was, now)


def audit_failed_sign_in(tx: Transaction, email: str, workspace: str | None) -> None:
    """Adds an entry to the log of each workspace where the email has an account; the same work for none."""
    tx.last.append(partial(audit_queries.append_failed_sign_in, tx, email, workspace))
