"""Accepts that audit logs went back with a restored database: `make accept-restore REASON="a bad disk"`.

A log that contradicts its anchor looks as if somebody had cut it, and is anchored no more. Where a person
knows that it was restored, an entry of the log says who says so, why, and which anchor it contradicted; and
from that entry on it is anchored anew, beside the anchors of before, which nobody deletes. That takes the key
of the bucket too: whoever owns the database alone cannot do it. What is broken in itself is not accepted.

Works on the stack that is up here, or, with AWS=1 and MESA_MIGRATION_URL, on the account's.
"""

import argparse
import getpass
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pg8000.native

from chalicelib.accounts.anchoring import Anchor
from local.backup import connected
from local.database_facts import broken_logs
from local.deploy import STACK_NAME
from local.errors import StackError
from local.place import clients
from local.reporting_role import owner_of
from local.tenant_rows import stack_outputs

HEADS = """
    SELECT w.slug, w.id, h.sequence FROM audit_heads h JOIN workspaces w ON w.id = h.workspace_id
    ORDER BY w.slug
"""
HASH_OF = "SELECT hash FROM audit_log WHERE workspace_id = :w AND sequence = :s"
ENTER = "SELECT set_config('app.workspace_id', :w, true)"
SAY = "SELECT fn_audit(NULL, NULL, jsonb_build_array(CAST(:entry AS jsonb)))"
HEAD = "SELECT sequence, hash FROM audit_heads WHERE workspace_id = :w"


class Contradiction(NamedTuple):
    """A log that ends at this entry, or has another in its place, and the furthest anchor of it."""

    slug: str
    workspace: UUID
    sequence: int
    anchor: Anchor


def contradictions(owner: Mapping[str, Any], s3: Any, bucket: str) -> list[Contradiction]:
    """The logs that contradict their anchors. StackError where one is broken in itself."""
    found = []
    with connected(owner) as connection:
        for slug, workspace, sequence in connection.run(HEADS):
            anchor = furthest(s3, bucket, workspace)
            if anchor and _hash(connection, workspace, anchor.sequence) != anchor.hash:
                found.append(Contradiction(slug, workspace, sequence, anchor))
        heads = {str(each.workspace): {"sequence": 0, "hash": ""} for each in found}
        if broken := broken_logs(connection, heads):
            raise StackError("\n".join(["No restored database is like this; see docs/runbook.md.", *broken]))
    return found


def accept(
    owner: Mapping[str, Any], s3: Any, bucket: str, log: Contradiction, by: str, reason: str
) -> Anchor:
    """Says so in the log and anchors it from there on. Whoever is interrupted calls it again."""
    entry = {
        "action": "audit_log.restored", "actor_type": "system", "target_type": "workspace",
        "target_id": str(log.workspace), "before": {"anchor": json.loads(log.anchor.document())},
        "after": {"by": by, "reason": reason, "sequence": log.sequence},
    }  # fmt: skip
    with connected(owner) as connection:
        connection.run("BEGIN")
        connection.run(ENTER, w=str(log.workspace))
        connection.run(SAY, entry=json.dumps(entry))
        ((sequence, hash),) = connection.run(HEAD, w=log.workspace)
        connection.run("COMMIT")
    made = Anchor(sequence, bytes(hash), datetime.now(UTC), log.anchor.restores + 1)
    s3.put_object(Bucket=bucket, Key=made.key(log.workspace), Body=made.document(), IfNoneMatch="*")
    return made


def furthest(s3: Any, bucket: str, workspace: UUID) -> Anchor | None:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{workspace}/", MaxKeys=1).get("Contents")
    return Anchor.parse(s3.get_object(Bucket=bucket, Key=listed[0]["Key"])["Body"].read()) if listed else None


def _hash(connection: pg8000.native.Connection, workspace: UUID, sequence: int) -> bytes | None:
    rows = connection.run(HASH_OF, w=workspace, s=sequence)
    return bytes(rows[0][0]) if rows else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.accept_restore", description=__doc__)
    parser.add_argument("reason", help="why the database was restored: the administrators read it in the log")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--stack", default=STACK_NAME)
    parser.add_argument("--aws", action="store_true", help="the account of the environment, no local stack")
    options = parser.parse_args()
    try:
        s3, formation = clients("s3", "cloudformation", aws=options.aws)
        bucket, owner = stack_outputs(formation, options.stack)["AuditAnchorsName"], owner_of(os.environ)
        logs = contradictions(owner, s3, bucket)
        for each in logs:
            print(f"{each.slug}: ends at entry {each.sequence}, and was anchored at {each.anchor.sequence}.")
        if not logs:
            raise StackError("No audit log contradicts its anchor.")
        if not options.yes and input("Type 'restored' if that is what happened: ").strip() != "restored":
            raise StackError("Nothing was accepted.")
        for each in logs:
            accept(owner, s3, bucket, each, getpass.getuser(), options.reason)
    except StackError as error:
        raise SystemExit(str(error)) from None
    print(f"Audit logs that say so, and are anchored from there on: {len(logs)}.")


if __name__ == "__main__":
    main()
