"""The secrets of webhooks at rest: sealed under keys of their own, which the functions that sign are given;
see accounts/sealing.py."""

from functools import lru_cache
from uuid import UUID

from chalicelib.accounts.sealing import Keys, Unsealable, seal, unseal
from chalicelib.core.credentials import WebhookSecret
from chalicelib.core.errors import Unavailable
from chalicelib.core.secrets import SecretUnavailable, get_secret

__all__ = ("Keys", "Unsealable", "keys", "sealed", "unsealed")

PURPOSE = "webhook secret"


@lru_cache(maxsize=1)
def keys(arn: str) -> tuple[bytes, ...]:
    """This sandbox's, the newest first, read before any transaction. SettingsError where one is weak,
    Unavailable where they cannot be had."""
    try:
        return WebhookSecret.parse(get_secret(arn)).keys
    except SecretUnavailable as error:
        raise Unavailable(
            "Webhooks cannot be signed right now. Try again in a moment.", retry_after=2
        ) from error


def sealed(keys: Keys, workspace_id: UUID, webhook_id: UUID, secret: bytes) -> bytes:
    """As it is kept: good for this webhook alone."""
    return seal(keys, PURPOSE, workspace_id.bytes + webhook_id.bytes, secret)


def unsealed(keys: Keys, workspace_id: UUID, webhook_id: UUID, secret: bytes) -> bytes:
    """Raises Unsealable."""
    return unseal(keys, PURPOSE, workspace_id.bytes + webhook_id.bytes, bytes(secret))
