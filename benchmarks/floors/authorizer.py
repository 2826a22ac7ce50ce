"""A bare Chalice authorizer with PyJWT and its cryptography: one key, the usual checks, all allowed."""

import json
import os
from base64 import urlsafe_b64decode

import jwt
from chalice import AuthResponse, Chalice
from chalice.app import AuthRequest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

app = Chalice(app_name="floor")
((_, KEY),) = json.loads(os.environ["MESA_TOKEN_PUBLIC_KEYS"]).items()
PUBLIC_KEY = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(KEY + "="))


@app.authorizer()
def authorizer(request: AuthRequest) -> AuthResponse:
    token = request.token.removeprefix("Bearer ")
    claims = jwt.decode(token, PUBLIC_KEY, algorithms=["EdDSA"], issuer="mesa", audience="mesa-api")
    return AuthResponse(routes=["*"], principal_id=claims["sub"], context={"role": claims["role"]})
