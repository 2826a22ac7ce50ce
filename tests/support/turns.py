"""What one of a run's workers does for all of them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def first_alone(place: Path, name: str) -> Iterator[bool]:
    """True for whoever comes first to what is called so; the others wait until that one is through."""
    done = place / f"{name}.done"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_first = not done.exists()
        if not is_first:
            fcntl.flock(lock, fcntl.LOCK_UN)
        yield is_first
        done.touch()
