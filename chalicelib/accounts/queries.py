"""The SQL of people and access."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, TextClause, text, update

from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.accounts import teams, users, workspaces

ENTER = text("SELECT * FROM fn_enter(:workspace_id, :user_id, :session_id)")
ENTER_API_KEY = text(
    """
    SELECT e.*, k.* FROM fn_enter(:workspace_id, NULL) e
    LEFT JOIN LATERAL fn_use_api_key(e.workspace_id, :key_id, :token_id) k ON true
    """
)
TOKEN_OF_API_KEY = text("SELECT token_id FROM api_keys WHERE workspace_id = :workspace_id AND id = :key_id")
WORKSPACE_BY_SLUG = text("SELECT fn_workspace_by_slug(:slug)")


class Entrance(Protocol):
    """A row of fn_enter: the workspace, and the user where there is one."""

    workspace_id: UUID
    workspace_slug: str
    workspace_name: str
    timezone: str
    language: str
    agent_visibility: str
    reopen_window_days: int
    user_id: UUID | None
    user_name: str
    user_email: str
    user_role: str
    user_status: str
    team_ids: list[UUID]
    now: datetime
    two_step_enabled: bool
    two_step_required: bool
    session_vouched: bool
    organisation_id: UUID | None


def enter(tx: Transaction, workspace_id: UUID, user_id: UUID | None, session_id: UUID | None = None) -> Any:
    """Sets the workspace of the transaction; None where there is no such workspace. See fn_enter.sql."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "session_id": session_id}
    return tx.connection.execute(ENTER, keys).first()


def enter_api_key(tx: Transaction, workspace_id: UUID, key_id: UUID, token_id: UUID) -> Any:
    """The same for an API key: `key_id key_name key_role key_scopes key_team_ids`, null where it is void."""
    keys = {"workspace_id": workspace_id, "key_id": key_id, "token_id": token_id}
    return tx.connection.execute(ENTER_API_KEY, keys).first()


def token_of_api_key(tx: Transaction, workspace_id: UUID, key_id: UUID) -> UUID | None:
    """The one token that the key is valid with."""
    found: UUID | None = tx.connection.scalar(
        TOKEN_OF_API_KEY, {"workspace_id": workspace_id, "key_id": key_id}
    )
    return found


def workspace_by_slug(tx: Transaction, slug: str) -> UUID | None:
    found: UUID | None = tx.connection.scalar(WORKSPACE_BY_SLUG, {"slug": slug})
    return found


# Workspaces

MAKE_WORKSPACE = text(
    "SELECT workspace_id, slug, team_id, fn_default_views(workspace_id) FROM fn_make_workspace(:slug, :name)"
)
WORKSPACE = text(
    """
    SELECT id, slug, name, timezone, language, label_prefix, agent_visibility, reopen_window_days,
           customer_signup, customers_see_organisation, two_step_required_of, retention_days,
           categories_only, ratings_enabled, rating_delay_hours,
           pending_reminder_days, pending_resolve_days, pending_resolve_text, add_cc_as_watchers,
           form_sites,
           EXISTS (SELECT FROM oidc_providers p WHERE p.workspace_id = workspaces.id AND p.enabled)
               AS oidc_enabled,
           created_at, updated_at,
           json_build_object('color', brand_color, 'logo_url', brand_logo_url, 'footer', brand_footer)
               AS branding
    FROM workspaces WHERE id = :workspace_id
    """
)
HOLD_WORKSPACE = text("SELECT FROM workspaces WHERE id = :workspace_id FOR NO KEY UPDATE")
# PostgreSQL makes the year of a label in the workspace's zone, so it must know the zone too.
KNOWS_TIMEZONE = text("SELECT now() AT TIME ZONE CAST(:timezone AS text)")


def make_workspace(tx: Transaction, slug: str, name: str) -> Row[Any]:
    """A workspace with all it needs and a few views, entered: `workspace_id slug team_id`. See
    fn_make_workspace.sql and fn_default_views.sql."""
    return tx.connection.execute(MAKE_WORKSPACE, {"slug": slug, "name": name}).one()


def workspace(tx: Transaction, workspace_id: UUID) -> Row[Any]:
    return tx.connection.execute(WORKSPACE, {"workspace_id": workspace_id}).one()


def hold_workspace(tx: Transaction, workspace_id: UUID) -> None:
    """Holds the settings against every other writer."""
    tx.connection.execute(HOLD_WORKSPACE, {"workspace_id": workspace_id})


def change_workspace(tx: Transaction, workspace_id: UUID, changes: Mapping[str, Any]) -> None:
    of_workspace = update(workspaces).where(workspaces.c.id == workspace_id)
    tx.connection.execute(of_workspace.values(**changes, updated_at=text("now()")))


def try_timezone(tx: Transaction, timezone: str) -> None:
    """Raises a DBAPIError with SQLSTATE 22023 where PostgreSQL does not know the zone."""
    tx.connection.execute(KNOWS_TIMEZONE, {"timezone": timezone})


# Users

# About `users u`. A deleted organisation is none, though its members keep its id.
_LIVING_ORGANISATION = """
    FROM organisations o
    WHERE o.workspace_id = u.workspace_id AND o.id = u.organisation_id AND o.deleted_at IS NULL
"""
# In none, and nobody took it out by hand: a domain may bring it in. A scalar sub-select, for who has waited
# for the row asks again of what another left there, and a join would answer as before.
FREE_TO_JOIN = """(u.role = 'customer' AND CASE
    WHEN u.organisation_id IS NULL THEN u.organisation_by IS NULL
    ELSE coalesce((SELECT o.deleted_at IS NOT NULL FROM organisations o
                   WHERE o.workspace_id = u.workspace_id AND o.id = u.organisation_id), false) END)"""
_USER_COLUMNS = """
    u.id, u.name, u.email, u.role, u.status, u.document_id, u.phone, u.has_whatsapp, u.company,
    u.email_verified_at, u.created_at, u.updated_at, u.deactivated_at, u.away_since,
    u.two_step_enabled_at IS NOT NULL AS two_step_enabled, u.email_bad_at, u.email_bad_reason,
    u.email_bad_detail
"""
_USER = f"""
    {_USER_COLUMNS},
    (SELECT json_build_object('id', o.id, 'name', o.name) {_LIVING_ORGANISATION}) AS organisation,
    coalesce((SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name, t.id)
              FROM team_members m JOIN teams t ON t.workspace_id = m.workspace_id AND t.id = m.team_id
              WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id AND t.deleted_at IS NULL),
             '[]') AS teams
"""
USER = text(
    f"""
    SELECT {_USER} FROM users u
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id AND u.deleted_at IS NULL
    """
)
# `teams` counts what was asked for and found; whoever asked for more asked for somebody else's.
_TEAMS_TO_JOIN = """
    SELECT t.id, t.name FROM teams t
    WHERE t.workspace_id = :workspace_id AND t.deleted_at IS NULL
      AND (t.id = ANY(CAST(:team_ids AS uuid[])) OR (:default_team AND t.is_default))
"""
# A customer joins the organisation that is named, else that of the email's domain.
ADD_USER = text(
    f"""
    WITH organisation AS (
        SELECT o.id, o.name FROM organisations o
        WHERE o.workspace_id = :workspace_id AND o.deleted_at IS NULL AND :role = 'customer'
          AND o.id = coalesce(CAST(:organisation_id AS uuid), (
              SELECT d.organisation_id FROM organisation_domains d
              WHERE d.workspace_id = :workspace_id AND d.domain = split_part(:email, '@', 2)))
    ), u AS (
        INSERT INTO users (workspace_id, email, name, role, status, password_hash,
                           document_id, phone, has_whatsapp, company, organisation_id, organisation_by)
        SELECT :workspace_id, :email, :name, :role, :status, :password_hash,
               :document_id, :phone, CAST(:has_whatsapp AS boolean), :company, organisation.id,
               CASE WHEN organisation.id IS NULL THEN NULL
                    WHEN CAST(:organisation_id AS uuid) IS NULL THEN 'domain' ELSE 'hand' END
        FROM (VALUES (1)) AS always LEFT JOIN organisation ON true
        RETURNING *
    ), team AS ({_TEAMS_TO_JOIN}), joined AS (
        INSERT INTO team_members (workspace_id, team_id, user_id)
        SELECT u.workspace_id, team.id, u.id FROM u, team
    )
    SELECT {_USER_COLUMNS}, coalesce((SELECT json_agg(json_build_object('id', team.id, 'name', team.name)
                                          ORDER BY team.name, team.id) FROM team), '[]') AS teams,
        (SELECT json_build_object('id', id, 'name', name) FROM organisation) AS organisation
    FROM u
    """
)
SET_TEAMS = text(
    f"""
    WITH team AS ({_TEAMS_TO_JOIN}), gone AS (
        DELETE FROM team_members m
        WHERE m.workspace_id = :workspace_id AND m.user_id = :user_id
          AND m.team_id NOT IN (SELECT id FROM team)
    ), joined AS (
        INSERT INTO team_members (workspace_id, team_id, user_id)
        SELECT :workspace_id, team.id, :user_id FROM team ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM team
    """
)
# In the order of their ids, so that two of these wait for each other instead of dying in each other's arms.
LOCK_USER_AND_ADMINS = text(
    f"""
    SELECT u.id, u.name, u.email, u.role, u.status, u.document_id, u.phone, u.has_whatsapp, u.company,
           (SELECT o.id {_LIVING_ORGANISATION}) AS organisation_id, u.organisation_by,
           {FREE_TO_JOIN} AS is_free_to_join,
           u.away_since, u.password_hash IS NOT NULL AS has_password, u.email_bad_at, u.email_bad_reason,
           ARRAY(SELECT m.team_id FROM team_members m
                 WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id) AS team_ids
    FROM users u
    WHERE u.workspace_id = :workspace_id AND u.deleted_at IS NULL
      AND (u.id = :user_id OR (u.role = 'admin' AND u.status = 'active'))
    ORDER BY u.id
    FOR NO KEY UPDATE
    """
)
# See fn_pick_assignee.sql: who is being given a ticket leaves after that, who is leaving is given none.
HOLD_MEMBERSHIPS = text(
    """
    SELECT count(*) FROM (
        SELECT FROM team_members WHERE workspace_id = :workspace_id AND user_id = :user_id
        ORDER BY team_id FOR NO KEY UPDATE
    ) AS held
    """
)
USER_SORTS = {"created_at": "u.created_at", "name": "u.name"}


def user(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(USER, {"workspace_id": workspace_id, "user_id": user_id}).first()


def add_user(
    tx: Transaction, facts: Mapping[str, Any], team_ids: Collection[UUID], default_team: bool
) -> Row[Any]:
    """The new user, in those of the teams that exist, and in the default one where asked."""
    return tx.connection.execute(ADD_USER, {**facts, **_teams_to_join(team_ids, default_team)}).one()


def change_user(tx: Transaction, workspace_id: UUID, user_id: UUID, changes: Mapping[str, Any]) -> None:
    of_user = update(users).where(users.c.workspace_id == workspace_id, users.c.id == user_id)
    tx.connection.execute(of_user.values(**changes, updated_at=text("now()")))


def hold_memberships(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    """Waits for tickets that teams are giving the user right now, and keeps them from giving more until the
    end. For whoever takes somebody out of work: before they look for what was given."""
    tx.connection.execute(HOLD_MEMBERSHIPS, {"workspace_id": workspace_id, "user_id": user_id})


def set_teams(
    tx: Transaction, workspace_id: UUID, user_id: UUID, team_ids: Collection[UUID], default_team: bool
) -> int:
    """Makes these the user's teams and answers how many of them there are."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    found: int = tx.connection.execute(
        SET_TEAMS, {**keys, **_teams_to_join(team_ids, default_team)}
    ).scalar_one()
    return found


def lock_user_and_admins(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Sequence[Row[Any]]:
    """The user and all active admins, held to the end: two admins cannot undo each other at the same time."""
    return tx.connection.execute(
        LOCK_USER_AND_ADMINS, {"workspace_id": workspace_id, "user_id": user_id}
    ).all()


def list_users(
    tx: Transaction,
    workspace_id: UUID,
    wanted: Mapping[str, Any],
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`wanted`: any of roles, statuses (lists), team_id, away, organisation_id, without_organisation, words
    (found anywhere in name or email)."""
    conditions = ["u.workspace_id = :workspace_id", "u.deleted_at IS NULL"]
    conditions += [USER_FILTERS[name] for name in wanted]
    keys = {"workspace_id": workspace_id, **wanted}
    return listed(tx, _USER, "users u", conditions, keys, page, sort, USER_SORTS, "u.id", after)


USER_FILTERS = {
    "roles": "u.role = ANY(CAST(:roles AS text[]))",
    "statuses": "u.status = ANY(CAST(:statuses AS text[]))",
    "team_id": """EXISTS (
        SELECT FROM team_members m
        WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id AND m.team_id = :team_id)""",
    "organisation_id": f"u.organisation_id = :organisation_id AND EXISTS (SELECT {_LIVING_ORGANISATION})",
    "without_organisation": f"NOT EXISTS (SELECT {_LIVING_ORGANISATION})",
    "away": "u.role <> 'customer' AND (u.away_since IS NOT NULL) = :away",
    "two_step": "(u.two_step_enabled_at IS NOT NULL) = :two_step",
    "unreached": "(u.email_bad_at IS NOT NULL) = :unreached",
    "words": "position(lower(CAST(:words AS text)) IN lower(u.name || ' ' || u.email)) > 0",
}


def _teams_to_join(team_ids: Collection[UUID], default_team: bool) -> dict[str, Any]:
    return {"team_ids": "{" + ",".join(map(str, team_ids)) + "}", "default_team": default_team}


# Teams

_TEAM = """
    t.id, t.name, t.is_default, t.assignment, t.assignment_cap, t.created_at, t.updated_at,
    (SELECT count(*) FROM team_members m
     WHERE m.workspace_id = t.workspace_id AND m.team_id = t.id) AS member_count
"""
TEAM = text(
    f"""
    SELECT {_TEAM} FROM teams t
    WHERE t.workspace_id = :workspace_id AND t.id = :team_id AND t.deleted_at IS NULL
    """
)
ADD_TEAM = text(
    """
    INSERT INTO teams (workspace_id, name, assignment, assignment_cap)
    VALUES (:workspace_id, :name, :assignment, :assignment_cap)
    RETURNING id, name, is_default, assignment, assignment_cap, created_at, updated_at, 0 AS member_count
    """
)
LOCK_TEAM = text(
    """
    SELECT name, assignment, assignment_cap FROM teams
    WHERE workspace_id = :workspace_id AND id = :team_id AND deleted_at IS NULL
    FOR NO KEY UPDATE
    """
)
# FOR SHARE: whoever is being made a customer right now is not a member a moment later.
ADD_MEMBER = text(
    """
    WITH team AS (
        SELECT id FROM teams WHERE workspace_id = :workspace_id AND id = :team_id AND deleted_at IS NULL
    ), person AS (
        SELECT id, name, email, role, status, away_since FROM users
        WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
        FOR SHARE
    ), joined AS (
        INSERT INTO team_members (workspace_id, team_id, user_id)
        SELECT :workspace_id, team.id, person.id FROM team, person
        ON CONFLICT DO NOTHING
        RETURNING user_id
    )
    SELECT EXISTS (SELECT FROM team) AS team_exists, EXISTS (SELECT FROM joined) AS is_new, person.*
    FROM (VALUES (1)) AS always LEFT JOIN person ON true
    """
)
REMOVE_MEMBER = text(
    """
    DELETE FROM team_members WHERE workspace_id = :workspace_id AND team_id = :team_id AND user_id = :user_id
    """
)
TEAM_SORTS = {"name": "t.name"}
MEMBER_SORTS = {"name": "u.name"}


def team(tx: Transaction, workspace_id: UUID, team_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(TEAM, {"workspace_id": workspace_id, "team_id": team_id}).first()


def add_team(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any]) -> Row[Any]:
    """`facts`: name, assignment, assignment_cap."""
    return tx.connection.execute(ADD_TEAM, {"workspace_id": workspace_id, **facts}).one()


def lock_team(tx: Transaction, workspace_id: UUID, team_id: UUID) -> Row[Any] | None:
    """The team's `name assignment assignment_cap`, which stay so until the end."""
    return tx.connection.execute(LOCK_TEAM, {"workspace_id": workspace_id, "team_id": team_id}).first()


def change_team(tx: Transaction, workspace_id: UUID, team_id: UUID, changes: Mapping[str, Any]) -> None:
    of_team = update(teams).where(teams.c.workspace_id == workspace_id, teams.c.id == team_id)
    tx.connection.execute(of_team.values(**changes, updated_at=text("now()")))


def list_teams(
    tx: Transaction,
    workspace_id: UUID,
    words: str | None,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`words`: found anywhere in the name."""
    conditions = ["t.workspace_id = :workspace_id", "t.deleted_at IS NULL"]
    keys: dict[str, Any] = {"workspace_id": workspace_id}
    if words is not None:
        conditions.append("position(lower(CAST(:words AS text)) IN lower(t.name)) > 0")
        keys |= {"words": words}
    return listed(tx, _TEAM, "teams t", conditions, keys, page, sort, TEAM_SORTS, "t.id", after)


def list_members(
    tx: Transaction,
    workspace_id: UUID,
    team_id: UUID,
    words: str | None,
    page: Page,
    sort: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """`words`: found anywhere in name or email."""
    columns = "u.id, u.name, u.email, u.role, u.status, u.away_since"
    source = "team_members m JOIN users u ON u.workspace_id = m.workspace_id AND u.id = m.user_id"
    conditions = ["m.workspace_id = :workspace_id", "m.team_id = :team_id", "u.deleted_at IS NULL"]
    keys: dict[str, Any] = {"workspace_id": workspace_id, "team_id": team_id}
    if words is not None:
        conditions.append(USER_FILTERS["words"])
        keys |= {"words": words}
    return listed(tx, columns, source, conditions, keys, page, sort, MEMBER_SORTS, "u.id", after)


def add_member(tx: Transaction, workspace_id: UUID, team_id: UUID, user_id: UUID) -> Row[Any]:
    """`team_exists is_new` and the person as list_members has it: id is null where there is no such user."""
    keys = {"workspace_id": workspace_id, "team_id": team_id, "user_id": user_id}
    return tx.connection.execute(ADD_MEMBER, keys).one()


def remove_member(tx: Transaction, workspace_id: UUID, team_id: UUID, user_id: UUID) -> bool:
    keys = {"workspace_id": workspace_id, "team_id": team_id, "user_id": user_id}
    return tx.connection.execute(REMOVE_MEMBER, keys).rowcount == 1


# API keys

_API_KEY = """
    k.id, k.name, k.role, k.scopes, k.created_at, k.expires_at, k.last_used_at,
    c.id AS creator_id, c.name AS creator_name, c.email AS creator_email,
    coalesce((SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name, t.id)
              FROM api_key_teams m JOIN teams t ON t.workspace_id = m.workspace_id AND t.id = m.team_id
              WHERE m.workspace_id = k.workspace_id AND m.api_key_id = k.id AND t.deleted_at IS NULL),
             '[]') AS teams
"""
_API_KEYS = "api_keys k JOIN users c ON c.workspace_id = k.workspace_id AND c.id = k.created_by"
_NOT_REVOKED = ("k.workspace_id = :workspace_id", "k.revoked_at IS NULL")
API_KEY = text(f"SELECT {_API_KEY} FROM {_API_KEYS} WHERE {' AND '.join(_NOT_REVOKED)} AND k.id = :key_id")
ADD_API_KEY = text(
    f"""
    WITH k AS (
        INSERT INTO api_keys (workspace_id, token_id, name, role, scopes, created_by, expires_at)
        VALUES (:workspace_id, :token_id, :name, :role, CAST(:scopes AS text[]), :created_by, :expires_at)
        RETURNING *
    ), team AS ({_TEAMS_TO_JOIN}), joined AS (
        INSERT INTO api_key_teams (workspace_id, api_key_id, team_id)
        SELECT k.workspace_id, k.id, team.id FROM k, team
    )
    SELECT k.id, k.name, k.role, k.scopes, k.created_at, k.expires_at, k.last_used_at,
        c.id AS creator_id, c.name AS creator_name, c.email AS creator_email,
        coalesce((SELECT json_agg(json_build_object('id', team.id, 'name', team.name)
                      ORDER BY team.name, team.id) FROM team), '[]') AS teams
    FROM k JOIN users c ON c.workspace_id = k.workspace_id AND c.id = k.created_by
    """
)
REVOKE_API_KEY = text(
    """
    UPDATE api_keys SET revoked_at = now()
    WHERE workspace_id = :workspace_id AND id = :key_id AND revoked_at IS NULL
    RETURNING id, name, role, scopes
    """
)
API_KEY_SORTS = {"created_at": "k.created_at", "name": "k.name"}


def api_key(tx: Transaction, workspace_id: UUID, key_id: UUID) -> Row[Any] | None:
    """A key that has not been revoked, expired or not."""
    return tx.connection.execute(API_KEY, {"workspace_id": workspace_id, "key_id": key_id}).first()


def add_api_key(
    tx: Transaction, facts: Mapping[str, Any], team_ids: Collection[UUID], default_team: bool
) -> Row[Any]:
    """The new key, in those of the teams that exist, and in the default one where asked."""
    return tx.connection.execute(ADD_API_KEY, {**facts, **_teams_to_join(team_ids, default_team)}).one()


def revoke_api_key(tx: Transaction, workspace_id: UUID, key_id: UUID) -> Row[Any] | None:
    """`id name role scopes` of the key that this ended; None where there is none to end."""
    return tx.connection.execute(REVOKE_API_KEY, {"workspace_id": workspace_id, "key_id": key_id}).first()


def list_api_keys(
    tx: Transaction, workspace_id: UUID, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    keys = {"workspace_id": workspace_id}
    return listed(tx, _API_KEY, _API_KEYS, list(_NOT_REVOKED), keys, page, sort, API_KEY_SORTS, "k.id", after)


# Sign-in

SIGN_IN_CANDIDATES = text("SELECT * FROM fn_sign_in_candidates(:email, :slug)")
REFRESH_TOKEN_OWNER = text("SELECT workspace_id, user_id, family_id FROM fn_refresh_token_owner(:digest)")
# FOR SHARE: a session cannot slip past what is just being committed: a deactivation, another password, a
# second step that has not been asked for. Whoever waits here judges the row as the other left it.
ADD_REFRESH_TOKEN = text(
    """
    WITH person AS (
        SELECT id FROM users
        WHERE workspace_id = :workspace_id AND id = :user_id AND status = 'active' AND deleted_at IS NULL
          AND (:vouched OR (two_step_enabled_at IS NOT NULL) = :two_step)
          AND (CAST(:password_hash AS text) IS NULL OR password_hash = CAST(:password_hash AS text))
        FOR SHARE
    )
    INSERT INTO refresh_tokens (workspace_id, user_id, family_id, digest, expires_at, vouched)
    SELECT :workspace_id, person.id, uuidv7(), :digest, now() + make_interval(days => :days), :vouched
    FROM person
    RETURNING id
    """
)
# Whoever rotates or revokes waits here for the others of the same user: no successor slips past a revocation.
LOCK_USER = text(
    """
    SELECT status FROM users WHERE workspace_id = :workspace_id AND id = :user_id AND deleted_at IS NULL
    FOR NO KEY UPDATE
    """
)
# A family's id holds the time of its sign-in (RFC 9562 §5.7), after which it ends however often it is used.
USE_REFRESH_TOKEN = text(
    """
    WITH used AS (
        UPDATE refresh_tokens SET used_at = now()
        WHERE workspace_id = :workspace_id AND digest = :digest
          AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        RETURNING user_id, family_id, vouched
    )
    INSERT INTO refresh_tokens (workspace_id, user_id, family_id, digest, expires_at, vouched)
    SELECT :workspace_id, used.user_id, used.family_id, :successor, least(
        now() + make_interval(days => :days),
        uuid_extract_timestamp(used.family_id) + make_interval(days => :longest)), used.vouched
    FROM used
    RETURNING id, vouched
    """
)
IS_USED = text(
    "SELECT used_at IS NOT NULL FROM refresh_tokens WHERE workspace_id = :workspace_id AND digest = :digest"
)
_REVOKE = """
    UPDATE refresh_tokens SET revoked_at = now()
    WHERE workspace_id = :workspace_id AND user_id = :user_id AND revoked_at IS NULL AND expires_at > now()
"""
REVOKE_ALL = text(_REVOKE)
REVOKE_FAMILY = text(f"{_REVOKE} AND family_id = :family_id")
REVOKE_FAMILIES_OF = text(
    f"""{_REVOKE} AND family_id IN (
        SELECT family_id FROM refresh_tokens
        WHERE workspace_id = :workspace_id AND user_id = :user_id AND (id = :id OR digest = :digest))
    """
)
REPLACE_HASH = text(
    """
    UPDATE users SET password_hash = :fresh
    WHERE workspace_id = :workspace_id AND id = :user_id AND password_hash = :stale
    """
)


def sign_in_candidates(tx: Transaction, email: str, slug: str | None) -> Sequence[Row[Any]]:
    """Everybody who signs in with this email: `workspace_id workspace_slug user_id password_hash`."""
    return tx.connection.execute(SIGN_IN_CANDIDATES, {"email": email, "slug": slug}).all()


def replace_hash(tx: Transaction, workspace_id: UUID, user_id: UUID, stale: str, fresh: str) -> None:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "stale": stale, "fresh": fresh}
    tx.connection.execute(REPLACE_HASH, keys)


def refresh_token_owner(tx: Transaction, digest: bytes) -> Row[Any] | None:
    """`workspace_id user_id family_id` of a refresh token, whatever its state."""
    return tx.connection.execute(REFRESH_TOKEN_OWNER, {"digest": digest}).first()


def add_refresh_token(
    tx: Transaction,
    workspace_id: UUID,
    user_id: UUID,
    digest: bytes,
    days: int,
    *,
    vouched: bool,
    two_step: bool,
    password_hash: str | None,
) -> UUID | None:
    """The first of a family; None for who is not active, or not as was proved: with a second step or without,
    with this password."""
    keys = {
        "workspace_id": workspace_id,
        "user_id": user_id,
        "digest": digest,
        "days": days,
        "vouched": vouched,
        "two_step": two_step,
        "password_hash": password_hash,
    }
    made: UUID | None = tx.connection.scalar(ADD_REFRESH_TOKEN, keys)
    return made


def lock_user(tx: Transaction, workspace_id: UUID, user_id: UUID) -> str | None:
    """The user's status, which now stays as it is until the end."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    status: str | None = tx.connection.scalar(LOCK_USER, keys)
    return status


def use_refresh_token(
    tx: Transaction, workspace_id: UUID, digest: bytes, successor: bytes, days: int, longest: int
) -> Row[Any] | None:
    """Puts the successor in the token's place: `id vouched`. None where it is used, revoked or expired."""
    keys = {"workspace_id": workspace_id, "digest": digest, "successor": successor}
    return tx.connection.execute(USE_REFRESH_TOKEN, {**keys, "days": days, "longest": longest}).first()


def is_used(tx: Transaction, workspace_id: UUID, digest: bytes) -> bool:
    return bool(tx.connection.scalar(IS_USED, {"workspace_id": workspace_id, "digest": digest}))


def revoke_all(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    tx.connection.execute(REVOKE_ALL, {"workspace_id": workspace_id, "user_id": user_id})


def revoke_family(tx: Transaction, workspace_id: UUID, user_id: UUID, family_id: UUID) -> None:
    keys = {"workspace_id": workspace_id, "user_id": user_id, "family_id": family_id}
    tx.connection.execute(REVOKE_FAMILY, keys)


def revoke_families_of(
    tx: Transaction, workspace_id: UUID, user_id: UUID, token_id: UUID, digest: bytes | None
) -> None:
    """The families that a token's id or digest belongs to, where they are the user's."""
    keys = {"workspace_id": workspace_id, "user_id": user_id, "id": token_id, "digest": digest}
    tx.connection.execute(REVOKE_FAMILIES_OF, keys)


def listed(
    tx: Transaction,
    columns: str,
    source: str,
    conditions: list[str],
    keys: Mapping[str, Any],
    page: Page,
    sort: str,
    sorts: Mapping[str, str],
    tie: str,
    after: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """One page and a row more, in the order of `sort` (a key of `sorts`, `-` for descending), ties by id.

    Only words of this module are put together; what callers send stays a parameter.
    """
    column = sorts[sort.removeprefix("-")]
    direction, beyond = ("DESC", "<") if sort.startswith("-") else ("ASC", ">")
    values = {**keys, "take": page.take, "skip": page.skip}
    if after is not None:
        conditions = [*conditions, f"({column}, {tie}) {beyond} (:after_key, :after_id)"]
        values |= {"after_key": after[0], "after_id": after[1]}
    return tx.connection.execute(
        _list_statement(columns, source, conditions, column, tie, direction), values
    ).all()


def _list_statement(
    columns: str, source: str, conditions: list[str], column: str, tie: str, direction: str
) -> TextClause:
    return text(
        f"""
        SELECT {columns} FROM {source} WHERE {" AND ".join(conditions)}
        ORDER BY {column} {direction}, {tie} {direction} LIMIT :take OFFSET :skip
        """
    )


# Who was made while the domain was being listed joins with the next word that arrives.
UPSERT_CONTACT = text(
    f"""
    INSERT INTO users AS u
        (workspace_id, email, name, role, status, document_id, phone, has_whatsapp, company,
         organisation_id, organisation_by)
    SELECT :workspace_id, :email, :name, 'customer', 'contact', :document_id, :phone,
        CAST(:has_whatsapp AS boolean), :company,
        d.organisation_id, CASE WHEN d.organisation_id IS NOT NULL THEN 'domain' END
    FROM (VALUES (1)) AS always LEFT JOIN organisation_domains d
        ON d.workspace_id = :workspace_id AND d.domain = split_part(:email, '@', 2)
    ON CONFLICT (workspace_id, email) WHERE deleted_at IS NULL DO UPDATE SET
        document_id = CASE WHEN u.status = 'contact' AND excluded.document_id IS NOT NULL
                      THEN excluded.document_id ELSE u.document_id END,
        phone = CASE WHEN u.status = 'contact' AND excluded.phone IS NOT NULL
                THEN excluded.phone ELSE u.phone END,
        has_whatsapp = CASE WHEN u.status = 'contact' AND excluded.has_whatsapp IS NOT NULL
                       THEN excluded.has_whatsapp ELSE u.has_whatsapp END,
        company = CASE WHEN u.status = 'contact' AND excluded.company IS NOT NULL
                  THEN excluded.company ELSE u.company END,
        organisation_id = CASE WHEN excluded.organisation_id IS NOT NULL AND {FREE_TO_JOIN}
                          THEN excluded.organisation_id ELSE u.organisation_id END,
        organisation_by = CASE WHEN excluded.organisation_id IS NOT NULL AND {FREE_TO_JOIN}
                          THEN excluded.organisation_by ELSE u.organisation_by END
    RETURNING u.id, u.name, u.email
    """
)


def upsert_contact(tx: Transaction, workspace_id: UUID, contact: Mapping[str, Any]) -> Any:
    """The person with this email, made as a contact where there is none: id, name, email."""
    return tx.connection.execute(UPSERT_CONTACT, {"workspace_id": workspace_id, **contact}).one()
