"""The cases of one operation: the document's examples, each of its rules kept just so and broken just so, and
what Hypothesis draws of it.

Not schemathesis' walks from one answer to the next call: the document names no links, and walks along those
that it infers end as flaky, for the desk remembers the walk before. So the checks use_after_free and
ensure_resource_availability are on and see nothing; tests/tickets/test_verb_walks.py walks, with a model."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from random import Random
from types import FrameType

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation

Use = Callable[[Case], None]


class OutOfTime(KeyboardInterrupt):
    """An operation has had its time. Hypothesis lets it through, as it does an interrupt."""


class Clock:
    """Ends what takes too long, wherever it is, but for a call: the app would be left halfway."""

    def __init__(self) -> None:
        self._is_calling = False
        self._is_over = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raises OutOfTime inside after so many."""
        self._is_over = False
        before = signal.signal(signal.SIGALRM, self._ring)
        # Again and again: schemathesis catches what its strategies raise here and there.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    @contextmanager
    def call(self) -> Iterator[None]:
        self._is_calling = True
        try:
            yield
        finally:
            self._is_calling = False
        if self._is_over:
            raise OutOfTime

    def _ring(self, _: int, __: FrameType | None) -> None:
        self._is_over = True
        if not self._is_calling:
            raise OutOfTime


def examples(operation: APIOperation) -> Iterator[Case]:
    """Those that the document gives."""
    yield from ExamplesGenerator(
        operation=operation, override=Override(), feedback=NO_FEEDBACK, fill_missing=False
    )


def bounds(operation: APIOperation) -> Iterator[Case]:
    """Each rule of the document kept just so, and each broken just so; methods and media types beside."""
    schema = operation.schema
    yield from CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation_for(operation=operation, phase="coverage"),
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
    )


def sample(cases: Iterator[Case], count: int, seconds: float, random: Random) -> list[Case]:
    """So many of those that come within the time, each as likely as any other."""
    end = time.monotonic() + seconds
    kept: list[Case] = list(islice(cases, count))
    for place, case in enumerate(cases, count):
        if (at := random.randint(0, place)) < count:
            kept[at] = case
        if time.monotonic() > end:
            break
    return kept


def drawn(operation: APIOperation, mode: GenerationMode, count: int, seed: int, use: Use) -> None:
    """Uses that many cases, or fewer where there are no more."""

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Case) -> None:
        use(case)

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that takes nothing
        each()
