"""The pages that show the API: whole without another host, under any base path, closed to foreign scripts."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.api import Api
from tests.support.for_each import for_each

PAGES = ("/docs", "/redoc")
ASSETS = Path(__file__).parents[2] / "chalicelib" / "api" / "assets"
LAMBDA_LIMIT = 6 * 1024 * 1024


class Page(HTMLParser):
    """What a page loads, and what of it would run or style by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.open: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name in ("src", "href") if (value := given.get(name))]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self.open = tag

    def handle_data(self, data: str) -> None:
        if self.open in ("script", "style") and data.strip():
            self.inline.append(data)


def assets_of(api: Api, page: str) -> list[str]:
    found = Page(api.get(page).text).addresses
    return [address for address in found if address.startswith("assets/")]


@pytest.mark.parametrize("path", PAGES)
class TestPages:
    def test_it_is_html(self, api: Api, path: str) -> None:
        reply = api.get(path)

        assert reply.status == 200
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["x-content-type-options"] == "nosniff"

    def test_every_address_is_relative(self, api: Api, path: str) -> None:
        addresses = Page(api.get(path).text).addresses

        assert "v1/openapi.json" in addresses
        assert [address for address in addresses if re.match(r"[a-z]+:|/", address)] == []

    def test_all_that_it_loads_is_there(self, api: Api, path: str) -> None:
        assets = assets_of(api, path)

        assert len(assets) >= 4
        assert {api.get(f"/{asset}").status for asset in assets} == {200}

    def test_nothing_in_it_runs_by_itself(self, api: Api, path: str) -> None:
        assert Page(api.get(path).text).inline == []

    def test_the_policy_lets_in_own_scripts_only(self, api: Api, path: str) -> None:
        policy = api.get(path).headers["content-security-policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == "'self'"
        assert rules["connect-src"] == "'self' http://127.0.0.1:4566"
        assert rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in policy

    def test_the_nonce_of_its_styles_is_good_for_one_answer(self, api: Api, path: str) -> None:
        replies = [api.get(path), api.get(path)]

        nonces = {
            re.search(r"'nonce-([\w-]{22})'", reply.headers["content-security-policy"])[1]
            for reply in replies
        }
        assert len(nonces) == 2
        assert all(any(f'data-nonce="{nonce}"' in reply.text for reply in replies) for nonce in nonces)
        assert {reply.headers["cache-control"] for reply in replies} == {"no-store"}


class TestAssets:
    def test_each_has_its_content_type(self, api: Api) -> None:
        types = {
            ".js": "text/javascript; charset=utf-8",
            ".css": "text/css; charset=utf-8",
            ".svg": "image/svg+xml",
        }

        for asset in {asset for page in PAGES for asset in assets_of(api, page)}:
            reply = api.get(f"/{asset}")
            assert reply.headers["content-type"] == types[Path(asset).suffix]
            assert reply.headers["x-content-type-options"] == "nosniff"

    def test_what_is_in_one_decides_its_name_so_it_is_kept_for_good(self, api: Api) -> None:
        for asset in {asset for page in PAGES for asset in assets_of(api, page)}:
            reply = api.get(f"/{asset}")
            assert hashlib.sha256(reply.text.encode()).hexdigest()[:12] in asset
            assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"

    def test_none_is_too_large_for_a_lambda_answer(self, api: Api) -> None:
        sizes = {
            asset: len(api.get(f"/{asset}").text.encode()) for page in PAGES for asset in assets_of(api, page)
        }

        assert max(sizes.values()) < LAMBDA_LIMIT / 2

    def test_no_script_has_a_picture_of_another_host(self, api: Api) -> None:
        scripts = {asset for page in PAGES for asset in assets_of(api, page) if asset.endswith(".js")}
        pictures = [re.findall(r'src:"(https?://[^"]+)"', api.get(f"/{asset}").text) for asset in scripts]

        assert len(scripts) == 3
        assert [found for found in pictures if found] == []

    @for_each(
        "name",
        [
            "swagger-ui.css",  # its own name, without the digest
            "docs-000000000000.js",
            "README.md",
            "licences",
            "..%2Fdocs.py",
            "..%2f..%2f..%2fapp.py",
            "%2e%2e",
            "%2Fetc%2Fpasswd",
            ".gitattributes",
        ],
    )
    def test_any_other_name_is_not_found(self, api: Api, name: str) -> None:
        reply = api.get(f"/assets/{name}")

        assert (reply.status, reply.code) == (404, "NOT_FOUND")

    def test_vendored_files_are_those_of_their_packages(self) -> None:
        rows = re.findall(
            r"^\| `([\w.-]+)` \| `[\w-]+@[\d.]+` \|.*`([0-9a-f]{64})` \|$",
            (ASSETS / "README.md").read_text(),
            re.M,
        )

        assert len(rows) == 3
        assert {name: hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() for name, _ in rows} == dict(
            rows
        )
