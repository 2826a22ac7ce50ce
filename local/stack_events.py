"""What CloudFormation tells while it changes a stack, line by line, and the reason of the first failure."""

from collections.abc import Iterator
from typing import Any

# What only says that others have failed.
CONSEQUENCES = (
    "Resource creation cancelled",
    "Resource update cancelled",
    "The following resource(s) failed",
)
DONE = {"CREATE": "made", "UPDATE": "changed", "DELETE": "removed", "IMPORT": "imported"}


class Events:
    """What happens to a stack from now on, each once."""

    def __init__(self, cloudformation: Any, stack: str) -> None:
        self._cloudformation, self._stack = cloudformation, stack
        self._known = {event["EventId"] for event in self._latest(set())}
        self.first_failure = ""

    def news(self) -> Iterator[str]:
        for event in reversed(list(self._latest(self._known))):
            self._known.add(event["EventId"])
            if line := self._line(event):
                yield line

    def _latest(self, known: set[str]) -> Iterator[dict[str, Any]]:
        """The newest first, until one is known."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._stack)
        for page in pages:
            for event in page["StackEvents"]:
                if event["EventId"] in known:
                    return
                yield event

    def _line(self, event: dict[str, Any]) -> str:
        name, happened = event["LogicalResourceId"], event["ResourceStatus"]
        reason = event.get("ResourceStatusReason", "")
        at = f"{event['Timestamp']:%H:%M:%S}"
        if happened.endswith("_FAILED"):
            if not reason.startswith(CONSEQUENCES) and not self.first_failure:
                self.first_failure = f"{name}: {reason or 'no reason given'}"
            return f"  {at}  {name} failed: {reason}"
        action, _, end = happened.rpartition("_")
        if end == "COMPLETE" and action in DONE and name != event.get("StackName"):
            return f"  {at}  {name} {DONE[action]}"
        if "ROLLBACK_IN_PROGRESS" in happened:
            return f"  {at}  {name} goes back to what was before: {reason}"
        return ""
