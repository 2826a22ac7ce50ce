"""A stack changed by change sets: what will change is known before it does."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.errors import StackError
from local.stack_events import Events

FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# What somebody's data or keys lie in.
PRECIOUS = (
    "AWS::EC2::VPC",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SES::EmailIdentity",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
WORDS = {"Add": "make", "Modify": "change", "Remove": "remove", "Import": "import", "Dynamic": "decide on"}
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Change:
    action: str
    logical_id: str
    kind: str
    replaced: bool

    def __str__(self) -> str:
        word = "replace" if self.replaced else WORDS.get(self.action, self.action.lower())
        return f"{word} {self.logical_id} ({self.kind.removeprefix('AWS::')})"

    @property
    def loses(self) -> bool:
        return self.kind in PRECIOUS and (self.replaced or self.action == "Remove")


class ChangeSet:
    """A change of a stack that waits to be executed. `kind` is CREATE or UPDATE."""

    def __init__(self, cloudformation: Any, stack: str, pause: float = 3) -> None:
        self._cloudformation, self._stack, self._pause = cloudformation, stack, pause
        self._id = self.stack_id = self.kind = ""

    def make(
        self, template_url: str, parameters: list[dict[str, Any]], role: str = "", timeout: float = 300
    ) -> bool:
        """False where nothing would change."""
        self.kind = (
            "CREATE"
            if status(self._cloudformation, self._stack) in (None, "REVIEW_IN_PROGRESS")
            else "UPDATE"
        )
        made = self._cloudformation.create_change_set(
            StackName=self._stack,
            ChangeSetName=f"deploy-{time.time_ns()}",
            ChangeSetType=self.kind,
            TemplateURL=template_url,
            Capabilities=CAPABILITIES,
            Parameters=parameters,
            **({"RoleARN": role} if role else {}),
        )
        self._id, self.stack_id = made["Id"], made["StackId"]
        told = self._described(timeout)
        if told["Status"] != "FAILED":
            return True
        reason = told.get("StatusReason", "no reason given")
        self.discard()
        if "didn't contain changes" in reason or "No updates" in reason:
            return False
        raise StackError(f"CloudFormation does not take the change: {reason}")

    def _described(self, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            told: dict[str, Any] = self._cloudformation.describe_change_set(ChangeSetName=self._id)
            if told["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return told
            time.sleep(min(self._pause, 1))
        raise StackError(f"CloudFormation was not done with the change set after {timeout:.0f} s.")

    def changes(self) -> list[Change]:
        more: dict[str, str] = {}
        found: list[Change] = []
        while True:
            page = self._cloudformation.describe_change_set(ChangeSetName=self._id, **more)
            for each in (one["ResourceChange"] for one in page.get("Changes", []) if "ResourceChange" in one):
                replaced = each.get("Replacement") == "True"
                found.append(
                    Change(each["Action"], each["LogicalResourceId"], each["ResourceType"], replaced)
                )
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}

    def discard(self) -> None:
        """Forgets it, and a stack that was never made with it."""
        if self.kind == "CREATE":
            self._cloudformation.delete_stack(StackName=self.stack_id)
        else:
            self._cloudformation.delete_change_set(ChangeSetName=self._id)

    def execute(self, tell: Tell, timeout: float = 3 * 3600) -> None:
        """Carries it out and tells what happens; StackError with the first failure's reason."""
        events = Events(self._cloudformation, self.stack_id)
        self._cloudformation.execute_change_set(ChangeSetName=self._id)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            now = status(self._cloudformation, self.stack_id)
            for line in events.news():
                tell(line)
            if now is None or not now.endswith("_IN_PROGRESS"):
                if now in FINISHED:
                    return
                raise StackError(
                    f"It failed: {events.first_failure or 'no reason given'}\nThe stack is {now}: "
                    + _aftermath(str(now))
                )
            time.sleep(self._pause)
        raise StackError(
            f"CloudFormation was not done after {timeout / 60:.0f} minutes; it goes on by itself."
        )


def _aftermath(now: str) -> str:
    if now in ("UPDATE_ROLLBACK_COMPLETE",):
        return "what was there before runs on."
    if now == "UPDATE_ROLLBACK_FAILED":
        return 'going back failed too; see "The stack is stuck" in docs/deploying.md.'
    return "nothing of it runs; the next deployment clears it away and begins anew."


def status(cloudformation: Any, stack: str) -> str | None:
    """CloudFormation's word for the stack's state; None where there is no such stack."""
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    now: str = found["StackStatus"]
    return now


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


def known_parameters(cloudformation: Any, stack: str) -> dict[str, str]:
    """What the stack was given; secrets come as asterisks. Nothing where there is no stack yet."""
    if status(cloudformation, stack) in (None, "REVIEW_IN_PROGRESS"):
        return {}
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])}
