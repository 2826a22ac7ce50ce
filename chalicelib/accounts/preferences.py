"""Preferences: what of all there is to tell a person wants to have mailed. Everything, until they say so.

What must be known is no preference: mails about accounts, and what becomes of webhooks.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from chalicelib.accounts import preference_queries
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden
from chalicelib.models.words import Cadence, Preference

NOTHING: Mapping[str, str] = MappingProxyType({})


def show(tx: Transaction, actor: Actor) -> dict[str, Any]:
    """The actor's own: for each preference whether it is mailed, and when mails about watched tickets come in
    one. Raises Forbidden for an API key."""
    if actor.user_id is None:
        raise Forbidden("Only users have preferences.")
    muted, digest = preference_queries.standing(tx, actor.workspace.id, actor.user_id)
    mail = {preference.value: preference not in muted for preference in Preference}
    return {"mail": mail, "digests": {"watched": digest or Cadence.WHEN_BUSY}}


def change(
    tx: Transaction, actor: Actor, mail: Mapping[str, bool], digests: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """`mail`, `digests`: those that change, by name. They hold for what is told from now on; what waits keeps
    its time. Raises as `show` does."""
    if digests and actor.user_id is not None:
        cadence = digests["watched"]
        chosen = None if cadence == Cadence.WHEN_BUSY else cadence
        preference_queries.gather(tx, actor.workspace.id, actor.user_id, chosen)
    if mail and actor.user_id is not None:
        off = [name for name, wanted in mail.items() if not wanted]
        on = [name for name, wanted in mail.items() if wanted]
        preference_queries.mute(tx, actor.workspace.id, actor.user_id, off=off, on=on)
    return show(tx, actor)
