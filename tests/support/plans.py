"""How PostgreSQL would run what the app sent, as the app's own role in the workspace of somebody."""

from typing import Any

from chalicelib.accounts import principals
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.statements import Statement


def plan_of(connections: Connections, person: Person, statement: Statement) -> str:
    """The lines of EXPLAIN."""

    def explain(tx: Any) -> str:
        principals.enter(tx, person.workspace_id, person.id)
        # As on SSDs, which desks are kept on: from a disk that turns, small tables would be read whole.
        tx.connection.exec_driver_sql("SET LOCAL random_page_cost = 1.1")
        rows = tx.connection.exec_driver_sql(f"EXPLAIN {statement.sql}", tuple(statement.values))
        return "\n".join(row[0] for row in rows)

    return str(connections.run(explain))
