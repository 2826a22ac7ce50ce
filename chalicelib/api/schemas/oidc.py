"""Signing in with an OpenID provider, and the provider's settings, as they come in and go out."""

import re
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.accounts.permissions import Role
from chalicelib.api.schemas.common import ONE_LINE, In, Out, omitted, single_line
from chalicelib.api.schemas.words import RoleWord

# Where a browser of the same machine is sent back to without TLS (RFC 8252 §7.3).
LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
SCOPE = re.compile(r"[!#-\[\]-~]+")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def redirect_uri(text: str) -> str:
    """An address as RFC 6749 §3.1.2 wants it: whole, without a fragment, https but on the own machine."""
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    except ValueError:
        raise ValueError("This is no address to go back to.") from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host.lower() in LOOPBACK)
    if not safe or not host or "@" in parts.netloc or "#" in text or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("Use https (http on 127.0.0.1 or localhost), without user and fragment.")
    return text


def scopes(words: list[str]) -> list[str]:
    """The scopes to ask for; `openid` always is (OpenID Connect Core §3.1.2.1)."""
    if not all(SCOPE.fullmatch(word) for word in words):
        raise ValueError("Scopes are words without spaces.")
    return list(dict.fromkeys(["openid", *words]))


def domains(names: list[str]) -> list[str]:
    """Domains of emails, in lower case."""
    lower = [name.lower() for name in names]
    if not all(DOMAIN.fullmatch(name) for name in lower):
        raise ValueError("These are domains such as acme.example.")
    return list(dict.fromkeys(lower))


Plain = Annotated[str, StringConstraints(min_length=1, max_length=255), ONE_LINE]
# A key whose pattern is shown would leave others to any value.
ClaimValue = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(single_line)]
Issuer = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    ONE_LINE,
    Field(json_schema_extra={"format": "uri"}),
]
RedirectUri = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    AfterValidator(redirect_uri),
    Field(json_schema_extra={"format": "uri"}),
]
Secret = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    ONE_LINE,
    Field(json_schema_extra={"format": "password"}),
]
Scopes = Annotated[list[Plain], Field(max_length=20), AfterValidator(scopes)]
Domains = Annotated[list[Plain], Field(max_length=50), AfterValidator(domains)]
Opaque = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ProviderPatch(In):
    """What changes of the provider; only the fields that are sent. The first time `issuer`, `client_id` and
    `redirect_uris` are needed. With `issuer` the provider's discovery document is read anew; another one
    forgets the secret. `role_claim` is a claim's name, or a path with dots."""

    issuer: Issuer = omitted()
    client_id: Plain = omitted()
    client_secret: Secret | None = None
    redirect_uris: Annotated[list[RedirectUri], Field(min_length=1, max_length=10)] = omitted()
    scopes: Scopes = omitted()
    role_claim: Plain | None = None
    role_mapping: Annotated[dict[ClaimValue, RoleWord], Field(max_length=100)] = omitted()
    default_role: RoleWord | None = None
    create_users: bool = omitted()
    email_domains: Domains = omitted()
    email_verified_claim: Plain = omitted()
    enabled: bool = omitted()


class ProviderOut(Out):
    """`sends_issuer`: the provider names itself in its answers (RFC 9207)."""

    issuer: str
    client_id: str
    has_client_secret: bool
    redirect_uris: list[str]
    scopes: list[str]
    role_claim: str | None
    role_mapping: dict[str, Role]
    default_role: Role | None
    create_users: bool
    email_domains: list[str]
    email_verified_claim: str
    enabled: bool
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    sends_issuer: bool
    discovered_at: datetime
    created_at: datetime
    updated_at: datetime


class OidcStartIn(In):
    """`workspace` is a slug. Without a `redirect_uri` it is the first that the workspace allows."""

    workspace: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    redirect_uri: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class OidcStarted(Out):
    """Send the browser to `authorization_url`; keep `state` and `binding` where no other site reads them."""

    authorization_url: str
    state: str
    binding: str
    expires_in: Literal[600]


class OidcFinishIn(In):
    """`code`, `state` and `iss` as the provider sent them to the redirect URI, `binding` as it was kept."""

    state: Opaque
    code: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    binding: Opaque
    iss: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
