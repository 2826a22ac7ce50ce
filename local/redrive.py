"""Gives a queue again what it gave up on: `make redrive QUEUE=webhooks`, once the reason is mended.

Works on the stack that is up here, or with `--aws` on the account that the environment names. A message is
sent before it is deleted, so a crash leaves it twice and never not at all: consumers know it by its id.
"""

import argparse
from typing import Any

from local.deploy import STACK_NAME, Cloud
from local.files import PROJECT, read_json

# Longer than passing one batch on takes, so that nobody sees it meanwhile.
HIDDEN_SECONDS = 60


class NoSuchQueue(Exception):
    """The stack has no queue of this name, or it has no dead letters."""


def redrive(sqs: Any, queue: str, stack: str = STACK_NAME) -> int:
    """Moves all dead letters of a queue, such as `webhooks`, back to it; how many. Raises NoSuchQueue."""
    source, target = (_url(sqs, f"{stack}-{queue}{end}") for end in ("-dead-letters", ""))
    moved = 0
    while True:
        wanted = {"MaxNumberOfMessages": 10, "VisibilityTimeout": HIDDEN_SECONDS}
        found = sqs.receive_message(QueueUrl=source, **wanted).get("Messages", [])
        if not found:
            return moved
        for each in found:
            sqs.send_message(QueueUrl=target, MessageBody=each["Body"])
            sqs.delete_message(QueueUrl=source, ReceiptHandle=each["ReceiptHandle"])
            moved += 1


def _url(sqs: Any, name: str) -> str:
    try:
        return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist as error:
        raise NoSuchQueue(f"There is no queue {name}.") from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.redrive", description=__doc__)
    parser.add_argument("queue")
    parser.add_argument("--stack", default=STACK_NAME)
    parser.add_argument("--aws", action="store_true", help="the account of the environment, no local stack")
    options = parser.parse_args()
    if options.aws:
        import boto3

        sqs = boto3.client("sqs")
    else:
        endpoint = read_json(PROJECT / ".local" / "stack.json").get("aws_endpoint_url")
        if not endpoint:
            raise SystemExit("No stack is up here: `make up` starts one, --aws asks for the account's.")
        sqs = Cloud(endpoint).client("sqs")
    try:
        moved = redrive(sqs, options.queue, options.stack)
    except NoSuchQueue as error:
        raise SystemExit(str(error)) from None
    counted = "1 message is" if moved == 1 else f"{moved} messages are"
    print(f"{counted} in the queue {options.queue} again.")


if __name__ == "__main__":
    main()
