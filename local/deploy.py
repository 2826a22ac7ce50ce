"""Deploys the package on the emulator as on AWS, through change sets, and maps the domain."""

import contextlib
import os
import time
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localstack_client.session import Session

from local.artefacts import Artefacts
from local.changing import ChangeSet, outputs, status
from local.emulator import REGION
from local.errors import StackError

STACK_NAME = "mesa"
ACCOUNT = "000000000000"
DOMAIN, BASE_PATH = "127.0.0.1", "api"
# Seconds between two looks at what goes on, and until it has taken too long.
PAUSE, TIMEOUT = 0.05, 120


class Cloud:
    """Clients for one emulator. `endpoint` is its address, such as http://127.0.0.1:4566."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # The environment's address would win over this one, and it is read here only.
        elsewhere = os.environ.get("AWS_ENDPOINT_URL")
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        try:
            self._session = Session("test", "test", region_name=REGION)
        finally:
            os.environ.pop("AWS_ENDPOINT_URL")
            if elsewhere is not None:
                os.environ["AWS_ENDPOINT_URL"] = elsewhere
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Made once: that takes longer than most calls."""
        if service not in self._clients:
            config = Config(retries={"total_max_attempts": 2})
            self._clients[service] = self._session.client(service, config=config)
        return self._clients[service]

    def check(self) -> None:
        """StackError where nothing answers at the address."""
        try:
            self.client("cloudformation").describe_stacks()
        except (BotoCoreError, ClientError) as error:
            raise StackError(f"No emulator answers at {self.endpoint}: {error}") from error

    def remove(self) -> None:
        """Takes the application out of an emulator that runs on without it; nothing where none answers."""
        with contextlib.suppress(BotoCoreError, ClientError):
            cloudformation = self.client("cloudformation")
            cloudformation.delete_stack(StackName=STACK_NAME)
            deadline = time.monotonic() + TIMEOUT
            while (status(cloudformation, STACK_NAME) or "").endswith("_IN_PROGRESS"):
                if time.monotonic() > deadline:
                    return
                time.sleep(PAUSE)

    def deploy(self, package: Path, parameters: dict[str, str]) -> dict[str, str]:
        """Creates or updates the stack from `sam.json` and the code beside it; returns its outputs."""
        try:
            self._change(package, parameters)
            told = outputs(self.client("cloudformation"), STACK_NAME)
            self._map_domain(told["RestAPIId"])
        except (BotoCoreError, ClientError) as error:
            raise StackError(f"The deployment failed: {error}") from error
        return told

    def _change(self, package: Path, parameters: dict[str, str]) -> None:
        artefacts = Artefacts(self.client("s3"), ACCOUNT, REGION, STACK_NAME)
        artefacts.prepare()
        release = artefacts.upload(package)
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        change = ChangeSet(self.client("cloudformation"), STACK_NAME, pause=PAUSE)
        if change.make(artefacts.template_url(release), given, timeout=TIMEOUT):
            change.execute(lambda _: None, timeout=TIMEOUT)

    def _map_domain(self, rest_api_id: str) -> None:
        # A name that is the loopback address needs no entry in any hosts file, and works in every client.
        gateway = self.client("apigateway")
        names = [entry["domainName"] for entry in gateway.get_domain_names().get("items", [])]
        if DOMAIN in names:
            gateway.delete_base_path_mapping(domainName=DOMAIN, basePath=BASE_PATH)
        else:
            gateway.create_domain_name(domainName=DOMAIN, endpointConfiguration={"types": ["REGIONAL"]})
        gateway.create_base_path_mapping(
            domainName=DOMAIN, basePath=BASE_PATH, restApiId=rest_api_id, stage="api"
        )
