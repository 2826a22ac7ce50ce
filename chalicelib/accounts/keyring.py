"""What signs tokens and keys passwords: the signing secret, read once a sandbox, before a transaction."""

from dataclasses import dataclass
from functools import lru_cache

from chalicelib.core.credentials import SigningSecret
from chalicelib.core.errors import Unavailable
from chalicelib.core.secrets import SecretUnavailable, get_secret
from chalicelib.core.settings import ApiSettings
from chalicelib.core.tokens import Signer, SigningKey


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The signer of tokens, the pepper of passwords, bcrypt's cost, and what seals before the pepper."""

    signer: Signer
    pepper: bytes
    bcrypt_cost: int
    sealing_keys: tuple[bytes, ...] = ()

    @property
    def sealing(self) -> tuple[bytes, ...]:
        """What secrets are sealed with, the newest first. The pepper opens what it once sealed."""
        return (*self.sealing_keys, self.pepper)


@lru_cache(maxsize=1)
def keyring(settings: ApiSettings) -> Keyring:
    """This sandbox's keyring. SettingsError where the secret is weak, Unavailable where it cannot be had."""
    try:
        secret = SigningSecret.parse(get_secret(settings.signing_secret_arn))
    except SecretUnavailable as error:
        raise Unavailable(
            "Nobody can be signed in right now. Try again in a moment.", retry_after=2
        ) from error
    signer = Signer(SigningKey.from_seed(secret.kid, secret.seed), settings.issuer, settings.audience)
    return Keyring(signer, secret.pepper, settings.bcrypt_cost, secret.sealing_keys)
