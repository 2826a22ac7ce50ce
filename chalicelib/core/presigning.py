"""Leave to send one object to a bucket or to fetch one from it, signed here, used by somebody else, without
a call to AWS. Standard library only. Source: Amazon S3 API, "POST policy" and "Authenticating requests: query
parameters"; botocore is its oracle in the tests."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.core import sigv4
from chalicelib.core.sigv4 import ALGORITHM, Credentials, Service


@dataclass(frozen=True, slots=True)
class Form:
    """What a multipart POST to `url` carries before its `file` (RFC 7578), until `expires_at`."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Whoever has `url` may fetch, until `expires_at`."""

    url: str
    expires_at: datetime


def form(bucket: str, key: str, kept: Mapping[str, str], size: int, now: datetime, seconds: int) -> Form:
    """Leave to store one object: under this key, of this many bytes, with these header fields for whoever
    fetches it (`kept`: Content-Type and the like), and nothing else.

    `now` is in UTC. NotConfigured where the environment names no credentials or region.
    """
    signer, expires_at = _Signer.at(now), _end(now, seconds)
    fields = {"key": key, **kept, **signer.fields()}
    conditions: list[Any] = [{"bucket": bucket}, *({name: value} for name, value in fields.items())]
    conditions.append(["content-length-range", size, size])
    document = {"expiration": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": conditions}
    policy = b64encode(json.dumps(document).encode()).decode()
    signature = sigv4.sign(signer.credentials, signer.scope, policy)
    fields |= {"policy": policy, "x-amz-signature": signature}
    return Form(signer.address(bucket), fields, expires_at)


def link(bucket: str, key: str, parameters: Mapping[str, str], now: datetime, seconds: int) -> Link:
    """Leave to fetch one object. `parameters` are those of GetObject: `versionId`, `response-content-type`
    and the like. Raises as `form` does."""
    signer = _Signer.at(now)
    address = urlsplit(f"{signer.address(bucket)}/{quote(key)}")
    asked = {
        **parameters,
        **{name.title(): value for name, value in signer.fields().items()},
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    query = "&".join(f"{quote(name, safe='')}={quote(asked[name], safe='')}" for name in sorted(asked))
    request = f"GET\n{address.path}\n{query}\nhost:{address.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    signature = sigv4.sign_request(signer.credentials, signer.scope, signer.timestamp, request)
    return Link(f"{address.geturl()}?{query}&X-Amz-Signature={signature}", _end(now, seconds))


@dataclass(frozen=True, slots=True)
class _Signer:
    service: Service
    credentials: Credentials
    timestamp: str

    @classmethod
    def at(cls, now: datetime) -> "_Signer":
        service = Service.of("s3", "S3", os.environ)
        return cls(service, Credentials.of(os.environ), now.strftime("%Y%m%dT%H%M%SZ"))

    @property
    def scope(self) -> str:
        return sigv4.scope_of(self.service, self.timestamp)

    def fields(self) -> dict[str, str]:
        token = self.credentials.session_token
        return {
            "x-amz-algorithm": ALGORITHM,
            "x-amz-credential": f"{self.credentials.access_key}/{self.scope}",
            "x-amz-date": self.timestamp,
            **({"x-amz-security-token": token} if token else {}),
        }

    def address(self, bucket: str) -> str:
        return _address(self.service, bucket)


def origin(bucket: str) -> str:
    """The origin that a bucket's forms and links lead to (RFC 6454). Raises NotConfigured as `form` does."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(_address(Service.of("s3", "S3", os.environ), bucket)))


def _address(service: Service, bucket: str) -> str:
    """Where a bucket is, without a slash at its end. At AWS it has a name; emulators have one address."""
    scheme, host = urlsplit(service.endpoint)[:2]
    if host.startswith(f"s3.{service.region}.amazonaws.com"):
        return f"{scheme}://{bucket}.{host}"
    return f"{service.endpoint.rstrip('/')}/{bucket}"


def _end(now: datetime, seconds: int) -> datetime:
    return now.replace(microsecond=0) + timedelta(seconds=seconds)
