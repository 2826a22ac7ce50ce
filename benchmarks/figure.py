"""A figure, its limit, and the table of them."""

import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HEADINGS = ("", "measured", "floor", "ratio", "limit", "")


@dataclass(frozen=True)
class Figure:
    """What was measured, in `unit`. With a floor the limit is on the ratio, else on what was measured."""

    name: str
    measured: float
    limit: float
    unit: str = ""
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.floor is None else self.measured / self.floor

    @property
    def ok(self) -> bool:
        return (self.measured if self.ratio is None else self.ratio) <= self.limit

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        floor = "" if self.floor is None else self._amount(self.floor)
        limit = f"≤ {self.limit:g} ×" if self.ratio is not None else f"≤ {self._amount(self.limit)}"
        return self.name, self._amount(self.measured), floor, ratio, limit, "ok" if self.ok else "MISSED"

    def _amount(self, value: float) -> str:
        digits = 0 if float(value).is_integer() else 2 if value < 10 else 1 if value < 100 else 0
        return f"{value:.{digits}f} {self.unit}".rstrip()


def table(figures: Iterable[Figure]) -> str:
    """The rows under their headings: names to the left, numbers to the right."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        name, *numbers, verdict = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join([name.strip().ljust(widths[0]), *numbers, verdict.strip()]).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def machine(postgresql: str | None) -> str:
    """When and on what this was measured."""
    facts = [
        date.today().isoformat(),
        f"Python {platform.python_version()}",
        f"{_processor()}, {os.cpu_count()} cores",
        *([f"PostgreSQL {postgresql}"] if postgresql else []),
    ]
    return " · ".join(facts)


def progress(text: str) -> None:
    """Says on standard error what goes on."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
