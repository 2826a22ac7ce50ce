"""What an OpenID provider is asked, through the egress function and never inside a transaction: its own
documents, its keys, and a code's tokens.

Sources: RFC 6749 §2.3.1 and §4.1.3, RFC 7636 (PKCE), RFC 7517 (keys).
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from chalicelib.core import egress
from chalicelib.core.egress import Heard, NotCalled
from chalicelib.core.settings import ApiSettings

BASIC, POST = "client_secret_basic", "client_secret_post"
# Of a request's 25 s: a code and its keys take two calls, each with the egress function's own start.
SECONDS = 6.0
MAX_BYTES = 256 * 1024
MAX_KEYS = 100
KEYS_KEPT_SECONDS = 3600.0
MAX_SETS = 200
# What a token endpoint may say is wrong (RFC 6749 §5.2); any other word of it is not repeated.
OAUTH_ERRORS = frozenset(
    {
        *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client"),
        *("unsupported_grant_type", "invalid_scope"),
    }
)

_keys: dict[str, tuple[float, list[dict[str, Any]]]] = {}


class Failed(Exception):
    """The provider gave no answer that can be used. The message is one word, for the audit log."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a code was changed for."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


def exchange(
    settings: ApiSettings,
    provider: Mapping[str, Any],
    client_secret: str | None,
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
) -> Exchanged:
    """Changes a code for tokens. `provider` is a row of oidc_providers. Raises Failed, Unavailable."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    form["code_verifier"] = verifier
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if client_secret is None:
        form["client_id"] = provider["client_id"]
    elif provider["client_authentication"] == POST:
        form |= {"client_id": provider["client_id"], "client_secret": client_secret}
    else:
        pair = f"{quote_plus(provider['client_id'])}:{quote_plus(client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    try:
        heard = egress.call(
            settings.egress_function,
            "POST",
            provider["token_endpoint"],
            headers=headers,
            body=urlencode(form),
            seconds=SECONDS,
            max_bytes=MAX_BYTES,
        )
    except NotCalled as error:
        raise Failed(f"token_endpoint_{error.kind}") from None
    return _exchanged(heard)


def kept_keys(jwks_uri: str) -> list[dict[str, Any]] | None:
    """The provider's keys as this sandbox has read them within the hour; None where it has not."""
    kept = _keys.get(jwks_uri)
    return kept[1] if kept and time.monotonic() - kept[0] < KEYS_KEPT_SECONDS else None


def signing_keys(settings: ApiSettings, jwks_uri: str) -> list[dict[str, Any]]:
    """The provider's keys as they are now. Raises Failed, Unavailable."""
    try:
        return fetch_keys(settings, jwks_uri)
    except NotCalled as error:
        raise Failed(f"keys_{error.kind}") from None


def forget_keys() -> None:
    """Forgets every key, as a new sandbox has."""
    _keys.clear()


def get_json(settings: ApiSettings, url: str) -> dict[str, Any]:
    """A JSON object. Raises Failed, NotCalled, Unavailable."""
    heard = egress.call(
        settings.egress_function,
        "GET",
        url,
        headers={"Accept": "application/json"},
        seconds=SECONDS,
        max_bytes=MAX_BYTES,
    )
    return _json(heard)


def fetch_keys(settings: ApiSettings, jwks_uri: str) -> list[dict[str, Any]]:
    """The provider's keys, which are kept. Raises Failed, NotCalled, Unavailable."""
    found = get_json(settings, jwks_uri).get("keys")
    if not isinstance(found, list) or len(found) > MAX_KEYS:
        raise Failed("keys_malformed")
    keys = [key for key in found if isinstance(key, dict)]
    if len(_keys) >= MAX_SETS:
        _keys.clear()
    _keys[jwks_uri] = (time.monotonic(), keys)
    return keys


def _exchanged(heard: Heard) -> Exchanged:
    if heard.status != 200:
        told = _json(heard, any_status=True).get("error")
        known = isinstance(told, str) and told in OAUTH_ERRORS
        raise Failed(str(told) if known else "token_endpoint_status")
    answer = _json(heard)
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str | None):
        raise Failed("token_endpoint_malformed")
    return Exchanged(id_token, access_token)


def _json(heard: Heard, *, any_status: bool = False) -> dict[str, Any]:
    if heard.status != 200 and not any_status:
        raise Failed(f"status_{heard.status}")
    try:
        document = json.loads(heard.body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        return document
    if any_status:
        return {}
    raise Failed("malformed")
