"""The secrets of webhooks at rest: sealed under a key of their own, which the functions that sign are given;
see accounts/sealing.py."""

from functools import lru_cache
from uuid import UUID

from chalicelib.accounts.sealing import Unsealable, seal, unseal
from chalicelib.core.credentials import WebhookSecret
from chalicelib.core.errors import Unavailable
from chalicelib.core.secrets import SecretUnavailable, get_secret

__all__ = ("Unsealable", "key", "sealed", "unsealed")

PURPOSE = "webhook secret"


@lru_cache(maxsize=1)
def key(arn: str) -> bytes:
    """This sandbox's, read before any transaction. SettingsError where it is weak, Unavailable where it
    cannot be had."""
    try:
        return WebhookSecret.parse(get_secret(arn)).key
    except SecretUnavailable as error:
        raise Unavailable(
            "Webhooks cannot be signed right now. Try again in a moment.", retry_after=2
        ) from error


def sealed(key: bytes, workspace_id: UUID, webhook_id: UUID, secret: bytes) -> bytes:
    """As it is kept: good for this webhook alone."""
    return seal(key, PURPOSE, workspace_id.bytes + webhook_id.bytes, secret)


def unsealed(key: bytes, workspace_id: UUID, webhook_id: UUID, secret: bytes) -> bytes:
    """Raises Unsealable."""
    return unseal(key, PURPOSE, workspace_id.bytes + webhook_id.bytes, bytes(secret))
