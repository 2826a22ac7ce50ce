"""ID tokens of an OpenID provider: genuine, for us, for this sign-in, now. Pure: keys and time come along.

Sources: OpenID Connect Core 1.0 §3.1.3.7 (checks), §3.1.3.6 (at_hash); RFC 7517 (keys); RFC 8725 (JWT best
current practices).
"""

import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.core.keys import encode_base64url

if TYPE_CHECKING:
    from jwt import PyJWK

# Asymmetric only: what checks a signature here can make none. The key's type goes with the algorithm.
ALGORITHMS: Mapping[str, tuple[str, str | None, str]] = {
    "RS256": ("RSA", None, "sha256"),
    "ES256": ("EC", "P-256", "sha256"),
    "EdDSA": ("OKP", "Ed25519", "sha512"),
}
LEEWAY_SECONDS = 60
# A token is issued when its code is changed for it; one that is older was not issued for this sign-in.
OLDEST_SECONDS = 600
MAX_LENGTH = 32_768
MIN_RSA_BITS = 2048
MAX_SUBJECT = 255


class Untrusted(Exception):
    """The token is not to be believed. The message is one word, for the audit log."""


class UnknownKey(Untrusted):
    """None of the keys is the one that the token names: they may have been rotated."""


def verify(
    token: str,
    keys: Sequence[Mapping[str, Any]],
    *,
    issuer: str,
    client_id: str,
    nonce_digest: bytes,
    access_token: str | None,
    now: float,
) -> dict[str, Any]:
    """The claims. `keys` are the entries of the provider's JWK Set. Raises UnknownKey, Untrusted."""
    algorithm, claims = _genuine(token, keys)
    _check_parties(claims, issuer, client_id)
    _check_times(claims, now)
    _check_nonce(claims, nonce_digest)
    if "at_hash" in claims:
        _check_at_hash(claims["at_hash"], access_token, ALGORITHMS[algorithm][2])
    return claims


def _genuine(token: str, keys: Sequence[Mapping[str, Any]]) -> tuple[str, dict[str, Any]]:
    """The algorithm, and the claims that one of the keys has signed; whether they are for us is not said."""
    import jwt  # whoever signs in otherwise never needs it

    if len(token) > MAX_LENGTH or token.count(".") != 2:
        raise Untrusted("malformed")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Untrusted("malformed") from None
    algorithm = str(header.get("alg"))
    # PyJWT knows no critical extension and refuses all of them.
    if algorithm not in ALGORITHMS or header.get("typ", "JWT") not in ("JWT", "jwt"):
        raise Untrusted("algorithm")
    key = _key(keys, algorithm, header.get("kid"))
    try:
        claims: dict[str, Any] = jwt.PyJWT().decode(
            token,
            key.key,
            algorithms=[algorithm],
            options={
                "require": ["aud", "exp", "iat", "iss", "sub"],
                # Times are ours to check: by the clock that is passed in.
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_iss": False,
                "verify_nbf": False,
            },
        )
    except jwt.InvalidSignatureError:
        raise Untrusted("signature") from None
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise Untrusted("malformed") from None
    return algorithm, claims


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, kid: Any) -> "PyJWK":
    """The one key that fits; a token without a key id needs a set that leaves no choice."""
    from jwt import PyJWK, PyJWTError

    fitting = [key for key in keys if fits(key, algorithm) and (kid is None or key.get("kid") == kid)]
    if not fitting:
        raise UnknownKey("key")
    if len(fitting) > 1:
        raise Untrusted("key")
    try:
        key = PyJWK(dict(fitting[0]), algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):
        raise Untrusted("key") from None
    if getattr(key.key, "key_size", MIN_RSA_BITS) < MIN_RSA_BITS and algorithm == "RS256":
        raise Untrusted("key")
    return key


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key of a set is one that signs with this algorithm."""
    kind, curve, _ = ALGORITHMS[algorithm]
    operations = key.get("key_ops")
    return (
        key.get("kty") == kind
        and (curve is None or key.get("crv") == curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
    )


def _check_parties(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    if claims["iss"] != issuer:
        raise Untrusted("issuer")
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if client_id not in audiences:
        raise Untrusted("audience")
    # With others named beside us, whose it is must be said; said, it must be us.
    if claims.get("azp", None if len(audiences) > 1 else client_id) != client_id:
        raise Untrusted("audience")
    subject = claims["sub"]
    if not (isinstance(subject, str) and 0 < len(subject) <= MAX_SUBJECT and subject.isprintable()):
        raise Untrusted("subject")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
    if not all(isinstance(time, int | float) and math.isfinite(time) for time in times):
        raise Untrusted("malformed")
    expires_at, issued_at, not_before = times
    if expires_at <= now - LEEWAY_SECONDS or issued_at < now - OLDEST_SECONDS - LEEWAY_SECONDS:
        raise Untrusted("expired")
    if max(issued_at, not_before) > now + LEEWAY_SECONDS:
        raise Untrusted("not_yet")


def _check_nonce(claims: Mapping[str, Any], digest: bytes) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str):
        raise Untrusted("nonce")
    if not hmac.compare_digest(hashlib.sha256(nonce.encode("utf-8", "replace")).digest(), digest):
        raise Untrusted("nonce")


def _check_at_hash(told: Any, access_token: str | None, algorithm: str) -> None:
    if access_token is None or not isinstance(told, str):
        raise Untrusted("at_hash")
    digest = hashlib.new(algorithm, access_token.encode("utf-8", "replace")).digest()
    if not hmac.compare_digest(
        told.encode("utf-8", "replace"), encode_base64url(digest[: len(digest) // 2]).encode()
    ):
        raise Untrusted("at_hash")
