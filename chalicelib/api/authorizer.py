"""Door: who calls, and which routes that role may call at all. Its own Lambda, outside the VPC, without
database or secret, and with so few imports that it starts at once."""

from functools import lru_cache
from typing import Any

from chalice.app import AuthRequest, Blueprint

import chalicelib.core.cold_start
from chalicelib.accounts.permissions import Role
from chalicelib.api.policy import document
from chalicelib.core.settings import AuthorizerSettings
from chalicelib.core.tokens import InvalidToken, Verifier

bp = Blueprint(__name__)


# API Gateway keeps the answer for a token up to a minute; a demotion or a revoked key counts at once all the
# same, for the first statement of every transaction reads the principal again.
@bp.authorizer(name="authorizer", ttl_seconds=60)  # type: ignore[untyped-decorator]
def authorizer(request: AuthRequest) -> dict[str, Any]:
    """The policy of the token's role, and the token's claims as context, all of them texts.

    Exception("Unauthorized"), the one message that API Gateway turns into 401, for any other header.
    """
    known = verifier()
    scheme, _, token = request.token.partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise InvalidToken("another scheme")
        claims = known.verify(token)
        role = Role(claims.role)
    except (InvalidToken, ValueError):
        raise Exception("Unauthorized") from None
    return {
        "principalId": str(claims.subject),
        "policyDocument": document(role, request.method_arn),
        "context": {
            "sub": str(claims.subject),
            "workspace_id": str(claims.workspace_id),
            "role": role.value,
            "kind": claims.kind.value,
            "jti": str(claims.token_id),
            "exp": str(claims.expires_at),
        },
    }


@lru_cache(maxsize=1)
def verifier() -> Verifier:
    """This sandbox's verifier. SettingsError, and so 500 for every call, where a setting is unfit."""
    settings = AuthorizerSettings.load()
    return Verifier(settings.public_keys, settings.issuer, settings.audience)


# In its own Lambda, keys and libraries load while the sandbox starts: at full speed, before anybody waits.
if __name__ == chalicelib.core.cold_start.HANDLER_MODULE:
    verifier()
chalicelib.core.cold_start.over(__name__)
