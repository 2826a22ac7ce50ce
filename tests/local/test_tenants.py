"""A tenant is taken out and deleted, whole, and nothing of any other is touched or told."""

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local import tenant_delete, tenant_export
from local.errors import StackError
from local.postgres import OWNER, Cluster
from local.tenant_delete import Deletion
from local.tenant_rows import HARMLESS, LEFT_OUT, SECRETS, SHOWN, TENANT, columns, key_of, tables
from tests.conftest import DATABASE
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.tenants import Tenant, fingerprint, furnish, tenant_tables

OUTPUTS = {
    "AttachmentFilesName": "mesa-attachments",
    "IncomingMailName": "mesa-mail",
    "ExportsBucket": "mesa-exports",
    "AuditAnchorsName": "mesa-audit",
}
SOUNDS_SECRET = re.compile("secret|password|digest|token|verifier|nonce|private|salt|hash")


@pytest.fixture
def owner(cluster: Cluster) -> dict[str, Any]:
    return cluster.dsn(OWNER, DATABASE)


@pytest.fixture
def s3(aws: str) -> Any:
    return boto3.client("s3", endpoint_url=aws)


@pytest.fixture
def acme(database: Database, cast: Cast) -> Tenant:
    return furnish(
        database, cast.acme, requester=cast.carol.id, colleague=cast.dario.id, assignee=cast.ana.id
    )


@pytest.fixture
def globex(database: Database, cast: Cast) -> Tenant:
    return furnish(database, cast.globex, requester=cast.mallory.id, colleague=cast.mallory.id)


@pytest.fixture
def files(s3: Any, acme: Tenant, globex: Tenant) -> Iterator[None]:
    """Of both, a file of two versions and an export each, and a mail of each; one mail came to both."""
    for tenant in (acme, globex):
        file = f"{tenant.workspace_id}/{tenant.ids['attachment_id']}"
        for body in (b"first", b"second"):
            s3.put_object(Bucket="mesa-attachments", Key=file, Body=body)
        s3.put_object(
            Bucket="mesa-attachments", Key=f"{tenant.workspace_id}/{uuid4()}", Body=b"never finished"
        )
        s3.put_object(Bucket="mesa-exports", Key=f"exports/{tenant.workspace_id}/a.csv", Body=b"rows")
    for key in ("incoming/canary", "incoming/opened", "incoming/alone"):
        s3.put_object(Bucket="mesa-mail", Key=key, Body=b"mail")
    yield
    for bucket in ("mesa-attachments", "mesa-exports", "mesa-mail", "mesa-audit"):
        for found in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"], VersionId=found["VersionId"])


def keys(s3: Any, bucket: str) -> set[str]:
    return {found["Key"] for found in s3.list_object_versions(Bucket=bucket).get("Versions", [])}


def rows_of(database: Database, tenant: Tenant) -> dict[str, int]:
    return {
        table: database.value(
            f"SELECT count(*) FROM {table} WHERE {key_of(table)} = :w", w=tenant.workspace_id
        )
        for table in tenant_tables(database)
    }


class TestCatalogue:
    def test_every_tenant_table_is_known_and_whoever_refers_comes_first(
        self, database: Database, owner: dict[str, Any]
    ) -> None:
        with tenant_export.connected(owner) as connection:
            ordered = tables(connection)

        assert sorted(ordered) == tenant_tables(database)
        assert ordered[-1] == TENANT
        assert ordered.index("comments") < ordered.index("tickets") < ordered.index("users")

    def test_what_sounds_like_a_secret_is_one_or_is_said_to_be_none(self, database: Database) -> None:
        found = database.rows(
            "SELECT table_name AS name, column_name AS column, data_type AS type "
            "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(:tables)",
            tables=tenant_tables(database),
        )
        unsaid = {
            (row["name"], row["column"])
            for row in found
            if row["type"] not in ("bytea", "uuid")
            and SOUNDS_SECRET.search(row["column"])
            and row["name"] not in LEFT_OUT
            and row["column"] not in SECRETS.get(row["name"], ())
        }
        assert unsaid <= HARMLESS

    def test_what_is_listed_is_there(self, database: Database, owner: dict[str, Any]) -> None:
        known = tenant_tables(database)
        with tenant_export.connected(owner) as connection:
            held = {table: [*chain(*columns(connection, table))] for table in known}

        assert LEFT_OUT.keys() <= held.keys()
        assert {(table, name) for table, names in {**SHOWN, **SECRETS}.items() for name in names} <= {
            (table, name) for table, names in held.items() for name in names
        }
        assert {name for table, name in HARMLESS} <= {name for names in held.values() for name in names}
        assert set(tenant_delete.AT_WORK) <= held.keys()


class TestExport:
    @pytest.fixture
    def out(self, owner: dict[str, Any], acme: Tenant, globex: Tenant, tmp_path: Path) -> Path:
        tenant_export.export(owner, "acme", tmp_path / "acme")
        return tmp_path / "acme"

    def test_all_its_rows_of_every_table_as_the_manifest_says(
        self, out: Path, database: Database, acme: Tenant
    ) -> None:
        manifest = json.loads((out / "manifest.json").read_text())
        told = {table: each["rows"] for table, each in manifest["tables"].items()}

        assert told == {name: n for name, n in rows_of(database, acme).items() if name not in LEFT_OUT}
        assert min(told.values()) > 0
        for table, each in manifest["tables"].items():
            written = (out / "tables" / f"{table}.jsonl").read_bytes()
            assert hashlib.sha256(written).hexdigest() == each["sha256"]
            assert len([json.loads(line) for line in written.splitlines()]) == each["rows"]

    def test_nothing_of_another_tenant(self, out: Path, globex: Tenant) -> None:
        written = "".join(path.read_text() for path in out.rglob("*.json*"))

        assert [id for id in map(str, (globex.workspace_id, *globex.ids.values())) if id in written] == []

    def test_no_secret(self, out: Path, database: Database, acme: Tenant) -> None:
        users, webhooks = ((out / "tables" / f"{name}.jsonl").read_text() for name in ("users", "webhooks"))
        (user,) = [json.loads(line) for line in users.splitlines() if "dario@" in line]
        webhook = json.loads(webhooks)

        assert "password_hash" not in user
        assert "secret" not in webhook
        manifest = json.loads((out / "manifest.json").read_text())
        assert manifest["tables"]["webhooks"]["secrets"] == ["secret", "previous_secret"]
        assert set(manifest["left_out"]) == set(LEFT_OUT)

    def test_any_text_comes_through(
        self, owner: dict[str, Any], acme: Tenant, database: Database, tmp_path: Path
    ) -> None:
        text = 'a "quote", a \\ and\nlines\r\n\t, \x01 and \x02, \\. ñ \U0001f600'
        database.run("UPDATE comments SET body = :t WHERE workspace_id = :w", t=text, w=acme.workspace_id)

        tenant_export.export(owner, str(acme.workspace_id), tmp_path / "out")

        lines = (tmp_path / "out" / "tables" / "comments.jsonl").read_text().splitlines()
        assert {json.loads(line)["body"] for line in lines} == {text}

    def test_its_files(self, out: Path, files: None, s3: Any, acme: Tenant) -> None:
        listed = json.loads((out / "manifest.json").read_text())["files"]

        missing = tenant_export.fetch(s3, OUTPUTS, listed, out)

        assert missing == 0
        assert (out / "files" / "attachment" / str(acme.ids["attachment_id"])).read_bytes() == b"second"
        assert {each["key"] for each in listed if each["kind"] == "mail"} == {
            "incoming/canary",
            "incoming/opened",
        }

    def test_of_nobody_and_into_a_full_folder_is_refused(
        self, out: Path, owner: dict[str, Any], tmp_path: Path
    ) -> None:
        with pytest.raises(StackError, match="There is no workspace initech"):
            tenant_export.export(owner, "initech", tmp_path / "initech")
        with pytest.raises(StackError, match="is not empty"):
            tenant_export.export(owner, "acme", out)


class TestDeletion:
    def deletion(self, owner: dict[str, Any], s3: Any, named: str = "acme") -> Deletion:
        return Deletion(owner, s3, OUTPUTS, named)

    def test_nothing_is_left_and_the_other_tenant_is_as_it_was(
        self, database: Database, owner: dict[str, Any], s3: Any, files: None, acme: Tenant, globex: Tenant
    ) -> None:
        rows, others = rows_of(database, acme), fingerprint(database, globex.workspace_id)

        done = self.deletion(owner, s3).run()

        assert set(rows_of(database, acme).values()) == {0}
        assert fingerprint(database, globex.workspace_id) == others
        assert done["rows"].items() >= {"tickets": rows["tickets"], "comments": rows["comments"]}.items()
        assert not [key for key in keys(s3, "mesa-attachments") if str(acme.workspace_id) in key]
        assert len(keys(s3, "mesa-attachments")) == 2
        assert keys(s3, "mesa-exports") == {f"exports/{globex.workspace_id}/a.csv"}

    def test_a_mail_that_came_to_another_tenant_too_stays(
        self, database: Database, owner: dict[str, Any], s3: Any, files: None, acme: Tenant, globex: Tenant
    ) -> None:
        database.run(
            "UPDATE inbound_messages SET object_key = 'incoming/alone' WHERE workspace_id = :w "
            "AND object_key = 'incoming/opened'",
            w=acme.workspace_id,
        )
        self.deletion(owner, s3).run()

        assert keys(s3, "mesa-mail") == {"incoming/canary", "incoming/opened"}

    def test_nobody_gets_in_from_the_first_moment_on(
        self, api: Api, cast: Cast, owner: dict[str, Any], s3: Any, acme: Tenant
    ) -> None:
        deletion = self.deletion(owner, s3)
        with tenant_delete.connected(owner) as connection:
            deletion._close(connection)

        assert api.with_token(cast.ada.token).get("/v1/teams").status == 401
        assert (
            api.post("/v1/auth/login", {"email": cast.ada.email, "password": cast.ada.password}).status == 401
        )
        ticket = {
            "name": "Eve",
            "email": "eve@example.org",
            "subject": "Hello",
            "description": "Is anybody there?",
        }
        assert api.post("/v1/public/acme/tickets", ticket).status == 404
        assert api.with_token(cast.mallory.token).get("/v1/teams").status == 200

    def test_who_was_interrupted_goes_on_by_the_old_slug(
        self, database: Database, owner: dict[str, Any], s3: Any, files: None, acme: Tenant,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        def broken(*_: Any) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Deletion, "_files", broken)
            with pytest.raises(KeyboardInterrupt):
                self.deletion(owner, s3).run()

        again = self.deletion(owner, s3)

        assert again.slug == "acme"
        again.run()
        assert set(rows_of(database, acme).values()) == {0}
        with pytest.raises(StackError, match="There is no workspace acme"):
            self.deletion(owner, s3)

    def test_its_receipts_say_what_went_and_where_the_audit_log_ended(
        self, database: Database, owner: dict[str, Any], s3: Any, files: None, acme: Tenant
    ) -> None:
        end = database.value("SELECT sequence FROM audit_heads WHERE workspace_id = :w", w=acme.workspace_id)

        self.deletion(owner, s3).run()

        begun, ended = (
            json.loads(s3.get_object(Bucket="mesa-audit", Key=key)["Body"].read())
            for key in sorted(keys(s3, "mesa-audit"))
        )
        assert begun["workspace"] == {"id": str(acme.workspace_id), "slug": "acme", "name": "Acme"}
        assert ended["audit_log"]["sequence"] == end
        assert ended["rows"]["tickets"] == 2
        assert ended["files"] > 0

    def test_it_waits_for_nobody_for_long_and_goes_on_once_they_are_done(
        self,
        database: Database,
        owner: dict[str, Any],
        s3: Any,
        acme: Tenant,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        waited = list[float]()
        with database.another() as another:
            another.run("BEGIN")
            another.run("SELECT FROM tickets WHERE workspace_id = :w FOR UPDATE", w=acme.workspace_id)

            def pause(seconds: float) -> None:
                waited.append(seconds)
                another.run("COMMIT")

            monkeypatch.setattr(tenant_delete.time, "sleep", pause)
            self.deletion(owner, s3).run()

        assert waited
        assert set(rows_of(database, acme).values()) == {0}
