"""One browser for the run, which people use by contexts of their own. Its objects belong to the main thread:
no test with them is marked `waits`."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from local.browser import FLAGS, program
from local.errors import StackError
from local.stack import Stack
from tests.e2e.console.desk import Desk, staffed
from tests.e2e.console.people import PATIENCE, People
from tests.e2e.http import Http


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Without one the test is left out, and says why; in CI it fails."""
    try:
        found = program()
    except StackError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path, args=FLAGS, env={**os.environ, **found.settings}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def acme(http: Http) -> Desk:
    """The cast at their desk. Tests add to it; they count nothing there."""
    return staffed(http, "Acme-Console")


@pytest.fixture
def people(browser: Browser, stack: Stack) -> Iterator[People]:
    """The test fails where a page, its console or its policy told of an error, where a call was answered with
    an error of the server's, or left for elsewhere."""
    people = People(browser, stack.api_url, others=(f"{stack.endpoint}/",))
    yield people
    people.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    people = item.funcargs.get("people")
    try:
        yield
    except BaseException:
        if isinstance(people, People) and people.troubles:
            item.add_report_section("call", "browser", "\n".join(people.troubles))
        raise
    if isinstance(people, People):
        people.judge()
