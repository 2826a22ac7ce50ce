"""Calls to AWS signed without boto3, for functions that must start at once: POSTs of JSON.
Standard library only. Source: AWS Signature Version 4, as botocore's signer makes it."""

import hashlib
import hmac
import http.client
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


class NotConfigured(Exception):
    """The environment lacks a region or credentials. Names the variable, never a value."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    access_key: str
    secret_key: str
    session_token: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            if not environ.get(name):
                raise NotConfigured(f"{name} is not set.")
        token = environ.get("AWS_SESSION_TOKEN", "")
        return cls(environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], token)


@dataclass(frozen=True, slots=True)
class Service:
    """A service of AWS in this function's region: `name` as signatures spell it, and its address."""

    name: str
    region: str
    endpoint: str

    @classmethod
    def of(cls, name: str, variable: str, environ: Mapping[str, str]) -> Self:
        """`variable` ends the AWS_ENDPOINT_URL_… that may name another address."""
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise NotConfigured("AWS_REGION is not set.")
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        endpoint = (
            environ.get(f"AWS_ENDPOINT_URL_{variable}")
            or environ.get("AWS_ENDPOINT_URL")
            or f"https://{name}.{region}.{suffix}"
        )
        return cls(name, region, endpoint)


@dataclass(frozen=True, slots=True)
class Answered:
    """What AWS answered; header names in lower case, the body cut at what was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def post(
    service: Service,
    credentials: Credentials,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    seconds: float,
    max_bytes: int,
) -> Answered:
    """One signed call, no longer than `seconds` without a word; OSError or HTTPException where it fails."""
    url = urlsplit(service.endpoint)
    host, port = url.hostname or "", url.port
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        trusted = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
        trusted.minimum_version = ssl.TLSVersion.TLSv1_2
        connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=trusted)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    sent = signed_headers(service, url.netloc, path, credentials, headers, body, datetime.now(UTC))
    try:
        connection.request("POST", path, body, sent)
        response = connection.getresponse()
        known = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, known, response.read(max_bytes))
    finally:
        connection.close()


def signed_headers(
    service: Service,
    host: str,
    path: str,
    credentials: Credentials,
    headers: Mapping[str, str],
    body: bytes,
    moment: datetime,
) -> dict[str, str]:
    """The headers of POST `path` (quoted already, no query) on `host`, Authorization among them."""
    timestamp = moment.strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "Host": host, "X-Amz-Date": timestamp}
    if credentials.session_token:
        signed["X-Amz-Security-Token"] = credentials.session_token
    canonical = sorted((name.lower(), value) for name, value in signed.items())
    names = ";".join(name for name, _ in canonical)
    lines = "".join(f"{name}:{value}\n" for name, value in canonical)
    # Every service but S3 quotes a path that is quoted already once more.
    request = f"POST\n{quote(path, safe='/~')}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = scope_of(service, timestamp)
    signature = sign_request(credentials, scope, timestamp, request)
    credential = f"{credentials.access_key}/{scope}"
    signed["Authorization"] = (
        f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    )
    return signed


def scope_of(service: Service, timestamp: str) -> str:
    """For what a signature counts: one service of one region, for the day of an X-Amz-Date."""
    return f"{timestamp[:8]}/{service.region}/{service.name}/aws4_request"


def sign_request(credentials: Credentials, scope: str, timestamp: str, request: str) -> str:
    """The signature of a canonical request, in hexadecimal."""
    digest = hashlib.sha256(request.encode()).hexdigest()
    return sign(credentials, scope, f"{ALGORITHM}\n{timestamp}\n{scope}\n{digest}")


def sign(credentials: Credentials, scope: str, text: str) -> str:
    """The signature of a text as it is, in hexadecimal."""
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
