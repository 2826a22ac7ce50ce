"""One call and what schemathesis makes of its answer: fine, found or excused."""

import json
import re
from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response

from tests.fuzz.desk import Desk
from tests.fuzz.drawing import Clock
from tests.fuzz.excuses import excuses_for
from tests.fuzz.plausible import settle
from tests.fuzz.tally import Tally

NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


class Judge:
    """Calls a desk and keeps what it finds."""

    def __init__(self, desk: Desk, tally: Tally, random: Random, clock: Clock) -> None:
        self.desk, self.tally, self.random, self.clock = desk, tally, random, clock

    def use(self, case: Case, people: int | None = None) -> None:
        """Sends what was drawn as that many people, one after another, or as everybody; judges the
        answers."""
        raw = case.operation.definition.raw
        settle(case, self.desk.world, self.random)
        for caller in self.desk.callers(raw["x-mesa-roles"], self.random)[:people]:
            with self.clock.call():
                self.check(case, self.call(case, caller), caller)

    def call(self, case: Case, caller: str) -> Response:
        """The answer to a case as somebody sends it, counted."""
        self.desk.api.undocumented = None
        response = case.call(headers=self.desk.headers(caller))
        undocumented = self.desk.api.undocumented
        self.desk.answered.clear()
        self.tally.call(case.operation.definition.raw["operationId"], caller, response.status_code)
        if undocumented:
            self.tally.find(f"undocumented: {undocumented[:200]}", told(case, response, caller))
        return response

    def check(self, case: Case, response: Response, caller: str) -> None:
        """Every check of schemathesis."""
        headers = self.desk.headers(caller)
        try:
            case.validate_response(response, headers=headers, transport_kwargs={"headers": headers})
        except FailureGroup as found:
            for failure in found.exceptions:
                self._keep(failure, case, response, caller)
        for status in self.desk.answered:
            self.tally.probe(status)
        self.desk.answered.clear()

    def _keep(self, failure: Failure, case: Case, response: Response, caller: str) -> None:
        operation = case.operation.definition.raw["operationId"]
        what = problems(response) or [failure.message.strip().splitlines()[-1]]
        name = (failure.checks or (type(failure).__name__,))[0]
        excuses = excuses_for(name, operation, what)
        if excuses:
            self.tally.excused.update(set(excuses))
            return
        title = f"{name}: {operation}: {response.status_code}: {NUMBERS.sub('0', '; '.join(what))}"
        self.tally.find(title[:300], f"{failure.message}\n{told(case, response, caller)}")


def problems(response: Response) -> list[str]:
    """What a refusal names, field by field."""
    try:
        body = json.loads(response.content or b"null")
    except ValueError:
        return []
    if not isinstance(body, dict) or "code" not in body:
        return []
    found = [f"{each['field']}: {each['message']}" for each in body.get("errors", [])]
    return found or [f"{body['code']}: {body['detail']}"]


def told(case: Case, response: Response, caller: str) -> str:
    """How to do it again, and what was answered."""
    request = response.request
    meta: Any = case.meta
    why = meta.phase.data.description if meta else ""
    return (
        f"as {caller} ({meta.phase.name if meta else ''} {meta.generation.mode if meta else ''}: {why})\n"
        f"{request.method} {request.url}\n"
        + "".join(f"{name}: {value[:80]}\n" for name, value in request.headers.items() if name not in BORING)
        + f"{_text(request.body)}\n"
        f"-> {response.status_code} {_text(response.content)}"
    )


BORING = {
    "User-Agent",
    "Accept-Encoding",
    "Accept",
    "Connection",
    "X-Schemathesis-TestCaseId",
    "Content-Length",
}


def _text(raw: Any) -> str:
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw or "")
    return text if len(text) < 2_000 else f"{text[:2_000]}... ({len(text):,} characters)"
