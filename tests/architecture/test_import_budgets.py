"""What each Lambda loads at its cold start, seen in a fresh process without any setting."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("tickets", "sla", "channels", "notifications", "webhooks", "analytics")
AWS = ("boto3", "botocore", "s3transfer")

# A door, and what it may not load: by name, with all below it.
BUDGETS = {
    "chalicelib.api.authorizer": (
        *("sqlalchemy", "pydantic", "pg8000", *AWS),
        *("chalicelib.models", *(f"chalicelib.{room}" for room in ROOMS)),
    ),
    "chalicelib.api.public_status": (
        "sqlalchemy",
        "pydantic",
        "jwt",
        "cryptography",
        "chalicelib.models",
        *AWS,
    ),
    "chalicelib.egress": (
        *("sqlalchemy", "pydantic", "pg8000", "jwt", "cryptography", *AWS),
        *("chalicelib.models", "chalicelib.accounts", *(f"chalicelib.{room}" for room in ROOMS)),
    ),
    "chalicelib.points": (
        *("sqlalchemy", "pydantic", "pg8000", "jwt", "cryptography", *AWS),
        *("chalicelib.accounts", *(f"chalicelib.{room}" for room in ROOMS if room != "analytics")),
    ),
    "chalicelib.queues": ("chalicelib.api", "pydantic"),
    "chalicelib.channels.mime": (
        *("sqlalchemy", "pydantic", "pg8000", "mailparser_reply", "nh3", "markdown_it", *AWS),
        *("chalicelib.models", "chalicelib.notifications"),
    ),
    "chalicelib.schedules": ("chalicelib.api", "pydantic"),
    "app": ("jwt", "cryptography", "pyotp", "markdown_it", "nh3", *AWS),
}
KEY = "eJigokN5GVXDAsxG4kgmONfXHLdWAJtX1YMGK7s1Idc"
AUTHORIZER = {"MESA_STAGE": "test", "MESA_TOKEN_PUBLIC_KEYS": json.dumps({"test-1": KEY})}


def loaded_by(module: str, **environment: str) -> set[str]:
    """The modules of a new interpreter that has imported one."""
    program = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={"PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return set(json.loads(finished.stdout))


@pytest.mark.parametrize("door", BUDGETS)
def test_a_door_stays_within_its_import_budget(door: str) -> None:
    forbidden = BUDGETS[door]
    loaded = loaded_by(door)
    assert sorted(name for name in loaded if _is_below(name, forbidden)) == []


def test_the_api_loads_no_door_that_lambda_runs_elsewhere() -> None:
    loaded = loaded_by("app", _HANDLER="app.app")
    elsewhere = (
        "chalicelib.egress",
        "chalicelib.points",
        "chalicelib.queues",
        "chalicelib.schedules",
        "chalicelib.notifications",
        "chalicelib.channels.mime",
    )
    assert sorted(name for name in loaded if _is_below(name, elsewhere)) == []


def test_the_authorizers_lambda_loads_what_it_checks_with_while_it_starts() -> None:
    door = "chalicelib.api.authorizer"
    assert {"jwt", "cryptography"} <= loaded_by(door, _HANDLER=f"{door}.authorizer", **AUTHORIZER)


def test_the_authorizers_lambda_does_not_start_without_a_key() -> None:
    door = "chalicelib.api.authorizer"
    with pytest.raises(subprocess.CalledProcessError) as failed:
        loaded_by(door, _HANDLER=f"{door}.authorizer", MESA_STAGE="test")
    assert "MESA_TOKEN_PUBLIC_KEYS is not set" in failed.value.stderr


def _is_below(name: str, forbidden: tuple[str, ...]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in forbidden)


def test_of_ours_the_authorizer_loads_these_alone() -> None:
    ours = {name for name in loaded_by("chalicelib.api.authorizer") if name.startswith("chalicelib.")}
    assert ours == {
        "chalicelib.accounts",
        "chalicelib.accounts.permissions",
        "chalicelib.api",
        "chalicelib.api.access",
        "chalicelib.api.authorizer",
        "chalicelib.api.policy",
        "chalicelib.core",
        "chalicelib.core.cold_start",
        "chalicelib.core.keys",
        "chalicelib.core.settings",
        "chalicelib.core.tokens",
    }
