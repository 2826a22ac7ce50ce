"""Which tests coverage is measured with: being traced makes a test half as slow again, a drawn one twice as
slow.

What is measured is a part, so what it says is covered is covered by the whole, and the rest may be too.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import chalicelib

EXAMPLES = 2
# After a test that found fewer new steps than that, so many of its file are passed over; twice as many after
# each further one, up to the most.
WORTH_WHILE, PASSED_OVER, MOST_PASSED_OVER = 20, 4, 32


class Tracing:
    """Of many examples of a test the first are traced, and of a file's tests fewer and fewer: more as long as
    they find what was not known."""

    def __init__(self) -> None:
        self._examples = Counter[str]()
        self._to_pass_over = Counter[str]()
        self._next = dict[str, int]()

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
        trace = sys.gettrace()
        if not is_tracing():
            yield
        elif self.wants(item):
            before = found(trace)
            yield
            self._learn(item.nodeid.partition("::")[0], found(trace) - before)
        else:
            with untraced():
                yield

    def _learn(self, file: str, steps: int) -> None:
        if steps >= WORTH_WHILE:
            self._next.pop(file, None)
            return
        many = self._next.get(file, PASSED_OVER)
        self._to_pass_over[file], self._next[file] = many, min(2 * many, MOST_PASSED_OVER)


def is_tracing() -> bool:
    """Whether coverage is measured here and now."""
    return type(sys.gettrace()).__module__.startswith("coverage")


@contextmanager
def untraced() -> Iterator[None]:
    """Nothing is measured of what runs here."""
    trace, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
        threading.settrace(of_threads)


@contextmanager
def tests_untraced() -> Iterator[None]:
    """Of what is imported here Mesa's own modules alone are traced, if any are: they come first."""
    if not is_tracing():
        yield
        return
    import_module("app")
    for module in walk_packages(chalicelib.__path__, "chalicelib."):
        import_module(module.name)
    with untraced():
        yield


def found(trace: Any) -> int:
    """How many steps from line to line are known by now (coverage keeps them by file)."""
    return sum(map(len, trace.data.values()))
