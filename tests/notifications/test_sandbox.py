"""Texts that a desk writes for its mails: whatever is tried with them, they say words and do nothing."""

import re
from contextlib import suppress
from typing import Any, get_args

import pytest
from markupsafe import Markup

from chalicelib.notifications.mail_kinds import VARIABLES
from chalicelib.notifications.sandbox import LONGEST, Field, TextFailed, fill
from chalicelib.notifications.text_rules import MOST_NODES, check
from tests.support.for_each import for_each

OFFERS = tuple(VARIABLES)
VALUES: dict[str, Any] = {
    "greeting": "Hello Dana,",
    "lead": "Ana replied.",
    "ticket": {"label": "TKT-2026-00042", "subject": "No <link>\r\nBcc: eve@evil.example"},
    "recipient": {"name": "Dana", "first_name": ""},
    "quoted": {"text": "One.\n\nTwo.", "html": Markup("<p>One.</p>"), "author": "Ana"},
    "facts": [{"name": "Status", "value": "open"}, {"name": "Team", "value": "<b>"}],
}
# Ways out of sandboxes that are told of, and spellings of them that slip through filters of words.
ESCAPES = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ [].__class__.__base__.__subclasses__() }}",
    "{{ {}.__class__ }}",
    "{{ ().__class__.__bases__[0] }}",
    "{{ ticket.__class__ }}",
    "{{ ticket['__class__'] }}",
    "{{ ticket['__cla' 'ss__'] }}",
    "{{ ticket['__cla' ~ 'ss__'] }}",
    "{{ ticket[['__class__']|join] }}",
    "{{ ticket|attr('__class__') }}",
    "{{ ticket|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ ticket['\\u005f\\u005fclass\\u005f\\u005f'] }}",
    "{{ ''|attr(['_'*2,'class','_'*2]|join) }}",
    "{{ ticket.items }}",
    "{{ ticket.items() }}",
    "{{ ticket.get('label') }}",
    "{{ ticket.label.format(ticket) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(ticket) }}",
    "{{ '{0.__class__}'.format_map({}) }}",
    "{{ '%s' % ticket }}",
    "{{ '%s'|format(ticket) }}",
    "{{ ('{0.__class__}'|safe).format(ticket) }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum(n=100000) }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns.x }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}",
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ g.pop.__globals__ }}",
    "{{ dict(x=1) }}",
    "{{ dict.mro() }}",
    "{{ range(3)|list }}",
    "{{ varargs }}",
    "{{ caller() }}",
    "{{ loop.__class__ }}",
    "{% for fact in facts %}{{ loop.__init__ }}{% endfor %}",
    "{% for fact in facts %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for fact in facts %}{{ fact.keys() }}{% endfor %}",
    "{% for fact in facts %}{{ fact.__class__ }}{% endfor %}",
    "{% for fact in facts recursive %}{{ loop(facts) }}{% endfor %}",
    "{% for fact in facts if ''.__class__ %}x{% endfor %}",
    "{% for c in ().__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}",
    "{% for c in ticket.label %}{{ c }}{% endfor %}",
    "{% include 'mail.txt' %}",
    "{% import 'mail.txt' as m %}{{ m }}",
    "{% from 'mail.txt' import x %}",
    "{% extends 'layout.txt' %}",
    "{% block body %}x{% endblock %}{{ self.body() }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{% set x = ticket %}{{ x.label }}",
    "{% set x %}y{% endset %}",
    "{% with a = ticket %}{{ a }}{% endwith %}",
    "{% filter upper %}x{% endfilter %}",
    "{% autoescape false %}{{ ticket.subject }}{% endautoescape %}",
    "{% do ticket.update({}) %}",
    "{% trans %}x{% endtrans %}",
    "{% debug %}",
    "{{ ticket is mapping }}",
    "{{ ticket is defined }}",
    "{{ ticket.subject|safe }}",
    "{{ ticket.subject|map('upper')|list }}",
    "{{ facts|map(attribute='__class__')|list }}",
    "{{ facts|groupby('name') }}",
    "{{ facts|sort(attribute='__class__') }}",
    "{{ facts|selectattr('name')|list }}",
    "{{ facts|tojson }}",
    "{{ facts|pprint }}",
    "{{ facts|xmlattr }}",
    "{{ ticket|string }}",
    "{{ ticket.label[0] }}",
    "{{ ticket.label[::-1] }}",
    "{{ ticket.label|truncate(length=5) }}",
    "{{ ticket.label|truncate(*[5]) }}",
    "{{ ticket.label|truncate(**{'length': 5}) }}",
    "{{ ｔｉｃｋｅｔ.__class__ }}",
    "{{ ticket.＿＿class＿＿ }}",
    "{{ ticket.ｉｔｅｍｓ }}",
    "{{ ''.ﬁ }}",
    "{%- if ''.__class__ -%}x{%- endif -%}",
    "{{ 'x' if ''.__class__ else 'y' }}",
    "{{ ticket.label|default(''.__class__) }}",
    "{{ [ticket] }}",
    "{{ (ticket, ticket) }}",
    "{{ {'a': ticket} }}",
    "{{ ticket.label if ticket.label }}",
]
BOMBS = [
    "{{ 'x' * 10**9 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 9999999 ** 9999999 }}",
    "{{ -9 }}",
    "{{ " + "9" * 5000 + " }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for a in facts %}{% for b in facts %}x{% endfor %}{% endfor %}",
    "{{ ticket.label|center(1000000000) }}",
    "{{ ticket.label|indent(1000000000) }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'aaaaaaaaaa'|replace('a', 'aaaaaaaaaa')|replace('a', 'aaaaaaaaaa') }}",
    "{{ ['x']|batch(1000000000, 'x')|list }}",
    "{{ ('x',)|join }}",
    "{{ ticket.subject ~ ticket.subject }}",
    "{{ [quoted.text, quoted.text] }}",
    "{{ ticket.subject|upper|lower|upper|lower }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "not " * 3000 + "1 }}",
    "{{ " + "1 if 1 else " * 3000 + "1 }}",
    "{{ 1" + " and 1" * 3000 + " }}",
    "{{ ticket.label" + "|upper" * 3000 + " }}",
    "{{ ticket" + ".label" * 3000 + " }}",
    "{% if 1 %}" * 2000 + "{% endif %}" * 2000,
    "{% if 1 %}" * 60 + "{% endif %}" * 60,
    "{{ greeting }}" * MOST_NODES,
    "{{ [" + "1," * 3000 + "] }}",
]
BROKEN = [
    "{{",
    "{{ }}",
    "{% if %}",
    "{% if 1 %}",
    "{% endif %}",
    "{{ 'x }}",
    "{# ",
    "{% raw %}x",
    "{{ 1 + }}",
    "{% %}",
]


class TestHostile:
    @pytest.mark.parametrize("field", get_args(Field))
    @for_each("source", ESCAPES)
    def test_a_way_out_is_not_kept(self, field: Field, source: str) -> None:
        with pytest.raises(TextFailed) as refused:
            check(source, field, OFFERS)

        assert refused.value.field == field
        assert str(refused.value).endswith((".", "."))

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("source", BOMBS, ids=lambda source: source[:30])
    def test_a_bomb_is_not_kept_and_does_not_go_off(self, source: str) -> None:
        with pytest.raises(TextFailed):
            check(source, "text", OFFERS)

    @for_each("source", ESCAPES)
    def test_what_were_kept_by_mistake_would_find_the_second_wall(self, source: str) -> None:
        """`check` is not asked: the sandbox itself lets nothing out."""
        try:
            said = fill(source, "text", VALUES)
        except TextFailed:
            return
        assert not re.search(r"class|function|method|module|object at|uid=|globals", said)

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("source", BOMBS[:17], ids=lambda source: source[:30])
    def test_nor_would_a_bomb_go_off_there(self, source: str) -> None:
        with suppress(TextFailed):
            assert len(fill(source, "text", VALUES)) < 10_000

    @pytest.mark.parametrize("source", BROKEN)
    def test_what_is_no_template_is_told_with_its_line(self, source: str) -> None:
        with pytest.raises(TextFailed) as refused:
            check(f"One.\n{source}", "text", OFFERS)

        assert str(refused.value).startswith("Line 2: ")

    def test_an_unknown_variable_is_named_with_those_that_there_are(self) -> None:
        with pytest.raises(TextFailed) as refused:
            check("a\n\n{{ ticket.pasword }}", "text", ("ticket.label", "lead"))

        assert (
            str(refused.value) == "Line 3: There is no “ticket.pasword” here. There are ticket.label, lead."
        )

    @pytest.mark.parametrize("field", ["subject", "text"])
    def test_html_is_for_html_alone(self, field: Field) -> None:
        with pytest.raises(TextFailed, match="HTML body only"):
            check("{{ quoted.html }}", field, OFFERS)
        with pytest.raises(TextFailed, match="takes no filter"):
            check("{{ quoted.html|upper }}", "html", OFFERS)

    def test_what_comes_out_is_bounded(self) -> None:
        big = {"quoted": {"text": "x" * 65_536}}
        source = "{{ quoted.text }}" * 10
        check(source, "text", OFFERS)

        with pytest.raises(TextFailed, match=str(LONGEST["text"])):
            fill(source, "text", big)

    def test_so_is_what_is_compared_and_does_not_come_out(self) -> None:
        big = {"quoted": {"text": "a\n" * 32_000}, "facts": [{"name": "n", "value": "v"}] * 8}
        compared = "quoted.text|quote|quote|quote == quoted.text|quote|quote|title"
        condition = f"{{% if {compared} %}}{{% endif %}}"
        source = f"{{% for fact in facts %}}{condition * 90}{{% endfor %}}x"
        check(source, "text", OFFERS)

        with pytest.raises(TextFailed, match="filters read") as failed:
            fill(source, "text", big)
        assert failed.value.field == "text"

    def test_half_a_character_comes_out_of_no_text(self) -> None:
        with pytest.raises(TextFailed, match="part of a character"):
            fill(r"{{ '\ud800' }}", "text", {})

    def test_what_fails_says_nothing_of_what_it_was_given(self) -> None:
        with pytest.raises(TextFailed) as refused:
            fill("{{ 'x'|truncate(quoted.author) }}", "text", VALUES)

        assert "Ana" not in str(refused.value)

    def test_a_fact_that_is_not_there_fails(self) -> None:
        with pytest.raises(TextFailed, match="team"):
            fill("{{ team.name }}", "text", VALUES)


class TestSaying:
    @for_each(
        "source, said",
        [
            ("{{ greeting }} {{ lead|upper }}", "Hello Dana, ANA REPLIED."),
            ("Dear {{ recipient.first_name|default('customer') }}", "Dear customer"),
            ("{{ recipient.first_name|default(recipient.name)|lower }}", "dana"),
            ("{% if recipient.first_name %}a{% elif ticket.label %}b{% else %}c{% endif %}", "b"),
            ("{{ 'a' if quoted.text else 'b' }}", "a"),
            ("{% if quoted.author == 'Ana' and not recipient.first_name %}yes{% endif %}", "yes"),
            ("{% if quoted.author in ['Ana', 'Ben'] %}yes{% endif %}", "yes"),
            ("{{ quoted.text|quote }}", "> One.\n>\n> Two."),
            ("{{ ticket.label|truncate(4) }}", "TKT…"),
            (
                "{% for fact in facts %}{{ loop.index }}. {{ fact.name }}: {{ fact.value }}\n{% endfor %}",
                "1. Status: open\n2. Team: <b>\n",
            ),
            (
                "{% for f in facts %}{{ f.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
                "Status, Team",
            ),
            ("{# a note to ourselves #}x{% raw %}{{ }}{% endraw %}", "x{{ }}"),
            ("100 % & <plain>", "100 % & <plain>"),
        ],
    )
    def test_what_a_text_needs_is_there(self, source: str, said: str) -> None:
        check(source, "text", OFFERS)

        assert fill(source, "text", VALUES) == said

    def test_html_escapes_what_is_filled_in(self) -> None:
        source = "<p>{{ ticket.subject }}</p>{{ quoted.html }}{% for f in facts %}{{ f.value }}{% endfor %}"
        check(source, "html", OFFERS)

        said = fill(source, "html", VALUES)

        assert said.startswith("<p>No &lt;link&gt;")
        assert said.endswith("</p><p>One.</p>open&lt;b&gt;")
