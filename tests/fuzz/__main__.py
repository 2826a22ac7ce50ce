"""Calls every operation of the document as schemathesis draws them: `python -m tests.fuzz --seed 7`.

Two processes, each with a PostgreSQL of its own. Prints its seed first, how far it is on the way and what
came of it at the end; ends with 1 where something was found. The same seed draws the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.report import progress, report
from tests.fuzz.tally import Tally

WORKERS = 2
LONG = Path(__file__).parent / "long.py"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--only", help="the operationId of one operation")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: `make fuzz SEED={asked.seed}` draws the same again", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mesa-fuzz-") as folder:
        running = [start(Path(folder), number, asked) for number in range(WORKERS)]
        try:
            while any(each.poll() is None for each in running):
                time.sleep(1)
                progress(together(Path(folder)), asked.calls, began)
        finally:
            for each in running:
                each.terminate()
        broken = [number for number, each in enumerate(running) if each.wait() != 0]
        for number in broken:
            print("\n".join((Path(folder) / f"{number}.log").read_text("utf-8").splitlines()[-60:]))
        found = together(Path(folder))
    whole = asked.only is None and asked.calls >= 100_000
    print(report(found, time.monotonic() - began, is_whole=whole))
    return int(bool(broken or found.findings))


def start(folder: Path, number: int, asked: argparse.Namespace) -> subprocess.Popen[bytes]:
    """A worker, which writes what it has counted to `<number>.json` now and then."""
    told = {
        "MESA_FUZZ_SEED": str(asked.seed),
        "MESA_FUZZ_CALLS": str(-(-asked.calls // WORKERS)),
        "MESA_FUZZ_ONLY": asked.only or "",
        "MESA_FUZZ_PART": f"{number}/{WORKERS}",
        "MESA_FUZZ_TALLY": str(folder / f"{number}.json"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", str(LONG)]
    with (folder / f"{number}.log").open("wb") as log:
        return subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=subprocess.STDOUT)


def together(folder: Path) -> Tally:
    whole = Tally()
    for kept in sorted(folder.glob("*.json")):
        whole.add(Tally.of_json(json.loads(kept.read_text("utf-8"))))
    return whole


if __name__ == "__main__":
    sys.exit(main())
