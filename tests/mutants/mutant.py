"""A mutant: one replacement in one file, and the narrow tests of which one must fail by it."""

from dataclasses import dataclass
from pathlib import Path

# A declared replacement stands once in its file, or says which of several it means, or that it means them all.
FIRST, EVERY = 1, 0


class Stale(Exception):
    """A declared replacement no longer fits the source."""


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in `path`, at the place `nth` of the `of` where it stands."""

    group: str
    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]
    nth: int = FIRST
    of: int = 1

    def weakened(self, text: str) -> str:
        """The file's text with the replacement. Raises Stale where it does not fit."""
        parts = text.split(self.old)
        if len(parts) != self.of + 1:
            raise Stale(f"{self.path}: {self.name}: stands {len(parts) - 1} times, not {self.of}")
        if self.nth == EVERY:
            return text.replace(self.old, self.new)
        return self.old.join(parts[: self.nth]) + self.new + self.old.join(parts[self.nth :])

    def apply(self, root: Path) -> str:
        """Weakens the copy; answers the file's text as it was. Raises Stale where it does not fit."""
        file = root / self.path
        before = file.read_text("utf-8")
        file.write_text(self.weakened(before), "utf-8")
        return before


def declared(group: str, path: str, tests: str, *weakenings: tuple[str, str, str]) -> list[Mutant]:
    """Mutants of one file that the same tests catch: (name, old, new) each; `tests` are parted by spaces."""
    return [Mutant(group, name, path, old, new, tuple(tests.split())) for name, old, new in weakenings]
