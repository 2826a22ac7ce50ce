"""What API Gateway hands to a Lambda: full proxy events, and the authorizer's own."""

import json
import time
from typing import Any
from uuid import uuid4

from tests.support.cast import Person

METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij/api/GET/v1/tickets"
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate, br",
    "Content-Type": "application/json",
    "Host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "X-Amzn-Trace-Id": "Root=1-674a1b2c-0123456789abcdef01234567",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}


def proxy_event(
    method: str,
    resource: str,
    *,
    caller: Person | None = None,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A REST API's event, payload version 1.0; with a caller, as the authorizer has let it through."""
    sent = {**HEADERS, **(headers or {})}
    if caller:
        sent["Authorization"] = f"Bearer {caller.token}"
    concrete = resource.format(**path) if path else resource
    asked = query or {}
    return {
        "resource": resource,
        "path": concrete,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in asked.items()} or None,
        "pathParameters": path,
        "stageVariables": None,
        "requestContext": {
            "resourceId": "a1b2c3",
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/api{concrete}",
            "stage": "api",
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "requestId": str(uuid4()),
            "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": sent["User-Agent"]},
            **({"authorizer": claims_of(caller)} if caller else {}),
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def claims_of(caller: Person) -> dict[str, str]:
    """The authorizer's context, as it reaches the API."""
    return {
        "principalId": str(caller.id),
        "sub": str(caller.id),
        "workspace_id": str(caller.workspace_id),
        "role": caller.role,
        "kind": "access",
        "jti": str(uuid4()),
        "exp": str(int(time.time()) + 900),
    }


def authorizer_event(caller: Person) -> dict[str, str]:
    """What the authorizer is asked with."""
    return {"type": "TOKEN", "authorizationToken": f"Bearer {caller.token}", "methodArn": METHOD_ARN}
