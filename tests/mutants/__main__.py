"""Weakens one thing after the other, in a copy, and runs the tests that must catch it.

`python -m tests.mutants --only text` takes those mutants whose group, name or path holds it; `--list` only names
them. It ends with 1 where one survives, and at once where a declared replacement fits the source no more.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.mutants import roles, signatures, visibility
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".local", "__pycache__", ".*_cache", ".hypothesis", "out")
SURVIVED = "SURVIVED"
SECONDS = 900
# What a busy machine fails by itself proves nothing.
UNTIMED = "not as_long_as and not follows_the_cost and not takes_no_time and not a_millisecond"
USAGE = 4  # how pytest ends where it could not begin
POLICIES = "policies"

Result = tuple[str, str, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", action="append", help="those that this text names; may be repeated")
    parser.add_argument("--green", action="store_true", help="believe that the tests pass without a mutant")
    parser.add_argument("--list", action="store_true", help="name them and end")
    given = parser.parse_args()
    wanted = given.only or [""]
    chosen = [
        each
        for each in every_mutant()
        if any(text in f"{each.group}: {each.path}: {each.name}" for text in wanted)
    ]
    if given.list:
        print("\n".join(f"{each.group} | {each.name} | {each.path}" for each in chosen))
        return 0
    results: list[Result] = []
    with TemporaryDirectory(prefix="mesa-mutants-") as folder:
        copy, cluster = Path(folder) / "mesa", Cluster(Path(folder) / "postgres", durable=False)
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
        for mutant in chosen:
            _restore(copy, mutant, mutant.apply(copy))
        if given.only is None or POLICIES in given.only:
            results += _policies(copy)
        needs_cluster = not all("::" in test for mutant in chosen for test in mutant.tests)
        if needs_cluster:
            _start(cluster)
        try:
            if chosen and not given.green:
                _require_green(copy, chosen)
            results += _tried(copy, chosen)
        finally:
            if needs_cluster:
                cluster.destroy()
    survivors = [f"{group}: {name}" for group, name, found in results if found == SURVIVED]
    print(_table(results))
    print(f"\n{len(results)} mutants, {len(results) - len(survivors)} caught.")
    if survivors:
        print("Survived:\n  " + "\n  ".join(survivors))
    return 1 if survivors else 0


def _start(cluster: Cluster) -> None:
    """One migrated PostgreSQL for all runs, but for those whose mutant is in the migrations."""
    cluster.prepare(DATABASE)
    os.environ["MESA_MUTANTS_CLUSTER"] = str(cluster.path)


def _tried(copy: Path, chosen: Sequence[Mutant]) -> Iterator[Result]:
    for number, mutant in enumerate(chosen, 1):
        found = _caught_by(copy, mutant)
        _progress(f"{number} of {len(chosen)}: {mutant.group}: {mutant.name} | {found}")
        yield mutant.group, mutant.name, found


def every_mutant() -> list[Mutant]:
    return [*signatures.ALL, *visibility.ALL, *roles.mutants()]


def _require_green(copy: Path, chosen: Sequence[Mutant]) -> None:
    """What fails without a mutant catches nothing."""
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    _progress(f"{len(tests)} files of tests without a mutant")
    failed = _first_failure(copy, tests)
    if failed is not None:
        raise SystemExit(f"Not weakened, and yet it fails: {failed}")


def _caught_by(copy: Path, mutant: Mutant) -> str:
    before = mutant.apply(copy)
    try:
        own_cluster = mutant.path.startswith("migrations/")
        return _first_failure(copy, mutant.tests, own_cluster=own_cluster) or SURVIVED
    finally:
        _restore(copy, mutant, before)


def _restore(copy: Path, mutant: Mutant, before: str) -> None:
    (copy / mutant.path).write_text(before, "utf-8")


def _first_failure(copy: Path, tests: Sequence[str], *, own_cluster: bool = False) -> str | None:
    """The test that fails first, None where all pass. Not to be collected counts as failing."""
    if all("::" in test for test in tests):
        finished = _run(copy, "tests.mutants.calling", *tests)
    else:
        finished = _pytest(copy, "-x", *tests, own_cluster=own_cluster)
    if finished.returncode == 0:
        return None
    if named := re.search(r"^(?:FAILED|ERROR) (\S+)", finished.stdout, re.MULTILINE):
        return named[1]
    if finished.returncode == USAGE and "ImportError while loading conftest" in finished.stderr:
        return "conftest.py (not to be imported)"
    raise SystemExit(f"pytest named no failure of {tests}:\n{finished.stdout}\n{finished.stderr}")


def _policies(copy: Path) -> list[Result]:
    finished = _pytest(copy, "tests/mutants/policies.py", "-s", own_cluster=True)
    lines = [line.split(" | ") for line in finished.stdout.splitlines() if line.startswith("policy | ")]
    results = [(group, name, found) for group, name, found in lines]
    if not results or (finished.returncode != 0 and SURVIVED not in finished.stdout):
        raise SystemExit(f"The policies could not be tried:\n{finished.stdout}\n{finished.stderr}")
    return results


def _pytest(copy: Path, *arguments: str, own_cluster: bool) -> subprocess.CompletedProcess[str]:
    plugins = ["no:cacheprovider", *([] if own_cluster else ["tests.mutants.shared_cluster"])]
    options = [word for plugin in plugins for word in ("-p", plugin)]
    return _run(copy, "pytest", "-q", "--tb=no", "-rfE", "-k", UNTIMED, *options, *arguments)


def _run(copy: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS,
    )


def _progress(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def _table(results: Sequence[Result]) -> str:
    widths = [max(len(row[column]) for row in results) for column in range(2)]
    return "\n".join(f"{group:<{widths[0]}}  {name:<{widths[1]}}  {found}" for group, name, found in results)


if __name__ == "__main__":
    sys.exit(main())
