"""Deletes a workspace with all that it has: `make tenant-delete WORKSPACE=demo` (asks for its slug again;
YES=1 does not). Take it out first: `make tenant-export`.

Nobody gets in from the first moment on; rows then go in batches, a transaction each, and files with all their
versions. Whoever is interrupted calls it again. Two receipts stay in the bucket of anchors, where nobody
deletes anything. Works on the stack that is up here, or, with AWS=1 and MESA_MIGRATION_URL, on the account's.
"""

import argparse
import getpass
import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pg8000.native

from local.backup import connected
from local.deploy import STACK_NAME
from local.errors import StackError
from local.place import clients
from local.reporting_role import owner_of
from local.tenant_rows import (
    CLOSED,
    TENANT,
    closed_slug,
    find,
    folders,
    key_of,
    own_references,
    stack_outputs,
    tables,
)

BATCH = 2000
KEYS_AT_ONCE = 1000
HELD, BUSY = "23503", ("55P03", "40P01")
TRIES, PAUSE_SECONDS = 10, 1.0
# What is at work goes first, so that nothing is announced, called or mailed of what is half gone.
AT_WORK = (
    *("webhooks", "integrations", "mailboxes", "rules", "sla_steps", "rule_dues", "ticket_waits"),
    *("jobs", "imports", "notifications", "events"),
)
SOME = """
    DELETE FROM public.{table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.{table} WHERE {key} = :workspace LIMIT :some))
"""
LET_GO = """
    UPDATE public.{table} SET {column} = NULL WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM public.{table} WHERE workspace_id = :workspace AND {column} IS NOT NULL LIMIT :some))
"""
SHUT_OUT = """
    UPDATE users SET status = 'deactivated', deactivated_at = coalesce(deactivated_at, now())
    WHERE ctid = ANY(ARRAY(SELECT ctid FROM users
                           WHERE workspace_id = :workspace AND status <> 'deactivated' LIMIT :some))
"""
# Mails that came to other workspaces too are theirs.
MAILS = """
    SELECT d.id, d.object_key FROM discarded_files d
    WHERE d.workspace_id = :workspace AND d.object_key IS NOT NULL
      AND NOT EXISTS (SELECT FROM inbound_messages m WHERE m.object_key = d.object_key)
    LIMIT :some
"""


class Deletion:
    """The deletion of one workspace. `owner`: what pg8000 connects with; `outputs`: the stack's."""

    def __init__(self, owner: Mapping[str, Any], s3: Any, outputs: Mapping[str, str], named: str) -> None:
        self.owner = owner
        self.s3 = s3
        self.outputs = outputs
        with connected(owner) as connection:
            self.workspace, self.slug, self.name = find(connection, named)
            self.head = connection.run(
                "SELECT sequence, encode(hash, 'hex') FROM audit_heads WHERE workspace_id = :w",
                w=self.workspace,
            )
        self.closed = CLOSED.fullmatch(self.slug) is not None
        if self.closed:
            self.slug = named

    def run(self) -> dict[str, Any]:
        """Deletes all of it; the receipt: what went in this run, and the end of the audit log before it.
        StackError where somebody holds rows for long: call it again."""
        self._receipt("begun", {})
        with connected(self.owner) as connection:
            connection.run("SET lock_timeout = '2s'; SET statement_timeout = '60s'")
            self._close(connection)
            rows = self._rows(connection)
            files = self._files(connection)
            self._again(connection, "DELETE FROM discarded_files WHERE workspace_id = :workspace")
            left = self._left(connection)
            if left:
                raise StackError(f"Somebody writes still: {', '.join(left)} have rows again. Call it again.")
            rows[TENANT] = self._again(connection, "DELETE FROM workspaces WHERE id = :workspace")
        return self._receipt("ended", {"rows": rows, "files": files})

    def _close(self, connection: pg8000.native.Connection) -> None:
        """Nobody gets in from here on: no door finds the slug, and nobody of it is active."""
        if not self.closed:
            connection.run("SELECT fn_drop_reporting_role(:slug)", slug=self.slug)
            closing = "UPDATE workspaces SET slug = :slug WHERE id = :workspace"
            self._again(connection, closing, slug=closed_slug(self.slug))
        while self._again(connection, SHUT_OUT, some=BATCH):
            pass

    def _rows(self, connection: pg8000.native.Connection) -> dict[str, int]:
        """Table after table, whoever refers to another before it, until a whole round finds nothing."""
        ordered = [name for name in tables(connection) if name not in (TENANT, "discarded_files")]
        gone = dict.fromkeys(ordered, 0)
        for table, column in own_references(connection):
            while self._again(connection, LET_GO.format(table=table, column=column), some=BATCH):
                pass
        found = 1
        while found:
            found = 0
            for table in (*AT_WORK, *ordered):
                while some := self._again(
                    connection, SOME.format(table=table, key=key_of(table)), some=BATCH
                ):
                    gone[table] += some
                    found += some
        return {table: count for table, count in gone.items() if count}

    def _again(self, connection: pg8000.native.Connection, statement: str, **values: Any) -> int:
        """One statement, a transaction of its own, until nobody holds what it needs; how many rows."""
        for attempt in range(TRIES):
            try:
                connection.run(statement, workspace=self.workspace, **values)
                return int(connection.row_count)
            except pg8000.native.DatabaseError as error:
                state = error.args[0]["C"]
                if state == HELD:  # its turn comes when those that refer to it are gone
                    return 0
                if state not in BUSY or attempt == TRIES - 1:
                    raise
                time.sleep(PAUSE_SECONDS)
        raise AssertionError("the loop returns or raises")

    def _files(self, connection: pg8000.native.Connection) -> int:
        """All objects with all their versions; how many of them."""
        gone = sum(self._empty(bucket, prefix) for bucket, prefix in folders(self.workspace, self.outputs))
        mail = self.outputs["IncomingMailName"]
        while found := connection.run(MAILS, workspace=self.workspace, some=KEYS_AT_ONCE):
            for id, key in found:
                gone += self._empty(mail, key)
                connection.run(
                    "DELETE FROM discarded_files WHERE workspace_id = :w AND id = :id",
                    w=self.workspace,
                    id=id,
                )
        return gone

    def _empty(self, bucket: str, prefix: str) -> int:
        gone = 0
        for keys in self._versions(bucket, prefix):
            answer = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
            if answer.get("Errors"):
                raise StackError(f"{bucket} does not delete {answer['Errors'][0]['Key']}: call it again.")
            gone += len(keys)
        return gone

    def _versions(self, bucket: str, prefix: str) -> Iterator[list[dict[str, str]]]:
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if found:
                yield [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]

    def _left(self, connection: pg8000.native.Connection) -> list[str]:
        return [
            table
            for table in tables(connection)
            if table != TENANT
            and connection.run(f"SELECT FROM {table} WHERE workspace_id = :w LIMIT 1", w=self.workspace)
        ]

    def _receipt(self, what: str, done: dict[str, Any]) -> dict[str, Any]:
        """One more object a call, which no other run writes over."""
        now = datetime.now(UTC)
        made = {
            "workspace": {"id": str(self.workspace), "slug": self.slug, "name": self.name},
            what: now.isoformat(timespec="seconds"),
            "by": getpass.getuser(),
            "audit_log": {"sequence": self.head[0][0], "hash": self.head[0][1]} if self.head else None,
            **done,
        }
        key = f"deletions/{self.workspace}/{now:%Y%m%dT%H%M%S}.{now.microsecond:06d}-{what}.json"
        self.s3.put_object(
            Bucket=self.outputs["AuditAnchorsName"], Key=key, IfNoneMatch="*",
            Body=json.dumps(made).encode(), ContentType="application/json",
        )  # fmt: skip
        return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.tenant_delete", description=__doc__)
    parser.add_argument("workspace", help="its slug or id")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--stack", default=STACK_NAME)
    parser.add_argument("--aws", action="store_true", help="the account of the environment, no local stack")
    options = parser.parse_args()
    try:
        s3, formation = clients("s3", "cloudformation", aws=options.aws)
        outputs = stack_outputs(formation, options.stack)
        deletion = Deletion(owner_of(os.environ), s3, outputs, options.workspace)
        if not options.yes:
            print(f"This deletes {deletion.name} for good, and nothing brings it back but a backup.")
            if input(f"Type {deletion.slug} to go on: ").strip() != deletion.slug:
                raise StackError("Nothing was deleted.")
        done = deletion.run()
    except StackError as error:
        raise SystemExit(str(error)) from None
    rows = sum(done["rows"].values())
    print(
        f"{deletion.slug} is gone: {rows:,} rows and {done['files']:,} files. "
        "The anchors' bucket has the receipt."
    )


if __name__ == "__main__":
    main()
