"""What a finished promise used of its minutes is kept with it, whatever becomes of its calendar."""

from datetime import datetime
from typing import Any

from alembic import op
from sqlalchemy import Row, text

from chalicelib.sla.calendars import read
from chalicelib.sla.hours import business_minutes

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BATCH = 5000
FINISHED = "coalesce(g.fulfilled_at, g.ended_at)"
# Around the clock, as every workspace begins, time is only subtracted.
AROUND_THE_CLOCK = f"""
    UPDATE sla_targets g
    SET used_minutes = extract(epoch FROM {FINISHED} - g.started_at - coalesce((
        SELECT sum(least(p.until, {FINISHED}) - greatest(p.since, g.started_at))
        FROM (SELECT (each ->> 0)::timestamptz, (each ->> 1)::timestamptz
              FROM jsonb_array_elements(g.paused_intervals) AS each
              UNION ALL SELECT g.paused_at, {FINISHED}) AS p(since, until)
        WHERE p.since < {FINISHED} AND p.until > g.started_at), interval '0')) / 60
    FROM calendars c
    WHERE c.workspace_id = g.workspace_id AND c.id = g.calendar_id AND {FINISHED} >= g.started_at
      AND c.holidays = '[]'
      AND (SELECT count(*) = 7 AND bool_and(day.value = '[["00:00", "24:00"]]')
           FROM jsonb_each(c.weekly) AS day)
"""
# Of business hours SQL has no notion: the others are counted here, by the calendars as they are now.
OTHERS = text(
    f"""
    SELECT g.workspace_id, g.id, g.started_at, {FINISHED} AS finished_at, g.paused_at, g.paused_intervals,
        jsonb_build_object('timezone', c.timezone, 'weekly', c.weekly, 'holidays', c.holidays) AS calendar
    FROM sla_targets g
    JOIN calendars c ON c.workspace_id = g.workspace_id AND c.id = g.calendar_id
    WHERE g.used_minutes IS NULL AND {FINISHED} >= g.started_at
      AND (g.workspace_id, g.id) > (:workspace_id, :id)
    ORDER BY g.workspace_id, g.id LIMIT :most
    """
)
KEEP = text(
    """
    UPDATE sla_targets g SET used_minutes = took.minutes
    FROM unnest(CAST(:workspaces AS uuid[]), CAST(:ids AS uuid[]), CAST(:minutes AS double precision[]))
        AS took(workspace_id, id, minutes)
    WHERE g.workspace_id = took.workspace_id AND g.id = took.id
    """
)
NOWHERE = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.execute("ALTER TABLE sla_targets ADD COLUMN used_minutes double precision")
    op.execute(AROUND_THE_CLOCK)
    connection = op.get_bind()
    after = {"workspace_id": NOWHERE, "id": NOWHERE}
    while rows := connection.execute(OTHERS, {**after, "most": BATCH}).all():
        took = {
            "workspaces": [row.workspace_id for row in rows],
            "ids": [row.id for row in rows],
            "minutes": [_took(row) for row in rows],
        }
        connection.execute(KEEP, took)
        after = {"workspace_id": rows[-1].workspace_id, "id": rows[-1].id}


def downgrade() -> None:
    op.execute("ALTER TABLE sla_targets DROP COLUMN used_minutes")


def _took(row: Row[Any]) -> float | None:
    """None where its pauses or its calendar make no sense: that keeps nobody from migrating."""
    try:
        pauses = [tuple(map(datetime.fromisoformat, pause)) for pause in row.paused_intervals]
        pauses += [(row.paused_at, None)] if row.paused_at else []
        return business_minutes(row.started_at, row.finished_at, read(row.calendar), pauses)
    except ValueError:
        return None
