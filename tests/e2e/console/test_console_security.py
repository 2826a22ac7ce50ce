"""What the console lets in and out, as the deployed stack serves it and a browser keeps to it."""

import gzip
import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from playwright.sync_api import Response, expect

from local.stack import Stack
from tests.e2e.console.desk import Desk
from tests.e2e.console.people import People, drawn, sign_in
from tests.e2e.http import Http

# Bytes, compressed: what one loads who has never been here, up to the queue.
FIRST_LOAD = 150_000
ELSEWHERE = "https://elsewhere.example/"


def files_of(http: Http, stack: Stack) -> list[str]:
    """What the document loads, as paths below the base path."""
    found = re.findall(r'(?:src|href)="([^"]+)"', http.get("/app/home").text)
    assert len(found) >= 3
    return [urljoin("/app/home", name) for name in found]


class TestServed:
    @pytest.mark.parametrize("name", ["home", "sign-in", "queue", "ticket?id=1", "settings"])
    def test_a_page_lets_in_no_script_but_its_own_and_is_asked_for_anew(
        self, http: Http, stack: Stack, name: str
    ) -> None:
        reply = http.get(f"/app/{name}")
        policy = {
            rule.split()[0]: rule.split()[1:] for rule in reply.headers["content-security-policy"].split(";")
        }

        assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert reply.headers["cache-control"] == "no-cache"
        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == ["'self'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert policy["require-trusted-types-for"] == ["'script'"]
        assert policy["trusted-types"] == ["'none'"]
        origins = {urlsplit(stack.api_url)[:2], urlsplit(stack.endpoint)[:2]}
        assert {urlsplit(each)[:2] for each in policy["connect-src"] if each != "'self'"} <= origins

    @pytest.mark.parametrize("name", ["home", "icon"])
    def test_every_answer_says_what_browsers_may_not_make_of_it(
        self, http: Http, stack: Stack, name: str
    ) -> None:
        path = next((path for path in files_of(http, stack) if name in path), f"/app/{name}")
        headers = http.get(path).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "set-cookie" not in headers

    def test_files_are_kept_for_ever_since_their_names_tell_what_is_in_them(
        self, http: Http, stack: Stack
    ) -> None:
        for path in files_of(http, stack):
            reply = http.get(path)

            assert reply.status == 200, path
            assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert re.search(r"-[0-9A-Z]{8}\.\w+$", path)

    @pytest.mark.parametrize(
        "name",
        ["nothing", "index.html", "pages.txt", "sources.txt", "..%2Fconsole_pages.py", "%2e%2e", "Queue"],
    )
    def test_no_other_name_is_there(self, http: Http, name: str) -> None:
        assert http.get(f"/app/{name}").status in (403, 404)


class TestInTheBrowser:
    def test_what_comes_first_is_small(self, people: People, acme: Desk) -> None:
        answers: list[Response] = []
        page = people.page("dario")
        page.on("response", lambda answer: answers.append(answer))
        page.goto("app/sign-in")
        sign_in(page, acme, "dario")

        assert page.url.endswith("/app/queue")
        sizes = {answer.url: len(gzip.compress(answer.body())) for answer in answers if "/app/" in answer.url}
        assert len(sizes) >= 5
        assert sum(sizes.values()) <= FIRST_LOAD, sizes

    def test_no_text_becomes_markup_or_code(self, people: People, acme: Desk) -> None:
        people.expect(
            "trusted-types|TrustedTypePolicy|TrustedHTML|TrustedScript|script-src|unsafe-eval|inline"
        )
        page = people.signed_in("ada", acme)
        page.goto("app/home")
        drawn(page)

        refused = page.evaluate(
            """(markup) => [
              () => { document.body.innerHTML = markup },
              () => { document.createElement("iframe").srcdoc = markup },
              () => { document.createElement("script").text = "1" },
              () => { setTimeout("1") },
              () => { new DOMParser().parseFromString(markup, "text/html") },
              () => { trustedTypes.createPolicy("own", { createHTML: (text) => text }) },
            ].map((attempt) => { try { attempt(); return "" } catch (error) { return error.name } })""",
            "<img src=x onerror=alert(1)>",
        )
        assert refused == ["TypeError"] * 6

    def test_nothing_is_sent_elsewhere(self, people: People, acme: Desk) -> None:
        people.expect("elsewhere.example")
        page = people.signed_in("ada", acme)
        page.goto("app/home")
        drawn(page)

        failed = page.evaluate(
            "(url) => Promise.all([fetch(url), import(url)].map((it) => it.then(() => 0, () => 1)))",
            ELSEWHERE,
        )
        assert failed == [1, 1]
        assert any("connect-src forbids" in trouble for trouble in people.troubles)

    def test_no_other_page_frames_it(self, people: People, stack: Stack) -> None:
        people.expect("frame-ancestors|leaves for about:blank")
        page = people.page("mallory")
        refused = re.compile("frame-ancestors 'none'")
        with page.expect_console_message(lambda message: bool(refused.search(message.text))):
            page.set_content(f'<iframe src="{stack.api_url}/app/sign-in"></iframe>')

        expect(page.frame_locator("iframe").get_by_label("Email")).to_have_count(0)

    @pytest.mark.parametrize(
        "address",
        [ELSEWHERE, "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example", "../docs"],
    )
    def test_signing_in_leads_nowhere_else(self, people: People, acme: Desk, address: str) -> None:
        page = people.page("dario")
        page.goto(f"app/sign-in?return={quote(address)}")
        sign_in(page, acme, "dario")

        assert page.url.endswith("/app/queue")

    def test_a_token_stands_in_no_address_and_no_cookie(self, people: People, acme: Desk) -> None:
        tokens = acme.tokens("dario")
        page = people.signed_in("dario", acme)
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url))
        page.goto("app/queue")
        drawn(page)

        assert not [url for url in calls if tokens["access_token"] in url or tokens["refresh_token"] in url]
        assert page.context.cookies() == []
