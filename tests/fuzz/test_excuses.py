"""An excuse holds for what it is about, and for nothing beside it."""

import pytest

from tests.fuzz.excuses import EXCUSES, NEGATIVE, POSITIVE, excuses_for

NUL = "name: NUL characters cannot be stored."
WHOLE = "limit: Input should be a valid integer."


def test_what_has_a_reason_each_is_excused() -> None:
    assert len(excuses_for(POSITIVE, "make_team", [NUL, WHOLE])) == 2


@pytest.mark.parametrize(
    ("check", "operation", "said"),
    [
        (POSITIVE, "make_team", [NUL, "name: There is no reason for this."]),
        (POSITIVE, "make_team", ["INTERNAL_SERVER_ERROR: Something went wrong on our side."]),
        ("not_a_server_error", "make_team", [NUL]),
        ("status_code_conformance", "make_team", [WHOLE]),
        (
            NEGATIVE,
            "make_team",
            ["Invalid component: in body - violates `format:email` at /properties/email"],
        ),
        (POSITIVE, "make_team", ["name: This field is required."]),
    ],
)
def test_what_has_none_is_found(check: str, operation: str, said: list[str]) -> None:
    assert excuses_for(check, operation, said) == []


def test_each_reason_is_told_apart() -> None:
    reasons = [each.why for each in EXCUSES]

    assert len(set(reasons)) == len(reasons)
