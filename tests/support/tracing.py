"""Which tests coverage is measured with: being traced makes a test half as slow again, a drawn one twice as
slow.

What is measured is a part, so what it says is covered is covered by the whole, and the rest may be too.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# Of a file's tests the first is traced, and then one in so many.
ONE_IN = 4


class Tracing:
    """Of many examples of a test the first may be traced, of a file's tests one in four."""

    def __init__(self) -> None:
        self._examples = Counter[str]()
        self._tests = Counter[str]()

    def wants(self, item: pytest.Item) -> bool:
        test, file = item.nodeid.partition("[")[0], item.nodeid.partition("::")[0]
        self._examples[test] += 1
        if hasattr(getattr(item, "obj", None), "hypothesis") or self._examples[test] > 1:
            return False
        self._tests[file] += 1
        return self._tests[file] % ONE_IN == 1

    @contextmanager
    def of(self, item: pytest.Item) -> Iterator[None]:
        """Lets a test be traced, or not; does nothing where coverage is not measured."""
        trace, of_threads = sys.gettrace(), threading.gettrace()
        if not type(trace).__module__.startswith("coverage") or self.wants(item):
            yield
            return
        sys.settrace(None)
        threading.settrace(None)
        try:
            yield
        finally:
            sys.settrace(trace)
            threading.settrace(of_threads)
