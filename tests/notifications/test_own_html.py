"""HTML that a desk writes for its mails: it neither runs nor loads nor leaves its place in the frame."""

import re

import pytest

from chalicelib.notifications.own_html import TAGS, clean, is_too_deep, refused
from tests.support.for_each import for_each
from tests.support.heavy_texts import HEAVY_HTML, of_size

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<p onclick="alert(1)">x</p>',
    "handler without quotes": "<img src=https://a.example/x onerror=alert(1)>",
    "script link": '<a href="javascript:alert(1)">x</a>',
    "spaced script link": '<a href=" java\nscript:alert(1)">x</a>',
    "data link": '<a href="data:text/html,<script>1</script>">x</a>',
    "picture of a script": '<img src="javascript:alert(1)">',
    "frame": '<iframe src="https://evil.example"></iframe>',
    "form": '<form action="https://evil.example"><input name="p"></form>',
    "style sheet": "<style>.foot{display:none}</style>",
    "style that loads": '<p style="background-color:url(https://evil.example)">x</p>',
    "style out of its place": '<p style="position:fixed;top:0">x</p>',
    "negative margin": '<p style="margin-top:-900px">x</p>',
    "negative margin in a row": '<p style="margin:0 0 -900px">x</p>',
    "escaped style": '<p style="w\\69dth:1px">x</p>',
    "comment that is not closed": "<p>x</p><!-- ",
    "conditional comment": "<!--[if mso]><img src=https://evil.example><![endif]-->",
    "end of the page": "</body></html>",
    "beginning of a page": "<!doctype html><html><body><p>x",
    "text without end": "<textarea>",
    "plain text without end": "<plaintext>",
    "title": "<title>",
    "base": '<base href="https://evil.example/">',
    "meta": '<meta http-equiv="refresh" content="0;https://evil.example">',
    "SVG": "<svg><script>alert(1)</script></svg>",
    "mathematics": "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "template": "<template><p>x</p></template>",
    "object": '<object data="x"></object><embed src="x">',
    "id": '<p id="foot">x</p>',
    "attribute that begins with data": '<p data-x="1">x</p>',
}
GOOD = """\
<h2 style="color:#0d74ce">Hello</h2>
<p>Ana <b>wrote</b> on 2026-11-20:</p>
<blockquote style="margin:0 0 16px;padding:1px 16px;border-left:3px solid rgb(1, 2, 3)">1.<br>2.</blockquote>
<table role="presentation" width="600"><tr><td colspan="2" align="left">x</td></tr></table>
<p><a href="https://help.acme.example/a?b=1" title="Help">Help</a>
<a href="mailto:desk@acme.example">us</a></p>
<img src="https://cdn.acme.example/logo.png" alt="Acme" width="80" height="40">
"""


@for_each("html", HOSTILE.values())
def test_nothing_of_it_goes_out(html: str) -> None:
    said = clean(html)

    assert not re.search(r"<(?!/?(?:p|a|img|b)\b)", said)
    assert not re.search(r"on\w+=|javascript|data:|url\(|position|-900|http-equiv|\bid=|<!--|\\", said)


@for_each(
    "html", [html for name, html in HOSTILE.items() if name != "end of the page"], ids=lambda html: html[:25]
)
def test_it_is_refused_with_a_sentence_where_it_is_kept(html: str) -> None:
    said = refused(html)

    assert said is not None
    assert said.endswith(".")


@pytest.mark.parametrize("html", ["</div></p></body>", "<div><p>x", "<b><i>x</b></i>", "<table><tr><td>x"])
def test_what_it_opens_it_closes_and_no_more(html: str) -> None:
    said = clean(html)

    for tag in set(re.findall(r"<(\w+)", said)):
        assert said.count(f"<{tag}") == said.count(f"</{tag}>")
    assert "</body" not in said


def test_what_mails_are_made_of_stays_as_it_is() -> None:
    assert refused(GOOD) is None

    said = clean(GOOD)
    for part in ("color:#0d74ce", "border-left:3px solid rgb(1, 2, 3)", 'width="600"', 'colspan="2"'):
        assert part.replace(" ", "") in said.replace(" ", "")
    assert 'href="https://help.acme.example/a?b=1"' in said
    assert '<img src="https://cdn.acme.example/logo.png" alt="Acme" width="80" height="40">' in said


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", HEAVY_HTML)
def test_a_large_one_is_judged_and_cleaned(part: str) -> None:
    """How long it takes is what `make bench ONLY=hostile` measures."""
    html = of_size(part)

    assert refused(html) != ""
    assert is_too_deep(html) or set(re.findall(r"<(\w+)", clean(html))) <= TAGS


def test_nobody_nests_that_deep() -> None:
    assert is_too_deep("<div>" * 300)
    assert not is_too_deep("<p>x</p>" * 1_000 + "<br>" * 10_000)


@for_each(
    "part",
    [
        *("<b></i>", "<div></b>", "<p><b></p>", "<b><div></b>", "<div/></p>", "<table><div></table>"),
        *(
            '<div title="</div>">',
            "<div><!--</div>-->",
            '<div a"="x" b="></div>">',
            "<div a='x\">'></div \">",
        ),
        *("<svg></x>", "<div><textarea></div></textarea>", "<div><title></div></title>"),
    ],
)
def test_end_tags_that_end_nothing_hide_no_nesting(part: str) -> None:
    """A browser ignores them, and so does what cleans: 40,000 of the first take it twenty seconds."""
    assert is_too_deep(part * 300)


@pytest.mark.parametrize(
    "part",
    [
        *("<div><p>a<p>b</div>", "<ul><li>a<li>b</ul>", "<table><tr><td>x<td>y<tr><td>z</table>"),
        *(
            '<p style="a: b" title=\'it"s\' lang=en nowrap>x</p >',
            '<img src=https://a.example alt="a > b" />',
        ),
    ],
)
def test_what_ends_by_itself_is_not_nested(part: str) -> None:
    assert not is_too_deep(part * 3_000)
