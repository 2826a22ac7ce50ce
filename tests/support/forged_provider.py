"""An OpenID provider of the tests' own: honest until a test makes it lie. For what a real one never says."""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.stranger import Asked, Stranger, Told

CLIENT, SECRET, BACK = "mesa-client", "a secret of the provider's", "https://desk.acme.example/back"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
_RSA = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
_WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 (for refusing it)


def key_for(algorithm: str, number: int = 0) -> Key:
    """A private key; the first two of RSA are always the same, for they take long to make."""
    if algorithm == "RS256":
        return _RSA[number]
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else Ed25519PrivateKey.generate()


def weak_key() -> Key:
    return _WEAK


def jwk(key: Key, kid: str | None, **more: Any) -> dict[str, Any]:
    """The public half as an entry of a JWK Set."""
    algorithm = {
        rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
        Ed25519PrivateKey: jwt.algorithms.OKPAlgorithm,
    }
    kind = next(made for known, made in algorithm.items() if isinstance(key, known))
    told: dict[str, Any] = json.loads(kind.to_jwk(key.public_key()))
    return {**told, **({"kid": kid} if kid else {}), "use": "sig", **more}


class Provider(Stranger):
    """`person` is who signs in; `claims`, `header`, `document` and `answer` are added to what it says, None
    takes away. `redeemed` is what the token endpoint was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.algorithm, self.kid = "RS256", "one"
        self.key: Any = key_for("RS256")
        self.keys = [jwk(self.key, self.kid)]
        self.person: dict[str, Any] = {"sub": "s-1", "email": "ana@acme.example", "email_verified": True}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.status = 200
        self.redeemed: list[dict[str, str]] = []
        self.sign: Callable[[dict[str, Any], dict[str, Any]], str] = self._sign
        self.asked: dict[str, str] = {}
        self.routes = {
            "/.well-known/openid-configuration": lambda _: self._json(self.discovery()),
            "/jwks": lambda _: self._json({"keys": self.keys}),
            "/token": self._token,
        }

    @property
    def issuer(self) -> str:
        return self.url

    def discovery(self) -> dict[str, Any]:
        return present(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize?from=mesa",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
                "code_challenge_methods_supported": ["S256"],
                **self.document,
            }
        )

    def authorize(self, url: str) -> dict[str, str]:
        """The person signs in there; what the browser carries back."""
        assert url.startswith(f"{self.url}/authorize?from=mesa&")
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        return {"state": self.asked["state"], "code": f"code-{len(self.redeemed)}"}

    def id_token(self, access_token: str) -> str:
        now = int(time.time())
        claims = present(
            {
                "iss": self.url,
                "aud": CLIENT,
                "exp": now + 300,
                "iat": now,
                "nonce": self.asked.get("nonce"),
                "at_hash": at_hash(access_token, self.algorithm),
                **self.person,
                **self.claims,
            }
        )
        return self.sign(claims, present({"kid": self.kid, **self.header}))

    def _sign(self, claims: dict[str, Any], header: dict[str, Any]) -> str:
        # Past PyJWT's own checks of what it is asked to sign.
        return jwt.PyJWS().encode(json.dumps(claims).encode(), self.key, self.algorithm, header)

    def _token(self, asked: Asked) -> Told:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        self.redeemed.append({**form, "authorization": asked.headers.get("authorization", "")})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if challenge.rstrip(b"=").decode() != self.asked.get("code_challenge"):
            return self._json({"error": "invalid_grant"}, 400)
        said = {"access_token": "at-1", "token_type": "Bearer", "id_token": self.id_token("at-1")}
        return self._json(present({**said, **self.answer}), self.status)

    def _json(self, document: Any, status: int = 200) -> Told:
        return Told(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def at_hash(access_token: str, algorithm: str) -> str:
    digest = hashlib.new("sha512" if algorithm == "EdDSA" else "sha256", access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def specimen_of_a_provider(asked: Asked) -> Told:
    """What the egress function hears of a provider at any address: its document, or its one key."""
    url = json.loads(asked.body)["url"]
    issuer = url.removesuffix("/.well-known/openid-configuration")
    document = {"keys": [jwk(key_for("RS256"), "one")]}
    if issuer != url:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        document = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}}
    body = base64.b64encode(json.dumps(document).encode()).decode()
    return Told(body=json.dumps({"status": 200, "headers": {}, "body": body}).encode())
