"""A database of RDS is not deployed with a package that cannot tell it from another's."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local import authorities
from local.errors import StackError
from local.stage_file import Stage

CERTIFICATES = b"-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"
DATABASE: dict[str, Any] = {"Type": "String", "Default": "rds"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "sam.json").write_text(json.dumps({"Parameters": {"Database": DATABASE}}))
    with zipfile.ZipFile(tmp_path / "deployment.zip", "w") as archive:
        archive.writestr("app.py", "")
    return tmp_path


def check(package: Path, known: dict[str, str] | None = None, **said: str | None) -> None:
    authorities.refuse_without(package, Stage("prod", "", "", "mesa-prod", said), known or {}, "eu-west-1")


def test_without_them_the_command_that_fetches_them_is_told(package: Path) -> None:
    with pytest.raises(
        StackError, match=r"curl -fo \.chalice/rds-ca-bundle\.pem https://.*/eu-west-1-bundle\.pem"
    ):
        check(package)


def test_a_page_that_was_fetched_in_their_place_is_none(package: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "rds-ca-bundle.pem"
    bundle.write_text("<Error><Code>AccessDenied</Code></Error>")
    authorities.add(bundle, package / "deployment.zip")

    with pytest.raises(StackError, match="lacks the certificates of RDS in eu-west-1"):
        check(package)


def test_with_them_it_is_deployed(package: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "rds-ca-bundle.pem"
    bundle.write_bytes(CERTIFICATES)
    authorities.add(bundle, package / "deployment.zip")

    check(package)


@pytest.mark.parametrize("database", ["given", "embedded"])
def test_a_database_that_is_none_of_the_stacks_needs_none(package: Path, database: str) -> None:
    check(package, Database=database)
    check(package, {"Database": database})


def test_the_one_that_is_changed_to_needs_them(package: Path) -> None:
    with pytest.raises(StackError):
        check(package, {"Database": "given"}, Database="aurora")
