"""The system user that PostgreSQL runs as when the stack is started by root, which PostgreSQL refuses."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.errors import StackError

SYSTEM_USER = "mesa-postgres"


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Whether every folder on the way to `path` lets this account through."""
        return all(self._passes(folder) for folder in path.resolve().parents)

    def _passes(self, folder: Path) -> bool:
        try:
            found = folder.stat()
        except FileNotFoundError:
            return True  # made later, with the rights it needs
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


@cache
def server_account() -> Account | None:
    """The account to run PostgreSQL as; None when that is simply whoever we are."""
    if os.geteuid() != 0:
        return None
    for name in (SYSTEM_USER, "nobody"):
        entry = _existing(name) or (_created(name) if name == SYSTEM_USER else None)
        if entry:
            return entry
    raise StackError(
        "PostgreSQL does not run as root, and this machine has no unprivileged user to run it as: "
        "start the stack as an ordinary user."
    )


def _existing(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _created(name: str) -> Account | None:
    tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None:
        return None
    command = [tool, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    subprocess.run(command, check=False, capture_output=True)  # another start may have just made it
    return _existing(name)
