"""Secrets, fetched once a sandbox by one SigV4-signed GetSecretValue, without boto3.
Standard library only. Source: AWS Signature Version 4, as botocore's signer makes it."""

import hashlib
import hmac
import http.client
import json
import os
import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

_SERVICE = "secretsmanager"
_TIMEOUT_SECONDS = 2.0
_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.1
_PASSING_FAULTS = ("InternalServiceError", "RequestLimitExceeded", "ThrottlingException")
_MAX_ANSWER_BYTES = 256 * 1024
_REFETCH_SECONDS = 5.0

_cache: dict[str, tuple[float, dict[str, Any]]] = {}


class SecretUnavailable(Exception):
    """Secrets Manager did not give the secret. The message names the secret and the reason, never a value."""


def get_secret(arn: str) -> dict[str, Any]:
    """The JSON object that a secret holds; one call to AWS a sandbox. SecretUnavailable where that fails."""
    if arn not in _cache:
        _cache[arn] = (time.monotonic(), _fetch(arn, os.environ))
    return _cache[arn][1]


def forget_secret(arn: str) -> None:
    """Drops a copy that has just been refused, so that the next get_secret reads the rotated one.

    A copy younger than 5 seconds stays: a burst of refused log-ins asks AWS once, not once a request.
    """
    if arn in _cache and time.monotonic() - _cache[arn][0] >= _REFETCH_SECONDS:
        del _cache[arn]


def empty_cache() -> None:
    """Forgets every secret, as a new sandbox has."""
    _cache.clear()


@dataclass(frozen=True, slots=True, repr=False)
class _Credentials:
    access_key: str
    secret_key: str
    session_token: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            if not environ.get(name):
                raise SecretUnavailable(f"{name} is not set.")
        token = environ.get("AWS_SESSION_TOKEN", "")
        return cls(environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], token)


def _fetch(arn: str, environ: Mapping[str, str]) -> dict[str, Any]:
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise SecretUnavailable("AWS_REGION is not set.")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    endpoint = (
        environ.get("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        or environ.get("AWS_ENDPOINT_URL")
        or f"https://{_SERVICE}.{region}.{suffix}"
    )
    credentials = _Credentials.of(environ)
    body = json.dumps({"SecretId": arn}).encode("ascii")
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))  # noqa: S311 (spreads retries)
        try:
            status, answer = _post(endpoint, region, credentials, body)
        except (OSError, http.client.HTTPException) as error:
            reason = type(error).__name__
            continue
        if status == 200:
            return _content(answer, arn)
        fault = str(answer.get("__type", "")).rpartition("#")[2]
        reason = f"{status} {fault}".strip()
        if status < 500 and status != 429 and fault not in _PASSING_FAULTS:
            break
    raise SecretUnavailable(f"Secrets Manager did not give {arn}: {reason}.")


def _content(answer: Mapping[str, Any], arn: str) -> dict[str, Any]:
    try:
        content = json.loads(answer["SecretString"])
    except (KeyError, TypeError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise SecretUnavailable(f"The secret {arn} does not hold a JSON object.")
    return content


def _post(endpoint: str, region: str, credentials: _Credentials, body: bytes) -> tuple[int, dict[str, Any]]:
    """One signed call; OSError or HTTPException where it fails. An answer without a JSON object is {}."""
    url = urlsplit(endpoint)
    host, port = url.hostname or "", url.port
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
        connection = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_SECONDS, context=trusted)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    headers = _signed_headers(url.netloc, region, credentials, body, datetime.now(UTC))
    try:
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        answer = json.loads(response.read(_MAX_ANSWER_BYTES))
    except ValueError:
        answer = None
    finally:
        connection.close()
    return response.status, answer if isinstance(answer, dict) else {}


def _signed_headers(
    host: str, region: str, credentials: _Credentials, body: bytes, moment: datetime
) -> dict[str, str]:
    """The headers of POST / on `host`, Authorization among them."""
    timestamp = moment.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": host,
        "X-Amz-Date": timestamp,
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    if credentials.session_token:
        headers["X-Amz-Security-Token"] = credentials.session_token
    canonical = sorted((name.lower(), value) for name, value in headers.items())
    names = ";".join(name for name, _ in canonical)
    lines = "".join(f"{name}:{value}\n" for name, value in canonical)
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{timestamp[:8]}/{region}/{_SERVICE}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"{credentials.access_key}/{scope}"
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    )
    return headers
