"""Placeholders: filled in where they are known, refused where they are not, and never more than text."""

from contextlib import suppress
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tickets import markdown
from chalicelib.tickets.placeholders import (
    FALLBACK,
    KNOWN,
    MENTIONABLE,
    MOST,
    SAFE_ANYWHERE,
    literal,
    parse,
)
from chalicelib.tickets.template_places import misplaced
from tests.support.for_each import for_each

# What means something to Markdown comes up more often than it would by chance.
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(list("\\`*_{}[]<>()#+-.!|~&@:/=1a \n\t\"'$%^")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)
PIECES = st.lists(
    st.sampled_from(
        [
            *("@ana", "@[Ana]", "https://evil.example", "http:", "//evil", "<b>", "&lt;", "![x](http://y)"),
            *("[x](http://y)", "**b**", "__b__", "_i_", "~~s~~", "`c`", "```", "# h", "- l", "1. l", "1) l"),
            *("> q", "| a | b |", "---", "***", "{{actor.name}}", "\\", "!", "_", "@", " ", "a", "\n", ":"),
        ]
    ),
    max_size=8,
).map("".join)
VALUES = HOSTILE | PIECES


def shown(value: str) -> str:
    """A value as a page shows it: one line."""
    cleaned = "".join(" " if ord(each) < 32 or 127 <= ord(each) < 160 else each for each in value)
    return " ".join(cleaned.split())


def filled(text: str, **values: str | None) -> str:
    return parse(text).filled({name.replace("__", "."): value for name, value in values.items()})


class TestFillingIn:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("Hello {{requester.first_name}},", "Hello Carol,"),
            ("{{ requester.first_name }}", "Carol"),
            ("{{requester.first_name}}{{requester.first_name}}", "CarolCarol"),
            ("no placeholders, {one} }} brace", "no placeholders, {one} }} brace"),
            ("{{assignee.name}}!", "!"),
            ("{{assignee.name|our team}}!", "our team!"),
            ("{{ assignee.name | our team }}!", "our team!"),
            ("{{requester.first_name|you}}", "Carol"),
            (r"literal \{{requester.first_name}}", "literal {{requester.first_name}}"),
            (r"\{{{{requester.first_name}}", "{{Carol"),
            ("{{team.name}}", "{{actor.name}}"),
        ],
    )
    def test_puts_what_the_ticket_has(self, text: str, told: str) -> None:
        values = {"requester.first_name": "Carol", "team.name": "{{actor.name}}", "actor.name": "Ana"}

        assert parse(text).filled(values) == told

    def test_tells_which_names_it_needs(self) -> None:
        assert parse("{{team.name}} {{team.name}} \\{{actor.name}}").names == {"team.name"}

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_a_text_without_braces_stays_as_it_is(self, text: str) -> None:
        text = text.replace("{", "")

        assert parse(text).filled({}) == text


class TestWhatIsNone:
    @for_each(
        "text",
        [
            *("{{customer.name}}", "{{}}", "{{ }}", "{{requester.name", "{{requester.name}", "{{{{"),
            *("{{requester name}}", "{{{requester.name}}}", "{{requester.name|a{b}}", "a {{\n}}"),
            *("{{requester.name|a\nb}}", "{{REQUESTER.NAME}}", "{{requester.__class__}}", "{{0}}"),
        ],
    )
    def test_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="placeholder"):
            parse(text)

    def test_the_known_ones_are_named(self) -> None:
        with pytest.raises(ValueError, match="customer") as caught:
            parse("Dear {{customer.name}}")

        assert all(name in str(caught.value) for name in KNOWN)

    def test_too_many_are_refused(self) -> None:
        assert len(parse("{{actor.name}}" * MOST).parts) == MOST
        with pytest.raises(ValueError, match=str(MOST)):
            parse("{{actor.name}}" * (MOST + 1))

    def test_a_long_fallback_is_refused(self) -> None:
        parse(f"{{{{actor.name|{'x' * FALLBACK}}}}}")
        with pytest.raises(ValueError, match="longer"):
            parse(f"{{{{actor.name|{'x' * (FALLBACK + 1)}}}}}")

    @pytest.mark.parametrize("before", ["@", "@[", "@[Ana "])
    @for_each("name", sorted(KNOWN))
    def test_an_at_stands_before_the_staff_alone(self, before: str, name: str) -> None:
        text = f"Ask {before}{{{{{name}}}}}"
        if name in MENTIONABLE:
            assert parse(text).names == {name}
        else:
            with pytest.raises(ValueError, match="@"):
                parse(text)

    @for_each(
        "text",
        [
            *("`{}`", "```\n{}\n```", "``` {}\nx\n```", "    {}", "- a\n\n      {}", "[x]({})"),
            *("[x](http://a.example/{})", "![x]({})", "[x](http://a.example '{}')", "http://a.example/{}"),
            *("<http://a.example/{}>", "[x](<{}>)", "a http://{}/", "[{}](http://a.example/{})"),
        ],
    )
    def test_it_may_not_stand_in_code_or_in_a_links_address(self, text: str) -> None:
        assert misplaced(parse(text.replace("{}", "{{ticket.subject|x}}"))) == "ticket.subject"
        for name in SAFE_ANYWHERE:
            assert misplaced(parse(text.replace("{}", f"{{{{{name}}}}}"))) is None

    @for_each(
        "text",
        [
            *("{}", "**{}**", "> {}", "# {}", "- {}", "[{}](http://a.example)", "| a |\n|---|\n| {} |"),
            *("`x` {} `y`", "http://a.example {}", "x\n{}\ny", "\\`{}\\`", "<{}>", "(see {})"),
        ],
    )
    def test_elsewhere_it_may(self, text: str) -> None:
        assert misplaced(parse(text.replace("{}", "{{ticket.subject}}"))) is None

    @given(st.text(st.sampled_from("{}|\\ requester.name\n")))
    def test_whatever_it_is_nothing_else_is_raised(self, text: str) -> None:
        with suppress(ValueError):
            parse(text).filled({})


class TestSafety:
    @pytest.mark.parametrize(
        ("value", "source"),
        [
            ("Carol O'Brien-Diaz, Jr.", "Carol O'Brien-Diaz, Jr."),
            ("ana.b_c+d@acme.example", "ana.b_c+d@acme.example"),
            ("VPN drops (again): 50% of the time!", "VPN drops (again): 50% of the time\\!"),
            ("TKT-2026-00042", "TKT-2026-00042"),
            ("@ana", "\\@ana"),
            ("1. one", "1\\. one"),
            ("http://x.example", "http\\://x.example"),
            ("two\nlines\tand  more", "two lines and more"),
        ],
    )
    def test_the_source_reads_as_the_value(self, value: str, source: str) -> None:
        assert literal(value) == source

    @given(VALUES)
    def test_a_value_is_text_by_itself(self, value: str) -> None:
        written = markdown.render(literal(value))

        assert written.html == (f"<p>{escape(shown(value), quote=False)}</p>" if shown(value) else "")
        assert written.mentions == ()

    @pytest.mark.parametrize(
        ("before", "after", "html"),
        [
            ("Hello ", ", bye", "<p>Hello {}, bye</p>"),
            ("Hello\n", "\nbye", "<p>Hello<br>\n{}<br>\nbye</p>"),
            ("**", "**", "<p><strong>{}</strong></p>"),
            ("- ", "\n- two", "<ul>\n<li>{}</li>\n<li>two</li>\n</ul>"),
            ("> ", "", "<blockquote>\n<p>{}</p>\n</blockquote>"),
            ("# ", "", "<h1>{}</h1>"),
            (
                "x ",
                "[a](http://b.example)",
                '<p>x {}<a href="http://b.example" rel="nofollow noopener noreferrer">a</a></p>',
            ),
        ],
    )
    @given(value=VALUES.filter(shown))
    def test_a_value_is_text_wherever_it_stands(self, before: str, after: str, html: str, value: str) -> None:
        told = shown(value)
        if before == "**" and not (told[0].isalnum() and told[-1].isalnum()):
            return  # an author's emphasis ends only at a word

        written = markdown.render(before + literal(value) + after)

        assert written.html == html.format(escape(told, quote=False))
        assert written.mentions == ()

    @given(VALUES, VALUES)
    def test_two_values_do_not_add_up_to_more(self, one: str, other: str) -> None:
        text = filled("x{{ticket.subject}}{{requester.name}}x", ticket__subject=one, requester__name=other)

        told = escape(f"x{shown(one)}{shown(other)}x", quote=False)
        written = markdown.render(text)
        assert written.html == f"<p>{told}</p>"
        assert written.mentions == ()

    @given(value=VALUES)
    def test_a_text_too_long_for_markdown_mentions_nobody_either(self, value: Any) -> None:
        written = markdown.render("x " * markdown.MAX_MARKDOWN + literal(value))

        assert written.mentions == ()
