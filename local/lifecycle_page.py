"""docs/lifecycle.md, from the lifecycle's table and the shapes of its verbs.

`python -m local.lifecycle_page` prints it.
"""

from collections.abc import Collection, Iterator
from typing import Any

from chalicelib.accounts.permissions import MATRIX, STAFF, Permission, Role
from chalicelib.api import ticket_verbs
from chalicelib.api.openapi import document
from chalicelib.api.resource import Routes
from chalicelib.models.words import Status
from chalicelib.tickets.lifecycle import ACTIVE, REQUESTERS, TABLE, Verb, allowed_now, moves

INTRODUCTION = """\
# The life of a ticket

Made by `make docs` from `chalicelib/tickets/lifecycle.py` and the shapes of the verbs; a test holds it
equal, and another holds the database's own edges equal to the table.

![The states of a ticket and the verbs between them](lifecycle.svg)

## The verbs

`POST /v1/tickets/{id}/<verb>`; each answers the whole ticket, merge the target and split the new ticket.
Any other verb in any other state is 409 `ILLEGAL_TRANSITION`, with the `state` and the verbs `allowed` now.
With `If-Match` a verb is refused (412) where somebody was faster.
"""
BESIDES = """\
The whole ticket, as `GET /v1/tickets/{id}` and each verb answers it, says in `verbs` what its caller may do
to it now: these, and beside them `update` (its fields, by `PATCH`), `comment`, `comment_internal` and
`delete`. The verbs themselves ask the same rules (`chalicelib/tickets/standing.py`): what is not named is
refused, and what is, is refused for what one sends alone.

An archived ticket is read-only until it is taken out again; a merged one is closed and is never reopened.
`reopen` is the requester's within the workspace's window, counted from the resolution, else from the
closing. `PATCH` of `status` is the same table by another door: `open` is assign's edge from new, resume or
reopen, whichever fits; a `reason` is optional there. Resolved closes by itself when the window is over, and
pending is resolved by itself where the workspace says so: see [sla.md](sla.md#what-waits).

A customer's public comment is a verb too: it resumes what is pending, reopens what was resolved within the
window, opens a linked follow-up of what is closed, cancelled or resolved long ago, and lands on the target
of what was merged. An archived ticket takes none (409). A ticket that is created with an assignee begins
open, and so does one that its team gives to somebody; a transfer to a team that assigns by itself opens a
new one.
"""
UNCHANGED = "unchanged"
AFTERWARDS = {Verb.ARCHIVE: "unchanged; archived", Verb.UNARCHIVE: "unchanged; no longer archived"}


def page() -> str:
    """The whole document, with the newline at its end."""
    return "\n".join([INTRODUCTION, *_verbs(), "", "## What is allowed now", "", *_allowed(), "", BESIDES])


def _verbs() -> Iterator[str]:
    yield "| verb | who | from | to | what it lets them do | body |"
    yield "|---|---|---|---|---|---|"
    for verb, rule in TABLE.items():
        named, body = f"`{verb}`", _body(verb)
        for permission, states in rule.sources.items():
            what = [_who(permission), _states(states), _to(verb, states), permission.sentence]
            yield f"| {' | '.join([named, *what, body])} |"
            named = body = ""


def _who(permission: Permission) -> str:
    """Whom a permission is for: the requester, the staff, or the roles."""
    if permission in REQUESTERS:
        return "the requester"
    if permission.roles == STAFF:
        return "staff"
    return ", ".join(role for role in Role if role in permission.roles)


def _states(states: Collection[Status]) -> str:
    if states == ACTIVE:
        return "active"
    return ", ".join(status for status in Status if status in states)


def _to(verb: Verb, states: Collection[Status]) -> str:
    """What becomes of the status, from these states."""
    made = [
        (source, target) for (source, target), verbs in moves().items() if verb in verbs and source in states
    ]
    sources, targets = {source for source, _ in made}, {target for _, target in made}
    if not made:
        return AFTERWARDS.get(verb, UNCHANGED)
    changed = " or ".join(status for status in Status if status in targets)
    return changed if sources == states else f"{changed} from {_states(sources)}, else {UNCHANGED}"


def _body(verb: Verb) -> str:
    """The fields of the verb's body: required ones plainly, others with a question mark."""
    path = f"{ticket_verbs.PATH}{verb}"
    found = document([each for each in Routes.registry if each.path == path], "")
    content = found["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    shape = found["components"]["schemas"][content["$ref"].rpartition("/")[2]]
    required = shape.get("required", [])
    return ", ".join(
        f"`{name}{_choices(field)}`" if name in required else f"`{name}?`"
        for name, field in shape["properties"].items()
    )


def _choices(field: dict[str, Any]) -> str:
    return ": " + r"\|".join(field["enum"]) if "enum" in field else ""


def _allowed() -> Iterator[str]:
    """By state and by who one is; what the ticket itself decides, such as whose it is, comes on top."""
    callers = {role.value: MATRIX[role] - REQUESTERS for role in Role if role.is_staff}
    callers["the requester"] = MATRIX[Role.CUSTOMER]
    yield f"| | {' | '.join(callers)} |"
    yield f"|---|{'---|' * len(callers)}"
    for status in Status:
        yield _row(
            status, [allowed_now(status, held, archived=False, merged=False) for held in callers.values()]
        )
    for name, facts in (
        ("archived", {"archived": True, "merged": False}),
        ("merged", {"archived": False, "merged": True}),
    ):
        yield _row(name, [allowed_now(Status.CLOSED, held, **facts) for held in callers.values()])


def _row(name: str, verbs: list[list[Verb]]) -> str:
    return f"| {name} | {' | '.join(', '.join(each) or 'none' for each in verbs)} |"


if __name__ == "__main__":
    print(page(), end="")
