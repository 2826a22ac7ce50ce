"""Calls one after another, each with what the one before has answered: schemathesis infers what leads where,
for the document names no links. Only so it sees what is used after it was deleted, and what was made and is
not there."""

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from schemathesis import Case
from schemathesis.core.transport import Response

from tests.fuzz.desk import Desk
from tests.fuzz.drawing import Clock, OutOfTime
from tests.fuzz.judging import Judge

STEPS = 6
# Who may most: what others may not see is no less there.
WALKER = "ada"
ANEW_AFTER = 50


def walk(desk: Desk, judge: Judge, walks: int, seed: int, seconds: float, clock: Clock) -> None:
    """That many walks of a few calls each, within the time."""
    begun = 0

    @hypothesis.seed(seed)
    class Walk(desk.schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            nonlocal begun
            if begun % ANEW_AFTER == 0:
                desk.furnish()
            begun += 1

        def call(self, case: Case, **_: object) -> Response:
            with clock.call():
                return judge.call(case, WALKER)

        def validate_response(self, response: Response, case: Case, **_: object) -> None:
            judge.check(case, response, WALKER, recorder=self.recorder)

    try:
        with clock.limit(seconds):
            Walk.run(
                settings=settings(
                    max_examples=walks,
                    stateful_step_count=STEPS,
                    phases=[Phase.generate],
                    database=None,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    verbosity=Verbosity.quiet,
                )
            )
    except OutOfTime:
        judge.tally.slow["walks"] += 1
