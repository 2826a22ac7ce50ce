"""Tickets of a CSV file, by what the import says of its columns. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

from chalicelib.imports import fitting
from chalicelib.imports.facts import CUSTOM, Fact
from chalicelib.imports.fitting import Reading, Words, moment
from chalicelib.imports.shapes import Comment, Person, Rating, Ticket, Unfit
from chalicelib.models.elsewhere import PRIORITIES as PRIORITIES_ELSEWHERE
from chalicelib.models.elsewhere import STATUSES as STATUSES_ELSEWHERE
from chalicelib.models.elsewhere import TYPES as TYPES_ELSEWHERE
from chalicelib.models.words import Priority, Source, Status, TicketType, Visibility


def _words(ours: Any, elsewhere: Mapping[str, Any]) -> dict[str, Any]:
    spellings = {**elsewhere, **{each.value: each for each in ours}}
    return {key: value for word, value in spellings.items() for key in (word, word.replace("_", " "))}


STATUSES: dict[str, Status] = _words(Status, STATUSES_ELSEWHERE) | {
    **{
        "in progress": Status.OPEN,
        "hold": Status.ON_HOLD,
        "waiting": Status.PENDING,
        "solved": Status.RESOLVED,
    },
    **{"done": Status.RESOLVED, "canceled": Status.CANCELLED},
}
PRIORITIES: dict[str, Priority] = _words(Priority, PRIORITIES_ELSEWHERE) | {
    **{"normal": Priority.MEDIUM, "lowest": Priority.LOW, "highest": Priority.URGENT},
}
TYPES: dict[str, TicketType] = _words(TicketType, TYPES_ELSEWHERE) | {
    **{"problem": TicketType.INCIDENT, "task": TicketType.SERVICE_REQUEST},
}
SOURCES: dict[str, Source] = _words(Source, {}) | {"web": Source.PUBLIC, "mail": Source.EMAIL}

WORDS = {
    "status": Words(Status, STATUSES, Status.NEW),
    "priority": Words(Priority, PRIORITIES, Priority.MEDIUM),
    "type": Words(TicketType, TYPES, TicketType.QUESTION),
    "source": Words(Source, SOURCES, Source.API),
}


def read(row: Mapping[str, Any], reading: Reading) -> Ticket:
    """The ticket in our words. Raises Unfit for what is not taken."""
    cells = {fact: fitting.said(row.get(column)) for column, fact in reading.columns.items()}

    def get(fact: Fact) -> str:
        return cells.get(fact, "")

    id = fitting.external_id(get(Fact.EXTERNAL_ID))
    try:
        created = moment(get(Fact.CREATED_AT), reading) or reading.now
        times = {
            fact: moment(get(fact), reading) for fact in (Fact.UPDATED_AT, Fact.RESOLVED_AT, Fact.CLOSED_AT)
        }
    except Unfit as unfit:
        raise Unfit(unfit.code, unfit.detail, id) from None
    staff = fitting.email(get(Fact.ASSIGNEE_EMAIL))
    ticket = Ticket(
        external_id=id,
        subject=get(Fact.SUBJECT),
        description=get(Fact.DESCRIPTION),
        requester=fitting.person({"email": get(Fact.REQUESTER_EMAIL), "name": get(Fact.REQUESTER_NAME)}),
        created_at=created,
        updated_at=times[Fact.UPDATED_AT] or times[Fact.CLOSED_AT] or times[Fact.RESOLVED_AT] or created,
        resolved_at=times[Fact.RESOLVED_AT],
        closed_at=times[Fact.CLOSED_AT],
        assignee=Person(staff, staff, staff=True) if staff else None,
        team=get(Fact.TEAM) or None,
        category=get(Fact.CATEGORY) or None,
        subcategory=get(Fact.SUBCATEGORY) or None,
        tags=tuple(each.strip() for each in re.split(r"[,;|]", get(Fact.TAGS))),
        custom_fields=_custom_fields(cells),
    )
    _comments(ticket, get(Fact.REPLY), get(Fact.NOTE))
    fitting.classify(ticket, {name: (get(Fact(name)), words) for name, words in WORDS.items()}, reading)
    if re.fullmatch(r"[0-9]", get(Fact.RATING)):
        ticket.rating = Rating(int(get(Fact.RATING)), get(Fact.RATING_COMMENT) or None, None)
    return ticket


def _comments(ticket: Ticket, reply: str, note: str) -> None:
    """At most one of each a row: the next row of the same id brings the next."""
    author = ticket.assignee or Person(None, "", staff=True)
    for visibility, text in ((Visibility.PUBLIC, reply), (Visibility.INTERNAL, note)):
        if text:
            id = fitting.text_id(ticket.external_id, visibility.value, text)
            ticket.comments.append(Comment(id, author, visibility, text, ticket.updated_at))


def _custom_fields(cells: Mapping[str, str]) -> dict[str, Any]:
    own = {fact: text for fact, text in cells.items() if fact.startswith(CUSTOM) and text}
    return {fact.removeprefix(CUSTOM): _value(text) for fact, text in own.items()}


def _value(text: str) -> Any:
    """A cell as a custom field may be: a number, true or false, else the text."""
    if re.fullmatch(r"true|false|-?(0|[1-9]\d{0,14})(\.\d{1,9})?", text):
        return json.loads(text)
    return text
