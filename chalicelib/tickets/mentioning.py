"""Mentioning: `@` and a name in what the staff writes tells a colleague, if the name is somebody's alone.

In this order, whatever the case: the whole email (`@ana@acme.example`), the whole name (`@Ana Diaz`, or in
brackets `@[Ana Diaz]`), what stands before the `@` of the email, the first name. A name that several answer
to mentions nobody: rather no news than somebody else's.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chalicelib.accounts.permissions import Permission
from chalicelib.tickets import comment_queries
from chalicelib.tickets.draft import Draft
from chalicelib.tickets.markdown_rules import Said

# Where a name ends: not in the middle of a word or an address.
END = re.compile(r"(?![\w@]|[.+-]\w)")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who can be mentioned, with all that they answer to in small letters."""

    id: UUID
    name: str
    email: str

    @property
    def names(self) -> tuple[str, str, str, str]:
        """What they answer to, the surest first."""
        name = small(self.name)
        return self.email, name, self.email.partition("@")[0], name.partition(" ")[0]


def small(text: str) -> str:
    """A text as names are compared: composed, in small letters, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def mentioned(draft: Draft, said: Sequence[Said]) -> list[UUID]:
    """Who is mentioned by what stands behind the `@`s of a comment on this ticket: staff who see it alone,
    and nobody by a customer."""
    if not said or not draft.actor.may(Permission.COMMENTS_MENTION):
        return []
    ticket = {name: draft.get(name) for name in ("team_id", "assignee_id", "requester_id")}
    rows = comment_queries.staff_said(draft.tx, draft.actor, ticket, [small(each.text) for each in said])
    colleagues = [Colleague(row.id, row.name, row.email) for row in rows]
    found = (whom(each, colleagues) for each in said)
    return list(dict.fromkeys(colleague.id for colleague in found if colleague))


def whom(said: Said, colleagues: Iterable[Colleague]) -> Colleague | None:
    """The one who answers to what was said, if it is one alone."""
    text = small(said.text)
    surest: dict[tuple[int, int], list[Colleague]] = {}
    for colleague in colleagues:
        for rank, name in enumerate(colleague.names):
            if name and (
                text == name if said.whole else text.startswith(name) and END.match(text, len(name))
            ):
                surest.setdefault((rank, -len(name)), []).append(colleague)
                break
    found = surest[min(surest)] if surest else []
    return found[0] if len(found) == 1 else None
