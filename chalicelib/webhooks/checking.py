"""What a webhook may be: where it may lead, which events there are, and what its secret must be."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core import standard_webhooks
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, NotFound, ValidationFailed
from chalicelib.core.vetting import Refused, target
from chalicelib.webhooks import queries
from chalicelib.webhooks.catalogue import ALL, KINDS, needs_internal


def secret(given: str | None) -> bytes:
    """What people sent, or a new one. Raises ValidationFailed."""
    if given is None:
        return standard_webhooks.new_secret()
    try:
        return standard_webhooks.read(given)
    except ValueError as error:
        raise ValidationFailed.of("secret", str(error)) from None


def check(
    tx: Transaction,
    actor: Actor,
    facts: Mapping[str, Any],
    new_teams: Collection[UUID],
    local_hosts: Collection[str],
) -> None:
    """`facts` as they would be. Raises ValidationFailed, and NotFound for a new team."""
    try:
        target(facts["url"], local_hosts)
    except Refused as refused:
        raise ValidationFailed.of("url", str(refused)) from None
    if problem := _problem(facts["events"], facts["include_internal"]):
        raise ValidationFailed(problem.message, errors=[problem])
    wanted = set(new_teams)
    if wanted and queries.count_teams(tx, actor.workspace.id, wanted) < len(wanted):
        told = "There is no such team."
        raise NotFound(told, errors=[FieldProblem("filters.teams", "VALIDATION_ERROR", told)])


def _problem(events: list[str], include_internal: bool) -> FieldProblem | None:
    def at(index: int, sentence: str) -> FieldProblem:
        return FieldProblem(f"events.{index}", "VALIDATION_ERROR", sentence)

    for index, type in enumerate(events):
        if type == ALL and len(events) > 1:
            return at(index, "`*` stands for all events, and alone.")
        if type != ALL and type not in KINDS:
            return at(index, "There are no events of this type. GET /v1/webhooks/event-types lists them.")
        if needs_internal(type) and not include_internal:
            return at(index, "Events of this type are internal: they need `include_internal`.")
    return None


def place(url: str) -> str:
    """Whose address it is, and a digest that tells one from another. A path may be as good as a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc} ({hashlib.sha256(url.encode()).hexdigest()[:12]})"
