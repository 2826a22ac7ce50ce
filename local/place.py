"""Clients of AWS for commands: of the stack that is up here, or of the account of the environment."""

import os
from pathlib import Path
from typing import Any

from local.deploy import Cloud
from local.errors import StackError
from local.files import PROJECT, read_json


def clients(*services: str, aws: bool) -> list[Any]:
    """One a service. StackError where no stack is up and none of AWS is meant."""
    if aws:
        import boto3

        return [boto3.client(service) for service in services]
    data = Path(os.environ.get("MESA_DATA_DIR") or PROJECT / ".local")
    endpoint = read_json(data / "stack.json").get("aws_endpoint_url")
    if not endpoint:
        raise StackError("No stack is up here: `make up` starts one, AWS=1 asks for the account's.")
    cloud = Cloud(endpoint)
    return [cloud.client(service) for service in services]
