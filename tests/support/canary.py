"""A canary: what is looked for in every column of every table, whoever added it."""

from tests.support.database import Database

COLUMNS = """
    SELECT c.relname AS table, a.attname AS column FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0
      AND NOT a.attisdropped
    ORDER BY 1, 2
"""


def found_in(database: Database, *words: str) -> set[str]:
    """Where any of the words stands, in any case, in text or bytes: `table.column`."""
    each = []
    for row in database.rows(COLUMNS):
        table, column = row["table"], row["column"]
        each.append(
            f"SELECT '{table}.{column}' AS place WHERE EXISTS (SELECT FROM {table} t CROSS JOIN "
            "unnest(CAST(:words AS text[])) AS word WHERE "
            f"position(lower(word) IN lower(t.{column}::text)) > 0 "
            f"OR position(encode(convert_to(word, 'UTF8'), 'hex') IN t.{column}::text) > 0)"
        )
    return {row["place"] for row in database.rows(" UNION ALL ".join(each), words=list(words))}
