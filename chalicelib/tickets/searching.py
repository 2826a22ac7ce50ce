"""Searching: what was typed as fn_search takes it, and what was found as pages show it."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.json_text import dumps
from chalicelib.tickets.visibility import visible_to

# A number, a label, or a label without its year: 42, #42, TKT-2026-00042, tkt-42.
NAMED = re.compile(r"(#)?(?:([a-z][a-z0-9]{0,9})-)?(?:(\d{4})-)?(\d{1,18})", re.ASCII | re.IGNORECASE)
# What fn_search_scope knows of the conditions of a list.
NARROWING = frozenset(
    {
        *("status", "priority", "type", "assignee", "unassigned", "team", "teams", "requester"),
        *("organisation", "tag", "archived", "not_archived", "created_after", "created_before"),
        *("updated_after", "updated_before", "due_before"),
    }
)
# Between these fn_search_marks puts what was found.
BEGIN, END = "\ue000", "\ue001"


def asked(actor: Actor, typed: str, conditions: Mapping[str, Any]) -> str:
    """The argument of fn_search, as JSON: what was typed, who looks, and what else the list asks for."""
    only = {name: value for name, value in conditions.items() if name in NARROWING}
    return dumps({"words": typed, **_named(typed), **_who(actor), "only": only})


def looking(actor: Actor) -> str:
    """The part of it that says who looks, as fn_similar takes it."""
    return dumps(_who(actor))


def _who(actor: Actor) -> dict[str, Any]:
    _, seen = visible_to(actor)
    names = {"actor_id": "person", "own_teams": "teams", "own_organisation": "organisation"}
    staff = actor.may(Permission.TICKETS_READ_INTERNAL)
    return {"staff": staff, **{names[name]: value for name, value in seen.items()}}


def _named(typed: str) -> dict[str, Any]:
    """The ticket that is named, if one is. What is a number alone may stand in a text too."""
    match = NAMED.fullmatch(typed.strip())
    if match is None:
        return {}
    sign, prefix, year, number = match.groups()
    if prefix is None:
        if year is not None:
            return {}
        return {"number": int(number), **({"words": None} if sign else {})}
    if year is not None:
        return {"label": f"{prefix.upper()}-{year}-{int(number):05d}"}
    return {"number": int(number), "prefix": prefix.upper()}


def highlights(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What fn_search_highlights found, as `field comment_id snippet`: HTML in which nothing but `<mark>` is
    markup."""
    return [
        {"field": each["field"], "comment_id": each["comment_id"], "snippet": snippet(each)} for each in found
    ]


def snippet(found: Mapping[str, Any]) -> str:
    """A part of a text as it was written, escaped, with marks where its folded form has them."""
    marked, said = found["marked"], found["said"]
    parts = re.split(f"[{BEGIN}{END}]", marked)
    if said is None or len(said) != sum(map(len, parts)):
        said = "".join(parts)
    shown, place = [], 0
    for number, part in enumerate(parts):
        piece = escape(said[place : place + len(part)])
        shown.append(f"<mark>{piece}</mark>" if number % 2 else piece)
        place += len(part)
    text = re.sub(r"\s+", " ", "".join(shown)).strip()
    return f"{'' if found['begins'] else '… '}{text}{'' if found['ends'] else ' …'}"
