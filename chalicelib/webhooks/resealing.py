"""Sealing secrets anew, while a key is exchanged: once the newest has sealed all of them, the one before can
go."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.accounts.sealing import mark
from chalicelib.core.db import Transaction
from chalicelib.webhooks import queries
from chalicelib.webhooks.sealed import Keys, Unsealable, sealed, unsealed

LIMIT = 100

Run = Callable[[Callable[[Transaction], Any]], Any]

log = logging.getLogger(__name__)


def reseal(run: Run, keys: Keys) -> int:
    """Seals some of the secrets anew that another key than the newest has sealed, a transaction each; how
    many. Where there is one key alone there is nothing to do."""
    if isinstance(keys, bytes) or len(keys) < 2:
        return 0
    found = run(lambda tx: queries.sealed_otherwise(tx, mark(keys[0]), LIMIT))
    return sum(run(_resealing(row.workspace_id, row.webhook_id, keys)) for row in found)


def _resealing(workspace_id: UUID, webhook_id: UUID, keys: Keys) -> Callable[[Transaction], bool]:
    def anew(secret: bytes) -> bytes:
        return sealed(keys, workspace_id, webhook_id, unsealed(keys, workspace_id, webhook_id, secret))

    def unit(tx: Transaction) -> bool:
        desk = principals.enter_system(tx, workspace_id)
        row = queries.secrets(tx, workspace_id, webhook_id) if desk else None
        if row is None:
            return False
        try:
            previous = anew(row.previous_secret) if row.previous_secret is not None else None
            queries.reseal(tx, workspace_id, webhook_id, anew(row.secret), previous)
        except Unsealable:
            # None of the keys has sealed it: nobody can read it until the secret is rotated.
            log.error("webhook cannot be sealed anew", extra={"webhook_id": str(webhook_id)})
            return False
        return True

    return unit
