"""What experiments have done and found, for the table at the end of a run."""

from collections import Counter
from dataclasses import dataclass, field

HEADINGS = ("experiment", "fault", "injected", "acknowledged", "lost", "twice", "foreign")


@dataclass
class Tally:
    """Of one experiment: how many faults of each kind it injected, how many acknowledged writes and effects
    it then looked for, and how many of them were lost, there twice, or of another workspace."""

    name: str
    faults: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    foreign: int = 0
    measured: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.foreign)

    def rows(self) -> list[tuple[str, ...]]:
        counts = tuple(f"{each:,}" for each in (self.acknowledged, self.lost, self.twice, self.foreign))
        nothing = ("",) * len(counts)
        kinds = sorted(self.faults.items()) or [("none", 0)]
        return [
            (*((self.name,) if not place else ("",)), kind, f"{count:,}", *(nothing if place else counts))
            for place, (kind, count) in enumerate(kinds)
        ]


tallies: list[Tally] = []


def tally(name: str) -> Tally:
    """A new one, for a test of an experiment; the table has them together."""
    tallies.append(Tally(name))
    return tallies[-1]


def together() -> list[Tally]:
    """One of each experiment."""
    found: dict[str, Tally] = {}
    for each in tallies:
        whole = found.setdefault(each.name, Tally(each.name))
        whole.faults.update(each.faults)
        whole.acknowledged += each.acknowledged
        whole.lost += each.lost
        whole.twice += each.twice
        whole.foreign += each.foreign
        whole.measured += each.measured
    return list(found.values())


def table() -> list[str]:
    """All of them, and their sum, line by line."""
    told = together()
    total = Tally("all", Counter(faults=sum(sum(each.faults.values()) for each in told)))
    for each in told:
        total.acknowledged += each.acknowledged
        total.lost += each.lost
        total.twice += each.twice
        total.foreign += each.foreign
    rows = [HEADINGS, *(row for each in [*told, total] for row in each.rows())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        words = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join([*words, *numbers]).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return [*lines, *(f"{each.name}: {line}" for each in told for line in each.measured)]
