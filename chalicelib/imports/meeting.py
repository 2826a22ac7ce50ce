"""Whom and what the rows of a batch mean here: people by their addresses, teams and categories by their
names, custom fields by their keys. Who is nobody yet is made: a customer as a contact, an agent as one of the
staff who is deactivated, so that what they wrote stays theirs and counts as an answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Role
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.imports import queries
from chalicelib.imports.fitting import Reading, folded
from chalicelib.imports.shapes import Person, Ticket
from chalicelib.models.words import FieldType, UserStatus
from chalicelib.sla.policies import Policy
from chalicelib.sla.policies import read as read_policies
from chalicelib.tickets import field_values
from chalicelib.tickets.categorising import fold, spelled
from chalicelib.tickets.field_values import MAX_BYTES, MOST_UNDECLARED, CustomField

Told = list[tuple[str, str]]


@dataclass
class Desk:
    """The workspace as a batch finds it."""

    reading: Reading
    system: str
    people: Mapping[str, Row[Any]]
    active: Mapping[str, UUID]
    policies: list[Policy]
    fields: dict[str, CustomField]
    teams: Mapping[str, UUID]
    default_team: UUID
    categories: Mapping[str, Any]
    retention_days: int | None

    def user_id(self, somebody: Person | None) -> UUID | None:
        """Whoever that is here: of an agent without an address the system's own."""
        if somebody is None:
            return None
        email = somebody.email or (stand_in(self.system) if somebody.staff else "")
        return self.people[email].id if email in self.people else None

    def team_id(self, ticket: Ticket, told: Told) -> UUID:
        if ticket.team:
            name = self.reading.meant("team", ticket.team) or ticket.team
            if fold(name) in self.teams:
                return self.teams[fold(name)]
            told.append(("team_unknown", f"There is no team “{ticket.team[:60]}”: it is in the default one."))
        declared = self.categories.get(fold(ticket.category or ""))
        by_category = declared and declared["team_id"] and UUID(declared["team_id"])
        return by_category or self.default_team

    def assignee_id(self, ticket: Ticket, told: Told, *, finished: bool) -> UUID | None:
        """Whoever works on it, or worked on what is over."""
        if ticket.assignee is None:
            return None
        email = ticket.assignee.email or ""
        if email in self.active:
            return self.active[email]
        known = self.people.get(email)
        if finished and known is not None and Role(known.role).is_staff:
            return UUID(str(known.id))
        told.append(
            (
                "assignee_unknown",
                f"{email or ticket.assignee.name} is not of the active staff: nobody has it.",
            )
        )
        return None

    def category(self, ticket: Ticket) -> tuple[str | None, str | None]:
        """As they are declared, else as they stand."""
        declared = self.categories.get(fold(ticket.category or ""))
        if declared is None:
            return ticket.category, ticket.subcategory if ticket.category else None
        known = spelled(ticket.subcategory, declared["subcategories"]) if ticket.subcategory else None
        return declared["name"], known or ticket.subcategory

    def custom_fields(self, ticket: Ticket, told: Told) -> dict[str, Any]:
        """What fits a field that the desk has; anything simple where it declares none."""
        kept: dict[str, Any] = {}
        for name, value in ticket.custom_fields.items():
            try:
                key, fits = self._field(name, value)
            except ValueError as error:
                told.append(("field_left", f"“{name[:60]}” is left out. {error}"))
                continue
            more = {**kept, key: fits}
            if len(more) > MOST_UNDECLARED or len(dumps(more).encode()) > MAX_BYTES:
                told.append(("field_left", f"“{name[:60]}” is left out. That is more than a ticket holds."))
                continue
            kept = more
        return kept

    def _field(self, name: str, value: Any) -> tuple[str, Any]:
        meant = {folded(key): ours for key, ours in self.reading.custom_fields.items()}.get(folded(name))
        slug = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:50]
        if not self.fields:
            if not _is_simple(value):
                raise ValueError("It is no text, number, true or false, nor a list of those.")
            return meant or slug or "field", value
        spellings = (meant, name, slug, slug.removeprefix("cf_"), re.sub(r"_\d+$", "", slug))
        field = next((self.fields[each] for each in spellings if each in self.fields), None)
        if field is None:
            raise ValueError("There is no such custom field.")
        return field.key, field_values.checked(field, _as(field, value))


def meet(
    tx: Transaction,
    actor: Actor,
    system: str,
    reading: Reading,
    new: Sequence[Ticket],
    again: Sequence[Ticket],
    team_id: UUID | None,
) -> tuple[Desk, int]:
    """The desk with everybody whom the tickets name, and how many were made. `again`: known tickets, of which
    the comments alone count."""
    wanted = {each.email: each for each in _named(system, new, again) if each.email}
    made = 0
    known = queries.people(tx, actor.workspace.id, wanted.keys()) if wanted else {}
    if unknown := [wanted[email] for email in sorted(wanted.keys() - known.keys())]:
        made = queries.add_people(tx, actor.workspace.id, [_as_user(each) for each in unknown])
        known = queries.people(tx, actor.workspace.id, wanted.keys())
    staff = {each.assignee.email for each in new if each.assignee and each.assignee.email}
    found = queries.desk(tx, actor.workspace.id)
    default = next(UUID(each["id"]) for each in found.teams if each["is_default"])
    teams = {fold(each["name"]): UUID(each["id"]) for each in found.teams}
    desk = Desk(
        reading=reading,
        system=system,
        people=known,
        active=queries.active_staff(tx, actor.workspace.id, staff) if staff else {},
        policies=read_policies(found.policies),
        fields=field_values.known_to(field_values.read(found.fields), staff=True),
        teams=teams,
        default_team=team_id if team_id is not None and team_id in teams.values() else default,
        categories=found.categories,
        retention_days=found.retention_days,
    )
    return desk, made


def stand_in(system: str) -> str:
    """The address of the agents of a system of whom nobody knows one. Nothing is ever sent there (RFC
    2606)."""
    return f"agents@{system}.invalid"


def _named(system: str, new: Iterable[Ticket], again: Iterable[Ticket]) -> Iterable[Person]:
    """Everybody who must be somebody here. Agents come last: whoever is one and a customer is an agent."""
    people = [ticket.requester for ticket in new]
    people += [each for ticket in new for each in (*ticket.watchers, ticket.assignee)]
    people += [comment.author for ticket in (*new, *again) for comment in ticket.comments]
    found = [each for each in people if each is not None]
    if any(each.staff and not each.email for each in found):
        yield Person(stand_in(system), f"Agents of {system}", staff=True)
    for staff in (False, True):
        yield from (each for each in found if each.email and each.staff is staff)


def _as_user(somebody: Person) -> dict[str, Any]:
    role, status = Role.CUSTOMER, UserStatus.CONTACT
    if somebody.staff:
        role, status = Role.AGENT, UserStatus.DEACTIVATED
    return {"email": somebody.email, "name": somebody.name, "role": role, "status": status}


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= 100 and all(isinstance(each, str | int | float) for each in value)
    return isinstance(value, str | int | float)


def _as(field: CustomField, value: Any) -> Any:
    """A value in the kind that the field has, where it says the same."""
    if field.type is FieldType.TEXT and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if field.type is FieldType.MULTI_SELECT and isinstance(value, str):
        return [each.strip() for each in re.split(r"[,;|]", value) if each.strip()]
    if field.type is FieldType.DATE and isinstance(value, str):
        return value[:10]
    if field.type in (FieldType.NUMBER, FieldType.BOOLEAN) and isinstance(value, str):
        return field_values.sought(field, value.strip().lower())
    return value
