"""Anchors: heads of the audit log's chains, kept in a bucket that whoever owns the database cannot reach.

A key is `{workspace}/{10^19 - sequence}.json`: the first of a workspace is its furthest. An attacker who
makes the log shorter cannot make a later anchor count, and no anchor is written over another. Once a person
with the bucket's key has accepted that a log went back with a restored database (local.accept_restore), the
sequence has a hyphen before it, one for each time, which comes before all digits: the anchors of before stay.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import audit_queries, principals
from chalicelib.core import storage
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps

DIGITS = 20
HIGHEST = 10**19

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The entry of this sequence had this hash, 32 bytes, when it was anchored. `restores`: how often the log
    had gone back by then, and somebody had accepted it."""

    sequence: int
    hash: bytes
    anchored_at: datetime
    restores: int = 0

    @classmethod
    def parse(cls, document: bytes) -> "Anchor":
        """What `document` wrote. ValueError or KeyError for anything else."""
        facts = json.loads(document)
        moment = datetime.fromisoformat(facts["anchored_at"])
        restores = int(facts.get("restores", 0))
        return cls(int(facts["sequence"]), bytes.fromhex(facts["hash"]), moment, restores)

    def shape(self) -> dict[str, Any]:
        """As answers show it."""
        return {"sequence": self.sequence, "hash": self.hash.hex(), "anchored_at": self.anchored_at}

    def document(self) -> bytes:
        """As the bucket keeps it."""
        return dumps({**self.shape(), "restores": self.restores}).encode()

    def key(self, workspace_id: UUID) -> str:
        return f"{workspace_id}/{'-' * self.restores}{HIGHEST - self.sequence:0{DIGITS}d}.json"


def latest(bucket: str, workspace_id: UUID, patience: storage.Patience) -> Anchor | None:
    """A workspace's furthest anchor. Unavailable where the bucket does not answer. Never in a transaction."""
    document = storage.first(bucket, f"{workspace_id}/", patience)
    return Anchor.parse(document) if document is not None else None


def anchor(run: Run, bucket: str, head: Row[Any], now: datetime) -> bool:
    """Anchors a head, `workspace_id sequence hash`. Repeating it does no harm.

    False, and nothing anchored, where the log contradicts its furthest anchor: nobody swears to a forgery.
    """
    last = latest(bucket, head.workspace_id, "patient")
    if last is not None:
        known = run(partial(_hash_of, workspace_id=head.workspace_id, sequence=last.sequence))
        if known != last.hash:
            return False
    if last is None or last.sequence < head.sequence:
        made = Anchor(head.sequence, head.hash, now, last.restores if last else 0)
        storage.put_once(bucket, made.key(head.workspace_id), made.document())
    run(partial(_anchored, workspace_id=head.workspace_id, sequence=head.sequence))
    return True


def _hash_of(tx: Transaction, workspace_id: UUID, sequence: int) -> bytes | None:
    principals.enter_system(tx, workspace_id)
    return audit_queries.hash_of(tx, workspace_id, sequence)


def _anchored(tx: Transaction, workspace_id: UUID, sequence: int) -> None:
    principals.enter_system(tx, workspace_id)
    audit_queries.anchored(tx, sequence)
