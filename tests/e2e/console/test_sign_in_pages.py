"""Coming in by the console: with a password, a second step, a provider, an invitation, a reset."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from pyotp import TOTP

from tests.e2e.conftest import Outbox
from tests.e2e.console.accounts import (
    PASSWORD,
    House,
    Person,
    alert,
    build,
    clean,
    enrol,
    fill_in,
    mailed,
    sign_in,
)
from tests.e2e.console.people import Look, People
from tests.e2e.http import Http
from tests.support.openid_provider import CLIENT, SECRET, OpenIdProvider
from tests.support.openid_provider import PASSWORD as AT_PROVIDER

QUEUE = re.compile(r"/app/queue$")


@pytest.fixture(scope="module")
def house(http: Http) -> House:
    return build(http, "Sign-in House")


@pytest.fixture(scope="module")
def provider(http: Http, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    back = f"{http.base}/app/signed-in"
    provider = OpenIdProvider(Path(tmp_path_factory.mktemp("provider")), back)
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def federated(http: Http, provider: OpenIdProvider) -> House:
    federated = build(http, "Federated Console")
    saved = federated.ada.patch(
        "/v1/workspace/oidc",
        {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [f"{http.base}/app/signed-in"],
            "role_claim": "groups",
            "role_mapping": {"desk-leads": "dispatcher"},
            "create_users": True,
        },
    )
    assert saved.status == 200, saved.text
    return federated


def next_code(secret: str) -> str:
    """The code after that of now, which enrolling may have used up."""
    return TOTP(secret).at(int(time.time()) + 30)


class TestPassword:
    def test_a_wrong_one_is_said_and_a_right_one_goes_where_one_wanted_to(
        self, people: People, house: House
    ) -> None:
        gil = house.add("agent")
        page = people.page("gil")
        page.goto("app/account?tab=mails")
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        expect(page.get_by_label("Email")).to_be_focused()
        clean(page, "sign-in")

        fill_in(page, gil, "not the password")
        alert(page, "Email or password is wrong.")
        clean(page, "sign-in-refused")
        assert page.get_by_label("Email").input_value() == gil.email

        page.get_by_role("button", name="Show what is typed").click()
        expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
        fill_in(page, gil)
        page.wait_for_url(re.compile(r"/app/account\?tab=mails$"))

    def test_the_desk_of_the_address_is_named(self, people: People, house: House) -> None:
        page = people.page()
        page.goto(f"app/sign-in?workspace={house.slug}")
        expect(page.get_by_role("banner")).to_contain_text(house.name)

        page.goto("app/sign-in?workspace=no-such-desk")
        alert(page, "There is no help desk “no-such-desk”.")

    def test_where_it_fits_at_several_desks_one_says_which(self, people: People, http: Http) -> None:
        first = build(http, "Many Desks North")
        build(http, "Many Desks South", first.admin.email)
        page = people.page("ada")
        page.goto("app/sign-in")
        fill_in(page, first.admin)
        expect(page.get_by_role("heading", name="Which help desk?")).to_be_visible()
        clean(page, "sign-in-which")

        page.get_by_role("button", name="Many Desks South").click()
        page.wait_for_url(QUEUE)
        expect(page.get_by_role("navigation", name="Main")).to_contain_text("Many Desks South")

    def test_who_must_wait_is_told_for_how_long(self, people: People, house: House) -> None:
        page = people.page("gil")
        page.route("**/v1/auth/login", too_many)
        page.goto("app/sign-in")
        fill_in(page, house.admin)

        alert(page, "Too many failed sign-ins with this email.")
        expect(page.get_by_role("timer", include_hidden=True)).to_contain_text(re.compile(r"14 m \d+ s"))
        clean(page, "sign-in-locked")

    def test_refusals_are_in_spanish_too(self, people: People, house: House) -> None:
        page = people.page("gil", language="es")
        page.goto("app/sign-in")
        page.get_by_label("Correo electrónico").fill(house.admin.email)
        page.get_by_label("Contraseña", exact=True).fill("no es la contraseña")
        page.get_by_role("button", name="Iniciar sesión", exact=True).click()

        alert(page, "El correo o la contraseña no son correctos.")


def too_many(route: Route) -> None:
    detail = "Too many failed sign-ins with this email. Wait before you try again."
    problem = {"status": 429, "code": "RATE_LIMITED", "title": "Too Many Requests", "detail": detail}
    route.fulfill(status=429, json={**problem, "errors": []}, headers={"Retry-After": "900"})


class TestSecondStep:
    def test_is_set_up_and_then_asked_for(self, people: People, house: House) -> None:
        gil = house.add("agent")
        page = people.page("gil")
        sign_in(page, gil, "two-step")
        clean(page, "two-step")
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("The current password is wrong.")).to_be_visible()
        expect(page.get_by_label("Password", exact=True)).to_be_focused()

        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("img", name="Picture to scan")).to_be_visible()
        clean(page, "two-step-scan")
        page.get_by_role("button", name="Begin again").click()
        secret, codes = enrol(page)
        page.wait_for_url(re.compile(r"/app/account"))
        assert len(set(codes)) == 10

        leave(page, Look.LIGHT)
        fill_in(page, gil)
        page.get_by_label("Code", exact=True).fill("000 000")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("This code is wrong, or was used already.")).to_be_visible()
        clean(page, "sign-in-code")
        page.get_by_label("Code", exact=True).fill(next_code(secret))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(QUEUE)

        leave(page, Look.PHONE)
        fill_in(page, gil)
        page.get_by_role("button", name="I cannot use the app").click()
        page.get_by_label("Recovery code").fill(codes[3].upper())
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(QUEUE)

    def test_where_it_is_required_nothing_else_comes_first(self, people: People, http: Http) -> None:
        strict = build(http, "Strict House")
        dana = strict.add("dispatcher", "Dana Ortiz")
        strict.require_second_step()
        page = people.page("dana")
        page.goto("app/sign-in?return=figures")
        fill_in(page, dana)
        expect(page.get_by_text("Strict House asks everybody in your role")).to_be_visible()
        page.goto("app/queue")
        expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()
        expect(page.get_by_role("navigation")).to_have_count(0)

        enrol(page)
        page.wait_for_url(QUEUE)

    def test_a_workspace_that_begins_to_require_it_is_noticed(self, people: People, http: Http) -> None:
        stricter = build(http, "Stricter House")
        dana = stricter.add("dispatcher", "Dana Ortiz")
        page = people.page("dana")
        sign_in(page, dana, "teams")
        stricter.require_second_step()

        page.goto("app/people")

        expect(page.get_by_role("heading", name="Two-step sign-in")).to_be_visible()


def leave(page: Page, look: Look) -> None:
    page.set_viewport_size(look.context["viewport"])
    page.goto("app/account")
    if look is Look.PHONE:
        page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Gil Moreno").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


class TestProvider:
    def test_takes_one_there_and_back(
        self, people: People, federated: House, provider: OpenIdProvider
    ) -> None:
        people.expect(re.escape(f"a call leaves for {provider.url}"))
        page = people.page("lena")
        page.goto(f"app/sign-in?workspace={federated.slug}&return=teams")
        clean(page, "sign-in-provider")
        page.get_by_role("button", name="Continue with your Federated Console account").click()
        page.locator("[name=username]").fill("lena")
        page.locator("[name=password]").fill(AT_PROVIDER)
        page.locator("[name=password]").press("Enter")

        page.wait_for_url(re.compile(r"/app/teams$"))
        assert "code=" not in page.evaluate("JSON.stringify(history.state) + location.href")
        assert page.evaluate("sessionStorage.getItem('mesa.oidc')") is None

    def test_tells_who_has_no_role_here(
        self, people: People, federated: House, provider: OpenIdProvider
    ) -> None:
        people.expect(re.escape(f"a call leaves for {provider.url}"))
        page = people.page("olga")
        page.goto("app/sign-in")
        page.get_by_role("button", name="Use your organisation’s account").click()
        page.get_by_label("Short name of the help desk").fill(federated.slug)
        page.get_by_role("button", name="Continue").click()
        page.locator("[name=username]").fill("olga")
        page.locator("[name=password]").fill(AT_PROVIDER)
        page.locator("[name=password]").press("Enter")

        alert(page, "Your account has no role at this help desk.")
        clean(page, "signed-in-refused")

    def test_what_it_refuses_and_what_was_not_begun_here_are_told_apart(
        self, people: People, federated: House
    ) -> None:
        page = people.page("lena")
        page.goto("app/sign-in")
        kept = f"{{state: 'ours', binding: 'b', workspace: '{federated.slug}'}}"
        page.evaluate(f"sessionStorage.setItem('mesa.oidc', JSON.stringify({kept}))")
        page.goto("app/signed-in?error=access_denied&state=ours&error_description=Call+this+number")
        alert(page, "The provider did not let you in")
        expect(page.get_by_text("Call this number")).to_have_count(0)

        page.goto("app/signed-in?code=stolen&state=of-another")
        alert(page, "was not begun in this tab")
        expect(page.get_by_role("link", name="Begin again")).to_be_visible()
        assert page.url.endswith("/app/signed-in")

    def test_a_desk_without_one_is_said_to_have_none(self, people: People, house: House) -> None:
        page = people.page()
        page.goto("app/sign-in")
        page.get_by_role("button", name="Use your organisation’s account").click()
        page.get_by_label("Short name of the help desk").fill(house.slug)
        page.get_by_role("button", name="Continue").click()

        expect(page.get_by_text("nobody signs in there with a provider")).to_be_visible()


class TestMailedLinks:
    def test_an_invitation_is_accepted_once(self, people: People, house: House, outbox: Outbox) -> None:
        person = Person("ana@house.example", "Ana Silva")
        invited = house.ada.post("/v1/invitations", {"email": person.email, "role": "agent"})
        assert invited.status == 201, invited.text
        link = mailed(outbox, person.email, "invitation")
        page = people.page("ana")
        page.goto(link)
        expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
        assert page.url.endswith("/app/invitation")
        clean(page, "invitation")

        page.get_by_label("Your name").fill(person.name)
        page.get_by_label("Password", exact=True).fill("password123")
        page.get_by_role("button", name="Accept and sign in").click()
        expect(page.get_by_text("among the first that an attacker tries")).to_be_visible()
        page.reload()  # the token is still had, though in no address
        page.get_by_label("Your name").fill(person.name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Accept and sign in").click()
        page.wait_for_url(QUEUE)
        expect(page.locator("nav").get_by_text(person.name)).to_be_attached()

        again = people.page("somebody")
        again.goto(link)
        again.get_by_label("Password", exact=True).fill(PASSWORD)
        again.get_by_role("button", name="Accept and sign in").click()
        expect(again.get_by_role("heading", name="This link was used before")).to_be_visible()
        clean(again, "invitation-over")

    def test_a_forgotten_password_is_replaced(self, people: People, house: House, outbox: Outbox) -> None:
        gil = house.add("agent")
        page = people.page("gil")
        page.goto("app/sign-in")
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_label("Email").fill(gil.email)
        clean(page, "forgot")
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("status").filter(has_text=gil.email)).to_be_visible()
        clean(page, "forgot-sent")

        page.goto(mailed(outbox, gil.email, "reset"))
        page.get_by_label("New password").fill("short")
        expect(page.get_by_text("5 more characters")).to_be_visible()
        page.get_by_role("button", name="Save the password").click()
        expect(page.get_by_text("at least 10 characters.")).to_be_visible()
        clean(page, "reset")
        page.get_by_label("New password").fill("amber ladder cloud")
        page.get_by_role("button", name="Save the password").click()
        page.get_by_role("link", name="Sign in").click()
        fill_in(page, gil, "amber ladder cloud")
        page.wait_for_url(QUEUE)

    def test_a_customer_makes_an_account(self, people: People, http: Http, outbox: Outbox) -> None:
        open_house = build(http, "Open House")
        carla = Person("carla@open.example", "Carla Vega")
        page = people.page("carla", Look.PHONE)
        assert open_house.ada.patch("/v1/workspace", {"customer_signup": False}).status == 200
        page.goto(f"app/sign-up?workspace={open_house.slug}")
        expect(page.get_by_role("heading", name="Open House makes accounts itself")).to_be_visible()
        assert open_house.ada.patch("/v1/workspace", {"customer_signup": True}).status == 200

        page.goto(f"app/sign-in?workspace={open_house.slug}")
        page.get_by_role("link", name="Make an account").click()
        clean(page, "sign-up")
        page.get_by_label("Your name").fill(carla.name)
        page.get_by_label("Email").fill(carla.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()

        page.goto(mailed(outbox, carla.email, "verify-email"))
        clean(page, "verify-email")
        page.get_by_role("button", name="Yes, it is mine").click()
        page.get_by_role("link", name="Sign in").click()
        fill_in(page, carla)
        page.wait_for_url(re.compile(r"/app/requests$"))

    def test_a_link_without_its_token_is_told_of(self, people: People) -> None:
        page = people.page()
        for name in ("invitation", "reset", "verify-email"):
            page.goto(f"app/{name}")
            expect(page.get_by_role("heading", name="This link is not complete")).to_be_visible()


def test_a_desk_is_set_up_from_the_start_page(people: People) -> None:
    page = people.page("ada")
    page.goto("app/home")
    clean(page, "start")
    page.get_by_role("link", name="Set it up").click()
    clean(page, "register")
    page.get_by_label("Name of the help desk").fill("Started Here")
    page.get_by_label("Email").fill("ada@started.example")
    page.get_by_label("Password", exact=True).fill("Started Here")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("The password is your name, email or workspace.")).to_be_visible()

    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url(QUEUE)
