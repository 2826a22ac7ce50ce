"""The memory of each function is what its last measurement asks for, or more."""

import json

import pytest

from benchmarks import cost_page, needs
from benchmarks.functions import HANDLERS
from local.files import PROJECT
from tests.support.for_each import for_each


def test_every_function_is_measured() -> None:
    """Whoever adds one says in benchmarks/functions.py what calls it, and runs `make bench ONLY=memory`."""
    functions = set(needs.configuration())

    assert set(HANDLERS) == functions
    assert set(needs.recorded()) == functions


@for_each("name", sorted(needs.configuration()))
def test_a_function_has_the_memory_that_it_needs(name: str) -> None:
    assert needs.configured(name) >= needs.needed(name, needs.recorded()[name])


@pytest.mark.parametrize(
    ("megabytes", "large", "needs_mb"), [(50, 10.0, 512), (400, 10.0, 1024), (50, 100_000.0, 1769)]
)
def test_memory_grows_with_what_is_held_and_with_what_is_to_be_done_in_time(
    megabytes: int, large: float, needs_mb: int
) -> None:
    measured = needs.Measured(megabytes, 100.0, 1.0, 2.0, large)

    assert needs.needed("rules", measured) == needs_mb


def test_whoever_waits_for_a_function_does_not_wait_for_its_processor() -> None:
    slow = needs.Measured(50, 800.0, 1.0, 2.0, 1.0)

    assert needs.needed("authorizer", slow) > needs.needed("insight", slow)


def test_the_page_says_what_was_measured() -> None:
    assert (PROJECT / "docs" / "cost.md").read_text("utf-8") == cost_page.page()


def test_prices_say_where_they_come_from() -> None:
    told = json.loads((PROJECT / "benchmarks" / "prices.json").read_text("utf-8"))

    assert told.pop("source")
    assert told.pop("date")
    assert all(each["source"] for each in told.values())
