"""Markdown to HTML: what people mean comes out, what would run does not, and neither takes long."""

import json
import re
from html import escape
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.tickets import markdown
from chalicelib.tickets.markdown import MAX_HTML_BYTES, MAX_LATE, MAX_MARKDOWN, as_written, render
from chalicelib.tickets.markdown_rules import Said
from tests.support.for_each import for_each
from tests.support.heavy_texts import HEAVIEST, HEAVY, SHAPES, SIZE, of_size, pieces

REL = "nofollow noopener noreferrer"


class Seen(HTMLParser):
    """The tags and attributes that a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def assert_inert(html: str) -> None:
    """Only harmless tags, only their attributes, only links that lead to a page or a mailbox."""
    seen = Seen(html)
    assert set(seen.tags) <= markdown.TAGS, html
    for tag, name, value in seen.attributes:
        if name == "rel":
            assert (tag, value) == ("a", REL)
            continue
        assert name in markdown.ATTRIBUTES[tag], html
        if name == "href":
            assert value.lower().startswith(("http://", "https://", "mailto:")), html
        if name == "align":
            assert value in ("left", "center", "right")
    assert all(("a", "rel", REL) in seen.attributes for tag in seen.tags if tag == "a")


class TestWhatPeopleMean:
    @for_each(
        "text, html",
        [
            ("plain", "<p>plain</p>"),
            ("**bold** *soft* ~~gone~~", "<p><strong>bold</strong> <em>soft</em> <s>gone</s></p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("one\r\ntwo\rthree", "<p>one<br>\ntwo<br>\nthree</p>"),
            ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
            ("# Title", "<h1>Title</h1>"),
            ("Ana\n---\nAcme", "<p>Ana</p>\n<hr>\n<p>Acme</p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
            ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
            ("`a < b`", "<p><code>a &lt; b</code></p>"),
            ("```sh\nls *\n```", "<pre><code>ls *\n</code></pre>"),
            ("a & b < c \"d\" 'e'", "<p>a &amp; b &lt; c \"d\" 'e'</p>"),
            ("\\*as it is\\*", "<p>*as it is*</p>"),
            ("@ana @[Ana Diaz] a@b.example", "<p>@ana @[Ana Diaz] a@b.example</p>"),
            ("ñandú 🦤", "<p>ñandú 🦤</p>"),
        ],
    )
    def test_comes_out(self, text: str, html: str) -> None:
        assert render(text).html == html

    def test_a_table_has_its_sides(self) -> None:
        html = render("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |").html

        assert "<th>a</th>" in html
        assert '<th align="center">b</th>' in html
        assert '<td align="right">3</td>' in html

    @pytest.mark.parametrize(
        ("text", "address", "told"),
        [
            ("[the page](https://kb.example/vpn)", "https://kb.example/vpn", "the page"),
            ('[x](https://kb.example "A title")', "https://kb.example", "x"),
            ("<https://kb.example>", "https://kb.example", "https://kb.example"),
            ("<desk@acme.example>", "mailto:desk@acme.example", "desk@acme.example"),
            ("[HTTP](HTTP://kb.example)", "HTTP://kb.example", "HTTP"),
            ("![a picture](https://kb.example/1.png)", "https://kb.example/1.png", "a picture"),
            ("![](https://kb.example/1.png)", "https://kb.example/1.png", "https://kb.example/1.png"),
            ("![**a** `b`](https://kb.example/1.png)", "https://kb.example/1.png", "a b"),
        ],
    )
    def test_links_lead_where_they_say_and_pictures_are_links(
        self, text: str, address: str, told: str
    ) -> None:
        html = render(text).html

        assert f'href="{address}"' in html
        assert f">{told}</a>" in html
        assert "<img" not in html
        assert_inert(html)

    @for_each(
        "text, addresses",
        [
            ("See https://kb.example/vpn.", ["https://kb.example/vpn"]),
            (
                "(https://kb.example/a_(b)), HTTP://x.example!",
                ["https://kb.example/a_(b)", "HTTP://x.example"],
            ),
            ("**https://kb.example/a*b**", ["https://kb.example/a*b"]),
            ("https://kb.example/?a=1&b=2#c~", ["https://kb.example/?a=1&amp;b=2#c"]),
            ("https://a.example https://b.example", ["https://a.example", "https://b.example"]),
            ("> - https://a.example\nhttps://b.example", ["https://a.example", "https://b.example"]),
            ("[https://a.example](https://b.example)", ["https://b.example"]),
            ("<https://a.example>", ["https://a.example"]),
            ("https://kb.example/ñ", ["https://kb.example/%C3%B1"]),
            ("https://ana:x@kb.example/@ben", ["https://ana:x@kb.example/@ben"]),
            ("https://", []),
            ("https://.", []),
            ("xhttps://a.example", []),
            ("shttp://a.example ftp://a.example ://a.example", []),
            ("`https://a.example`", []),
            ("javascript://a.example", []),
            ("    https://a.example", []),
        ],
    )
    def test_addresses_are_links_by_themselves(self, text: str, addresses: list[str]) -> None:
        html = render(text).html

        assert re.findall('href="([^"]+)"', html) == addresses
        assert_inert(html)

    def test_what_is_no_link_stays_text(self) -> None:
        for text in (
            "[x](/relative)",
            "[x](page.html)",
            "[x](//kb.example)",
            "[x](ftp://kb.example)",
            "[a][b]",
        ):
            assert render(text).html == f"<p>{text}</p>"


SCHEMES = [
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)"),
    *(
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
    ),
    *("\x01javascript:alert(1)", "java\x00script:alert(1)", "java\x0bscript:alert(1)", "\x1fjavascript:a"),
    *(
        "javascript:alert(1)",
        "javascript\u200b:alert(1)",
        "\ufeffjavascript:alert(1)",
        "ＪavaScript:alert(1)",
    ),
    *("%6Aavascript:alert(1)", "javascript%3Aalert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:a"),
    *("vbscript:msgbox(1)", "VBScript:msgbox(1)", "livescript:a", "data:text/html,<script>alert(1)</script>"),
    *("data:text/html;base64,PHNjcmlwdD4=", "DATA:image/svg+xml,<svg/onload=alert(1)>", "data:,a", "blob:a"),
    *("file:///etc/passwd", "feed:javascript:alert(1)", "view-source:https://a", "about:blank", "tel:1"),
    *(
        "jar:a!/b",
        "mocha:a",
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https:evil",
        "http:/a",
    ),
    *("javascript://https://kb.example/%0aalert(1)", " javascript:alert(1)", "\\javascript:alert(1)", "x:y"),
]
PLACES = [
    *("[x]({})", "[x](<{}>)", '[x]({} "t")', "[x][1]\n\n[1]: {}", "[x][1]\n\n[1]: <{}>", "![x]({})", "<{}>"),
    *("[![x]({})](https://a.example)", "[x]( {} )", "{}", '<a href="{}">x</a>', "[x](https://a.example/{})"),
]
RAW = [
    *(
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=a>",
    ),
    *(
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><script>a</script></mtext></math>",
        "<body onload=a>",
    ),
    *(
        "<iframe src=javascript:a>",
        "<object data=a>",
        "<embed src=a>",
        "<form action=a><button>x",
        "<base href=//e>",
    ),
    *(
        "<style>*{background:url(//evil)}</style>",
        "<link rel=stylesheet href=//e>",
        "<meta http-equiv=refresh>",
    ),
    *(
        "<!--><script>a</script>-->",
        "<!-- a -->",
        "<![CDATA[<script>a</script>]]>",
        "<?php a ?>",
        "<!DOCTYPE html>",
    ),
    *(
        '<a href="javascript:a">x</a>',
        "<a onclick=a>x</a>",
        "<details open ontoggle=a>",
        "<video><source onerror=a>",
    ),
    *(
        "<scr<script>ipt>alert(1)</script>",
        "<<script>a//<</script>",
        "<img/src='x'/onerror=a>",
        "</p><script>a",
    ),
    *('<noscript><p title="</noscript><img src=x onerror=a>">', "<template><script>a</script></template>"),
    *(
        '<math><mi//xlink:href="data:x,<script>a</script>">',
        "<svg><animate onbegin=a attributeName=x>",
        "<x onx=a>",
    ),
    *(
        "<textarea><script>a</script>",
        "<title><img src=x onerror=a>",
        "<xmp><img src=x onerror=a></xmp>",
        "<plaintext>",
    ),
    *(
        "&lt;script&gt;a&lt;/script&gt;",
        "&#60;script&#62;a&#60;/script&#62;",
        "\\<script>a</script>",
        "<\x00script>a",
    ),
    *(
        "<input autofocus onfocus=a>",
        "<marquee onstart=a>",
        "<isindex action=javascript:a>",
        "<keygen autofocus>",
    ),
]
FRAMES = [
    *(
        "{}",
        "> {}",
        "- {}",
        "# {}",
        "**{}**",
        "*{}",
        "`{}",
        "```\n{}\n```",
        "    {}",
        "~~~\n{}",
        "|{}|\n|-|\n|{}|",
    ),
    *(
        "[{}](https://a.example)",
        "[x](https://a.example '{}')",
        '[x](https://a.example "{}")',
        "![{}](https://a)",
    ),
    *(
        "<https://a.example/{}>",
        "@[{}]",
        "x\n\n{}\n\ny",
        "[a]: https://a.example '{}'\n\n[a]",
        "1. {}\n   {}",
    ),
]
BREAKING = [
    *(
        '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
        "[x](https://a.example '\" onmouseover=a b=\"')",
    ),
    *(
        '[x](https://a.example/"onmouseover="a)',
        "[x](https://a.example/`onmouseover=a)",
        '![x" onerror="a](https://a)',
    ),
    *(
        '[x](<https://a.example/" onclick="a>)',
        "[x](https://a.example/&quot;onclick=a)",
        '<https://a/"onclick=a>',
    ),
    *(
        "[a](<javascript:a\n>)",
        "[a](java\\\nscript:a)",
        "[](javascript:a)",
        "[a](javascript:a 'b'",
        "[[a](b)](javascript:c)",
    ),
    *(
        '|a" onclick="b|\n|:-" onclick="c|\n|d|',
        '3" onclick="a. x',
        '```" onclick="a\nx\n```',
        "```<script>\nx",
    ),
]
CORPUS = [
    *(place.format(scheme) for place, scheme in product(PLACES, SCHEMES)),
    *(frame.replace("{}", raw) for frame, raw in product(FRAMES, RAW)),
    *BREAKING,
]


class TestCase33ScriptInMarkdown:
    def test_case_33_there_are_payloads_enough(self) -> None:
        assert len(set(CORPUS)) > 500

    @for_each("place", [*PLACES, *FRAMES, "breaking"])
    def test_case_33_nothing_of_it_runs(self, place: str) -> None:
        wrappings = {**dict.fromkeys(PLACES, SCHEMES), **dict.fromkeys(FRAMES, RAW), "breaking": BREAKING}
        for payload in wrappings[place]:
            text = payload if place == "breaking" else place.replace("{}", payload)

            html = render(text).html

            assert_inert(html)
            assert_inert(as_written(text))

    def test_case_33_the_second_line_holds_by_itself(self) -> None:
        """Were markdown-it to let something through, nh3 would not."""
        for raw in RAW:
            assert_inert(markdown._harmless(raw))
        elsewhere = [scheme for scheme in SCHEMES if not scheme.startswith("http")]
        for scheme in [*elsewhere, "/relative", "page.html", "?a=b", "#a"]:
            assert_inert(markdown._harmless(f'<a href="{escape(scheme)}" title="x" class="y" id="z">x</a>'))
            assert_inert(markdown._harmless(f'<img src="{escape(scheme)}"><form action="{escape(scheme)}">'))

    def test_case_33_a_dead_link_is_shown_as_it_was_written(self) -> None:
        assert render("[x](javascript:alert(1))").html == "<p>[x](javascript:alert(1))</p>"
        assert render("<script>a</script>").html == "<p>&lt;script&gt;a&lt;/script&gt;</p>"

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                [
                    *"[]()<>!`*_~|#-:@\"'\\&;=/ \n\t",
                    "javascript:",
                    "https://a",
                    "<script>",
                    "onclick=a",
                    "&#x6A;",
                    "data:",
                    "![",
                    "](",
                    "a",
                    "|-|",
                    "```",
                    "    ",
                    "> ",
                    "\x00",
                    "\u2028",
                ]
            ),
            max_size=40,
        ).map("".join)
    )
    def test_case_33_whatever_is_put_together_is_inert(self, text: str) -> None:
        assert_inert(render(text).html)

    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=300))
    def test_case_33_any_text_is_inert(self, text: str) -> None:
        assert_inert(render(text).html)


@pytest.mark.timeout(120)
class TestWhatCostsTime:
    """Here it ends, and is no more than it may be; `make bench ONLY=hostile` measures how long it takes."""

    @pytest.mark.parametrize("piece", pieces(HEAVY), ids=repr)
    def test_much_of_anything_is_rendered(self, piece: str) -> None:
        assert_bounded(of_size(piece, MAX_MARKDOWN // 4))

    @pytest.mark.parametrize("piece", pieces(HEAVIEST), ids=repr)
    def test_the_most_of_the_worst_is_rendered(self, piece: str) -> None:
        assert_bounded(of_size(piece, MAX_MARKDOWN))

    @pytest.mark.parametrize("shape", SHAPES)
    def test_shapes_that_grow_are_rendered(self, shape: str) -> None:
        assert_bounded(SHAPES[shape])

    @pytest.mark.parametrize("piece", pieces(HEAVY), ids=repr)
    def test_case_33_64_kb_of_anything_are_inert_and_end(self, piece: str) -> None:
        assert_bounded(of_size(piece, SIZE))

    def test_what_is_too_deep_is_shown_whole_as_it_was_written(self) -> None:
        text = ">" * 40 + " the end"

        assert render(text).html == as_written(text)

    def test_what_is_too_long_is_shown_whole_as_it_was_written(self) -> None:
        text = "**a**\n" * (MAX_MARKDOWN // 6) + "the end of it"

        assert render(text).html == as_written(text)
        assert "<strong>" in render(text[: MAX_MARKDOWN - 100]).html

    def test_what_was_never_rendered_is_within_one_allowance_for_all_of_it(self) -> None:
        texts = ["**a**" + "x" * 20_000] * 5

        late = list(markdown.rendered_late(texts))

        assert ["<strong>" in html for html in late] == [True] * (MAX_LATE // 20_005) + [False] * 2
        assert "**a**" in late[-1]


def assert_bounded(text: str) -> None:
    html = render(text).html
    assert len(html.encode()) <= max(MAX_HTML_BYTES, 5 * SIZE + 100)
    assert len(json.dumps([text, html], ensure_ascii=False).encode()) < 700_000


class TestMentions:
    @for_each(
        "text, said",
        [
            ("@ana please", [Said("ana please", False)]),
            ("(@ana)", [Said("ana)", False)]),
            ("**@ana**", [Said("ana**", False)]),
            ("cc:@Ana Diaz\nthanks", [Said("Ana Diaz", False)]),
            ("@[Ana Diaz], please", [Said("Ana Diaz", True)]),
            ("@[Ana", []),
            ("- @ana\n- > @ben", [Said("ana", False), Said("ben", False)]),
            ("@ana @ana", [Said("ana @ana", False), Said("ana", False)]),
            ("| @ana |\n|-|\n| @ben |", [Said("ana", False), Said("ben", False)]),
            ("a@ana.example", []),
            ("a.b+c-@ana", []),
            ("https://social.example/@ana", []),
            ("@@ana", []),
            ("@ ana", []),
            ("\\@ana", []),
            ("`@ana`", []),
            ("```\n@ana\n```", []),
            ("    @ana", []),
            ("<desk@ana.example>", []),
            ("[@ana](https://a.example)", []),
            ("![@ana](https://a.example)", []),
            ("[x](https://a.example/@ana)", []),
            ("@[ana](https://a.example)", [Said("ana", True)]),
        ],
    )
    def test_are_found_outside_of_code_links_and_addresses(self, text: str, said: list[Said]) -> None:
        assert list(render(text).mentions) == said

    def test_are_found_in_a_long_text_too(self) -> None:
        text = "x" * MAX_MARKDOWN + " @ana a@b.example"

        assert render(text).mentions == (Said("ana a@b.example", False),)

    def test_are_fifty_at_most(self) -> None:
        assert len(render(" ".join(f"@a{number}" for number in range(200))).mentions) == 50
