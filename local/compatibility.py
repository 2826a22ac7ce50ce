"""Whether today's API breaks callers of the last release: `make compat`.

The document of a release is docs/openapi.json at its tag; a test holds that file to the routes.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from local.contract_changes import changes
from local.shape_changes import Change, Schema

ROOT = Path(__file__).parents[1]
DOCUMENT = "docs/openapi.json"
# Breaks that are meant, by their sentence, each with its reason; they go once the next release has them.
MEANT: Mapping[str, str] = {}


def last_tag() -> str | None:
    """The tag before this commit, None where nothing was released yet."""
    found = _git("describe", "--tags", "--abbrev=0")
    return found.stdout.strip() if found.returncode == 0 else None


def released(tag: str) -> Schema | None:
    """The document at a tag, None where that tag had none."""
    found = _git("show", f"{tag}:{DOCUMENT}")
    return json.loads(found.stdout) if found.returncode == 0 else None


def judged(found: Iterable[Change], meant: Mapping[str, str]) -> tuple[list[str], bool]:
    """What to say of changes, and whether one breaks callers unmeant or a reason is for nothing."""
    lines, bad = [], False
    found = list(found)
    for change in found:
        reason = meant.get(change.text) if change.breaks else None
        lines.append(f"{'meant' if reason else 'breaks' if change.breaks else 'note'}: {change.text}")
        lines += [f"  because {reason}"] if reason else []
        bad |= change.breaks and reason is None
    for text in meant.keys() - {change.text for change in found}:
        lines.append(f"a reason for nothing: {text}")
        bad = True
    return lines, bad


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--since", help="a tag or commit to compare with, in the place of the last tag")
    since = parser.parse_args().since or last_tag()
    if since is None:
        print("There is no tag yet: nothing was released that a change could break.")
        return 0
    old = released(since)
    if old is None:
        print(f"{since} has no {DOCUMENT}: there is nothing to compare with.")
        return 0
    found = changes(old, json.loads((ROOT / DOCUMENT).read_text()))
    lines, bad = judged(found, MEANT)
    print(
        "\n".join(
            [*lines, f"{len(found)} changes since {since}; {'callers break' if bad else 'no caller breaks'}."]
        )
    )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
