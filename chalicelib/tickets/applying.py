"""Applying a macro: its actions done to a ticket, or only tried, so that a page can show what it would do."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.versions import Versions
from chalicelib.models.words import Visibility
from chalicelib.tickets import acting, conversation, macros, views
from chalicelib.tickets.actions import KEPT
from chalicelib.tickets.commenting import Comment
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.preparing import Prepared, rewritten

Texts = Mapping[Visibility, str | None]
SHOWN = ("visibility", "body", "body_html", "mentions")


class _Tried(Exception):
    """The end of a preview, which undoes it."""


def apply(
    tx: Transaction,
    actor: Actor,
    macro_id: UUID,
    ticket_id: UUID,
    texts: Texts,
    version: Versions | None = None,
) -> None:
    """Does it. `texts`: what is written in place of its comments, None for nothing.

    Raises NotFound for the macro or the ticket; Conflict for a macro that is not in use, and for one whose
    actions name what is not there any more, with these as `errors`; StaleVersion; what the verbs raise.
    """
    macro = macros.get(tx, actor, macro_id)
    if not macro["active"]:
        raise Conflict(f"The macro “{macro['name']}” is not in use.")
    draft, _ = _done(tx, actor, macro, ticket_id, texts, version)
    draft.save(counts=bool(draft.values))


def preview(
    tx: Transaction,
    actor: Actor,
    macro_id: UUID,
    ticket_id: UUID,
    texts: Texts,
    version: Versions | None = None,
) -> tuple[Any, dict[str, Any]]:
    """What it would do, right now: the row of the ticket as it would be, with `comments` and `changes`.
    Nothing of it is kept. Raises as `apply` does, but for a macro that is not in use."""
    macro = macros.get(tx, actor, macro_id)
    with suppress(_Tried), tx.attempt():
        draft, made = _done(tx, actor, macro, ticket_id, texts, version)
        written = (conversation.comment(tx, actor, ticket_id, each.id) for each in made if each.id)
        comments = [{name: comment[name] for name in SHOWN} for comment in written]
        draft.save(counts=bool(draft.values))
        row = views.show_changed(tx, actor, ticket_id)
        raise _Tried
    changes = [
        {"action": entry.action, "changes": entry.changes, "meta": _without_macro(entry.meta)}
        for entry in draft.entries
        if entry.action != "commented" and not entry.by_itself
    ]
    return row, {"comments": comments, "changes": changes}


def _without_macro(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in meta.items() if name != "macro"}


def _done(
    tx: Transaction,
    actor: Actor,
    macro: Mapping[str, Any],
    ticket_id: UUID,
    texts: Texts,
    version: Versions | None,
) -> tuple[Draft, tuple[Comment, ...]]:
    try:
        prepared: Prepared = acting.prepare(tx, actor, macro["actions"], KEPT)
        draft = open_draft(tx, actor, ticket_id, version)
        meta = {"macro": {"id": macro["id"], "name": macro["name"]}}
        return draft, acting.apply(draft, rewritten(prepared, texts), meta)
    except ValidationFailed as error:
        # The caller sent nothing that was wrong: the macro has outlived what it names.
        sentence = f"The macro “{macro['name']}” cannot be applied as it is. {error.detail}"
        raise Conflict(sentence, errors=error.errors, **error.facts) from error
