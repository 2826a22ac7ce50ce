"""Why what a rule says cannot be done: a sentence for its firing, and for who tries it."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction, is_passing
from chalicelib.core.errors import HelpdeskError
from chalicelib.tickets import acting

log = logging.getLogger(__name__)

MAX_REASON = 500


def prepare(
    tx: Transaction, actor: Actor, actions: Sequence[Mapping[str, Any]], rule_id: Any
) -> tuple[acting.Prepared | None, str | None]:
    """What the actions must look up before the ticket is held, or why they cannot be done any more."""
    try:
        return acting.prepare(tx, actor, actions), None
    except (HelpdeskError, LookupError, TypeError, ValueError) as error:
        return None, why(error, rule_id)


def why(error: Exception, rule_id: Any) -> str:
    """The sentence for what stopped a rule. Raises it where the same may succeed another time."""
    if isinstance(error, HelpdeskError):
        return error.detail[:MAX_REASON]
    if is_passing(error):
        raise error
    log.error("rule failed", exc_info=error, extra={"rule_id": str(rule_id)})
    return "It could not be done, by a fault of the desk itself."
