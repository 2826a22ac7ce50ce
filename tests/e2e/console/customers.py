"""A desk with customers, and their browsers with them signed in."""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.e2e.console.accounts import PASSWORD, House, build
from tests.e2e.console.people import Look, People
from tests.e2e.http import Http

# Under which name the console keeps who is signed in (console/src/core/session.ts).
SESSION = "mesa.session"


@dataclass
class Desk:
    """Everybody is called by their first name."""

    http: Http
    house: House
    emails: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.house.slug

    @property
    def ada(self) -> Http:
        """Its administrator, as a client of the API."""
        return self.house.ada

    def add(self, **roles: str) -> None:
        for name, role in roles.items():
            self.emails[name] = self.house.add(role, name.title()).email

    def id(self, name: str) -> str:
        found: str = self.tokens(name)["user"]["id"]
        return found

    def tokens(self, name: str) -> dict[str, Any]:
        """What signing in answered, once for each."""
        if name not in self._tokens:
            body = {"email": self.emails[name], "password": PASSWORD, "workspace": self.slug}
            reply = self.http.post("/v1/auth/login", body)
            assert reply.status == 200, reply.text
            self._tokens[name] = reply.json
        return self._tokens[name]

    def calls(self, name: str) -> Http:
        return self.http.with_token(self.tokens(name)["access_token"])


def opened(http: Http, name: str) -> Desk:
    """With Dario, who dispatches, and Carol and Chris, who ask."""
    desk = Desk(http, build(http, name))
    desk.add(dario="dispatcher", carol="customer", chris="customer")
    return desk


def seat(people: People, desk: Desk, name: str, look: Look = Look.LIGHT, language: str = "en") -> Page:
    """A page of theirs, signed in."""
    page = people.page(f"{name} of {desk.slug}", look, language)
    page.goto("app/status")
    kept = json.dumps({**desk.tokens(name), "must_enrol": False})
    page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [SESSION, kept])
    return page


def drawn(page: Page) -> None:
    """Waits until a page of the console shows what it is for."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.locator(".waiting").first.wait_for(state="hidden")
