"""Which tests coverage is measured with: being traced makes a test half as slow again, a drawn one twice as
slow.

What is measured is a part, so what it says is covered is covered by the whole, and the rest may be too.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

EXAMPLES = 2
# After a test that found fewer new steps than that, so many of its file are passed over.
WORTH_WHILE, PASSED_OVER = 15, 3


class Tracing:
    """Of many examples of a test the first are traced, and of a file's tests at least one in four: more as
    long as they find what was not known."""

    def __init__(self) -> None:
        self._examples = Counter[str]()
        self._to_pass_over = Counter[str]()

    def wants(self, item: pytest.Item) -> bool:
        test, file = item.nodeid.partition("[")[0], item.nodeid.partition("::")[0]
        self._examples[test] += 1
        if hasattr(getattr(item, "obj", None), "hypothesis") or self._examples[test] > EXAMPLES:
            return False
        if self._to_pass_over[file]:
            self._to_pass_over[file] -= 1
            return False
        return True

    @contextmanager
    def of(self, item: pytest.Item) -> Iterator[None]:
        """Lets a test be traced, or not; does nothing where coverage is not measured."""
        trace, of_threads = sys.gettrace(), threading.gettrace()
        if not type(trace).__module__.startswith("coverage"):
            yield
        elif self.wants(item):
            before = found(trace)
            yield
            if found(trace) - before < WORTH_WHILE:
                self._to_pass_over[item.nodeid.partition("::")[0]] = PASSED_OVER
        else:
            sys.settrace(None)
            threading.settrace(None)
            try:
                yield
            finally:
                sys.settrace(trace)
                threading.settrace(of_threads)


def found(trace: Any) -> int:
    """How many steps from line to line are known by now (coverage keeps them by file)."""
    return sum(map(len, trace.data.values()))
