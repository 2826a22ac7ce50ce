"""Secrets, fetched once a sandbox by one SigV4-signed GetSecretValue, without boto3.
Standard library only."""

import http.client
import json
import os
import random
import time
from collections.abc import Mapping
from typing import Any

from chalicelib.core.sigv4 import Credentials, NotConfigured, Service, post

_SERVICE = "secretsmanager"
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "secretsmanager.GetSecretValue",
}
_TIMEOUT_SECONDS = 2.0
_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.1
_PASSING_FAULTS = ("InternalServiceError", "RequestLimitExceeded", "ThrottlingException")
_MAX_ANSWER_BYTES = 256 * 1024
_REFETCH_SECONDS = 5.0

_cache: dict[str, tuple[float, dict[str, Any]]] = {}


class SecretUnavailable(Exception):
    """Secrets Manager did not give the secret. The message names the secret and the reason, never a value."""


class _NoSuchVersion(SecretUnavailable):
    """There is no such secret, or no version of it with this label."""


def get_secret(arn: str) -> dict[str, Any]:
    """The JSON object that a secret holds; one call to AWS a sandbox. SecretUnavailable where that fails."""
    kept = _cache.get(arn)
    if kept is None:
        kept = _cache[arn] = (time.monotonic(), _fetch(arn, os.environ))
    return kept[1]


def pending_secret(arn: str) -> dict[str, Any] | None:
    """What a rotation is about to put in the secret's place, or has just put there; None where there is none.
    Asked for anew each time."""
    try:
        return _fetch(arn, os.environ, "AWSPENDING")
    except _NoSuchVersion:
        return None


def forget_secret(arn: str) -> None:
    """Drops a copy that has just been refused, so that the next get_secret reads the rotated one.

    A copy younger than 5 seconds stays: a burst of refused log-ins asks AWS once, not once a request.
    """
    kept = _cache.get(arn)
    if kept is not None and time.monotonic() - kept[0] >= _REFETCH_SECONDS:
        _cache.pop(arn, None)


def empty_cache() -> None:
    """Forgets every secret, as a new sandbox has."""
    _cache.clear()


def _fetch(arn: str, environ: Mapping[str, str], stage: str = "AWSCURRENT") -> dict[str, Any]:
    try:
        service = Service.of(_SERVICE, "SECRETS_MANAGER", environ)
        credentials = Credentials.of(environ)
    except NotConfigured as error:
        raise SecretUnavailable(str(error)) from None
    body = json.dumps({"SecretId": arn, "VersionStage": stage}).encode("ascii")
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))  # noqa: S311 (spreads retries)
        try:
            status, answer = _post(service, credentials, body)
        except (OSError, http.client.HTTPException) as error:
            reason = type(error).__name__
            continue
        if status == 200:
            return _content(answer, arn)
        fault = str(answer.get("__type", "")).rpartition("#")[2]
        reason = f"{status} {fault}".strip()
        if status < 500 and status != 429 and fault not in _PASSING_FAULTS:
            break
    kind = _NoSuchVersion if reason.endswith("ResourceNotFoundException") else SecretUnavailable
    raise kind(f"Secrets Manager did not give {arn}: {reason}.")


def _content(answer: Mapping[str, Any], arn: str) -> dict[str, Any]:
    try:
        content = json.loads(answer["SecretString"])
    except (KeyError, TypeError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise SecretUnavailable(f"The secret {arn} does not hold a JSON object.")
    return content


def _post(service: Service, credentials: Credentials, body: bytes) -> tuple[int, dict[str, Any]]:
    """One signed call; OSError or HTTPException where it fails. An answer without a JSON object is {}."""
    told = post(
        service, credentials, "/", _HEADERS, body, seconds=_TIMEOUT_SECONDS, max_bytes=_MAX_ANSWER_BYTES
    )
    try:
        answer = json.loads(told.body)
    except ValueError:
        answer = None
    return told.status, answer if isinstance(answer, dict) else {}
