"""Each page of the console, light, dark and on a phone: it is drawn without an error, and bars nobody."""

import json
from collections import defaultdict

import pytest

from local.files import PROJECT
from tests.e2e.console.desk import Desk, furnished, staffed
from tests.e2e.console.people import People, bars, drawn, layout_shift
from tests.e2e.http import Http

AUDIENCES: dict[str, str] = json.loads((PROJECT / "console" / "src" / "page-names.json").read_text("utf-8"))
STEADY = 0.1
# Who looks at what is for them, and at what is for anybody.
WHO = {"customer": "carol", "anybody": "carol", "dispatcher": "dario", "staff": "ada", "admin": "ada"}


@pytest.fixture(scope="module")
def acme(http: Http) -> Desk:
    """One of its own: it asks every ticket for more than other tests would say."""
    return staffed(http, "Acme-Furnished")


@pytest.fixture(scope="module")
def addresses(http: Http, acme: Desk) -> dict[str, str]:
    """What each page is asked for with, by its name."""
    made = furnished(acme)
    return {
        "ticket": f"ticket?id={made['ticket']}",
        "request": f"request?id={made['ticket']}",
        "person": f"person?id={acme.ids['ana']}",
        "agent": f"agent?id={acme.ids['ana']}",
        "submit": f"submit?workspace={acme.slug}",
        "status": f"status?workspace={acme.slug}",
        "sign-up": f"sign-up?workspace={acme.slug}",
    }


@pytest.mark.parametrize("audience", sorted({*AUDIENCES.values()}))
def test_a_page_is_drawn_and_bars_nobody(
    people: People, acme: Desk, addresses: dict[str, str], audience: str
) -> None:
    page = people.page() if audience == "public" else people.signed_in(WHO[audience], acme)
    wrong: dict[str, list[str]] = defaultdict(list)
    for name in (name for name, whose in AUDIENCES.items() if whose == audience):
        before = len(people.troubles)
        page.goto(f"app/{addresses.get(name, name)}")
        drawn(page)
        if (moved := layout_shift(page)) > STEADY:
            wrong[name].append(f"its parts move while it comes: {moved:.2f}")
        wrong[name] += bars(page, f"page-{name}")
        wrong[name] += people.troubles[before:]

    assert {name: found for name, found in wrong.items() if found} == {}
