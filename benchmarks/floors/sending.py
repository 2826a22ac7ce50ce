"""A bare function that calls a server and tells a queue of it: Chalice, http.client and boto3."""

import http.client
import os
from typing import Any
from urllib.parse import urlsplit

import boto3
from chalice import Chalice

app = Chalice(app_name="floor")


@app.lambda_function(name="floor")
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(os.environ["MESA_INFLUX_URL"]).netloc, timeout=5)
    connection.request("GET", "/")
    status = connection.getresponse().status
    entries = [{"Id": "1", "MessageBody": str(status)}]
    queue = os.environ["MESA_DELIVERY_RESULT_QUEUE_URL"]
    return {
        "sent": len(boto3.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)["Successful"])
    }
