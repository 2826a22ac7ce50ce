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

EXAMPLES = 4
# Of a file of which so many tests in a row found nothing new, one is passed over, then two and so on up to so
# many before one is traced again.
PATIENCE, MOST_PASSED_OVER = 1, 16


class Tracing:
    """Of many examples of a test the first are traced, and of a file's tests the fewer, the longer they have
    found nothing that was not known."""

    def __init__(self) -> None:
        self._examples = Counter[str]()
        self._fruitless = Counter[str]()
        self._passed_over = Counter[str]()

    def wants(self, item: pytest.Item) -> bool:
        test, file = item.nodeid.partition("[")[0], item.nodeid.partition("::")[0]
        self._examples[test] += 1
        if hasattr(getattr(item, "obj", None), "hypothesis") or self._examples[test] > EXAMPLES:
            return False
        if self._passed_over[file] < min(self._fruitless[file] - PATIENCE, MOST_PASSED_OVER):
            self._passed_over[file] += 1
            return False
        self._passed_over[file] = 0
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
            file = item.nodeid.partition("::")[0]
            self._fruitless[file] = 0 if found(trace) > before else self._fruitless[file] + 1
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
