"""What an OpenID provider says of itself: read and judged when an administrator saves it.

Sources: OpenID Connect Discovery 1.0, RFC 8414, RFC 9207.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.id_tokens import ALGORITHMS, fits
from chalicelib.accounts.oidc_calls import BASIC, POST, Failed, fetch_keys, get_json
from chalicelib.core.egress import NotCalled
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.settings import ApiSettings
from chalicelib.core.vetting import Refused, target

WELL_KNOWN = "/.well-known/openid-configuration"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a provider says of itself, as far as it is used; `client_authentication` for who has a secret."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    sends_issuer: bool
    client_authentication: str


def discover(settings: ApiSettings, issuer: str) -> Discovered:
    """Reads and checks the provider's own document and keys. Raises ValidationFailed about `issuer`."""
    check_url(settings, issuer, "issuer")
    if "?" in issuer:
        raise ValidationFailed.of("issuer", "An issuer has no query.")
    try:
        document = get_json(settings, issuer.removesuffix("/") + WELL_KNOWN)
    except (Failed, NotCalled) as error:
        raise _unusable(f"Its discovery document cannot be read: {_reason(error)}") from None
    found = _discovered(settings, issuer, document)
    try:
        keys = fetch_keys(settings, found.jwks_uri)
    except (Failed, NotCalled) as error:
        raise _unusable(f"Its keys cannot be read: {_reason(error)}") from None
    if not any(fits(key, algorithm) for key in keys for algorithm in ALGORITHMS):
        raise _unusable(f"It has no key for any of {', '.join(ALGORITHMS)}.")
    return found


def check_url(settings: ApiSettings, url: Any, field: str) -> str:
    """The URL, where it is one that may be called. Raises ValidationFailed."""
    local = LOCAL_HOSTS if settings.on_a_laptop else frozenset[str]()
    if not isinstance(url, str):
        raise _unusable(f"It does not say what its {field} is.")
    try:
        target(url, local)
    except Refused as refused:
        whose = "" if field == "issuer" else f"Its {field}: "
        raise ValidationFailed.of("issuer", f"{whose}{refused}") from None
    return url


def _discovered(settings: ApiSettings, issuer: str, document: Mapping[str, Any]) -> Discovered:
    if document.get("issuer") != issuer:
        raise _unusable("It says that its issuer is another one. Mind a slash at the end.")
    if "code" not in _words(document, "response_types_supported", ["code"]):
        raise _unusable("It does not offer the authorization code flow.")
    if "S256" not in _words(document, "code_challenge_methods_supported", ["S256"]):
        raise _unusable("It does not take PKCE with S256.")
    if not ALGORITHMS.keys() & set(_words(document, "id_token_signing_alg_values_supported", ["RS256"])):
        raise _unusable(f"It signs with none of {', '.join(ALGORITHMS)}.")
    return Discovered(
        issuer,
        check_url(settings, document.get("authorization_endpoint"), "authorization_endpoint"),
        check_url(settings, document.get("token_endpoint"), "token_endpoint"),
        check_url(settings, document.get("jwks_uri"), "jwks_uri"),
        document.get("authorization_response_iss_parameter_supported") is True,
        _authentication(_words(document, "token_endpoint_auth_methods_supported", [BASIC])),
    )


def _authentication(offered: list[str]) -> str:
    return POST if POST in offered and BASIC not in offered else BASIC


def _words(document: Mapping[str, Any], name: str, default: list[str]) -> list[str]:
    found = document.get(name, default)
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []


def _reason(error: Failed | NotCalled) -> str:
    """A sentence; of what was answered it holds the status at most."""
    if isinstance(error, NotCalled):
        return str(error)
    return f"it answers {error}." if str(error).startswith("status") else "it is not what it should be."


def _unusable(sentence: str) -> ValidationFailed:
    return ValidationFailed.of("issuer", f"This provider cannot be used. {sentence}")
