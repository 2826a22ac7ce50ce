"""A browser that draws nothing on a screen, for tests of pages: Debian's Chromium, without windows of its own
where it is to be had, which takes half the time of the processor.

`make browser` finds it on PATH. Where it is not there, root has it installed, and everybody else has Debian's
packages fetched and unpacked into .local, which takes no rights. Whoever does not have Debian installs it by
hand. Source: packages.debian.org/chromium, fonts-conf(5).
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local import debian
from local.errors import StackError
from local.files import PROJECT

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium-headless-shell", "fonts-dejavu-core")
UNPACKED = PROJECT / ".local" / "debian" / "chromium-headless-shell"
# No screen, no helper processes with rights of their own, and no calls to its makers. Source: Chromium's
# headless_command_handler and chrome_switches.cc.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PLACES = ("lib/*-linux-gnu*", "usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/*")
FONTS = UNPACKED / "fonts.conf"
FONTS_CONF = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{unpacked}/usr/share/fonts</dir>
<dir>/usr/share/fonts</dir>
<cachedir>{unpacked}/fonts</cachedir>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
"""


@dataclass(frozen=True)
class Program:
    """Where it is, and what its environment says beside ours."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)

    def version(self) -> str:
        """Such as `Chromium 150.0.7871.100`. Raises StackError where it does not start."""
        command = [str(self.path), "--version"]
        try:
            done = subprocess.run(
                command,
                check=True,
                capture_output=True,
                text=True,
                timeout=60,
                env={**os.environ, **self.settings},
            )
        except subprocess.CalledProcessError as error:
            words = error.stderr.strip().splitlines() or ["it says nothing"]
            raise StackError(f"{self.path} does not start: {words[-1]}") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StackError(f"{self.path} does not start: {error}") from None
        return done.stdout.strip()


def program() -> Program:
    """Raises StackError where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return Program(Path(found))
    if not FONTS.is_file():  # what is written last
        raise StackError("There is no Chromium: `make browser` fetches it, where Debian's packages are.")
    # Folders of their own within: what a library finds by its full path in an installed system.
    folders = {library.parent for place in PLACES for library in UNPACKED.glob(f"{place}/lib*.so*")}
    paths = sorted(map(str, folders), key=len)
    return Program(
        UNPACKED / "usr" / "lib" / "chromium" / "chromium-headless-shell",
        {"LD_LIBRARY_PATH": os.pathsep.join(paths), "FONTCONFIG_FILE": str(FONTS)},
    )


def fetch() -> None:
    """Raises StackError with what apt says."""
    if debian.is_here() and os.geteuid() == 0:
        debian.install(*PACKAGES)
        return
    debian.fetch(UNPACKED, *PACKAGES, whole=True)
    FONTS.write_text(FONTS_CONF.format(unpacked=UNPACKED), "utf-8")


def main() -> None:
    """Has it there. Without it the tests that need it are left out, but in CI, which fails."""
    try:
        print(f"The tests of pages drive {_had().version()}.")
    except StackError as error:
        if os.environ.get("CI"):
            sys.exit(f"Chromium cannot be had, and CI tests with it: {error}")
        print(f"Chromium cannot be had, so the tests of pages are left out: {error}")


def _had() -> Program:
    try:
        return program()
    except StackError:
        print("Fetching Debian's Chromium, which the tests of pages drive: about 200 MB, once.", flush=True)
    fetch()
    return program()


if __name__ == "__main__":
    main()
