"""The document and its pages as the deployed stack serves them, under the base path, through the gateway."""

import re
from urllib.parse import urljoin

import pytest

from local.stack import Stack
from tests.e2e.http import Http


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_a_page_and_all_that_it_loads_come_from_the_stage(http: Http, stack: Stack, page: str) -> None:
    reply = http.get(page)
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', reply.text)
    places = {urljoin(stack.api_url + page, address) for address in addresses}

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert len(places) >= 5
    assert {place for place in places if not place.startswith(stack.api_url + "/")} == set()
    assert {http.get(place.removeprefix(stack.api_url)).status for place in places} == {200}


def test_a_script_comes_whole_and_to_be_kept(http: Http) -> None:
    name = re.search(r"assets/swagger-ui-bundle-\w+\.js", http.get("/docs").text)[0]
    reply = http.get(f"/{name}")

    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(reply.text) > 1_000_000


def test_the_document_names_the_address_of_the_stage(http: Http, stack: Stack) -> None:
    document = http.get("/v1/openapi.json").json

    assert document["servers"] == [{"url": stack.api_url}]
    assert "/v1/tickets" in document["paths"]


def test_another_file_is_not_found(http: Http) -> None:
    for name in ("docs.py", "..%2Fdocs.py", "README.md"):
        reply = http.get(f"/assets/{name}")
        assert (reply.status, reply.json["code"]) == (404, "NOT_FOUND")


def test_another_method_is_not_allowed(http: Http) -> None:
    reply = http.post("/docs", {})
    assert (reply.status, reply.json["code"]) == (405, "METHOD_NOT_ALLOWED")
