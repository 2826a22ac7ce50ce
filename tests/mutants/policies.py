"""Mutants of row-level security, in the database itself: each tenant table without it, each policy opened or
gone, rights that the app must not have. `python -m pytest tests/mutants/policies.py -s` prints what caught each.

The tests are called as they are, one after the other, on a database that was weakened and is mended at once.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pg8000.native

from tests import test_row_level_security as rows
from tests.architecture import test_tenancy_catalogue as catalogue
from tests.support.database import Database
from tests.support.tenants import tenant_tables
from tests.test_row_level_security import app, everything

__all__ = ["app", "everything"]  # fixtures

SURVIVED = "SURVIVED"
OWN = "({key} = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))"


@dataclass(frozen=True)
class Weakening:
    """What to do to the database, and how to mend it."""

    name: str
    weaken: str
    mend: str


def weakenings(table: str) -> Iterator[Weakening]:
    """All that can be taken from one table's isolation."""
    own = OWN.format(key="id" if table == "workspaces" else "workspace_id")
    alter, policy = f"ALTER TABLE {table}", f"POLICY tenant ON {table}"
    yield Weakening(
        "row-level security off", f"{alter} DISABLE ROW LEVEL SECURITY", f"{alter} ENABLE ROW LEVEL SECURITY"
    )
    yield Weakening("not forced", f"{alter} NO FORCE ROW LEVEL SECURITY", f"{alter} FORCE ROW LEVEL SECURITY")
    yield Weakening("reads open", f"ALTER {policy} USING (true)", f"ALTER {policy} USING {own}")
    yield Weakening("writes open", f"ALTER {policy} WITH CHECK (true)", f"ALTER {policy} WITH CHECK {own}")
    yield Weakening(
        "policy gone", f"DROP {policy}", f"CREATE {policy} TO mesa_app USING {own} WITH CHECK {own}"
    )
    yield Weakening(
        "a second policy", f"CREATE POLICY open ON {table} USING (true)", f"DROP POLICY open ON {table}"
    )
    if table in catalogue.REPORTED:
        report = f"ALTER POLICY reporting ON {table} USING"
        reported = catalogue.REPORTED[table].format("id" if table == "workspaces" else "workspace_id")
        yield Weakening("reports open", f"{report} (true)", f"{report} {reported}")
    yield Weakening(
        "truncated by the app",
        f"GRANT TRUNCATE ON {table} TO mesa_app",
        f"REVOKE TRUNCATE ON {table} FROM mesa_app",
    )


ROLES = (
    Weakening("mesa_app bypasses", "ALTER ROLE mesa_app BYPASSRLS", "ALTER ROLE mesa_app NOBYPASSRLS"),
    Weakening(
        "mesa_app is the definer", "GRANT mesa_definer TO mesa_app", "REVOKE mesa_definer FROM mesa_app"
    ),
)


def test_every_weakened_policy_is_caught(
    database: Database, app: pg8000.native.Connection, everything: rows.Rows, cast: Any
) -> None:
    scene = {
        "database": database,
        "app": app,
        "everything": everything,
        "cast": cast,
        "tenant_tables": {row["name"] for row in database.rows(catalogue.TABLES)} - catalogue.SHARED.keys(),
    }
    assert caught_by(scene) == SURVIVED, "nothing is weakened yet, and a test fails"
    survivors = []
    mutants = [(table, each) for table in sorted(tenant_tables(database)) for each in weakenings(table)]
    mutants += [("every table", each) for each in ROLES]
    for number, (table, each) in enumerate(mutants, 1):
        database.run(each.weaken)
        try:
            found = caught_by(scene)
        finally:
            database.run(each.mend)
        sys.stdout.write(f"policy | {table}: {each.name} | {found}\n")
        sys.stderr.write(f"\r  policies: {number} of {len(mutants)}")
        survivors += [f"{table}: {each.name}"] if found == SURVIVED else []
    assert survivors == []
    assert caught_by(scene) == SURVIVED, "a table was not mended"


def caught_by(scene: dict[str, Any]) -> str:
    """The first test that fails on the database as it is now, or SURVIVED."""
    for test in _tests():
        needed = {name: scene[name] for name in inspect.signature(test).parameters}
        try:
            test(**needed)
        except Exception:
            return test.__name__
        except BaseException as failure:  # pytest's own, where a raise was awaited and did not come
            if type(failure).__module__.startswith(("_pytest", "pytest")):
                return test.__name__
            raise
        finally:
            scene["app"].run("ROLLBACK")
    return SURVIVED


def _tests() -> Iterator[Callable[..., None]]:
    for suite in (rows.TestPolicies(), catalogue.TestTables(), catalogue.TestRoles()):
        for name, test in inspect.getmembers(suite, inspect.ismethod):
            if name.startswith("test_"):
                yield test
