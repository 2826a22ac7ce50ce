"""What the roles in .chalice allow, asked of every call to AWS that a function makes while its handler runs:
moto itself lets everybody do everything.

Not asked: what is presigned for others, and what Lambda does with a role by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from chalice.app import Chalice, EventSourceHandler

from chalicelib.core import egress, secrets
from local.files import PROJECT

CHALICE = PROJECT / ".chalice"
API = "api_handler"
# Source: Service Authorization Reference, "Actions defined by Amazon S3", "SQS", "SES".
ACTIONS = {
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "CompleteMultipartUpload": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    "GetObject": "s3:GetObject",
    "GetQueueAttributes": "sqs:GetQueueAttributes",
    "HeadObject": "s3:GetObject",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "PutObject": "s3:PutObject",
    "SendMessageBatch": "sqs:SendMessage",
    "SendRawEmail": "ses:SendRawEmail",
    "UploadPart": "s3:PutObject",
}
OF_A_VERSION = {"s3:DeleteObject": "s3:DeleteObjectVersion", "s3:GetObject": "s3:GetObjectVersion"}
# What the stage of tests names, and what the template calls it. One queue stands for all that hear of events.
NAMES = {
    "mesa-attachments": "AttachmentFiles",
    "mesa-audit": "AuditAnchors",
    "mesa-exports": "Exports",
    "mesa-mail": "IncomingMail",
    "mesa-notifications": "NotificationsQueue",
    "mesa-jobs": "JobsQueue",
    "mesa-deliveries": "DeliveriesQueue",
    "mesa-delivery-results": "DeliveryResultsQueue",
    "database": "DatabaseSecret",
    "signing": "SigningSecret",
    "webhooks": "WebhookSecret",
}

running = ContextVar[str | None]("running", default=None)
# What was refused, to be told by the test in which it was: the code may live with a refusal.
refused: list[str] = []


@contextmanager
def enforced() -> Iterator[None]:
    """Every call to AWS of a running function is held against its role."""
    with (
        patch.object(EventSourceHandler, "__call__", _as_function(EventSourceHandler.__call__)),
        patch.object(Chalice, "__call__", _as_function(Chalice.__call__)),
        patch.object(BaseClient, "_make_api_call", _asking(BaseClient._make_api_call)),
        patch.object(egress, "post", _invoking(egress.post)),
        patch.object(secrets, "_cache", _Secrets()),
    ):
        yield


@contextmanager
def nobodys() -> Iterator[None]:
    """What is called here is not the running function's doing."""
    token = running.set(None)
    try:
        yield
    finally:
        running.reset(token)


def what_was_refused() -> list[str]:
    """Since it was asked last."""
    told = list(refused)
    refused.clear()
    return told


def allows(function: str, action: str, resource: str | None) -> bool:
    """Whether its role does. `resource`: the template's name, with a key behind a slash where it has one;
    None is one that the template does not know."""
    return any(
        action == each and (resource is None or pattern == "*" or fnmatchcase(resource, pattern))
        for each, pattern in _grants(function)
    )


def asked_for(operation: str, parameters: Mapping[str, Any]) -> tuple[str, str | None]:
    """The action and the resource of a call."""
    action = ACTIONS[operation]
    if parameters.get("VersionId"):
        action = OF_A_VERSION[action]
    place = NAMES.get(parameters.get("Bucket") or str(parameters.get("QueueUrl")).rsplit("/", 1)[-1])
    if place is None or "QueueUrl" in parameters or operation.startswith("List"):
        return action, place
    return action, f"{place}/{parameters.get('Key', '')}"


@cache
def _grants(function: str) -> list[tuple[str, str]]:
    about = json.loads((CHALICE / "config.json").read_text("utf-8"))["lambda_functions"][function]
    statements = json.loads((CHALICE / about["iam_policy_file"]).read_text("utf-8"))["Statement"]
    return [
        (action, resource)
        for statement in statements
        for action in _several(statement["Action"])
        for each in _several(statement["Resource"])
        for resource in _patterns(each)
    ]


def _patterns(resource: Any) -> Iterator[str]:
    """`Exports/imports/*` for `${Exports.Arn}/imports/*`; of what the template does not make, `*`."""
    if resource == "*":
        yield "*"
    elif "Fn::GetAtt" in resource:
        yield resource["Fn::GetAtt"][0]
    elif "Fn::If" in resource:
        for each in resource["Fn::If"][1:]:
            yield from _patterns(each)
    elif "Fn::Sub" in resource:
        words = resource["Fn::Sub"]
        yield words.removeprefix("${").replace(".Arn}", "", 1) if ".Arn}" in words else "*"


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name_of(handler: EventSourceHandler) -> str:
    function = getattr(handler.func, "_original_func", handler.func)
    return _names()[f"{function.__module__}.{function.__name__}"]


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Of functions, by where their handlers are."""
    from app import app

    return {each.handler_string: each.name for each in (*app.pure_lambda_functions, *app.event_sources)}


def _as_function(call: Callable[..., Any]) -> Callable[..., Any]:
    def called(self: Any, *arguments: Any) -> Any:
        token = running.set(API if isinstance(self, Chalice) else _name_of(self))
        try:
            return call(self, *arguments)
        finally:
            running.reset(token)

    return called


def _asking(call: Callable[..., Any]) -> Callable[..., Any]:
    def made(self: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        _ask(operation, lambda: asked_for(operation, parameters))
        return call(self, operation, parameters)

    return made


def _invoking(call: Callable[..., Any]) -> Callable[..., Any]:
    def made(*arguments: Any, **named: Any) -> Any:
        _ask("Invoke", lambda: ("lambda:InvokeFunction", "Egress"))
        return call(*arguments, **named)

    return made


class _Secrets(dict[str, Any]):
    """What is kept of them: whoever looks for one might have had to fetch it."""

    def get(self, arn: str, default: Any = None) -> Any:
        name = NAMES.get(arn.rsplit(":", 1)[-1].rsplit("-", 1)[0])
        _ask("GetSecretValue", lambda: ("secretsmanager:GetSecretValue", name))
        return super().get(arn, default)


def _ask(operation: str, what: Callable[[], tuple[str, str | None]]) -> None:
    function = running.get()
    if function is None:
        return
    action, resource = what()
    if not allows(function, action, resource):
        refused.append(f"{function} may not {action} on {resource}")
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": refused[-1]}}, operation)
