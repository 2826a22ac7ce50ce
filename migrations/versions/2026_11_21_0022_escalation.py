"""Policies warn and escalate as they say."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE sla_policies
            ADD COLUMN warnings jsonb NOT NULL DEFAULT '[{"percent": 75}, {"percent": 90}]',
            ADD COLUMN escalations jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE sla_steps
            ADD COLUMN offset_minutes integer,
            ADD COLUMN escalation_id uuid,
            ADD COLUMN done_at timestamptz,
            DROP CONSTRAINT sla_steps_kind_check,
            ADD CONSTRAINT sla_steps_kind_check CHECK (kind IN ('warning', 'breach', 'escalation')),
            ADD CONSTRAINT sla_steps_escalation_check CHECK (
                (kind = 'escalation') = (escalation_id IS NOT NULL)
                AND (escalation_id IS NULL OR offset_minutes IS NOT NULL));
        CREATE INDEX tickets_workspace_id_sla_policy_id_idx ON tickets (workspace_id, sla_policy_id, id)
            WHERE deleted_at IS NULL AND status IN ('new', 'open', 'pending', 'on_hold');
        -- The sweep tells of escalations what the policy says.
        GRANT SELECT ON sla_policies TO mesa_definer;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        REVOKE SELECT ON sla_policies FROM mesa_definer;
        DROP INDEX tickets_workspace_id_sla_policy_id_idx;
        DELETE FROM sla_steps WHERE offset_minutes IS NOT NULL;
        ALTER TABLE sla_steps
            DROP CONSTRAINT sla_steps_escalation_check,
            DROP CONSTRAINT sla_steps_kind_check,
            ADD CONSTRAINT sla_steps_kind_check CHECK (kind IN ('warning', 'breach')),
            DROP COLUMN offset_minutes, DROP COLUMN escalation_id, DROP COLUMN done_at;
        ALTER TABLE sla_policies DROP COLUMN warnings, DROP COLUMN escalations;
        """
    )
