"""What was called, what came of it, and what was found, to be added up over processes."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Finding:
    """What is wrong, once with how to see it, and how often."""

    title: str
    told: str
    count: int = 0


@dataclass
class Tally:
    calls: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    slow: Counter[str] = field(default_factory=Counter)
    findings: dict[str, Finding] = field(default_factory=dict)

    def call(self, operation: str, caller: str, status: int) -> None:
        self.calls += 1
        self.statuses[f"{status // 100}xx"] += 1
        self.callers[caller] += 1
        self.called[operation] += 1
        if status < 300:
            self.reached[operation] += 1

    def probe(self, status: int) -> None:
        """A call that a check of schemathesis' makes: the same without a token, or with a bad one."""
        self.calls += 1
        self.statuses[f"{status // 100}xx"] += 1
        self.callers["a check of schemathesis'"] += 1

    def find(self, title: str, told: str) -> None:
        self.findings.setdefault(title, Finding(title, told)).count += 1

    def add(self, other: "Tally") -> None:
        self.calls += other.calls
        for name in ("statuses", "callers", "called", "reached", "excused", "slow"):
            getattr(self, name).update(getattr(other, name))
        for title, finding in other.findings.items():
            self.findings.setdefault(title, Finding(title, finding.told)).count += finding.count

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "findings": [vars(each) for each in self.findings.values()]}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Tally":
        counters = {name: Counter(value) for name, value in kept.items() if name not in ("calls", "findings")}
        findings = {each["title"]: Finding(**each) for each in kept["findings"]}
        return cls(calls=kept["calls"], findings=findings, **counters)
