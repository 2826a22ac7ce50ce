"""Debian's packages, fetched and unpacked into a folder, which takes no rights.

Source: apt-get(8), apt.conf(5), dpkg-deb(1).
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from local.errors import StackError

APT_SECONDS = 300
STATUS = Path("/var/lib/dpkg/status")


def fetch(into: Path, *packages: str, whole: bool = False) -> None:
    """The packages, unpacked; `whole`: with all that they depend on and the machine lacks. Raises StackError
    with what apt says."""
    if not (is_here() and shutil.which("dpkg-deb")):
        raise StackError(f"This is no Debian: install {packages[0]} by hand, so that it is found on PATH.")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix="debian-") as scratch:
        folder = Path(scratch)
        for archive in _archives(packages, folder, whole):
            run(["dpkg-deb", "--extract", str(archive), str(folder / "unpacked")], folder)
        shutil.rmtree(into, ignore_errors=True)
        (folder / "unpacked").replace(into)


def install(*packages: str) -> None:
    """The packages and all that they depend on, for the whole machine, as root. Raises StackError."""
    command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages]
    try:
        run(command, Path("/"))
    except StackError:  # its lists are old, or it has none
        run(["apt-get", "-qq", "update"], Path("/"))
        run(command, Path("/"))


def is_here() -> bool:
    return shutil.which("apt-get") is not None


def run(command: list[str], folder: Path) -> None:
    """Raises StackError with the last that it says."""
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=APT_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StackError(f"{command[0]} took longer than {APT_SECONDS} s.") from None
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "it says nothing").splitlines()
        raise StackError(f"{command[0]} failed: {words[-1]}")


def _archives(packages: tuple[str, ...], folder: Path, whole: bool) -> list[Path]:
    """With the system's lists of packages where it has any, else with lists of our own."""
    for name in ("lists/partial", "cache/archives/partial", "dpkg"):
        (folder / name).mkdir(parents=True)
    # What is installed already; a copy, whose folder's lock is ours.
    status = Path(shutil.copy(STATUS, folder / "dpkg"))
    options = [f"Dir::State::status={status}", f"Dir::Cache={folder / 'cache'}"]
    options += ["APT::Sandbox::User=", "Acquire::Retries=2"]
    asked = ["--no-install-recommends", "--download-only", "-y", "install"] if whole else ["download"]
    try:
        run([*_apt(options), *asked, *packages], folder)
    except StackError:
        options.append(f"Dir::State::lists={folder / 'lists'}")
        run([*_apt(options), "update"], folder)
        run([*_apt(options), *asked, *packages], folder)
    found = sorted([*folder.glob("*.deb"), *folder.glob("cache/archives/*.deb")])
    if not found:
        raise StackError(f"apt-get said nothing and brought no {packages[0]}.")
    return found


def _apt(options: list[str]) -> list[str]:
    return ["apt-get", "-qq", *(part for each in options for part in ("-o", each))]
