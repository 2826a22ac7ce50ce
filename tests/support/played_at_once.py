"""What is asked of AWS after nearly every commit: messages into queues and out of them, and mails.

Moto's own methods answer; only the way to them through its server is spared, which takes four times as long
as they do. What they refuse goes that way after all, for the server says how."""

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.core.exceptions import ServiceException
from moto.ses.responses import EmailResponse
from moto.sqs.responses import SQSResponse
from urllib3 import HTTPHeaderDict

ACCOUNT, REGION = "123456789012", "us-east-1"

QUEUE_CALLS: dict[bytes, Callable[[SQSResponse], Any]] = {
    b"AmazonSQS.SendMessageBatch": SQSResponse.send_message_batch,
    b"AmazonSQS.SendMessage": SQSResponse.send_message,
    b"AmazonSQS.ReceiveMessage": SQSResponse.receive_message,
    b"AmazonSQS.DeleteMessage": SQSResponse.delete_message,
}


def at_once(request: AWSPreparedRequest) -> AWSResponse | None:
    """The answer; None where only the server has one."""
    scope = request.headers.get("Authorization", b"")
    try:
        if f"/{REGION}/sqs/".encode() in scope:
            return of_a_queue(request)
        if f"/{REGION}/ses/".encode() in scope:
            return of_a_mail(request)
    except ServiceException:
        pass
    return None


def of_a_queue(request: AWSPreparedRequest) -> AWSResponse | None:
    method = QUEUE_CALLS.get(request.headers["X-Amz-Target"])
    if method is None:
        return None
    found = method(asked(SQSResponse(), json.loads(request.body))).result
    return answer(request, "application/x-amz-json-1.0", json.dumps(found or {}))


def of_a_mail(request: AWSPreparedRequest) -> AWSResponse | None:
    fields = parse_qsl(request.body, keep_blank_values=True)
    one = dict(fields)
    if one["Action"] != "SendRawEmail":
        return None
    params = {
        "Source": one.get("Source"),
        "Destinations": [value for name, value in fields if name.startswith("Destinations.")],
        "RawMessage": {"Data": b64decode(one["RawMessage.Data"])},
    }
    found: Any = asked(EmailResponse(), params).send_raw_email().result
    told = f"<SendRawEmailResult><MessageId>{found['MessageId']}</MessageId></SendRawEmailResult>"
    return answer(request, "text/xml", f"<SendRawEmailResponse>{told}</SendRawEmailResponse>")


def asked(moto: Any, params: dict[str, Any]) -> Any:
    """The one who answers, told what moto would have read from the request."""
    moto.params, moto.uri_match = params, {}
    moto.current_account, moto.region = ACCOUNT, REGION
    return moto


def answer(request: AWSPreparedRequest, kind: str, body: str) -> AWSResponse:
    told = AWSResponse(request.url, 200, HTTPHeaderDict({"Content-Type": kind}), MockRawResponse(body))
    _ = told.content  # as botocore reads what is not to be streamed
    return told
