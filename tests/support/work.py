"""How much work something is, told without a clock: the same on every machine."""

import sys
from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """How many functions, of Python or in C, are called meanwhile in this thread."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
