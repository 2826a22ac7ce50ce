"""The form for people without an account, as their browsers see it: without scripts, in two languages, within
the pages of other sites, and with whatever they type."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from app import app
from chalicelib.api import web_pages
from chalicelib.core import throttle
from chalicelib.models.words import TicketType
from tests.support.api import Api, Context, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PATH = "/v1/public/acme/form"
STATUS_PATH = "/v1/public/acme/status"
FORM = "application/x-www-form-urlencoded"
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
FILLED = {
    "token": "one-showing",
    "name": "Nora Vega",
    "email": "nora@example.org",
    "type": "incident",
    "subject": "No toner",
    "description": "The printer blinks.\r\nAnd prints nothing.",
    "website": "",
}


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, and the text within each that has an id."""

    VOID = frozenset({"input", "img", "link", "meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(dict(attrs).get("id"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in filter(None, self._open):
            self.texts[name] = self.texts.get(name, "") + data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def named(self, name: str) -> dict[str, str | None]:
        """The control of a field."""
        (found,) = [each for _, each in self.elements if each.get("name") == name and "id" in each]
        return found

    def error(self, name: str) -> str | None:
        """What is said of a field, by the way that a reader of screens finds it."""
        described = (self.named(name).get("aria-describedby") or "").split()
        (place,) = [each for each in described if each.endswith("-error")] or [None]
        return self.texts[place].strip() if place else None

    def chosen(self, name: str) -> list[str | None]:
        """The selected options of the page's one select with this name."""
        inside, found = False, []
        for tag, attributes in self.elements:
            if tag in ("select", "input", "textarea"):
                inside = attributes.get("name") == name
            elif tag == "option" and inside and "selected" in attributes:
                found.append(attributes.get("value"))
        return found


def send(api: Api, fields: Any, path: str = PATH, **headers: str) -> Reply:
    body = urlencode(fields, doseq=True).encode()
    return api.post(path, body, Content_Type=FORM, **{**BROWSER, **headers})


def look(api: Api, path: str = PATH, **headers: str) -> Page:
    reply = api.get(path, **{**BROWSER, **headers})
    assert reply.status == 200, reply.text
    return Page(reply.text)


def field(api: Api, cast: Cast, **facts: Any) -> None:
    body = {"visible_to_customers": True, "editable_by_customers": True, **facts}
    reply = api.with_token(cast.ada.token).post("/v1/custom-fields", body)
    assert reply.status == 201, reply.text


def settings(api: Api, cast: Cast, **wanted: Any) -> Reply:
    return api.with_token(cast.ada.token).patch("/v1/workspace", wanted)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is throttled."""
    monkeypatch.setattr(throttle, "hit", lambda *_, **__: throttle.Count(True, 9, 9, 9))


class TestFiles:
    def test_the_form_leads_to_the_page_that_takes_them(self, api: Api, cast: Cast) -> None:
        page = look(api, f"{PATH}?lang=es")

        (link,) = [each for each in page.all("a", target="_blank") if "submit" in str(each["href"])]
        assert urljoin(f"/api{PATH}", str(link["href"])) == "/api/app/submit?workspace=acme&lang=es"


class TestSending:
    def test_it_makes_a_ticket_and_answers_with_its_number_and_the_way_to_its_status(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        reply = send(api, FILLED)

        assert reply.status == 201, reply.text
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        (ticket,) = database.rows("SELECT * FROM tickets")
        assert (ticket["subject"], ticket["type"], ticket["source"]) == ("No toner", "incident", "public")
        assert ticket["description"] == "The printer blinks.\nAnd prints nothing."
        assert (ticket["workspace_id"], str(ticket["source_ip"])) == (cast.acme, "203.0.113.7")
        assert database.value("SELECT name FROM users WHERE email = 'nora@example.org'") == "Nora Vega"
        links = [each["href"] for each in Page(reply.text).all("a")]
        assert ticket["label"] in reply.text
        assert f"status?label={ticket['label']}&lang=en" in links

    def test_a_body_that_the_gateway_passes_on_as_text_is_read_alike(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        event = api._event(
            "POST", PATH, urlencode({**FILLED, "name": "Ñora"}).encode(), {"content-type": FORM}
        )
        assert event is not None
        event |= {"body": urlencode({**FILLED, "name": "Ñora"}), "isBase64Encoded": False}

        assert app(event, Context())["statusCode"] == 201
        assert database.value("SELECT name FROM users WHERE email = 'nora@example.org'") == "Ñora"

    def test_sent_twice_it_is_one_ticket_and_the_same_page_with_the_same_policy(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        first, second = (send(api, FILLED) for _ in range(2))

        assert (first.status, first.text) == (second.status, second.text)
        policy = "content-security-policy"
        assert first.headers[policy] == second.headers[policy] != ""
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_each_showing_has_a_token_of_its_own_and_a_form_corrected_keeps_it(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        tokens = {str(look(api).all("input", name="token")[0]["value"]) for _ in range(2)}
        assert len(tokens) == 2
        wrong = Page(send(api, {**FILLED, "subject": ""}).text)
        assert wrong.all("input", name="token")[0]["value"] == "one-showing"

        assert send(api, FILLED).status == 201
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_sent_and_changed_it_asks_whether_it_is_another_request_and_keeps_what_was_written(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        send(api, FILLED)
        reply = send(api, {**FILLED, "subject": "Something else"})
        assert reply.status == 422

        page = Page(reply.text)
        assert "already" in reply.text
        assert {str(each["name"]) for each in page.all("textarea")} == {*FILLED}
        token = re.search(r'name="token" hidden>\s*([^<]+)<', reply.text)
        assert token is not None
        assert token[1] != FILLED["token"]
        assert send(api, {**FILLED, "subject": "Something else", "token": token[1]}).status == 201
        assert database.value("SELECT count(*) FROM tickets") == 2

    def test_who_leaves_the_email_out_is_told_so_however_many_did_before(self, api: Api, cast: Cast) -> None:
        replies = [send(api.at(f"203.0.113.{each}"), {**FILLED, "email": ""}) for each in range(20, 32)]

        assert {reply.status for reply in replies} == {422}
        assert Page(replies[-1].text).error("email")

    def test_it_and_the_api_share_their_limits_and_what_was_written_is_kept(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        body = {name: FILLED[name] for name in ("name", "email", "subject")}
        for _ in range(10):
            api.post("/v1/public/acme/tickets", {**body, "description": "It prints nothing."})

        reply = send(api, FILLED)

        assert (reply.status, "retry-after" in reply.headers) == (429, True)
        assert "And prints nothing." in reply.text
        assert Page(reply.text).all("form", method="post")
        assert database.value("SELECT count(*) FROM tickets") == 10

    def test_what_a_machine_fills_in_is_refused_where_people_can_see_it(
        self,
        api: Api,
        cast: Cast,
        database: Database,
    ) -> None:
        assert look(api).all("div", **{"class": "trap", "aria-hidden": "true"})

        reply = send(api, {**FILLED, "website": "https://spam.example"})

        assert reply.status == 422
        page = Page(reply.text)
        assert page.all("div", **{"class": "trap"}) == []
        assert page.error("website") == "Leave this empty: only machines fill it in."
        assert database.value("SELECT count(*) FROM tickets") == 0

    @for_each(
        "body, media_type, status",
        [
            (b'{"name": "Nora"}', "application/json", 415),
            (b"--x--", "multipart/form-data; boundary=x", 415),
            (b"name=%FF%FE", FORM, 400),
            (b"name=%ED%A0%80", FORM, 400),
            (b"\xff", FORM, 400),
            (b"&".join(b"a=1" for _ in range(501)), FORM, 400),
            (b"description=" + b"a" * 1_048_577, FORM, 413),
            (b"", FORM, 422),
            (b"_fields_set=1&model_config=2&__class__=3&self=4", FORM, 422),
        ],
    )
    def test_what_is_no_such_form_is_refused_as_a_page_to_people_and_as_a_problem_to_programs(
        self,
        api: Api,
        cast: Cast,
        body: bytes,
        media_type: str,
        status: int,
    ) -> None:
        page = api.post(PATH, body, Content_Type=media_type, **BROWSER)
        problem = api.post(PATH, body, Content_Type=media_type)

        assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert (problem.status, problem.code is not None) == (status, True)

    def test_an_unknown_desk_is_a_page_that_says_so(self, api: Api, cast: Cast) -> None:
        for reply in (
            api.get("/v1/public/nobody/form", **BROWSER),
            send(api, FILLED, "/v1/public/nobody/form"),
        ):
            assert reply.status == 404
            assert "There is no such help desk." in reply.text


class TestWhatIsWrong:
    def test_all_is_said_at_once_beside_each_field_and_what_was_typed_stays(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        field(api, cast, key="floor", name="Floor", type="number")
        field(api, cast, key="seat", name="Seat", type="text", required_for=["incident"])
        api.with_token(cast.ada.token).post("/v1/categories", {"name": "Network", "subcategories": ["VPN"]})
        sent = {
            **FILLED,
            "name": "N",
            "email": "nora at example",
            "subject": "s" * 201,
            "description": "too short",
            "category": "Gone",
            "cf.floor": "third",
        }

        reply = send(api, sent)

        assert reply.status == 422
        page = Page(reply.text)
        assert page.error("name") == "Write a name of 3 to 150 characters, on one line."
        assert page.error("email") == "This is no email address. It looks like name@example.com."
        assert page.error("subject") == "Write 200 characters at most, on one line."
        assert page.error("description") == "Write 10 characters at least, and no more than 64 kB."
        assert page.error("category") == "Choose one of the list. It may have changed meanwhile."
        assert page.error("cf.floor") == "Write a number, such as 7 or 2.5."
        assert page.error("cf.seat") == "This is needed."
        for name in ("name", "email", "subject", "cf.floor"):
            control = page.named(name)
            assert (control["value"], control["aria-invalid"]) == (sent[name], "true")
        assert page.texts["f-description"].strip() == "too short"
        assert page.chosen("type") == ["incident"]
        wrong = {str(each["href"]) for each in page.all("a") if str(each["href"]).startswith("#")}
        assert {each.removeprefix("#") for each in wrong} <= {each.get("id") for _, each in page.elements}
        assert len(wrong) == 7
        assert page.all("div", role="alert", tabindex="-1")
        assert page.texts.keys() >= {"f-name-error"}
        assert database.value("SELECT count(*) FROM users WHERE email LIKE 'nora%'") == 0

    @for_each("name", ["name", "email", "subject", "description"])
    def test_what_is_missing_or_blank_is_needed(self, api: Api, cast: Cast, name: str) -> None:
        for fields in ({**FILLED, name: " \r\n "}, {each: FILLED[each] for each in FILLED if each != name}):
            reply = send(api, fields)
            assert reply.status == 422
            assert Page(reply.text).error(name) == "This is needed."

    @for_each("name", ["name", "email", "subject", "description", "type"])
    def test_nul_is_refused_at_its_field(self, api: Api, cast: Cast, name: str) -> None:
        reply = send(api, {**FILLED, name: f"{FILLED[name]}\0"})
        assert reply.status == 422
        assert Page(reply.text).error(name)

    @pytest.mark.parametrize("name", ["name", "subject"])
    def test_case_36_line_breaks_are_refused_where_there_is_one_line(
        self,
        api: Api,
        cast: Cast,
        name: str,
    ) -> None:
        for text in ("a line\r\nBcc: x@example.org", "a line\rb", "a line\u2028b"):
            reply = send(api, {**FILLED, name: text})
            assert reply.status == 422, text
            assert Page(reply.text).error(name)

    def test_in_spanish_it_says_the_same(self, api: Api, cast: Cast) -> None:
        page = Page(send(api, {**FILLED, "email": "x", "lang": "es"}).text)
        assert page.all("html", lang="es")
        assert page.error("email") == "Esta no es una dirección de correo. Se parece a nombre@example.com."


class TestFields:
    def test_custom_fields_of_every_type_are_asked_for_and_kept(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        field(api, cast, key="asset", name="Asset <tag>", type="text")
        field(api, cast, key="weight", name="Weight", type="number")
        field(api, cast, key="broken", name="Broken?", type="boolean")
        field(api, cast, key="since", name="Since", type="date")
        field(api, cast, key="site", name="Site", type="select", options=["North", 'South "B"'])
        field(api, cast, key="what", name="What", type="multi_select", options=["Ink", "Paper", "Power"])
        secret = {"key": "margin", "name": "Margin", "type": "number"}
        assert api.with_token(cast.ada.token).post("/v1/custom-fields", secret).status == 201
        values = {
            "cf.asset": "A-7",
            "cf.weight": "2,5",
            "cf.broken": "false",
            "cf.since": "2026-11-20",
            "cf.site": 'South "B"',
            "cf.what": ["Ink", "Power"],
        }

        page = look(api)
        assert "margin" not in str(page.elements)
        assert page.named("cf.since")["type"] == "date"
        assert [each["value"] for each in page.all("input", name="cf.what")] == ["Ink", "Paper", "Power"]
        again = Page(send(api, {**FILLED, **values, "name": ""}).text)
        assert again.chosen("cf.broken") == ["false"]
        assert again.chosen("cf.site") == ['South "B"']
        assert ["checked" in each for each in again.all("input", name="cf.what")] == [True, False, True]
        assert again.named("cf.weight")["value"] == "2,5"

        assert send(api, {**FILLED, **values}).status == 201
        assert database.value("SELECT custom_fields FROM tickets") == {
            "asset": "A-7",
            "weight": 2.5,
            "broken": False,
            "since": "2026-11-20",
            "site": 'South "B"',
            "what": ["Ink", "Power"],
        }

    def test_what_only_the_staff_sets_is_not_set_by_a_form(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        field(api, cast, key="margin", name="Margin", type="number", editable_by_customers=False)

        reply = send(api, {**FILLED, "cf.margin": "7", "role": "admin", "workspace_id": str(cast.globex)})

        assert reply.status == 201
        (ticket,) = database.rows("SELECT workspace_id, custom_fields FROM tickets")
        assert (ticket["workspace_id"], ticket["custom_fields"]) == (cast.acme, {})

    def test_what_all_types_need_is_required_and_what_some_need_says_so(self, api: Api, cast: Cast) -> None:
        every = [each.value for each in TicketType]
        field(api, cast, key="a", name="A", type="text", required_for=every)
        field(api, cast, key="b", name="B", type="text", required_for=["incident", "claim"])

        page = look(api)

        assert "required" in page.named("cf.a")
        assert "required" not in page.named("cf.b")
        assert page.texts["f-cf.b-hint"] == "Needed for: A claim, Something does not work"
        assert send(api, {**FILLED, "type": "question", "cf.a": "x"}).status == 201

    def test_categories_in_use_are_offered_with_their_parts_and_no_name_is_taken_for_another(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        ada = api.with_token(cast.ada.token)
        for body in (
            {"name": "Net", "subcategories": ["VPN", "A/B"]},
            {"name": "Net/VPN"},
            {"name": "Old", "active": False},
        ):
            assert ada.post("/v1/categories", body).status == 201

        page = look(api)
        offered = [
            str(each["value"])
            for each in page.all("option")
            if "%2F" in str(each["value"]) or "Net" in str(each["value"])
        ]
        assert offered == ["Net", "Net/VPN", "Net/A%2FB", "Net%2FVPN"]
        for place, value in enumerate(offered):
            assert send(api, {**FILLED, "token": f"t{place}", "category": value}).status == 201

        rows = database.rows("SELECT category, subcategory FROM tickets ORDER BY number")
        assert [(row["category"], row["subcategory"]) for row in rows] == [
            ("Net", None),
            ("Net", "VPN"),
            ("Net", "A/B"),
            ("Net/VPN", None),
        ]
        assert send(api, {**FILLED, "token": "old", "category": "Old"}).status == 422

    def test_a_link_fills_in_what_it_likes_and_decides_nothing(self, api: Api, cast: Cast) -> None:
        page = look(api, f"{PATH}?type=claim&subject=Bill%20%22%3E%3Cb%3E&lang=es&utm_source=mail")
        assert page.chosen("type") == ["claim"]
        assert page.named("subject")["value"] == 'Bill "><b>'
        assert page.all("b") == []
        assert (
            look(api, f"{PATH}?type=%3Cscript%3E&lang=%3Cscript%3E").all("script", src="../../../assets/x")
            == []
        )

    @pytest.mark.parametrize("path", [f"{PATH}?type=claim&lang=es", f"{STATUS_PATH}?label=TKT-2026-00001"])
    def test_what_a_link_fills_in_is_not_sent_beside_the_form(self, api: Api, cast: Cast, path: str) -> None:
        shown = path.partition("?")[0]
        (form,) = look(api, path).all("form")
        sent_to = urljoin(path, form.get("action") or path)
        reply = send(api, {"name": "", "label": "x"}, sent_to)

        assert sent_to == shown
        assert Page(reply.text).all("form")
        assert "autofocus" in reply.text  # on what is wrong


class TestHowItReads:
    @pytest.mark.parametrize("state", ["new", "wrong", "sent", "status"])
    def test_every_control_has_a_label_and_every_id_is_there_once(
        self, api: Api, cast: Cast, state: str
    ) -> None:
        field(api, cast, key="what", name="What", type="multi_select", options=["Ink", "Paper"])
        field(api, cast, key="seat", name="Seat", type="text", required_for=["incident"])
        shown = {
            "new": lambda: api.get(PATH, **BROWSER),
            "wrong": lambda: send(api, {"type": "incident", "website": "x"}),
            "sent": lambda: send(api, {**FILLED, "cf.seat": "7"}),
            "status": lambda: api.get(STATUS_PATH, **BROWSER),
        }
        page = Page(shown[state]().text)

        ids = [str(each["id"]) for _, each in page.elements if "id" in each]
        assert len(ids) == len(set(ids))
        labels = {str(each["for"]) for each in page.all("label") if "for" in each}
        for tag, each in page.elements:
            if tag in ("select", "textarea") or (
                tag == "input" and each.get("type") not in ("hidden", "checkbox")
            ):
                assert each["id"] in labels
            for place in str(each.get("aria-describedby") or "").split():
                assert place in ids
        assert page.all("html", lang="en")
        assert len(page.all("h1")) == 1
        assert page.all("meta", name="viewport")

    @for_each(
        "path, accepts, workspace, code",
        [
            (PATH, "", "en", "en"),
            (PATH, "", "es", "es"),
            (PATH, "es-CO,es;q=0.9,en;q=0.8", "en", "es"),
            (PATH, "fr,en;q=0.2,es;q=0.7", "en", "es"),
            (PATH, "fr,de", "es", "es"),
            (PATH, "es;q=0, en;q=nonsense", "en", "en"),
            (f"{PATH}?lang=en", "es", "es", "en"),
            (f"{PATH}?lang=ES-co", "en", "en", "es"),
            (f"{PATH}?lang=fr", "es", "en", "es"),
        ],
    )
    def test_its_language_is_the_one_asked_for_else_the_browsers_else_the_desks(
        self, api: Api, cast: Cast, path: str, accepts: str, workspace: str, code: str
    ) -> None:
        settings(api, cast, language=workspace)

        reply = api.get(path, **BROWSER, Accept_Language=accepts)

        assert Page(reply.text).all("html", lang=code)
        assert (reply.headers["content-language"], reply.headers["vary"]) == (code, "Accept-Language")

    def test_it_has_the_desks_name_and_looks(self, api: Api, cast: Cast) -> None:
        settings(
            api,
            cast,
            name="Acme & <Sons>",
            branding={
                "color": "#ffcc00",
                "logo_url": "https://acme.example/l.png?a&b",
                "footer": "Calle 7 <b>",
            },
        )

        reply = api.get(PATH, **BROWSER)

        assert "<title>Write to Acme &amp; &lt;Sons&gt;</title>" in reply.text
        (logo,) = Page(reply.text).all("img")
        assert (logo["src"], logo["alt"]) == ("https://acme.example/l.png?a&b", "Acme & <Sons>")
        assert "--brand:#ffcc00;--on-brand:#000000" in reply.text
        assert "Calle 7 &lt;b&gt;" in reply.text

    def test_the_languages_say_the_same_things(self) -> None:
        first, *others = [
            {
                (group, name): set(re.findall(r"{\w+}", text))
                for group, all in words.items()
                for name, text in all.items()
            }
            for words in web_pages.languages().values()
        ]
        assert all(other == first for other in others)

    @pytest.mark.parametrize(
        "color", ["#000000", "#ffffff", "#0d74ce", "#ffcc00", "#777777", "#767676", "#ff0000", "#00ff00"]
    )
    def test_what_stands_on_a_colour_can_be_read(self, color: str) -> None:
        assert web_pages._contrast(color, web_pages.on_brand(color)) >= 4.5


class TestWithinOtherSites:
    def policy(self, reply: Reply) -> dict[str, str]:
        parts = (each.strip().partition(" ") for each in reply.headers["content-security-policy"].split(";"))
        return {name: value for name, _, value in parts}

    def test_no_site_shows_it_unless_the_desk_names_it(self, api: Api, cast: Cast) -> None:
        for reply in (
            api.get(PATH, **BROWSER),
            send(api, FILLED),
            send(api, {}),
            api.get(STATUS_PATH, **BROWSER),
        ):
            assert self.policy(reply)["frame-ancestors"] == "'none'"

        sites = ["https://www.acme.example", "https://*.acme.example:8443", "http://localhost:3000"]
        assert settings(api, cast, form_sites=sites).json["form_sites"] == sites

        for reply in (api.get(PATH, **BROWSER), send(api, {}), api.get(STATUS_PATH, **BROWSER)):
            assert self.policy(reply)["frame-ancestors"] == " ".join(sites)
            assert "x-frame-options" not in reply.headers

    def test_a_refusal_that_knows_no_desk_is_seen_within_any_page(self, api: Api, cast: Cast) -> None:
        settings(api, cast, form_sites=["https://www.acme.example"])
        send(api, FILLED)
        assert self.policy(send(api, FILLED))["frame-ancestors"] == "https://www.acme.example"
        reply = send(api, {**FILLED, "subject": "Something else"})
        assert (reply.status, self.policy(reply)["frame-ancestors"]) == (422, "*")

    def test_sites_are_origins_and_nothing_else(self, api: Api, cast: Cast) -> None:
        for site in (
            "https://a.example; script-src *",
            "https://a.example https://b.example",
            "https://a.example/",
            "https://a.example/path",
            "http://a.example",
            "https://*",
            "*",
            "https:",
            "'self'",
            "javascript://a.example",
            "https://a.ex\nample",
            "https://user@a.example",
            "https://a",
            "",
        ):
            reply = settings(api, cast, form_sites=[site])
            assert (reply.status, reply.code) == (422, "VALIDATION_ERROR"), site
        assert settings(api, cast, form_sites=["https://a.example"] * 21).status == 422
        assert settings(api, cast, form_sites=["https://A.example"] * 2).json["form_sites"] == [
            "https://a.example"
        ]

    def test_only_administrators_name_sites_and_the_log_tells(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        for person in (cast.dario, cast.ana, cast.carol):
            reply = api.with_token(person.token).patch("/v1/workspace", {"form_sites": []})
            assert reply.status == 403
        settings(api, cast, form_sites=["https://a.example"])
        (entry,) = database.rows("SELECT before, after FROM audit_log WHERE action = 'workspace.changed'")
        assert entry == {"before": {"form_sites": []}, "after": {"form_sites": ["https://a.example"]}}

    def test_nothing_runs_in_it_that_is_not_ours_and_its_one_style_is_known(
        self, api: Api, cast: Cast
    ) -> None:
        settings(api, cast, branding={"color": "#ffcc00"})
        reply = api.get(PATH, **BROWSER)
        policy = self.policy(reply)
        (style,) = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()

        assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["form-action"] == "'self'"
        assert policy["style-src"] == f"'self' 'sha256-{digest}'"
        page = Page(reply.text)
        assert all("src" in each for each in page.all("script"))
        assert not [
            name for _, each in page.elements for name in each if name.startswith("on") or name == "style"
        ]
        for script in page.all("script"):
            asset = str(script["src"]).removeprefix("../../..")
            assert api.get(asset).headers["content-type"] == "text/javascript; charset=utf-8"


# Each breaks out of another place: text, attributes, textarea, script, style, comment, template, URL.
BREAKS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</textarea>",
    "</title>",
    "</style>",
    "</script>",
    "-->",
    "]]>",
    "</select>",
)
DOES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    " onfocus=alert(1) autofocus x=",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<!--<img src=x onerror=alert(1)>",
    "{{ cycler.__init__.__globals__ }}",
    "{% include '/etc/passwd' %}",
    "<\u0073cript>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<b>",
    "<input name=token value=x>",
    "<base href=//evil.example>",
)
PAYLOADS = [f"{start}{rest}" for start in BREAKS for rest in DOES]


class TestScripts:
    @pytest.mark.usefixtures("patient")
    def test_two_hundred_ways_to_slip_something_in_come_back_as_what_was_typed(
        self, api: Api, cast: Cast
    ) -> None:
        assert len(PAYLOADS) >= 200
        field(api, cast, key="asset", name="Asset", type="text")
        sound = Page(send(api, {"cf.asset": "x", "website": "x"}).text)
        tags = [tag for tag, _ in sound.elements]
        for payload in PAYLOADS:
            names = ("name", "email", "subject", "description", "website", "category", "type", "cf.asset")
            reply = send(
                api, {**dict.fromkeys(names, payload), "token": payload, "lang": payload, payload: payload}
            )

            assert reply.status == 422, payload
            page = Page(reply.text)
            assert [
                tag for tag, _ in page.elements if tag not in ("li", "a", "p", "div", "span", "html")
            ] == [tag for tag in tags if tag not in ("li", "a", "p", "div", "span", "html")], payload
            assert not [name for _, each in page.elements for name in each if name.startswith("on")], payload
            for name in ("name", "email", "subject", "website", "cf.asset"):
                assert page.named(name)["value"] == payload.strip()
            assert page.texts["f-description"].strip() == payload.strip()

    def test_they_come_back_as_text_from_the_page_that_thanks_and_the_one_that_keeps_them(
        self,
        api: Api,
        cast: Cast,
    ) -> None:
        payload = "</p></textarea><script>alert(1)</script>"
        sent = send(api, {**FILLED, "subject": payload})
        held = send(api, {**FILLED, "subject": f"{payload}!"})

        assert (sent.status, held.status) == (201, 422)
        for reply in (sent, held):
            assert escape(payload, quote=False) in reply.text.replace("&#39;", "'")
            assert len(Page(reply.text).all("script")) == 1


class TestStatus:
    def test_who_knows_number_and_email_is_told_how_far_it_is(self, api: Api, cast: Cast) -> None:
        settings(api, cast, timezone="America/Bogota", language="es")
        send(api, FILLED)
        label = api.with_token(cast.ada.token).get("/v1/tickets").json["items"][0]["label"]
        page = look(api, f"{STATUS_PATH}?label={label}")
        assert page.named("label")["value"] == label

        reply = send(api, {"label": label.lower(), "email": " Nora@Example.org "}, STATUS_PATH)

        assert reply.status == 200, reply.text
        assert "No toner" in reply.text
        assert "<dd>Recibida</dd>" in reply.text

    def test_case_66_a_wrong_number_and_a_wrong_email_are_answered_alike(self, api: Api, cast: Cast) -> None:
        send(api, FILLED)
        label = api.with_token(cast.ada.token).get("/v1/tickets").json["items"][0]["label"]
        asked = (
            {"label": label, "email": "mallory@example.org"},
            {"label": "TKT-2026-99999", "email": "nora@example.org"},
        )

        pages = []
        for each in asked:
            reply = send(api, each, STATUS_PATH)
            assert reply.status == 404
            assert Page(reply.text).named("label")["value"] == each["label"]
            pages.append(reply.text.replace(each["label"], "L").replace(each["email"], "E"))

        assert pages[0] == pages[1]
        assert "There is no request with this number and email here." in pages[0]

    def test_case_65_an_email_in_the_address_goes_nowhere(self, api: Api, cast: Cast) -> None:
        reply = api.get(f"{STATUS_PATH}?label=TKT-2026-00001&email=nora@example.org", **BROWSER)
        assert "nora@example.org" not in reply.text

    def test_case_67_guesses_are_counted_with_those_of_the_api(self, api: Api, cast: Cast) -> None:
        body = {"label": "TKT-2026-00001", "email": "nora@example.org"}
        for _ in range(30):
            api.post("/v1/public/acme/ticket-status", body)

        reply = send(api, body, STATUS_PATH)

        assert (reply.status, "retry-after" in reply.headers) == (429, True)

    def test_what_is_missing_is_said_beside_its_field(self, api: Api, cast: Cast) -> None:
        reply = send(api, {"label": "", "email": "a\0"}, STATUS_PATH)
        page = Page(reply.text)
        assert (page.error("label"), page.error("email")) == (
            "This is needed.",
            "This is no email address. It looks like name@example.com.",
        )
