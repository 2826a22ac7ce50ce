"""The desk of the demo before its first ticket: teams, people, organisations, categories, office hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import text

from chalicelib.accounts.actor import Workspace
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.policies import Policy
from chalicelib.tickets.categorising import fold
from local.demo_words import AGENTS, CATEGORIES, FIRST_NAMES, LAST_NAMES, ORGANISATIONS

CUSTOMERS = 150
STAFF_DOMAIN = "staff.demo.example"
OFFICE_HOURS = {str(day): [["08:00", "18:00"]] if day < 5 else [] for day in range(7)}
OFFICE = "Office hours"
# Business minutes; what is urgent stays with the policy that never closes.
PROMISES = {
    "resolution": {"high": 480, "medium": 1200, "low": 2400},
    "first_response": {"high": 60, "medium": 180, "low": 480},
    "next_response": {"high": 120, "medium": 360, "low": 600},
}

PREFIX = text("SELECT label_prefix FROM workspaces WHERE id = :w")
IS_THERE = text("SELECT EXISTS (SELECT FROM users WHERE workspace_id = :w AND email LIKE :emails)")
TEAMS = text(
    """
    WITH made AS (
        INSERT INTO teams (workspace_id, name)
        SELECT :w, name FROM unnest(CAST(:names AS text[])) AS name
        WHERE NOT EXISTS (
            SELECT FROM teams t WHERE t.workspace_id = :w AND t.name = name.name AND t.deleted_at IS NULL)
        RETURNING name, id
    )
    SELECT name, id FROM made UNION ALL
    SELECT name, id FROM teams WHERE workspace_id = :w AND deleted_at IS NULL
    """
)
ORGANISATIONS_MADE = text(
    """
    WITH made AS (
        INSERT INTO organisations (workspace_id, name, created_at, updated_at)
        SELECT :w, name, :at, :at FROM unnest(CAST(:names AS text[])) AS name
        WHERE NOT EXISTS (
            SELECT FROM organisations o
            WHERE o.workspace_id = :w AND o.name = name.name AND o.deleted_at IS NULL)
        RETURNING name, id
    )
    SELECT name, id FROM made UNION ALL
    SELECT name, id FROM organisations WHERE workspace_id = :w AND deleted_at IS NULL
    """
)
# Agents sign in with the password of the agent who was there before, if there was one.
USERS = text(
    """
    INSERT INTO users (workspace_id, email, name, role, status, password_hash, email_verified_at,
        organisation_id, organisation_by, created_at, updated_at)
    SELECT :w, given.email, given.name, given.role, given.status,
        CASE WHEN given.role = 'agent' THEN (
            SELECT u.password_hash FROM users u
            WHERE u.workspace_id = :w AND u.role = 'agent' AND u.password_hash IS NOT NULL
            ORDER BY u.created_at, u.id LIMIT 1) END,
        CASE WHEN given.role = 'agent' THEN CAST(:at AS timestamptz) END,
        given.organisation_id, CASE WHEN given.organisation_id IS NOT NULL THEN 'hand' END, :at, :at
    FROM jsonb_to_recordset(CAST(:people AS jsonb))
        AS given(email text, name text, role text, status text, organisation_id uuid)
    ON CONFLICT (workspace_id, email) WHERE deleted_at IS NULL DO NOTHING
    """
)
MEMBERS = text(
    """
    INSERT INTO team_members (workspace_id, team_id, user_id)
    SELECT :w, given.team_id, u.id
    FROM jsonb_to_recordset(CAST(:members AS jsonb)) AS given(email text, team_id uuid)
    JOIN users u ON u.workspace_id = :w AND u.email = given.email AND u.deleted_at IS NULL
    ON CONFLICT DO NOTHING
    """
)
CATEGORIES_MADE = text(
    """
    INSERT INTO categories (workspace_id, name, key, subcategories, team_id, position)
    SELECT :w, given.name, given.key, ARRAY(SELECT jsonb_array_elements_text(given.subcategories)),
        given.team_id, given.position + (
            SELECT coalesce(max(c.position), 0) FROM categories c WHERE c.workspace_id = :w)
    FROM jsonb_to_recordset(CAST(:categories AS jsonb))
        AS given(name text, key text, subcategories jsonb, team_id uuid, position integer)
    ON CONFLICT (workspace_id, key) DO NOTHING
    """
)
KNOWS_OFFICE_HOURS = text(
    "SELECT EXISTS (SELECT FROM sla_policies WHERE workspace_id = :w AND name = :name AND deleted_at IS NULL)"
)
STEP_BACK = text("UPDATE sla_policies SET position = position + 1 WHERE workspace_id = :w")
OFFICE_POLICY = text(
    """
    WITH there AS (
        SELECT id FROM calendars WHERE workspace_id = :w AND name = :name AND deleted_at IS NULL
    ), made AS (
        INSERT INTO calendars (workspace_id, name, timezone, weekly)
        SELECT :w, :name, :timezone, CAST(:weekly AS jsonb) WHERE NOT EXISTS (SELECT FROM there)
        RETURNING id
    )
    INSERT INTO sla_policies (workspace_id, name, position, conditions, targets, calendar_id)
    SELECT :w, :name, 1, '{"priority": ["low", "medium", "high"]}', CAST(:targets AS jsonb), c.id
    FROM (SELECT id FROM there UNION ALL SELECT id FROM made) AS c
    """
)
STAFF = text(
    """
    SELECT u.id, u.name, u.role, coalesce(
        array_agg(m.team_id ORDER BY m.team_id) FILTER (WHERE m.team_id IS NOT NULL), '{}') AS team_ids
    FROM users u
    LEFT JOIN team_members m ON m.workspace_id = u.workspace_id AND m.user_id = u.id
    WHERE u.workspace_id = :w AND u.role <> 'customer' AND u.status = 'active' AND u.deleted_at IS NULL
    GROUP BY u.workspace_id, u.id ORDER BY u.email
    """
)
ASKING = text(
    "SELECT id, name, organisation_id FROM users WHERE workspace_id = :w AND role = 'customer' "
    "AND email LIKE '%.demo.example' AND deleted_at IS NULL ORDER BY email"
)


@dataclass(frozen=True)
class Desk:
    """Who is there. `dispatchers`, `agents` (by team) and `customers` (with their organisations) by id;
    `teams` by name."""

    workspace: Workspace
    teams: Mapping[str, UUID]
    dispatchers: Sequence[UUID]
    agents: Mapping[UUID, Sequence[UUID]]
    customers: Sequence[tuple[UUID, str, UUID | None]]
    prefix: str
    policies: Sequence[Policy]


def is_there(tx: Transaction, workspace_id: UUID) -> bool:
    """Whether the people of the demo are there, and so its tickets."""
    keys = {"w": workspace_id, "emails": f"%@{STAFF_DOMAIN}"}
    return bool(tx.connection.scalar(IS_THERE, keys))


def set_up(tx: Transaction, workspace: Workspace, random: Random, since: datetime) -> Desk:
    """Makes what is missing; the transaction has entered the workspace."""
    w, run = workspace.id, tx.connection.execute
    at = since - timedelta(days=1)
    wanted = sorted({team for team, _, _ in CATEGORIES.values()})
    teams = {row.name: row.id for row in run(TEAMS, {"w": w, "names": wanted})}
    found = run(ORGANISATIONS_MADE, {"w": w, "names": list(ORGANISATIONS), "at": at})
    organisations = {row.name: row.id for row in found}
    people = [*_agents(), *_customers(random, organisations)]
    run(USERS, {"w": w, "people": dumps(people), "at": at})
    members = [{"email": _staff_email(n), "team_id": teams[t]} for n, names in AGENTS for t in names]
    run(MEMBERS, {"w": w, "members": dumps(members)})
    run(CATEGORIES_MADE, {"w": w, "categories": dumps(_categories(teams))})
    if not tx.connection.scalar(KNOWS_OFFICE_HOURS, {"w": w, "name": OFFICE}):
        run(STEP_BACK, {"w": w})
        values = {"timezone": workspace.timezone, "weekly": dumps(OFFICE_HOURS), "targets": dumps(PROMISES)}
        run(OFFICE_POLICY, {"w": w, "name": OFFICE, **values})
    staff = run(STAFF, {"w": w}).all()
    agents = {id: [row.id for row in staff if id in row.team_ids] for id in teams.values()}
    in_charge = [row.id for row in staff if row.role == "dispatcher"] or [
        row.id for row in staff if row.role == "admin"
    ]
    return Desk(
        workspace,
        teams,
        in_charge,
        {id: those for id, those in agents.items() if those},
        [(row.id, row.name, row.organisation_id) for row in run(ASKING, {"w": w})],
        str(tx.connection.scalar(PREFIX, {"w": w})),
        sla_queries.policies(tx, w),
    )


def _agents() -> list[dict[str, Any]]:
    dispatcher = {"name": "Dora Delgado", "email": _staff_email("Dora Delgado"), "role": "dispatcher"}
    agents = [{"name": name, "email": _staff_email(name), "role": "agent"} for name, _ in AGENTS]
    return [{**each, "status": "active", "organisation_id": None} for each in (dispatcher, *agents)]


def _customers(random: Random, organisations: Mapping[str, UUID]) -> list[dict[str, Any]]:
    """Some organisations have many people, most have a few; one in eight is in none."""
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    made = []
    for name in random.sample(names, CUSTOMERS):
        of = ORGANISATIONS[int(len(ORGANISATIONS) * random.random() ** 2)]
        alone = random.random() < 0.125
        domain = "home" if alone else of.split()[0].lower()
        made.append(
            {
                "name": name,
                "email": f"{_ascii(name)}@{domain}.demo.example",
                "role": "customer",
                "status": "contact",
                "organisation_id": None if alone else organisations[of],
            }
        )
    return made


def _categories(teams: Mapping[str, UUID]) -> list[dict[str, Any]]:
    return [
        {"name": name, "key": fold(name), "subcategories": subs, "team_id": teams[team], "position": place}
        for place, (name, (team, subs, _)) in enumerate(CATEGORIES.items(), 1)
    ]


def _staff_email(name: str) -> str:
    return f"{_ascii(name)}@{STAFF_DOMAIN}"


def _ascii(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".")
