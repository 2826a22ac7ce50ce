"""Releases of one stage in an AWS account: what is deployed, what was live before, and the way back."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from local import authorities
from local.artefacts import Artefacts, Release, before
from local.changing import ChangeSet, Tell, known_parameters, outputs, status
from local.errors import StackError
from local.stage_file import NOT_YET, Ask, Stage, parameters, with_revision

# A stack whose creation was undone can be deleted and nothing else.
UNDONE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
SHOWN = 30


class Releasing:
    """`client` makes clients of the account by their service's name. `ask` is None where nobody sits. `sure`:
    do not ask whether to go on. `losing`: go on even where what holds data is removed or replaced. `anew`:
    every function is published anew, and so starts anew, though nothing of it has changed.
    """

    def __init__(
        self,
        stage: Stage,
        client: Callable[[str], Any],
        *,
        sure: bool = False,
        losing: bool = False,
        anew: bool = False,
        ask: Ask | None = None,
        tell: Tell,
        healthy: Callable[[str], bool],
        pause: float = 3,
    ) -> None:
        self.stage, self._sure, self._losing, self._ask = stage, sure, losing, ask
        self._anew = str(int(time.time())) if anew else ""
        self._tell, self._pause, self._healthy = tell, pause, healthy
        self._cloudformation, self._gateway = client("cloudformation"), client("apigateway")
        region: str = self._cloudformation.meta.region_name
        who = client("sts").get_caller_identity()
        if stage.account and stage.account != who["Account"]:
            raise StackError(
                f"These credentials are for the account {who['Account']}, and the stage {stage.name} belongs "
                f"to {stage.account}."
            )
        self._artefacts = Artefacts(client("s3"), who["Account"], region, stage.stack)
        tell(f"{stage.stack} in {region}, as {who['Arn']}")

    def upload(self, folder: Path) -> Release:
        """What `make package` left in `folder` lies in the bucket. Tells where."""
        if self._artefacts.prepare():
            self._tell(f"Made the bucket {self._artefacts.bucket}, which releases are kept in.")
        release = self._artefacts.upload(folder)
        self._tell(f"Release {release.id} is at {self._artefacts.template_url(release)}")
        return release

    def deploy(self, folder: Path) -> dict[str, str]:
        """What `make package` left in `folder` becomes what runs. Returns the stack's outputs."""
        known = known_parameters(self._cloudformation, self.stage.stack)
        authorities.refuse_without(folder, self.stage, known, self._cloudformation.meta.region_name)
        release = self.upload(folder)
        self._clear_away()
        if self._change(release, self.stage, "Deploy"):
            self._artefacts.record(replace(release, deployed=True))
        self._tell_of_the_address(release)
        found = outputs(self._cloudformation, self.stage.stack)
        if not self._healthy(found["EndpointURL"]):
            raise StackError(
                f"It is deployed, and {found['EndpointURL']}health does not answer. `make rollback` goes "
                "back; docs/runbook.md says where to look."
            )
        return found

    def rollback(self, wanted: str = "") -> dict[str, str]:
        """The release before what is live, or the one that is wanted by its id, runs again."""
        live, releases = self._live(), self._artefacts.releases()
        found = _named(releases, wanted) if wanted else before(releases, live)
        if found is None:
            raise StackError(f"There is no release before {live or 'what is live'} to go back to.")
        self._tell(f"From {live} back to {found.id} of {_spoken(found.at)}; the database stays as it is.")
        # Keys, addresses and sizes are of today, not of then.
        self._change(found, replace(self.stage, parameters={}), "Go back")
        for each in releases:
            if each.id == live != found.id:
                self._artefacts.withdraw(each)
        return outputs(self._cloudformation, self.stage.stack)

    def releases(self) -> None:
        """Tells of them, the oldest first."""
        known = known_parameters(self._cloudformation, self.stage.stack)
        live = self._live() if known else ""
        found = self._artefacts.releases()
        for each in found:
            words = ["live"] * (each.id == live) + ["gone back from"] * each.withdrawn
            self._tell(f"{each.id}  {_spoken(each.at)}  {each.runtime}  {', '.join(words)}".rstrip())
        if not found:
            self._tell(f"Nothing was deployed to {self.stage.stack} yet.")

    def _live(self) -> str:
        if status(self._cloudformation, self.stage.stack) is None:
            raise StackError(f"There is no stack {self.stage.stack} in this region.")
        return outputs(self._cloudformation, self.stage.stack).get("Release", "")

    def _clear_away(self) -> None:
        """What a first deployment that failed has left."""
        stack, cloudformation = self.stage.stack, self._cloudformation
        now = status(cloudformation, stack)
        if now not in UNDONE:
            return
        self._confirm(f"The stack is {now}: nothing of it runs. Delete what is left of it?")
        cloudformation.delete_stack(StackName=stack)
        while (now := status(cloudformation, stack)) is not None:
            if now == "DELETE_FAILED":
                raise StackError("What is left cannot be deleted: the stack's events in the console say why.")
            time.sleep(self._pause)

    def _change(self, release: Release, stage: Stage, word: str, *, plain: bool = False) -> bool:
        """False where there is nothing to change. `plain`: a consequence of what was agreed to already."""
        declared = json.loads(self._artefacts.template(release)).get("Parameters", {})
        known = known_parameters(self._cloudformation, stage.stack)
        given = parameters(stage, declared, set(known), self._found(declared), self._ask)
        given = with_revision(given, declared, known, self._anew)
        change_set = ChangeSet(self._cloudformation, stage.stack, self._pause)
        if not change_set.make(self._artefacts.template_url(release), given, stage.role):
            self._tell("Nothing is to be changed.")
            return False
        try:
            if not plain:
                self._show(change_set)
                self._confirm(f"{word}?")
        except BaseException:
            change_set.discard()
            raise
        change_set.execute(self._tell)
        if change_set.kind == "CREATE":
            self._cloudformation.update_termination_protection(
                StackName=stage.stack, EnableTerminationProtection=True
            )
        return True

    def _found(self, declared: dict[str, Any]) -> dict[str, str]:
        """What the account says about itself."""
        if "GatewayLogRole" not in declared:
            return {}
        account = self._gateway.get_account()
        return {"GatewayLogRole": "account" if account.get("cloudwatchRoleArn") else "own"}

    def _show(self, change_set: ChangeSet) -> None:
        changes = sorted(
            change_set.changes(), key=lambda each: (not each.loses, not each.replaced, str(each))
        )
        self._tell(f"{len(changes)} resources are concerned:")
        for each in changes[:SHOWN]:
            self._tell(f"  {each}{'  << this holds data' if each.loses else ''}")
        if len(changes) > SHOWN:
            self._tell(f"  and {len(changes) - SHOWN} more")
        lost = [each for each in changes if each.loses]
        if lost and not self._losing:
            raise StackError(
                "Nothing was changed: it would " + ", ".join(map(str, lost)) + ". Whoever means that says "
                "LOSING=1."
            )

    def _confirm(self, question: str) -> None:
        if self._sure:
            return
        if not self._ask:
            raise StackError(f"{question} Nobody is there to say yes: YES=1 says so.")
        if self._ask(f"{question} Type {self.stage.name} to go on: ", False).strip() != self.stage.name:
            raise StackError("Nothing was changed.")

    def _tell_of_the_address(self, release: Release) -> None:
        """API Gateway gives it with the first deployment; functions cannot be told within the same."""
        stack = self.stage.stack
        if known_parameters(self._cloudformation, stack).get("PublicUrl") != NOT_YET:
            return
        address = outputs(self._cloudformation, stack)["EndpointURL"].rstrip("/")
        self._tell(f"The address is {address}: now everything is told of it.")
        self._change(release, replace(self.stage, parameters={"PublicUrl": address}), "Go on", plain=True)


def _named(releases: list[Release], wanted: str) -> Release:
    for each in reversed(releases):
        if each.id.startswith(wanted):
            return each
    raise StackError(f"There is no release {wanted}: `make releases` lists them.")


def _spoken(at: str) -> str:
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
