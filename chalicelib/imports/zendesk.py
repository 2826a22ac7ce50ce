"""Tickets as Zendesk exports them: the full JSON export with people and comments within each ticket, and
pages of its API, with ids that `users`, `groups` and `ticket_fields` beside them explain. Pure.

Source: Zendesk Ticketing API, "Tickets", "Ticket comments", "Incremental exports"; Zendesk help, "Exporting
data to a JSON, CSV or XML file".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.imports import fitting
from chalicelib.imports.fitting import Reading, Words, moment, person
from chalicelib.imports.shapes import Comment, Person, Rating, Ticket, Unfit
from chalicelib.models.words import Priority, Source, Status, TicketType, Visibility

Document = Mapping[str, Any]
Beside = Mapping[str, Mapping[str, Document]]

STATUSES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "hold": Status.ON_HOLD,
    "solved": Status.RESOLVED,
    "closed": Status.CLOSED,
}
PRIORITIES = {
    "low": Priority.LOW,
    "normal": Priority.MEDIUM,
    "high": Priority.HIGH,
    "urgent": Priority.URGENT,
}
TYPES = {
    "question": TicketType.QUESTION,
    "incident": TicketType.INCIDENT,
    "problem": TicketType.INCIDENT,
    "task": TicketType.SERVICE_REQUEST,
}
WORDS = {
    "status": Words(Status, STATUSES, Status.OPEN),
    "priority": Words(Priority, PRIORITIES, Priority.MEDIUM),
    "type": Words(TicketType, TYPES, TicketType.QUESTION),
}
SOURCES = {
    "email": Source.EMAIL,
    "web": Source.PUBLIC,
    "web_widget": Source.PUBLIC,
    "web form": Source.PUBLIC,
}
ITS_STAFF = frozenset({"agent", "admin"})
SCORES = {"good": 5, "bad": 1}


def read(row: Document, beside: Beside, reading: Reading) -> Ticket:
    """The ticket in our words. Raises Unfit for what is not taken."""
    id = fitting.external_id(row.get("id"))
    if row.get("status") == "deleted":
        raise Unfit("deleted", "It is deleted.", id)
    created = moment(row.get("created_at"), reading)
    if created is None:
        raise Unfit("bad_time", "The row does not say when it was created.", id)
    people = _people(row, beside)
    requester = people.get(str(row.get("requester_id"))) or person(row.get("requester"))
    comments = _comments(row, people, id, reading)
    description = fitting.body(row.get("description"))
    # The first comment is the description once more. A note stays one: the requester reads descriptions.
    if comments and (not description or fitting.folded(comments[0].body) == fitting.folded(description)):
        is_note = comments[0].visibility is Visibility.INTERNAL
        description = "" if is_note else comments.pop(0).body
    ticket = Ticket(
        external_id=id,
        subject=fitting.said(row.get("raw_subject")) or fitting.said(row.get("subject")),
        description=description,
        requester=requester,
        created_at=created,
        updated_at=moment(row.get("updated_at"), reading) or created,
        source=_source(row),
        resolved_at=_solved_at(row, reading),
        assignee=people.get(str(row.get("assignee_id"))) or person(row.get("assignee"), staff=True),
        team=_team(row, beside),
        tags=tuple(each for each in _list(row.get("tags")) if isinstance(each, str)),
        custom_fields=_custom_fields(row, beside),
        comments=comments,
        watchers=_watchers(row, people),
        rating=_rating(row),
    )
    fitting.classify(ticket, {name: (row.get(name), words) for name, words in WORDS.items()}, reading)
    if any(_list(each.get("attachments")) for each in _objects(row.get("comments"))):
        ticket.changed.append(("files_left", "Its files are not in the export, and were left there."))
    return ticket


def _people(row: Document, beside: Beside) -> Mapping[str, Person]:
    """Everybody that the row and what stands beside it tell of, by id."""
    found: dict[str, Person] = {}
    near = [row.get(name) for name in ("requester", "submitter", "assignee")]
    near += [*_list(row.get("collaborators")), *_list(row.get("collaborator")), *_list(row.get("followers"))]
    near += [each.get("author") for each in _objects(row.get("comments"))]
    wanted = {str(row.get(f"{name}_id")) for name in ("requester", "submitter", "assignee")}
    wanted |= {str(each.get("author_id")) for each in _objects(row.get("comments"))}
    wanted |= {str(each) for name in ("collaborator_ids", "follower_ids") for each in _list(row.get(name))}
    users = beside.get("users", {})
    for each in (*(users[id] for id in wanted if id in users), *near):
        if isinstance(each, Mapping) and each.get("id") is not None:
            is_staff = each.get("role") in ITS_STAFF or each is row.get("assignee")
            if (somebody := person(each, staff=is_staff)) is not None:
                known = found.get(str(each["id"]))
                found[str(each["id"])] = somebody if known is None or is_staff else known
    return found


def _comments(row: Document, people: Mapping[str, Person], id: str, reading: Reading) -> list[Comment]:
    found = []
    for each in _objects(row.get("comments")):
        body = fitting.body(each.get("plain_body") or each.get("body"), each.get("html_body"))
        at = moment(each.get("created_at"), reading)
        if not body or at is None:
            continue
        is_public = each.get("public") is not False
        author = people.get(str(each.get("author_id")))
        # Only agents write notes; who is nobody's requester and unknown is one of them too.
        if author is None and each.get("author_id") not in (None, row.get("requester_id")):
            author = Person(None, "", staff=True)
        elif author is not None and not is_public and not author.staff:
            author = Person(author.email, author.name, staff=True)
        own = each.get("id")
        named = str(own) if own is not None else fitting.text_id(id, at.isoformat(), body)
        visibility = Visibility.PUBLIC if is_public else Visibility.INTERNAL
        found.append(Comment(named[:200], author, visibility, body, at, _source(each)))
    return found


def _team(row: Document, beside: Beside) -> str | None:
    group = row.get("group")
    if not isinstance(group, Mapping):
        group = beside.get("groups", {}).get(str(row.get("group_id")), {})
    return fitting.said(group.get("name")) or None


def _custom_fields(row: Document, beside: Beside) -> dict[str, Any]:
    """By title where the fields' own list is there, else by id."""
    declared = beside.get("ticket_fields", {})
    found = {}
    for each in _objects(row.get("custom_fields") or row.get("fields")):
        if each.get("id") is not None and each.get("value") not in (None, "", []):
            title = declared.get(str(each["id"]), {}).get("title")
            found[fitting.said(title) or str(each["id"])] = each["value"]
    return found


def _watchers(row: Document, people: Mapping[str, Person]) -> tuple[Person, ...]:
    ids = [*_list(row.get("follower_ids")), *_list(row.get("collaborator_ids"))]
    ids += [each.get("id") for name in ("collaborators", "collaborator") for each in _objects(row.get(name))]
    return tuple(people[str(id)] for id in dict.fromkeys(map(str, ids)) if str(id) in people)


def _rating(row: Document) -> Rating | None:
    given = row.get("satisfaction_rating")
    if not isinstance(given, Mapping) or given.get("score") not in SCORES:
        return None
    return Rating(SCORES[given["score"]], fitting.said(given.get("comment")) or None, None)


def _solved_at(row: Document, reading: Reading) -> datetime | None:
    for name in ("metric_set", "metric_sets", "metrics", "dates"):
        given = row.get(name)
        if isinstance(given, Mapping) and given.get("solved_at"):
            return moment(given["solved_at"], reading)
    return moment(row.get("solved_at"), reading)


def _source(row: Document) -> Source:
    via = row.get("via")
    channel = via.get("channel") if isinstance(via, Mapping) else None
    return SOURCES.get(fitting.folded(fitting.said(channel)), Source.API)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[Document]:
    return [each for each in _list(value) if isinstance(each, Mapping)]
