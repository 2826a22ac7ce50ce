"""What mails say, in a desk's own words: one text a kind of mail and language, in place of the default one.

A text is tried before it is kept, with much to tell and with next to nothing. One that fails all the same
when a mail is written is left out of that mail: see writing.py and template_mails.py.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, StaleVersion
from chalicelib.core.versions import Versions
from chalicelib.notifications import mail_defaults, samples
from chalicelib.notifications import template_queries as queries
from chalicelib.notifications.mail_kinds import VARIABLES, Kind, kinds
from chalicelib.notifications.rendering import Rendered
from chalicelib.notifications.texts import LANGUAGES, OwnText
from chalicelib.notifications.trying_out import of_ticket, rendered, require_sound

FIELDS = ("subject", "text", "html")


def listing(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """Every kind of mail with its languages, and every variable that there is."""
    _require_right(actor)
    kept = {(row.kind, row.language): row for row in queries.kept(tx, actor.workspace.id)}
    items = [
        {
            **_facts(kind),
            "variables": kind.offers,
            "languages": [_summary(kind, each, kept.get((name, each))) for each in LANGUAGES],
        }
        for name, kind in kinds().items()
    ]
    return {"items": items, "variables": _variables(VARIABLES)}


def get(tx: Transaction, actor: Actor, name: str, language: str) -> dict[str, Any]:
    """What the mails of a kind say in a language. Raises Forbidden, NotFound."""
    kind = _kind(actor, name, language)
    return _shape(kind, language, queries.template(tx, actor.workspace.id, name, language))


def put(
    tx: Transaction,
    actor: Actor,
    name: str,
    language: str,
    words: Mapping[str, Any],
    if_match: Versions | None,
) -> dict[str, Any]:
    """Keeps a text in place of the default one. `words`: FIELDS.

    Raises Forbidden, NotFound, ValidationFailed with what is wrong where, StaleVersion where `if_match` is
    another version (0 is the default), Conflict where somebody else does the same.
    """
    kind = _kind(actor, name, language)
    own = OwnText(name, language, words["subject"], words["text"], words["html"])
    require_sound(actor, kind, own)
    workspace_id = actor.workspace.id
    row = queries.template(tx, workspace_id, name, language, lock=True)
    _require_version(row, if_match)
    if row is None:
        made_id = queries.add(tx, workspace_id, own)
        if made_id is None:
            raise Conflict("Somebody else has just written this text. Read it and try again.")
        audit(tx, actor, "mail_template.created", ("mail_template", made_id), after=_audited(own))
        return get(tx, actor, name, language)
    before = _audited(queries.own(row))
    if before == _audited(own):
        return _shape(kind, language, row)
    queries.change(tx, workspace_id, row.id, own)
    audit_changes(tx, actor, "mail_template.changed", ("mail_template", row.id), before, _audited(own))
    return get(tx, actor, name, language)


def delete(tx: Transaction, actor: Actor, name: str, language: str, if_match: Versions | None) -> None:
    """From now on the default text is sent. Raises as `put` does, and NotFound where it is sent already."""
    _kind(actor, name, language)
    row = queries.template(tx, actor.workspace.id, name, language, lock=True)
    _require_version(row, if_match)
    if row is None:
        raise NotFound("These mails have the default text already.")
    queries.delete(tx, actor.workspace.id, row.id)
    audit(tx, actor, "mail_template.deleted", ("mail_template", row.id), before=_audited(queries.own(row)))


def preview(
    tx: Transaction,
    actor: Actor,
    name: str,
    language: str,
    words: Mapping[str, str | None],
    ticket_id: UUID | None,
    public_url: str,
) -> Rendered:
    """The mail as it would go out, frame and all, and nothing is sent. `words`: any of FIELDS, in place of
    what is kept; of a ticket that the actor sees, or made up. Raises as `put` does, and NotFound."""
    kind = _kind(actor, name, language)
    row = queries.template(tx, actor.workspace.id, name, language)
    own = queries.own(row) if row else None
    if words:
        shown = own or mail_defaults.default(kind, language)
        html = words.get("html", None if "text" in words else shown.html)
        subject, text = words.get("subject") or shown.subject, words.get("text") or shown.text
        own = OwnText(name, language, subject, text, html)
        require_sound(actor, kind, own)
    facts = of_ticket(tx, actor, kind, ticket_id) if ticket_id else samples.FULL
    return rendered(actor, kind, language, own, facts, public_url)


def _kind(actor: Actor, name: str, language: str) -> Kind:
    _require_right(actor)
    kind = kinds().get(name)
    if kind is None or language not in LANGUAGES:
        raise NotFound("There is no such kind of mail in such a language. GET /v1/mail-templates lists them.")
    return kind


def _require_version(row: Row[Any] | None, if_match: Versions | None) -> None:
    version = row.version if row else 0
    if if_match is not None and version not in if_match:
        raise StaleVersion(f"Somebody has changed this text since: it is at version {version} now.")


def _shape(kind: Kind, language: str, row: Row[Any] | None) -> dict[str, Any]:
    default = mail_defaults.default(kind, language)
    return {
        **_facts(kind),
        **_summary(kind, language, row),
        **_audited(queries.own(row) if row else default),
        "default_html": default.html,
        "variables": _variables(kind.offers),
    }


def _facts(kind: Kind) -> dict[str, Any]:
    told = {"kind": kind.name, "occasion": kind.occasion, "recipient": kind.part}
    return {**told, "for_customers": not kind.is_for_staff}


def _summary(kind: Kind, language: str, row: Row[Any] | None) -> dict[str, Any]:
    return {
        "language": language,
        "overridden": row is not None,
        "version": row.version if row else 0,
        "updated_at": row.updated_at if row else None,
        "failed_at": row.failed_at if row else None,
        "failure": row.failure if row else None,
        "default_subject": mail_defaults.default(kind, language).subject,
        "default_text": mail_defaults.default(kind, language).text,
    }


def _variables(names: Any) -> list[dict[str, str]]:
    return [{"name": name, "about": VARIABLES[name]} for name in names]


def _audited(own: OwnText) -> dict[str, Any]:
    return {"subject": own.subject, "text": own.text, "html": own.html}


def _require_right(actor: Actor) -> None:
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to the texts of mails.")
