"""The console's pages: one document for all names, files kept for ever, no script but its own."""

import gzip
import hashlib
import re
from pathlib import Path

from tests.support.api import Api
from tests.support.for_each import for_each

PROJECT = Path(__file__).parents[2]
SOURCES = PROJECT / "console"
BUILT = PROJECT / "chalicelib" / "api" / "console"
FIRST_LOAD = 150_000


def policy_of(csp: str) -> dict[str, list[str]]:
    return {name: words for name, *words in (part.split() for part in csp.split("; "))}


class TestPages:
    @for_each("name", ["home", "queue", "invitation", "reset", "verify-email"])
    def test_each_name_is_the_one_document_which_is_asked_for_anew(self, api: Api, name: str) -> None:
        reply = api.get(f"/app/{name}")

        assert reply.status == 200
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["cache-control"] == "no-cache"
        assert reply.text == (BUILT / "index.html").read_text("utf-8")

    @for_each(
        "parameters", ["workspace=acme&return=queue%3Fview%3Dmine", "tag=a&tag=b", "state=x&code=y&iss=z"]
    )
    def test_its_parameters_are_left_to_its_script(self, api: Api, parameters: str) -> None:
        assert api.get(f"/app/sign-in?{parameters}").status == 200

    def test_the_short_address_leads_to_the_start(self, api: Api) -> None:
        reply = api.get("/app")

        assert reply.status == 302
        assert reply.headers["location"].endswith("/app/home")

    @for_each("name", ["nothing", "pages.txt", "index.html", "..", "licences.txt"])
    def test_no_other_name_is_there(self, api: Api, name: str) -> None:
        assert api.get(f"/app/{name}").status == 404

    def test_who_asks_for_a_page_that_is_none_is_told_so_by_a_page(self, api: Api) -> None:
        reply = api.get("/app/quue", Accept="text/html,application/xhtml+xml")

        assert reply.status == 404
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert policy_of(reply.headers["content-security-policy"])["script-src"] == ["'self'"]
        assert reply.text == (BUILT / "index.html").read_text("utf-8")

    def test_no_foreign_script_runs_and_no_text_becomes_markup(self, api: Api) -> None:
        policy = policy_of(api.get("/app/queue").headers["content-security-policy"])

        assert policy["default-src"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == ["'self'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
        assert policy["require-trusted-types-for"] == ["'script'"]
        assert policy["trusted-types"] == ["'none'"]

    def test_the_document_has_no_script_and_no_style_of_its_own(self, api: Api) -> None:
        html = api.get("/app/home").text

        assert re.findall(r"<script[^>]*>([^<]+)</script>|<style|\son\w+=|\sstyle=", html) == []


class TestFiles:
    def loaded(self, api: Api) -> list[str]:
        names = re.findall(r'(?:src|href)="([^"]+)"', api.get("/app/home").text)
        assert len(names) >= 3
        return names

    def test_what_the_document_loads_is_there_and_stays_the_same(self, api: Api) -> None:
        for name in self.loaded(api):
            reply = api.get(f"/app/{name}")

            assert reply.status == 200, name
            assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert re.search(r"-[0-9A-Z]{8}\.(js|css|svg)$", name), "a name that tells its content"
            assert reply.headers["content-type"].split("/")[0] in ("text", "image")

    def test_the_first_load_is_small(self, api: Api) -> None:
        texts = [api.get(f"/app/{name}").text for name in self.loaded(api)]
        texts += [path.read_text("utf-8") for path in BUILT.glob("queue-*.js")]

        assert sum(len(gzip.compress(text.encode())) for text in texts) <= FIRST_LOAD


class TestBuilt:
    def test_what_is_served_was_built_from_these_sources(self) -> None:
        files = [path for path in (SOURCES / "src").rglob("*") if path.is_file()]
        files += [SOURCES / name for name in ("build.mjs", "index.html", "package-lock.json")]
        digest = hashlib.sha256()
        for path in sorted(path.relative_to(SOURCES).as_posix() for path in files):
            digest.update(f"{path}\0".encode() + (SOURCES / path).read_bytes() + b"\0")

        assert (BUILT / "sources.txt").read_text() == f"{digest.hexdigest()}\n", "run `make console`"

    def test_each_package_within_has_its_licence_beside_it(self) -> None:
        licences = (BUILT / "licences.txt").read_text("utf-8")

        for name in ("preact", "@preact/signals", "openapi-fetch", "lucide"):
            assert re.search(rf"^{re.escape(name)} \d", licences, re.MULTILINE)
        assert "ISC License" in licences
