"""The first statement of a transaction: sets the workspace for row-level security and reads the principal
anew, so that a demotion or deactivation counts at the next call, whatever the token says."""

from uuid import UUID

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor, SecondStep, Workspace
from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound, Unauthenticated
from chalicelib.models.words import ActorType, Scope, UserStatus


def enter(tx: Transaction, workspace_id: UUID, user_id: UUID, session_id: UUID | None = None) -> Actor:
    """The user as the database knows it now. Raises Unauthenticated where it may not act any more.

    `session_id`: the `jti` of the access token that says who it is.
    """
    row = queries.enter(tx, workspace_id, user_id, session_id)
    if row is None or row.user_id is None or row.user_status != UserStatus.ACTIVE:
        raise Unauthenticated("This session is over, or the account no longer active. Sign in again.")
    return Actor(
        ActorType.USER,
        row.user_id,
        row.user_name,
        row.user_email,
        Role(row.user_role),
        frozenset(row.team_ids),
        _workspace(row),
        row.now,
        second_step=SecondStep(row.two_step_enabled, row.two_step_required, row.session_vouched),
        organisation_id=row.organisation_id,
    )


def enter_api_key(tx: Transaction, workspace_id: UUID, key_id: UUID, token_id: UUID) -> Actor:
    """The API key as the database knows it now. Raises Unauthenticated where it was revoked or is over."""
    row = queries.enter_api_key(tx, workspace_id, key_id, token_id)
    if row is None or row.key_id is None:
        raise Unauthenticated("This API key is not valid any more: it was revoked, or its time is over.")
    return Actor(
        ActorType.API_KEY,
        row.key_id,
        row.key_name,
        None,
        Role(row.key_role),
        frozenset(row.key_team_ids),
        _workspace(row),
        row.now,
        frozenset(map(Scope, row.key_scopes)),
    )


def enter_again(tx: Transaction, workspace_id: UUID, type: ActorType, id: UUID) -> Actor | None:
    """Whoever asked for work that is done later, as the database knows them by now; None where they may not
    act any more. A session that has ended since takes nothing back."""
    try:
        if type is ActorType.USER:
            return enter(tx, workspace_id, id)
        if enter_system(tx, workspace_id) is None:
            return None
        token_id = queries.token_of_api_key(tx, workspace_id, id)
        return enter_api_key(tx, workspace_id, id, token_id) if token_id else None
    except Unauthenticated:
        return None


def enter_public(tx: Transaction, slug: str) -> Actor:
    """Somebody without an account at a workspace's public door. Raises NotFound for an unknown workspace."""
    workspace_id = queries.workspace_by_slug(tx, slug)
    if workspace_id is None:
        raise NotFound("There is no such workspace.")
    row = queries.enter(tx, workspace_id, None)
    if row is None:
        raise NotFound("There is no such workspace.")
    return Actor(ActorType.CONTACT, None, "", None, Role.CUSTOMER, frozenset(), _workspace(row), row.now)


def enter_system(tx: Transaction, workspace_id: UUID) -> Actor | None:
    """The desk's own automation in a workspace; None where that is gone."""
    row = queries.enter(tx, workspace_id, None)
    if row is None:
        return None
    return Actor(ActorType.SYSTEM, None, "Mesa", None, None, frozenset(), _workspace(row), row.now)


def _workspace(row: queries.Entrance) -> Workspace:
    return Workspace(
        row.workspace_id,
        row.workspace_slug,
        row.workspace_name,
        row.timezone,
        row.language,
        row.agent_visibility,
        row.reopen_window_days,
    )
