"""How much of chalicelib the tests reach, steps and branches: `pytest -p tests.support.covering`.

SlipCover puts probes into what is imported and takes those that were hit out again, so that measuring costs
little more than the imports. What each of pytest-xdist's workers has reached is put together at the end.
"""

import json
import os
import sys
from collections.abc import Generator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from slipcover import Slipcover, print_coverage
from slipcover.importer import SlipcoverLoader

MEASURED, AT_LEAST_PERCENT = "chalicelib", 90
NEVER_RUN = ["if TYPE_CHECKING:", "raise AssertionError", r"assert_never\("]
COVERING = "MESA_TESTS_COVERING"  # tells workers, who import tests before they know of plugins


class Probing(MetaPathFinder):
    """Finds modules of chalicelib as Python would, and has probes put into them."""

    def __init__(self, probes: Slipcover) -> None:
        self._probes = probes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != MEASURED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.origin is not None:
            spec.loader = SlipcoverLoader(self._probes, spec.loader, spec.origin)
        return spec


PROBES = Slipcover(branch=True, exclude_also=NEVER_RUN)
OF_WORKERS: list[dict[str, Any]] = []
sys.meta_path.insert(0, Probing(PROBES))


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None):
        os.environ[COVERING] = "1"


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["coverage"] = json.dumps(PROBES.get_coverage())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker is through."""
    if coverage := getattr(node, "workeroutput", {}).get("coverage"):
        OF_WORKERS.append(json.loads(coverage))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """The run fails where too little was reached."""
    result = yield
    if not (hasattr(session.config, "workerinput") or session.config.option.collectonly):
        for each in OF_WORKERS:
            _add(each)
        # What nobody imported was not reached either.
        PROBES.source = [MEASURED]
        coverage = PROBES.get_coverage()
        print_coverage(coverage, skip_covered=True)
        if coverage["summary"]["percent_covered"] < AT_LEAST_PERCENT:
            print(f"Less than {AT_LEAST_PERCENT} % of {MEASURED} was reached.")
            session.testsfailed += 1
    return result


def _add(coverage: dict[str, Any]) -> None:
    """Takes what a worker has reached for what was reached here."""
    for name, found in coverage["files"].items():
        file = str(Path(name).resolve())
        reached, branches = set(found["executed_lines"]), set(map(tuple, found["executed_branches"]))
        PROBES.all_seen[file] |= reached | branches
        PROBES.code_lines[file] |= reached.union(found["missing_lines"])
        PROBES.code_branches[file] |= branches.union(map(tuple, found["missing_branches"]))
