"""The kinds of mail: each offers what its default tells and no more, and that can be written by hand."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.permissions import Role
from chalicelib.notifications import mail_defaults, text_rules
from chalicelib.notifications.facts import Facts
from chalicelib.notifications.mail_kinds import ACKNOWLEDGED, VARIABLES, kinds
from chalicelib.notifications.recipients import AUDIENCES, INTERNAL, Part
from chalicelib.notifications.rendering import Rendered, languages, render
from chalicelib.notifications.samples import FULL, SPARSE, recipient, sample
from chalicelib.notifications.texts import LANGUAGES, OwnText
from tests.support.for_each import for_each

ACME = Workspace(uuid4(), "acme", "Acme", "America/Bogota", "en", "teams", 7)
NAMES = sorted(kinds())
SECRET = replace(
    FULL,
    comment="SECRET-COMMENT",
    comment_html="<p>SECRET-COMMENT</p>",
    description="SECRET-DESCRIPTION",
    priority="urgent",
    team="SECRET-TEAM",
    due="SECRET-DUE",
)


def mail(name: str, language: str, facts: Facts, text: OwnText | None = None) -> Rendered:
    kind = kinds()[name]
    claim = sample(kind, replace(ACME, language=language), facts, text)
    said = render(claim, recipient(kind), "https://desk.example")
    assert claim.texts.failures == []
    return said


def everything(name: str, html: str | None = None) -> OwnText:
    """A text that says all that its kind offers."""
    offers = [each for each in kinds()[name].offers if each not in ("facts", "quoted.html")]
    said = "\n".join(f"{each}={{{{ {each} }}}}" for each in offers)
    facts = "{% for fact in facts %}{{ fact.name }}: {{ fact.value }}\n{% endfor %}"
    return OwnText(name, "en", said.replace("\n", " ")[:2000], f"{said}\n{facts}", html)


def test_there_is_one_for_each_occasion_and_part_and_the_acknowledgement() -> None:
    expected = {f"{occasion}.{each.part}" for occasion, audiences in AUDIENCES.items() for each in audiences}

    assert set(kinds()) == expected | {ACKNOWLEDGED}
    assert set(LANGUAGES) == set(languages())
    assert {name for kind in kinds().values() for name in kind.offers} == set(VARIABLES)


@pytest.mark.parametrize("facts", [FULL, SPARSE], ids=["much to tell", "little to tell"])
@pytest.mark.parametrize("language", LANGUAGES)
@for_each("name", NAMES)
def test_the_default_written_as_an_own_text_is_the_same_mail(name: str, language: str, facts: Facts) -> None:
    text = mail_defaults.default(kinds()[name], language)
    for field, source in (("subject", text.subject), ("text", text.text), ("html", text.html)):
        text_rules.check(str(source), field, kinds()[name].offers)  # type: ignore[arg-type]

    usual, own = mail(name, language, facts), mail(name, language, facts, text)

    assert own.subject == usual.subject
    assert sorted(own.text.split()) == sorted(usual.text.split())
    assert sorted(words(own.html)) == sorted(words(usual.html))


def words(html: str) -> list[str]:
    shown = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", shown).replace("&nbsp;", " ").split()


@for_each("name", NAMES)
def test_a_text_can_say_all_that_its_kind_offers(name: str) -> None:
    text = everything(name, "<p>{{ lead }}</p>")

    said = mail(name, "en", FULL, text)

    for each in kinds()[name].offers:
        assert each in ("facts", "quoted.html") or f"{each}=" in said.text
    assert not re.search(r"None|[{}]|\bnull\b", said.subject + said.text)


@for_each("name", [name for name in NAMES if not kinds()[name].is_for_staff])
def test_who_may_be_a_customer_is_told_nothing_of_the_staffs(name: str) -> None:
    said = mail(name, "en", SECRET, everything(name))

    for secret in ("SECRET-TEAM", "SECRET-DUE", "SECRET-DESCRIPTION", "urgent"):
        assert secret not in said.subject + said.text + said.html


@for_each("name", [name for name in NAMES if kinds()[name].is_for_staff])
def test_a_text_for_the_staff_is_never_sent_to_a_customer(name: str) -> None:
    kind = kinds()[name]
    to = recipient(kind)
    customer = replace(to.person, role=Role.CUSTOMER)
    claim = sample(kind, ACME, SECRET, OwnText(name, "en", "own", "own words: {{ team.name }}", None))

    said = render(claim, to._replace(person=customer))

    assert "own words" not in said.text


def test_internal_notes_and_internal_news_are_the_staffs() -> None:
    for kind in kinds().values():
        if kind.occasion in INTERNAL or kind.part not in (Part.REQUESTER, Part.WATCHER):
            assert kind.is_for_staff


def test_the_acknowledgement_of_a_strangers_request_repeats_nothing() -> None:
    said = mail(ACKNOWLEDGED, "en", replace(SECRET, subject="BUY NOW"), everything(ACKNOWLEDGED))

    for written in ("BUY NOW", "SECRET", "Carol", "Dana", "logo.png", "Calle 7"):
        assert written not in said.subject + said.text + said.html
    for offered in kinds()[ACKNOWLEDGED].offers:
        assert not offered.startswith(("quoted", "requester", "recipient", "actor"))


class TestFrame:
    TEXT = OwnText("resolved.requester", "en", "Done\r\nBcc: eve@evil.example", "Done.\n", None)

    def test_has_what_a_mail_must_have_whatever_the_text_says(self) -> None:
        said = mail("resolved.requester", "en", FULL, self.TEXT)

        assert said.text.startswith("Done.\n")
        assert "rate#token=example&score=5" in said.text
        assert 'href="https://desk.example/rate#token=example&amp;score=5"' in said.html
        for part in (said.text, said.html):
            assert "Acme sent this message by itself because you asked for help." in part
            assert "Acme, Calle 7, Bogota" in part
        assert "Have you tried" not in said.text
        assert "border-top:4px solid #0d74ce" in said.html

    def test_a_subject_is_one_line(self) -> None:
        said = mail("resolved.requester", "en", FULL, self.TEXT)

        assert said.subject == "Done Bcc: eve@evil.example"

    def test_a_subject_stays_one_line_whatever_is_filled_in(self) -> None:
        text = replace(self.TEXT, subject="{{ quoted.text }} {{ ticket.subject }} {{ 'a\\r\\nBcc: x' }}")
        facts = replace(FULL, comment="a\r\nBcc: eve@evil.example\u2028b" * 100, subject="c\nd")

        said = mail("resolved.requester", "en", facts, text)

        assert said.subject.isprintable()
        assert len(said.subject) <= 250

    def test_without_html_it_is_made_of_the_text(self) -> None:
        text = replace(self.TEXT, text="1 < 2\n{{ ticket.subject }}\n{{ quoted.text }}")
        facts = replace(FULL, subject="<script>", comment="<b>bold</b>")

        said = mail("resolved.requester", "en", facts, text)

        assert "<p>1 &lt; 2<br>&lt;script&gt;<br>&lt;b&gt;bold&lt;/b&gt;</p>" in said.html
        assert "1 < 2\n<script>\n<b>bold</b>" in said.text

    @for_each(
        "html",
        [
            "<p title={{ quoted.text }}>x</p>",
            '<a href="{{ quoted.text }}">x</a>',
            "<a href={{ quoted.text }}>x</a>",
            "<!-- {{ quoted.text }}",
            "</body></html><textarea>",
            "<p {{ quoted.text }}>x",
            '<p style="{{ quoted.text }}">x',
        ],
    )
    @pytest.mark.parametrize(
        "hostile",
        [
            "x onmouseover=alert(1)",
            "javascript:alert(1)",
            "x style=position:fixed",
            "--><script>alert(1)</script>",
            "position:fixed;top:0;background-color:url(https://evil.example)",
        ],
    )
    def test_nothing_that_a_customer_wrote_gets_out_of_its_place(self, html: str, hostile: str) -> None:
        kind = kinds()["replied.requester"]
        claim = sample(
            kind,
            ACME,
            replace(FULL, comment=hostile, comment_html=None),
            OwnText(kind.name, "en", "s", "t", f"{html}<p>end</p>"),
        )
        claim = replace(claim, texts=replace(claim.texts, strict=False))

        said = render(claim, recipient(kind)).html

        body = said.partition("<body")[2]
        outside = r"<[^>]*\son\w+=|(?:href|src)=\"javascript:|style=\"[^\"]*(?:position|url\()"
        assert not re.search(rf"{outside}|<script|<textarea|<!--", body)
        assert said.count("</body>") == 1
        assert "Acme sent this message by itself because you asked for help." in said
