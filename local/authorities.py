"""The certificate authorities of RDS in one region, which functions know the database by: fetched by hand
once (docs/deploying.md), and a part of both packages.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local.errors import StackError
from local.stage_file import Stage, value
from local.vendor import append

BUNDLE = ".chalice/rds-ca-bundle.pem"
# The databases that the stack makes.
MADE_HERE = ("rds", "aurora")


def add(bundle: Path, package: Path) -> None:
    """Where core/connection.py looks for them; a database that is none of RDS needs none."""
    if bundle.exists():
        with zipfile.ZipFile(package, "a", zipfile.ZIP_DEFLATED) as archive:
            append(archive, bundle.name, bundle.read_bytes())


def refuse_without(folder: Path, stage: Stage, known: Mapping[str, str], region: str) -> None:
    """Raises StackError where the database that is deployed could not be told from somebody else's.

    `folder` has what `make package` left, `known` the parameters that the stack was given before.
    """
    about = json.loads((folder / "sam.json").read_text())["Parameters"].get("Database")
    if not about or value(stage, "Database", about, known) not in MADE_HERE:
        return
    with zipfile.ZipFile(folder / "deployment.zip") as archive:
        name = Path(BUNDLE).name
        if name in archive.namelist() and b"-----BEGIN CERTIFICATE-----" in archive.read(name):
            return
    raise StackError(
        f"The package lacks the certificates of RDS in {region}, without which nothing connects to the "
        f"database. Fetch them once:\n  curl -fo {BUNDLE} "
        f"https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
    )
