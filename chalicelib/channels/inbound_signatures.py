"""Whether a call of a webhook in is signed with its integration's secret, now: as Standard Webhooks has it,
or as Grafana does by itself."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.sealing import Keys, Unsealable, unseal
from chalicelib.channels.integrations import PURPOSE, place
from chalicelib.core import standard_webhooks
from chalicelib.core.errors import Unauthenticated
from chalicelib.core.standard_webhooks import NotSigned
from chalicelib.models.words import IntegrationKind

GRAFANA_SIGNATURE, GRAFANA_TIME = "x-grafana-alerting-signature", "x-grafana-alerting-timestamp"


def message_of(integration: Any, actor: Actor, sealing: Keys, headers: Mapping[str, str], raw: bytes) -> str:
    """The id of the message, which may come once. `integration`: with `secret previous_secret`, sealed; the
    rest as inbound.receive has it. Raises Unauthenticated."""
    where = place(actor.workspace.id, integration.id)
    sealed = [integration.secret, integration.previous_secret]
    try:
        keys = [unseal(sealing, PURPOSE, where, bytes(each)) for each in sealed if each is not None]
    except Unsealable:
        raise Unauthenticated("The secret of this integration is void. Rotate it.") from None
    now = actor.now.timestamp()
    try:
        if integration.kind == IntegrationKind.GRAFANA and GRAFANA_SIGNATURE in headers:
            return _by_grafana(headers, raw, keys, now)
        return standard_webhooks.check(headers, raw, keys, now)
    except NotSigned as error:
        raise Unauthenticated(str(error)) from None


def _by_grafana(headers: Mapping[str, str], raw: bytes, keys: Sequence[bytes], now: float) -> str:
    """Grafana's own signature, with its time: HMAC-SHA-256 over `timestamp:body`, as hexadecimal digits, by
    the secret as it is written. It names no message, so the signature does.

    Source: Grafana, "Configure webhook notifications", HMAC signature.
    """
    timestamp = standard_webhooks.recent(headers.get(GRAFANA_TIME, ""), now, GRAFANA_TIME)
    given = headers[GRAFANA_SIGNATURE].lower()
    signed = timestamp.encode() + b":" + raw
    fits = [
        hmac.compare_digest(
            hmac.new(standard_webhooks.written(key).encode(), signed, hashlib.sha256).hexdigest().encode(),
            given.encode("ascii", "replace"),
        )
        for key in keys
    ]
    if not any(fits):
        raise NotSigned("The signature does not fit. Grafana signs with the secret as it is written.")
    return f"grafana {given}"
