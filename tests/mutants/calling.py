"""Calls tests that need no fixture, without pytest, which takes longer to start than they to run:
`python -m tests.mutants.calling tests/x/test_y.py::test_z …` names the first that fails, and ends with 1."""

import importlib
import sys


def main(wanted: list[str]) -> int:
    for each in wanted:
        path, _, name = each.partition("::")
        try:
            module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
            getattr(module, name)()
        except Exception:
            sys.stdout.write(f"FAILED {each}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
