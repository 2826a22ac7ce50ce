"""What a run tells: how far it is, and at its end what it counted and found."""

import time
from collections import Counter

from tests.fuzz.excuses import EXCUSES
from tests.fuzz.tally import Tally

EVERY = 15
_told = [0.0]


def progress(tally: Tally, calls: int, began: float) -> None:
    """A line now and then."""
    now = time.monotonic()
    if now - _told[0] < EVERY:
        return
    _told[0] = now
    print(
        f"{now - began:5.0f} s {min(100 * tally.calls // calls, 100):3d} % {tally.calls:7,} calls, "
        f"{len(tally.called)} operations, {len(tally.findings)} findings",
        flush=True,
    )


def report(tally: Tally, seconds: float, *, is_whole: bool) -> str:
    """The table, then each finding with how to see it again. Stale excuses are told of a whole run."""
    excused = sum(tally.excused.values())
    never = sorted(set(tally.called) - set(tally.reached))
    lines = [
        "",
        *rows({"calls": tally.calls, **dict(sorted(tally.statuses.items()))}),
        *rows({"operations called": len(tally.called), "with a 2xx": len(tally.reached)}),
        *rows({"left for taking too long": sum(tally.slow.values())}),
        *rows({"findings": len(tally.findings), "excused": excused, "seconds": round(seconds)}),
        "",
        "as whom",
        *rows(dict(tally.callers.most_common())),
        "",
        "excused for that",
        *rows(dict(tally.excused.most_common())),
    ]
    if never:
        lines += ["", f"never with a 2xx: {', '.join(never)}"]
    if tally.slow:
        lines += ["", f"left for taking too long: {', '.join(sorted(tally.slow))}"]
    stale = [each.why for each in EXCUSES if each.why not in tally.excused]
    if is_whole and stale:
        lines += ["", "stale excuses, which nothing needed:", *(f"  {why}" for why in stale)]
    for finding in sorted(tally.findings.values(), key=lambda each: each.title):
        lines += ["", f"FOUND {finding.count} x {finding.title}", finding.told]
    return "\n".join(lines)


def rows(counts: Counter[str] | dict[str, int]) -> list[str]:
    return [f"  {count:9,}  {name}" for name, count in counts.items()]
