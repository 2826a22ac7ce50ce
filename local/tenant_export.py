"""Takes all that a workspace has out of the database: `make tenant-export WORKSPACE=demo OUT=demo-export`.

A file of JSON lines a table, a list of the files in buckets (FILES=1 fetches them), and a manifest with
counts and digests; all of one snapshot. Secrets stay. Works on the stack that is up here, or, with AWS=1 and
MESA_MIGRATION_URL, on the account's.
"""

import argparse
import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pg8000.native

from local.backup import connected
from local.deploy import STACK_NAME
from local.errors import StackError
from local.files import write_json
from local.place import clients
from local.reporting_role import owner_of
from local.tenant_rows import LEFT_OUT, columns, find, key_of, order, stack_outputs, tables

FORMAT = 1
# JSON has neither of these characters bare, so that a line of CSV is a line of JSON.
COPY = (
    "COPY (SELECT row_to_json(r) FROM (SELECT {columns} FROM public.{table} "
    "WHERE {key} = '{workspace}' ORDER BY {order}) r) "
    "TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
)
FILES = """
    SELECT 'attachment', a.workspace_id || '/' || a.id, a.size, a.content_type, a.file_name FROM attachments a
    WHERE a.workspace_id = :workspace AND a.state = 'uploaded'
    UNION ALL
    SELECT 'mail', m.object_key, m.size, 'message/rfc822', NULL FROM inbound_messages m
    WHERE m.workspace_id = :workspace
    ORDER BY 1, 2
"""


def export(owner: Mapping[str, Any], named: str, out: Path) -> dict[str, Any]:
    """Writes all rows of a workspace into `out`, which must be empty or not there; the manifest. StackError.

    `owner`: what pg8000 connects with.
    """
    if out.exists() and any(out.iterdir()):
        raise StackError(f"{out} is not empty.")
    with connected(owner) as connection:
        connection.run("SET timezone = 'UTC'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        workspace, slug, name = find(connection, named)
        (out / "tables").mkdir(parents=True, mode=0o700)
        held = {
            table: _table(connection, workspace, table, out / "tables" / f"{table}.jsonl")
            for table in sorted(tables(connection))
            if table not in LEFT_OUT
        }
        files = _files(connection, workspace)
        ((revision,),) = connection.run("SELECT version_num FROM alembic_version")
    manifest = {
        "format": FORMAT,
        "workspace": {"id": str(workspace), "slug": slug, "name": name},
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "tables": held,
        "left_out": LEFT_OUT,
        "files": files,
    }
    write_json(out / "manifest.json", manifest)
    return manifest


def fetch(s3: Any, outputs: Mapping[str, str], files: list[dict[str, Any]], out: Path) -> int:
    """Fetches the files of a manifest; how many were not there any more."""
    buckets = {"attachment": outputs["AttachmentFilesName"], "mail": outputs["IncomingMailName"]}
    missing = 0
    for file in files:
        to = out / "files" / file["kind"] / Path(file["key"]).name
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            s3.download_file(buckets[file["kind"]], file["key"], str(to))
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            missing += 1
    return missing


def _table(connection: pg8000.native.Connection, workspace: UUID, table: str, file: Path) -> dict[str, Any]:
    shown, secret = columns(connection, table)
    query = COPY.format(
        columns=", ".join(f'"{name}"' for name in shown), table=table, key=key_of(table),
        workspace=workspace, order=", ".join(f'"{name}"' for name in order(connection, table)),
    )  # fmt: skip
    with file.open("wb") as opened:
        connection.run(query, stream=opened)
        rows = connection.row_count
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    told = {"rows": rows, "bytes": file.stat().st_size, "sha256": digest}
    return {**told, "secrets": secret} if secret else told


def _files(connection: pg8000.native.Connection, workspace: UUID) -> list[dict[str, Any]]:
    names = ("kind", "key", "size", "content_type", "file_name")
    return [dict(zip(names, row, strict=True)) for row in connection.run(FILES, workspace=workspace)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.tenant_export", description=__doc__)
    parser.add_argument("workspace", help="its slug or id")
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", action="store_true", help="fetch attachments and mails too")
    parser.add_argument("--stack", default=STACK_NAME)
    parser.add_argument("--aws", action="store_true", help="the account of the environment, no local stack")
    options = parser.parse_args()
    try:
        made = export(owner_of(os.environ), options.workspace, options.out)
        print(f"{options.out}: {sum(each['rows'] for each in made['tables'].values()):,} rows.")
        if options.files:
            s3, formation = clients("s3", "cloudformation", aws=options.aws)
            missing = fetch(s3, stack_outputs(formation, options.stack), made["files"], options.out)
            print(f"{len(made['files']) - missing} files; {missing} are gone from their bucket.")
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
