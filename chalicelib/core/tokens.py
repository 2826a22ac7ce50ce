"""Signed tokens (JWT, RFC 7519, Ed25519 only) and opaque ones: the one strict wrapper on PyJWT.
The authorizer loads this: nothing but PyJWT and cryptography's Ed25519 beside the standard library. Both
are imported when first needed: most requests to the API sign nothing, so its cold start waits for neither."""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import UUID

from chalicelib.core.keys import encode_base64url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt import PyJWS

API_KEY_PREFIX = "mesa_"
MAX_TOKEN_LENGTH = 4096
CLOCK_LEEWAY_SECONDS = 5

_ALGORITHM = "EdDSA"
_CLAIMS = frozenset({"aud", "exp", "iat", "iss", "jti", "role", "sub", "typ", "workspace_id"})
_ROLE = re.compile(r"[a-z][a-z_]{1,31}")
_OPAQUE_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class InvalidToken(Exception):
    """The token is not one of ours, or no longer valid. Its message is for tests: callers hear only 401."""


class TokenKind(StrEnum):
    """What a signed token is for. Refresh tokens are opaque, so no signed token can pass for one."""

    ACCESS = "access"
    API_KEY = "api_key"


# Seconds between issue and expiry, at most.
LONGEST_LIFE: Mapping[TokenKind, int] = {
    TokenKind.ACCESS: 15 * 60,
    TokenKind.API_KEY: 731 * 24 * 60 * 60,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. `role` is only a word here: the rooms know the roles. Times are Unix seconds."""

    subject: UUID
    workspace_id: UUID
    role: str
    kind: TokenKind
    token_id: UUID
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half. The same claims give the same token: Ed25519 signatures are deterministic."""

    kid: str
    private_key: "Ed25519PrivateKey"

    @classmethod
    def from_seed(cls, kid: str, seed: bytes) -> Self:
        """From the raw 32-byte Ed25519 seed (RFC 8032)."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(kid, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_bytes(self) -> bytes:
        """The raw 32-byte public key, as MESA_TOKEN_PUBLIC_KEYS holds it."""
        return self.private_key.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes the tokens of one issuer for one audience."""

    key: SigningKey
    issuer: str
    audience: str

    def sign(self, claims: Claims) -> str:
        """The token; an API key carries its prefix. ValueError for claims that a Verifier would refuse."""
        payload = {
            "aud": self.audience,
            "exp": claims.expires_at,
            "iat": claims.issued_at,
            "iss": self.issuer,
            "jti": str(claims.token_id),
            "role": claims.role,
            "sub": str(claims.subject),
            "typ": claims.kind.value,
            "workspace_id": str(claims.workspace_id),
        }
        try:
            _read(payload)
        except InvalidToken as error:
            raise ValueError(str(error)) from None
        text = json.dumps(payload, separators=(",", ":")).encode("ascii")
        token = _jws().encode(text, self.key.private_key, algorithm=_ALGORITHM, headers={"kid": self.key.kid})
        return API_KEY_PREFIX + token if claims.kind is TokenKind.API_KEY else token


class Verifier:
    """Checks tokens against one public key, or two during rotation. Keep it: it holds the loaded keys.

    Nothing in the header is believed or even parsed before it is known to be, byte for byte, the header that
    Signer writes for one of the keys: so no `alg`, `crit`, `jku`, `jwk`, `x5u` or `b64` of a stranger counts.
    """

    def __init__(
        self,
        public_keys: Mapping[str, bytes],
        issuer: str,
        audience: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._key_by_header = {
            _header_segment(kid): Ed25519PublicKey.from_public_bytes(raw) for kid, raw in public_keys.items()
        }
        self._jws = _jws()
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Claims:
        """The claims of a genuine token that is valid now; InvalidToken for anything else, whatever it is."""
        from jwt import PyJWTError

        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidToken("too long")
        is_api_key = token.startswith(API_KEY_PREFIX)
        signed = token.removeprefix(API_KEY_PREFIX)
        header, _, rest = signed.partition(".")
        key = self._key_by_header.get(header)
        # PyJWT would tolerate padding on a segment: one token, one spelling.
        if key is None or rest.count(".") != 1 or "=" in rest:
            raise InvalidToken("not three segments under the header of a known key")
        try:
            text = self._jws.decode(signed, key, algorithms=[_ALGORITHM])
            payload = json.loads(text, object_pairs_hook=_distinct)
        except (PyJWTError, ValueError, RecursionError) as error:
            raise InvalidToken(type(error).__name__) from None
        claims = _read(payload)
        if payload["iss"] != self._issuer or payload["aud"] != self._audience:
            raise InvalidToken("issued by or for somebody else")
        if (claims.kind is TokenKind.API_KEY) != is_api_key:
            raise InvalidToken("prefix and typ disagree")
        now = self._clock()
        if claims.expires_at <= now:
            raise InvalidToken("expired")
        if claims.issued_at > now + CLOCK_LEEWAY_SECONDS:
            raise InvalidToken("issued in the future")
        return claims


@lru_cache(maxsize=1)
def _jws() -> "PyJWS":
    import jwt

    return jwt.PyJWS(algorithms=[_ALGORITHM])


def _header_segment(kid: str) -> str:
    header = {"alg": _ALGORITHM, "kid": kid, "typ": "JWT"}
    return encode_base64url(json.dumps(header, separators=(",", ":")).encode("ascii"))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidToken("a name is there twice")
    return found


def _read(payload: Any) -> Claims:
    """The claims of a payload that has exactly the right ones, each of exactly the right type."""
    if not isinstance(payload, dict) or payload.keys() != _CLAIMS:
        raise InvalidToken("claims missing or unknown")
    if not all(isinstance(payload[name], str) for name in _CLAIMS - {"exp", "iat"}):
        raise InvalidToken("a claim is not text")
    issued_at, expires_at = payload["iat"], payload["exp"]
    if type(issued_at) is not int or type(expires_at) is not int:
        raise InvalidToken("iat or exp is not a whole number")
    try:
        kind = TokenKind(payload["typ"])
    except ValueError:
        raise InvalidToken("typ is neither access nor api_key") from None
    if not 0 < issued_at < expires_at <= issued_at + LONGEST_LIFE[kind]:
        raise InvalidToken("lives too long or not at all")
    if not _ROLE.fullmatch(payload["role"]):
        raise InvalidToken("role is not a word")
    return Claims(
        subject=_uuid(payload["sub"]),
        workspace_id=_uuid(payload["workspace_id"]),
        role=payload["role"],
        kind=kind,
        token_id=_uuid(payload["jti"]),
        issued_at=issued_at,
        expires_at=expires_at,
    )


def _uuid(text: str) -> UUID:
    try:
        value = UUID(text)
    except ValueError:
        raise InvalidToken("an id is not a UUID") from None
    if str(value) != text:
        raise InvalidToken("an id is not a UUID in canonical form")
    return value


class OpaqueToken(NamedTuple):
    """A random token, shown once, and the SHA-256 digest that is stored in its place."""

    token: str
    digest: bytes


def new_opaque_token() -> OpaqueToken:
    """256 random bits as 43 base64url characters: refresh tokens, invitations, resets."""
    token = secrets.token_urlsafe(32)
    return OpaqueToken(token, hashlib.sha256(token.encode("ascii")).digest())


def opaque_digest(token: str) -> bytes | None:
    """The stored digest of a token that somebody sent, or None where it cannot be one of ours."""
    if not _OPAQUE_TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode("ascii")).digest()
