"""Optimistic locking: the versions of a thing that its caller has seen, any of which it may still be at."""

from collections.abc import Collection
from typing import TypeAlias

Versions: TypeAlias = Collection[int]
