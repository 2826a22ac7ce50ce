"""A desk of a test's own, and its people signing in as people do."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import uuid4

from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.e2e.conftest import Outbox
from tests.e2e.console.people import Look, People, bars
from tests.e2e.http import Http, awaited
from tests.support.mailbox import text_of

PASSWORD = "violet staple horse"


@dataclass(frozen=True)
class Person:
    email: str
    name: str


@dataclass(frozen=True)
class House:
    """A workspace; `ada` is its administrator, as a client of the API."""

    slug: str
    name: str
    admin: Person
    ada: Http

    def add(self, role: str, name: str = "Gil Moreno") -> Person:
        """Somebody with PASSWORD."""
        person = Person(f"{role}-{uuid4().hex[:8]}@house.example", name)
        facts = {"name": name, "email": person.email, "role": role, "password": PASSWORD}
        reply = self.ada.post("/v1/users", facts)
        assert reply.status == 201, reply.text
        return person

    def page(self, people: People, person: Person, address: str = "", look: Look = Look.LIGHT) -> Page:
        """A page of somebody who has signed in, at an address or not gone anywhere yet; that the form lets in
        is held by the tests of signing in."""
        tokens = self.ada.sign_in(person.email, PASSWORD, workspace=self.slug)
        page = people.page(person.email, look, tokens=tokens)
        if address:
            page.goto(f"app/{address}")
        return page

    def require_second_step(self) -> None:
        """Of the staff. Who requires it has one."""
        begun = self.ada.post("/v1/auth/totp", {"current_password": PASSWORD}).json
        confirmed = self.ada.post("/v1/auth/totp/confirm", {"code": TOTP(begun["secret"]).now()})
        assert confirmed.status == 200, confirmed.text
        changed = self.ada.patch("/v1/workspace", {"two_step_required_of": "staff"})
        assert changed.status == 200, changed.text


def build(http: Http, name: str, email: str | None = None) -> House:
    admin = Person(email or f"ada-{uuid4().hex[:8]}@house.example", "Ada Ruiz")
    facts = {"workspace_name": name, "admin_email": admin.email, "admin_password": PASSWORD}
    made = http.post("/v1/auth/register", {**facts, "admin_name": admin.name})
    assert made.status == 201, made.text
    ada = http.with_token(made.json["access_token"])
    return House(made.json["workspace"]["slug"], name, admin, ada)


def fill_in(page: Page, person: Person, password: str = PASSWORD) -> None:
    """The form that asks for email and password, sent."""
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, person: Person, to: str = "account") -> None:
    """Somebody is at a page of the console, signed in."""
    page.goto(f"app/sign-in?return={to}")
    fill_in(page, person)
    page.wait_for_url(re.compile(rf"/app/{re.escape(to)}$"))


def enrol(page: Page) -> tuple[str, list[str]]:
    """Sets two-step sign-in up on its page: the app's key, and the recovery codes, which are kept."""
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    shown = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    page.get_by_label("I have kept these codes").check()
    page.get_by_role("button", name="Done").click()
    return secret, codes


def mailed(outbox: Outbox, address: str, link: str, after: int = 0) -> str:
    """The link to a page of the console in a mail to somebody, later than their first so many."""

    def found() -> str | None:
        return next((match[0] for mail in outbox.to(address)[after:] if (match := _link(mail, link))), None)

    return awaited(f"the mail with {link}", found, 60)


def _link(mail: EmailMessage, link: str) -> re.Match[str] | None:
    return re.search(rf"http\S+/app/{link}#token=[\w-]+", text_of(mail))


def clean(page: Page, name: str) -> None:
    """Nothing bars anybody in any look: neither what axe finds, nor what stands out at the side."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)
    assert bars(page, name) == []


def alert(page: Page, text: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(text)
