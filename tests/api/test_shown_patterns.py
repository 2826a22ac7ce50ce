"""A pattern in the document takes what its check takes, and refuses what a glance shows to be wrong."""

import re

import pytest

from chalicelib.api import openapi
from chalicelib.api.schemas import attachments, common, workspace
from chalicelib.api.schemas.common import Shown
from tests.support.for_each import for_each

LINE = common.ONE_LINE
SLUG, PREFIX, COLOR, SITE, LOGO, TYPE = (
    next(each for each in shape.__metadata__ if isinstance(each, Shown))
    for shape in (
        workspace.Slug,
        workspace.LabelPrefix,
        workspace.Color,
        workspace.Site,
        workspace.HttpsUrl,
        attachments.FileIn.__annotations__["content_type"],
    )
)
CONTROLS = [*map(chr, (*range(32), 127, 0x85, 0x2028, 0x2029))]
TAKEN: list[tuple[Shown, list[str]]] = [
    (LINE, ["a", "Añá – 日本 🎫", "{{x}} <b>", "\xa0", ""]),
    (SLUG, ["a", "acme", "Acme-2", "a-b-c", "0"]),
    (PREFIX, ["T", "TKT", "desk1"]),
    (COLOR, ["#0d74ce", "#ABCDEF"]),
    (SITE, ["https://a.example", "https://*.A.example:8443", "http://localhost:3000", "http://127.0.0.1"]),
    (LOGO, ["https://a.example/logo.png?x=1"]),
    (TYPE, ["image/png", "Text/Plain; charset=utf-8", "application/vnd.ms-excel", "a/b ;c"]),
]
REFUSED: list[tuple[Shown, list[str]]] = [
    (LINE, [f"a{each}b" for each in CONTROLS]),
    (SLUG, ["", "-a", "a-", "a b", "á"]),
    (PREFIX, ["", "1A", "A-B"]),
    (COLOR, ["", "#fff", "0d74ce", "#0d74cg"]),
    (SITE, ["", "http://a.example", "https://a.example/path", "https://a", "ftp://a.example"]),
    (LOGO, ["", "http://a.example/logo.png", "https://a.example/a logo.png"]),
    (TYPE, ["", "png", "image/", "/png", "image png"]),
]


def each_of(known: list[tuple[Shown, list[str]]]) -> list[tuple[Shown, str]]:
    return [(shown, text) for shown, texts in known for text in texts]


@for_each("shown, text", each_of(TAKEN))
def test_what_is_taken_fits_the_pattern(shown: Shown, text: str) -> None:
    shown.func(text)  # type: ignore[call-arg]

    assert re.search(shown.pattern, text)


@for_each("shown, text", each_of(REFUSED))
def test_what_the_pattern_leaves_out_is_refused_in_a_sentence(shown: Shown, text: str) -> None:
    assert not re.search(shown.pattern, text)

    with pytest.raises(ValueError, match=r"^\w.+\.?$"):
        shown.func(text)  # type: ignore[call-arg]


def test_the_document_shows_it_and_the_refusal_stays_in_our_words() -> None:
    _, shapes = openapi.schemas(openapi.endpoints())

    assert shapes["TeamIn"]["properties"]["name"]["pattern"] == LINE.pattern


def test_a_comma_list_shows_its_words() -> None:
    parameters = openapi.document(openapi.endpoints(), "https://desk.example")["paths"]["/v1/tickets"]["get"][
        "parameters"
    ]
    pattern = next(each["schema"]["pattern"] for each in parameters if each.get("name") == "status")

    assert [text for text in ("new", "new,open", "", "new,", "old") if re.search(pattern, text)] == [
        "new",
        "new,open",
    ]
