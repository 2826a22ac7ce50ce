"""Deploys the package through CloudFormation, as `aws cloudformation deploy` does, and maps the domain."""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localstack_client.session import Session

from local.emulator import REGION
from local.errors import StackError

STACK_NAME = "mesa"
BUCKET = "mesa-deployments"
DOMAIN, BASE_PATH = "127.0.0.1", "api"
FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


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

    def client(self, service: str) -> Any:
        return self._session.client(service, config=Config(retries={"total_max_attempts": 2}))

    def check(self) -> None:
        """StackError where nothing answers at the address."""
        try:
            self.client("cloudformation").describe_stacks()
        except (BotoCoreError, ClientError) as error:
            raise StackError(f"No emulator answers at {self.endpoint}: {error}") from error

    def remove(self) -> None:
        """Takes the application out of an emulator that runs on without it; nothing where none answers."""
        with contextlib.suppress(BotoCoreError, ClientError, StackError):
            self.client("cloudformation").delete_stack(StackName=STACK_NAME)
            self._await(self._status, lambda now: now is None or not now.endswith("_IN_PROGRESS"))

    def deploy(self, package: Path, parameters: dict[str, str]) -> dict[str, str]:
        """Creates or updates the stack from `sam.json` and the code beside it; returns its outputs."""
        try:
            template_url = self._upload(package)
            self._execute_change_set(template_url, parameters)
            outputs = self._outputs()
            self._map_domain(outputs["RestAPIId"])
        except (BotoCoreError, ClientError) as error:
            raise StackError(f"The deployment failed: {error}") from error
        return outputs

    def _upload(self, package: Path) -> str:
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        keys = {}
        for file in package.glob("*.zip"):
            code = file.read_bytes()
            keys[f"./{file.name}"] = f"{hashlib.sha256(code).hexdigest()}.zip"
            s3.put_object(Bucket=BUCKET, Key=keys[f"./{file.name}"], Body=code)
        template = json.loads((package / "sam.json").read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                properties = resource["Properties"]
                properties["CodeUri"] = f"s3://{BUCKET}/{keys[properties['CodeUri']]}"
        body = json.dumps(template).encode()
        template_key = f"{hashlib.sha256(body).hexdigest()}.template"
        s3.put_object(Bucket=BUCKET, Key=template_key, Body=body)
        return f"{self.endpoint}/{BUCKET}/{template_key}"

    def _execute_change_set(self, template_url: str, parameters: dict[str, str]) -> None:
        cloudformation = self.client("cloudformation")
        kind = "UPDATE" if self._status() else "CREATE"
        change_set = cloudformation.create_change_set(
            StackName=STACK_NAME,
            ChangeSetName=f"deploy-{time.time_ns()}",
            ChangeSetType=kind,
            TemplateURL=template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )["Id"]
        made = self._await(
            lambda: cloudformation.describe_change_set(ChangeSetName=change_set),
            lambda answer: answer["Status"] in ("CREATE_COMPLETE", "FAILED"),
        )
        if made["Status"] == "FAILED":
            reason = made.get("StatusReason", "no reason given")
            if "didn't contain changes" in reason or "No updates" in reason:
                return
            raise StackError(f"The deployment failed: {reason}")
        cloudformation.execute_change_set(ChangeSetName=change_set)
        status = self._await(self._status, lambda now: not str(now).endswith("_IN_PROGRESS"))
        if status not in FINISHED:
            raise StackError(f"The deployment failed: {self._first_failure()} (the stack is {status})")

    def _await(self, look: Any, done: Any, timeout: float = 120) -> Any:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            answer = look()
            if done(answer):
                return answer
            time.sleep(0.05)
        raise StackError(f"The deployment failed: CloudFormation was not done after {timeout:.0f} s.")

    def _status(self) -> str | None:
        try:
            stack = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        except ClientError:
            return None
        status: str = stack["StackStatus"]
        return status

    def _first_failure(self) -> str:
        pages = self.client("cloudformation").get_paginator("describe_stack_events")
        events = [each for page in pages.paginate(StackName=STACK_NAME) for each in page["StackEvents"]]
        for event in reversed(events):
            if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
                return f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        return "no reason given"

    def _outputs(self) -> dict[str, str]:
        stack = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

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
