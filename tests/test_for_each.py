"""A test for each of many fails with all that failed, and with what it failed."""

import inspect

import pytest

from tests.support.for_each import for_each


def test_all_are_tried_and_all_that_fail_are_told() -> None:
    tried = []

    @for_each("number", range(5))
    def small(number: int) -> None:
        tried.append(number)
        assert number < 3

    with pytest.raises(ExceptionGroup, match="2 of 5") as told:
        small()

    assert tried == [0, 1, 2, 3, 4]
    assert [error.__notes__ for error in told.value.exceptions] == [["number: 3"], ["number: 4"]]


def test_one_that_was_to_raise_and_did_not_is_told_too() -> None:
    @for_each("number", range(3))
    def refused(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            divmod(1, number % 2)

    with pytest.raises(BaseExceptionGroup, match="1 of 3") as told:
        refused()

    assert [error.__notes__ for error in told.value.exceptions] == [["number: 1"]]


def test_none_at_all_is_a_failure() -> None:
    @for_each("number", [])
    def small(number: int) -> None:
        raise AssertionError(number)

    with pytest.raises(AssertionError, match="there is no number"):
        small()


@for_each("word", ["a", "b"])
def test_fixtures_are_given_as_ever(tmp_path: object, word: str) -> None:
    assert word in "ab"
    assert tmp_path


def test_several_names_are_given_one_by_one() -> None:
    given: list[tuple[int, str]] = []

    @for_each("number, word", [(1, "one"), (2, "two")])
    def kept(word: str, number: int, given_too: None = None) -> None:
        given.append((number, word))

    kept()

    assert given == [(1, "one"), (2, "two")]
    assert [*inspect.signature(kept).parameters] == ["given_too"]
