"""Tickets as Freshdesk exports them: the account's export, each in `helpdesk_ticket` with its `notes`, and
those of its API, with `conversations`, `requester` and `stats` included. Pure.

Source: Freshdesk API v2, "Tickets" and "Conversations"; the files of an account export.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.imports import fitting
from chalicelib.imports.fitting import Reading, Words, moment, person
from chalicelib.imports.shapes import Comment, Person, Rating, Ticket, Unfit
from chalicelib.models.words import Priority, Source, Status, TicketType, Visibility

Document = Mapping[str, Any]
Beside = Mapping[str, Mapping[str, Document]]

STATUSES = {
    **{"2": Status.OPEN, "3": Status.PENDING, "4": Status.RESOLVED, "5": Status.CLOSED},
    **{"6": Status.PENDING, "7": Status.ON_HOLD},
    **{"open": Status.OPEN, "pending": Status.PENDING, "resolved": Status.RESOLVED, "closed": Status.CLOSED},
    **{"waiting on customer": Status.PENDING, "waiting on third party": Status.ON_HOLD},
}
PRIORITIES = {
    **{"1": Priority.LOW, "2": Priority.MEDIUM, "3": Priority.HIGH, "4": Priority.URGENT},
    **{"low": Priority.LOW, "medium": Priority.MEDIUM, "high": Priority.HIGH, "urgent": Priority.URGENT},
}
TYPES = {
    "question": TicketType.QUESTION,
    "incident": TicketType.INCIDENT,
    "problem": TicketType.INCIDENT,
    "feature request": TicketType.SUGGESTION,
    "refund": TicketType.CLAIM,
    "service request": TicketType.SERVICE_REQUEST,
}
WORDS = {
    "status": Words(Status, STATUSES, Status.OPEN),
    "priority": Words(Priority, PRIORITIES, Priority.MEDIUM),
    "type": Words(TicketType, TYPES, TicketType.QUESTION),
}
# 1 email, 2 portal, 9 feedback widget, 10 outbound email; phone, chat and the rest are none of our ways.
SOURCES = {"1": Source.EMAIL, "2": Source.PUBLIC, "9": Source.PUBLIC, "10": Source.EMAIL}
SCORES = {103: 5, 102: 4, 101: 4, 100: 3, -101: 2, -102: 2, -103: 1}


def read(row: Document, beside: Beside, reading: Reading) -> Ticket:
    """The ticket in our words. Raises Unfit for what is not taken."""
    inner = row.get("helpdesk_ticket")
    row = inner if isinstance(inner, Mapping) else row
    # `id` of an account export is no number that anybody knows; `display_id` is.
    id = fitting.external_id(row.get("display_id") or row.get("id"))
    for name in ("deleted", "spam"):
        if row.get(name) is True:
            raise Unfit(name, "It is deleted." if name == "deleted" else "It is spam.", id)
    created = moment(row.get("created_at"), reading)
    if created is None:
        raise Unfit("bad_time", "The row does not say when it was created.", id)
    named = (row.get(name) for name in ("stats", "ticket_states"))
    times: Document = next((each for each in named if isinstance(each, Mapping)), {})
    ticket = Ticket(
        external_id=id,
        subject=fitting.said(row.get("subject")),
        description=fitting.body(row.get("description_text"), row.get("description_html"))
        or fitting.body(None, row.get("description")),
        requester=_requester(row, beside),
        created_at=created,
        updated_at=moment(row.get("updated_at"), reading) or created,
        source=SOURCES.get(fitting.said(row.get("source")), Source.API),
        resolved_at=moment(times.get("resolved_at"), reading),
        closed_at=moment(times.get("closed_at"), reading),
        assignee=_assignee(row, beside),
        team=_team(row, beside),
        tags=tuple(_tag(each) for each in _list(row.get("tags"))),
        custom_fields=_custom_fields(row),
        comments=_comments(row, beside, id, reading),
        rating=_rating(row),
    )
    fitting.classify(ticket, {name: (_word(row, name, reading), WORDS[name]) for name in WORDS}, reading)
    if _list(row.get("attachments")) or any(_list(each.get("attachments")) for each in _said(row)):
        ticket.changed.append(("files_left", "Its files are not in the export, and were left there."))
    return ticket


def _word(row: Document, name: str, reading: Reading) -> Any:
    """A status of the desk's own is a number, with a name beside it."""
    given = row.get("ticket_type") if name == "type" and row.get("type") is None else row.get(name)
    text = fitting.said(given)
    is_known = reading.meant(name, text) is not None or fitting.folded(text) in WORDS[name].meanings
    return given if is_known else row.get(f"{name}_name") or given


def _requester(row: Document, beside: Beside) -> Person | None:
    found = person(row.get("requester")) or person(
        beside.get("contacts", {}).get(str(row.get("requester_id")))
    )
    if found is not None and found.email:
        return found
    return person({"email": row.get("email"), "name": row.get("requester_name")}) or found


def _assignee(row: Document, beside: Beside) -> Person | None:
    agent = beside.get("agents", {}).get(str(row.get("responder_id")))
    near = row.get("responder") if isinstance(row.get("responder"), Mapping) else _contact(agent)
    named = {"email": row.get("responder_email"), "name": row.get("responder_name")}
    return person(near, staff=True) or person(named, staff=True)


def _contact(agent: Any) -> Any:
    """The API has an agent's name and address in `contact`."""
    return agent.get("contact", agent) if isinstance(agent, Mapping) else None


def _team(row: Document, beside: Beside) -> str | None:
    group = row.get("group")
    if not isinstance(group, Mapping):
        group = beside.get("groups", {}).get(str(row.get("group_id")), {})
    return fitting.said(group.get("name")) or fitting.said(row.get("group_name")) or None


def _comments(row: Document, beside: Beside, id: str, reading: Reading) -> list[Comment]:
    found = []
    for each in _said(row):
        body = fitting.body(each.get("body_text"), each.get("body_html")) or fitting.body(
            None, each.get("body")
        )
        at = moment(each.get("created_at"), reading)
        if not body or at is None or each.get("deleted") is True:
            continue
        own = each.get("id")
        named = str(own) if own is not None else fitting.text_id(id, at.isoformat(), body)
        visibility = Visibility.INTERNAL if each.get("private") is True else Visibility.PUBLIC
        source = SOURCES["1"] if each.get("source") == 0 else Source.API
        found.append(Comment(named[:200], _author(each, row, beside), visibility, body, at, source))
    return found


def _author(note: Document, row: Document, beside: Beside) -> Person:
    """Who wrote it: the requester or another customer where it came in, else one of the agents."""
    user = str(note.get("user_id"))
    if user == str(row.get("requester_id")) and (requester := _requester(row, beside)) is not None:
        return requester
    is_staff = note.get("incoming") is not True
    if user == str(row.get("responder_id")) and (assignee := _assignee(row, beside)) is not None:
        return assignee
    agent = person(_contact(beside.get("agents", {}).get(user)), staff=True)
    contact = person(beside.get("contacts", {}).get(user))
    near = person(note.get("user"), staff=is_staff)
    wrote = None if is_staff else person({"email": note.get("from_email"), "name": note.get("from_email")})
    return agent or contact or near or wrote or Person(None, "", staff=is_staff)


def _custom_fields(row: Document) -> dict[str, Any]:
    for name in ("custom_fields", "custom_field"):
        given = row.get(name)
        if isinstance(given, Mapping):
            return {str(key): value for key, value in given.items() if value not in (None, "", [])}
    return {}


def _rating(row: Document) -> Rating | None:
    for each in _list(row.get("satisfaction_ratings")) or _list(row.get("survey_results")):
        if not isinstance(each, Mapping):
            continue
        scores = each.get("ratings")
        score = scores.get("default_question") if isinstance(scores, Mapping) else each.get("rating")
        if isinstance(score, int) and score in SCORES:
            return Rating(SCORES[score], fitting.said(each.get("feedback")) or None, None)
    return None


def _tag(value: Any) -> str:
    return fitting.said(value.get("name") if isinstance(value, Mapping) else value)


def _said(row: Document) -> list[Document]:
    notes = _list(row.get("conversations")) or _list(row.get("notes"))
    inner = [each.get("helpdesk_note", each) for each in notes if isinstance(each, Mapping)]
    return [each for each in inner if isinstance(each, Mapping)]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
