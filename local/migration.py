"""The package of the functions that act as the schema's owner: Alembic, the migrations and what of the
application they need. Apart from the others', whose cold starts need not carry it.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.errors import StackError
from local.vendor import append, kept_zip

REQUIREMENTS = "migrations/requirements.txt"
# As sources: Alembic finds its versions by their files.
PARTS = (
    *("migrations/**/*.py", "migrations/**/*.sql", "migrations/alembic.ini"),
    *("chalicelib/models/*.py", "chalicelib/sla/*.py"),  # one migration counts business time
)
SECOND_ZONES = "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz"  # tzdata has them, newer
CORE = ("connection", "credentials", "keys", "logs", "secrets", "settings", "sigv4", "wire")


# Wheels for Lambda's Linux where this is one; elsewhere the emulator runs functions on this machine's Python.
WHEELS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")


def migration_zip(project: Path, cache: Path, target: Path) -> None:
    """Writes it; the same sources make the same zip."""
    requirements = project / REQUIREMENTS
    libraries = kept_zip("migration", requirements, Path(__file__), cache, _install, _write_zip)
    shutil.copyfile(libraries, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_files(project)):
            append(archive, path.relative_to(project).as_posix(), path.read_bytes())


def complete(template: dict[str, Any], package: Path) -> None:
    """Says what only the package knows: the runtime of functions that Chalice does not make, and which
    migrations these are, so that CloudFormation calls for them whenever one of them changes."""
    resources = template["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"].setdefault("Runtime", resources["APIHandler"]["Properties"]["Runtime"])
    resources["Migration"]["Properties"]["Code"] = _digest(package)


def _install(requirements: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"]
    if sys.platform == "linux" and platform.machine() == "x86_64":
        command += ["--only-binary=:all:", *(f"--platform={wheel}" for wheel in WHEELS)]
    ended = subprocess.run([*command, "--target", str(folder), "-r", str(requirements)], check=False)
    if ended.returncode != 0:
        raise StackError("The migrations' libraries could not be fetched: pip's own words are above.")


def _write_zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = path.relative_to(folder).as_posix()
            if name != SECOND_ZONES and (".dist-info/" not in name or name.endswith("/METADATA")):
                append(archive, name, path.read_bytes())


def _files(project: Path) -> Iterator[Path]:
    for part in PARTS:
        yield from (path for path in project.glob(part) if "__pycache__" not in path.parts)
    yield project / "chalicelib/__init__.py"
    yield project / "chalicelib/core/__init__.py"
    yield from (project / f"chalicelib/core/{name}.py" for name in CORE)


def _digest(package: Path) -> str:
    with zipfile.ZipFile(package) as archive:
        entries = [
            f"{entry.filename} {entry.CRC}"
            for entry in archive.infolist()
            if entry.filename.startswith("migrations/")
        ]
    return hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()[:16]
