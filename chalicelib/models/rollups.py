"""Roll-ups: what a desk has done by day, and what each ticket has added to that; see
migrations/sql/fn_rollups.sql. Kept by triggers and procedures of the database alone."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
    true,
)

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    one_of,
    timestamp,
    words,
    workspace_key,
)

DIMENSIONS = ("all", "status", "priority", "type", "category", "team", "agent", "source")
# Rows of the last days are written again and again: there is room for the next version on their page.
WRITTEN_OFTEN = {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02}


def _counted(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _summed(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _lanes(name: str) -> Column[Numeric]:  # type: ignore[type-arg]
    """Many small numbers in one: eight decimal digits each, the first the lowest. Sums of it are sums of
    each."""
    return Column(name, Numeric, nullable=False, server_default=text("0"))


def _of_generation() -> tuple[Column[int], Column[int]]:
    return workspace_key(), Column("generation", Integer, primary_key=True, autoincrement=False)


# A way to count: by the days of a time zone. The newest complete one is read; what is not complete yet is
# counted ticket after ticket, up to `walked_to`, and kept current meanwhile.
rollup_generations = Table(
    "rollup_generations",
    metadata,
    *_of_generation(),
    words("timezone"),
    timestamp("begun_at", now=True),
    timestamp("completed_at"),
    Column("walked_to", Uuid),
    # When it was last held to the tickets; of this night's part of them how many are left; up to which event
    # it was held to those that events tell of.
    timestamp("checked_at", now=True),
    Column("left_to_check", Integer, nullable=False, server_default=text("0")),
    Column("repaired_to", BigInteger, nullable=False, server_default=text("0")),
    # Whether the rows of those before it are gone.
    Column("swept", Boolean, nullable=False, server_default=true()),
    of_workspace(),
)

# What a ticket counts for: a row each, none where it is deleted. `facts`: rows of what, day (from 2000-01-01
# on), hour of the day, amount.
ticket_facts = Table(
    "ticket_facts",
    metadata,
    *_of_generation(),
    Column("ticket_id", Uuid, primary_key=True),
    Column("team_id", Uuid, nullable=False),
    Column("assignee_id", Uuid),
    words("type"),
    words("priority"),
    words("status"),
    words("source"),
    words("category"),
    Column("facts", ARRAY(Integer), nullable=False),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    # What goes with its ticket is found by it.
    Index("ticket_facts_workspace_id_ticket_id_idx", "workspace_id", "ticket_id"),
)


def _rolled_up(name: str, *columns: Column, by_day: bool = True) -> Table:  # type: ignore[type-arg]
    """By team (all together: zeros), dimension, day and value. `all` has the value ''."""
    return Table(
        name,
        metadata,
        *_of_generation(),
        Column("team_id", Uuid, primary_key=True),
        Column("dimension", Text(collation="C"), primary_key=True),
        *([Column("day", Date, primary_key=True)] if by_day else []),
        Column("value", Text(collation="C"), primary_key=True),
        *columns,
        of_workspace(),
        one_of("dimension", DIMENSIONS),
        postgresql_with=WRITTEN_OFTEN,
    )


ticket_rollups = _rolled_up(
    "ticket_rollups",
    _counted("created"),
    _counted("entered"),
    _counted("departed"),
    _counted("resolved"),
    _counted("reopened"),
    _counted("breached"),
    _counted("rated"),
    _counted("rated_good"),
    _counted("rated_bad"),
    _counted("score"),
    _counted("first_responses"),
    _summed("first_response_seconds"),
    _counted("business_first_responses"),
    _summed("business_first_response_seconds"),
    _counted("resolutions"),
    _summed("resolution_seconds"),
    _counted("business_resolutions"),
    _summed("business_resolution_seconds"),
    # Of `all` alone: what happened in which hour.
    _lanes("hours"),
)

# How long it took, as histograms.
rollup_histograms = _rolled_up(
    "rollup_histograms",
    _lanes("first_response"),
    _lanes("business_first_response"),
    _lanes("resolution"),
    _lanes("business_resolution"),
)

# What there is now.
ticket_stocks = _rolled_up("ticket_stocks", _counted("tickets"), _counted("active"), by_day=False)
