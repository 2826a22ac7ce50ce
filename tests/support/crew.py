"""A team that gives its tickets out by itself, and its agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tests.support.cast import Person, person
from tests.support.database import Database

NAMES = ("Ines", "Juan", "Kim", "Lea", "Max", "Nora", "Omar", "Pia")


@dataclass(frozen=True)
class Crew:
    """A team at work, and its members in the order of their turns before anybody has had one."""

    team: UUID
    members: Sequence[Person]

    def __getitem__(self, place: int) -> Person:
        return self.members[place]


def crew(
    database: Database,
    workspace: UUID,
    assignment: str,
    size: int,
    *,
    cap: int | None = None,
    name: str = "Field",
    members: Sequence[Person] = (),
) -> Crew:
    """A new team of new agents, or of these members."""
    team = database.value(
        "INSERT INTO teams (workspace_id, name, assignment, assignment_cap) "
        "VALUES (:w, :n, :a, :c) RETURNING id",
        w=workspace,
        n=name,
        a=assignment,
        c=cap,
    )
    people = list(members) or [
        person(database, workspace, one, "agent", f"{name.lower()}.example") for one in NAMES[:size]
    ]
    for one in people:
        join(database, team, one)
    return Crew(team, sorted(people, key=lambda one: one.id))


def join(database: Database, team: UUID, who: Person) -> None:
    database.run(
        "INSERT INTO team_members (workspace_id, team_id, user_id) VALUES (:w, :t, :u)",
        w=who.workspace_id,
        t=team,
        u=who.id,
    )
