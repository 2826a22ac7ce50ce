"""An interpreter that Lambda no longer supports, or another than the package's, is not deployed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from local.errors import StackError
from local.runtimes import RUNTIMES, check

TODAY = date(2026, 11, 21)


def template(*runtimes: str) -> dict[str, Any]:
    functions = {
        f"F{number}": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": runtime}}
        for number, runtime in enumerate(runtimes)
    }
    return {"Resources": {**functions, "Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.mark.parametrize("minor", [13, 14])
def test_what_is_supported_is_deployed(minor: int) -> None:
    assert check(template(f"python3.{minor}"), (3, minor), TODAY) == ""


def test_what_is_no_longer_supported_is_refused_with_what_to_do() -> None:
    words = r"^AWS no longer supports python3\.10: .* 31 October 2026\. .*PYTHON=python3\.14"
    with pytest.raises(StackError, match=words):
        check(template("python3.10"), (3, 10), TODAY)


@pytest.mark.parametrize("minor", [11, 12])
def test_what_has_little_time_left_is_refused(minor: int) -> None:
    with pytest.raises(
        StackError, match=rf"Python 3\.13 or newer, and this is 3\.{minor}, .*PYTHON=python3\.14"
    ):
        check(template(f"python3.{minor}"), (3, minor), TODAY)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2028, 12, 31), ""),
        (date(2029, 1, 1), "until 30 June 2029, which is 180 days away"),
        (date(2029, 6, 29), "1 days away"),
    ],
)
def test_half_a_year_before_its_end_a_warning_is_said(today: date, said: str) -> None:
    warning = check(template("python3.13"), (3, 13), today)
    assert said in warning
    assert bool(warning) == bool(said)


def test_it_is_refused_from_the_very_day() -> None:
    with pytest.raises(StackError, match=r"no longer supports python3\.13"):
        check(template("python3.13"), (3, 13), date(2029, 6, 30))


@pytest.mark.parametrize("version", [(3, 9), (3, 15)])
def test_what_is_not_known_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(StackError, match=r"Lambda has no python3\.\d+"):
        check(template(f"python3.{version[1]}"), version, TODAY)


def test_a_package_of_another_interpreter_is_refused() -> None:
    with pytest.raises(StackError, match=r"made for python3\.12, and this is python3\.13"):
        check(template("python3.13", "python3.12"), (3, 13), TODAY)


def test_when_all_have_ended_the_page_of_aws_is_named() -> None:
    with pytest.raises(StackError, match=r"docs\.aws\.amazon\.com"):
        check(template("python3.14"), (3, 14), date(2031, 1, 1))


def test_the_dates_are_those_that_cfn_lint_knows_of() -> None:
    """It follows AWS's page: whoever raises its version hears of a date that has moved."""
    path = Path(cfnlint.__file__).parent / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json"
    known = json.loads(path.read_text())
    ours = {
        name: {"deprecated": str(each[0]), "create-block": str(each[1]), "update-block": str(each[2])}
        for name, each in RUNTIMES.items()
    }
    theirs = {name: {word: known[name][word] for word in dates} for name, dates in ours.items()}
    assert ours == theirs
    assert {name for name in known if name.startswith("python3.1")} == set(RUNTIMES)
