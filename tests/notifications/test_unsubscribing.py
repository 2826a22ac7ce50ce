"""Unsubscribing: the link of a mail about a watched ticket ends such mails, at one press of a button."""

import re
from base64 import urlsafe_b64encode
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest

from chalicelib.core import signed_links
from chalicelib.tickets import unsubscribing
from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.cast import Person as Somebody
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.tenants import fingerprint

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"
BASE = "http://127.0.0.1:4566/api"


@pytest.fixture
def ticket(desk: Desk, cast: Cast) -> UUID:
    """Carol's; Chris watches it, and so does Ana, in whose team it is."""
    ticket = desk.ticket(cast.carol)
    desk.watch(ticket, cast.chris, cast.ana)
    return ticket


def told(desk: Desk, mailbox: Mailbox, ticket: UUID, who: Somebody) -> list[str]:
    """Who is mailed when Dario closes it, and only then."""
    mailbox.empty()
    assert deliver(desk.event("ticket.closed", ticket, desk.cast.dario)) == []
    return [address for address in mailbox.recipients if address == who.email]


def mail_of(desk: Desk, mailbox: Mailbox, ticket: UUID, who: Somebody) -> EmailMessage:
    mailbox.empty()
    deliver(desk.event("ticket.closed", ticket, desk.cast.dario))
    return mailbox.to(who.email)


def link_of(mail: EmailMessage) -> str:
    """The link of a mail's header, as a path of the API."""
    header = str(mail["List-Unsubscribe"])
    assert header.startswith(f"<{BASE}/unsubscribe?token=")
    assert header.endswith(">")
    return header[1:-1].removeprefix(BASE)


def one_click(api: Api, link: str) -> Reply:
    return api.post(link, ONE_CLICK, Content_Type=FORM)


def press(api: Api, link: str, scope: str) -> Reply:
    return api.post(link, f"scope={scope}".encode(), Content_Type=FORM)


class TestMail:
    def test_who_watches_is_told_how_to_end_it_by_header_and_by_link(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        mail = mail_of(desk, mailbox, ticket, cast.chris)

        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = BASE + link_of(mail)
        assert f"End these messages: {link}" in text_of(mail).splitlines()
        assert f'href="{link}"' in html_of(mail)

    def test_the_header_is_one_unbroken_address(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        """What folds headers breaks words that are longer than a line, and encodes them."""
        mail_of(desk, mailbox, ticket, cast.chris)
        raw = next(sent.raw_data for sent in mailbox._sent if cast.chris.email in sent.raw_data)

        assert re.search(r"(?m)^List-Unsubscribe: <http://[^\s>?]+\?token=[\w-]{91}>\r?$", raw)

    def test_who_is_told_as_somebody_else_is_not(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        mail = mail_of(desk, mailbox, ticket, cast.carol)

        assert mail["List-Unsubscribe"] is None
        assert mail["List-Unsubscribe-Post"] is None
        assert "unsubscribe" not in text_of(mail) + html_of(mail)

    def test_in_the_language_of_the_desk(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=cast.acme)
        mail = mail_of(desk, mailbox, ticket, cast.chris)

        assert "Dejar de recibir estos mensajes: http" in text_of(mail)
        page = api.get(link_of(mail)).text
        assert '<html lang="es">' in page
        assert "No recibir más mensajes sobre TKT-" in page


class TestPage:
    def test_looking_changes_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        """Filters of mail open every link."""
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))
        before = fingerprint(database, cast.acme)

        reply = api.get(link)

        assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert '<form method="post">' in reply.text
        assert fingerprint(database, cast.acme) == before

    def test_it_shows_the_label_and_no_more_of_the_ticket(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        page = api.get(link_of(mail_of(desk, mailbox, ticket, cast.chris))).text

        assert desk.label(ticket) in page
        for secret in ("No link on floor 3", "The switch", cast.carol.email, cast.chris.email, "closed"):
            assert secret not in page

    def test_what_the_desk_is_called_is_text(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))
        database.run("UPDATE workspaces SET name = '<script>{label}' WHERE id = :w", w=cast.acme)

        page = api.get(link).text

        assert "&lt;script&gt;{label} sends you" in page
        assert "<script" not in page


class TestPress:
    def test_one_click_ends_the_mails_of_the_ticket_and_of_no_other(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        other = desk.ticket(cast.carol)
        desk.watch(other, cast.chris)
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))

        reply = one_click(api, link)

        assert reply.status == 200
        assert "You get no more messages about this ticket." in reply.text
        assert told(desk, mailbox, ticket, cast.chris) == []
        assert told(desk, mailbox, ticket, cast.ana) == [cast.ana.email]
        assert told(desk, mailbox, other, cast.chris) == [cast.chris.email]

    def test_as_multipart_form_data_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        """RFC 8058 §3.1 prefers it."""
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))
        body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'

        reply = api.post(link, body, Content_Type="multipart/form-data; boundary=x")

        assert reply.status == 200
        assert told(desk, mailbox, ticket, cast.chris) == []

    def test_twice_is_once_and_it_is_their_own_doing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))

        pages = [one_click(api, link).text for _ in range(2)]

        assert pages[0] == pages[1]
        rows = database.rows(
            "SELECT actor_type, actor_id, internal, meta FROM timeline_entries "
            "WHERE ticket_id = :t AND action = 'watcher_removed'",
            t=ticket,
        )
        assert rows == [
            {
                "actor_type": "user",
                "actor_id": cast.chris.id,
                "internal": False,
                "meta": {"user_id": str(cast.chris.id), "by_link": True},
            }
        ]

    def test_that_staff_leaves_is_the_staffs_business(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        one_click(api, link_of(mail_of(desk, mailbox, ticket, cast.ana)))

        sql = "SELECT internal FROM timeline_entries WHERE ticket_id = :t AND action = 'watcher_removed'"
        assert database.value(sql, t=ticket) is True

    def test_the_page_can_end_all_of_them(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        other = desk.ticket(cast.carol)
        desk.watch(other, cast.chris)
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))

        replies = [press(api, link, "all"), press(api, link, "all"), api.get(link)]

        assert {reply.status for reply in replies} == {200}
        assert all("no more messages about tickets that you watch" in reply.text for reply in replies)
        assert told(desk, mailbox, other, cast.chris) == []
        given = api.with_token(cast.chris.token).get("/v1/notifications/preferences").json["mail"]
        assert [name for name, wanted in given.items() if not wanted] == ["watched"]

    def test_of_an_archived_ticket_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))
        database.run("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = :t", t=ticket)
        database.run("UPDATE tickets SET archived_at = now() WHERE id = :t", t=ticket)

        assert one_click(api, link).status == 200
        assert told(desk, mailbox, ticket, cast.chris) == []

    @pytest.mark.parametrize("gone", ["the ticket", "the user"])
    def test_of_what_is_gone_all_is_done(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        api: Api,
        database: Database,
        gone: str,
    ) -> None:
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))
        table, id = ("tickets", ticket) if gone == "the ticket" else ("users", cast.chris.id)
        database.run(f"UPDATE {table} SET deleted_at = now() WHERE id = :id", id=id)

        replies = [api.get(link), one_click(api, link), press(api, link, "all")]

        assert {reply.status for reply in replies} == {200}
        assert desk.label(ticket) not in "".join(reply.text for reply in replies)

    def test_at_once_from_many_sides_it_is_once(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        connections: Connections,
        database: Database,
    ) -> None:
        token = link_of(mail_of(desk, mailbox, ticket, cast.chris)).partition("=")[2]

        given = connections.at_once([lambda tx: unsubscribing.unsubscribe(tx, token)] * 4)

        assert [each for each in given if isinstance(each, Exception)] == []
        sql = "SELECT count(*) FROM timeline_entries WHERE ticket_id = :t AND action = 'watcher_removed'"
        assert database.value(sql, t=ticket) == 1


class TestHostileLinks:
    def tampered(self, token: str, place: int) -> str:
        other = "A" if token[place] != "A" else "B"
        return token[:place] + other + token[place + 1 :]

    def test_a_changed_sign_anywhere_is_no_link(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        token = link_of(mail_of(desk, mailbox, ticket, cast.chris)).partition("=")[2]
        before = fingerprint(database, cast.acme)

        for place in (0, 25, 45, 63, 70, 90):
            link = f"/unsubscribe?token={self.tampered(token, place)}"
            for reply in (api.get(link), one_click(api, link), press(api, link, "all")):
                assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
                assert "This link does not work" in reply.text
        assert fingerprint(database, cast.acme) == before

    def test_a_link_made_with_another_desks_key_is_none(
        self, cast: Cast, ticket: UUID, api: Api, database: Database
    ) -> None:
        key = database.value("SELECT mail_key FROM workspaces WHERE id = :w", w=cast.globex)
        forged = signed_links.token(key, cast.acme, cast.chris.id, ticket)

        assert one_click(api, f"/unsubscribe?token={forged}").status == 404

    def test_a_link_for_a_ticket_ends_no_other_persons_mails(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        one_click(api, link_of(mail_of(desk, mailbox, ticket, cast.chris)))

        assert told(desk, mailbox, ticket, cast.ana) == [cast.ana.email]

    @for_each("token", ["", "x", "A" * 91, "é" * 91, "A" * 90, "=" * 91, "../" * 30])
    def test_what_is_no_link_is_refused_clearly(self, api: Api, cast: Cast, token: str) -> None:
        for reply in (api.get(f"/unsubscribe?token={token}"), one_click(api, f"/unsubscribe?token={token}")):
            assert reply.status == 404
            assert "Este enlace no funciona" in reply.text

    def test_of_one_token_there_is_one_spelling(self) -> None:
        token = signed_links.token(b"k", uuid4(), uuid4(), uuid4())
        padded = urlsafe_b64encode(b"").decode() + token + "="

        assert signed_links.read(padded) is None
        assert signed_links.read(token.replace("-", "+").replace("_", "/") + " ") is None

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"", FORM, 422),
            (b"a=b", FORM, 422),
            (b"scope=everything", FORM, 422),
            (b"List-Unsubscribe=Two-Clicks", FORM, 422),
            (b"scope=%ff", FORM, 400),
            (b"a=b&" * 60, FORM, 400),
            (b"x" * 20_000, FORM, 413),
            (b"scope=all", "text/plain", 415),
            (b"no parts", "multipart/form-data", 400),
            (b'{"scope": "all", "more": 1}', "application/json", 422),
        ],
    )
    def test_a_body_that_asks_for_nothing_does_nothing(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        api: Api,
        body: bytes,
        content_type: str,
        status: int,
    ) -> None:
        link = link_of(mail_of(desk, mailbox, ticket, cast.chris))

        assert api.post(link, body, Content_Type=content_type).status == status
        assert told(desk, mailbox, ticket, cast.chris) == [cast.chris.email]

    def test_who_tries_too_often_waits(self, api: Api, cast: Cast) -> None:
        replies = [api.get("/unsubscribe?token=x").status for _ in range(121)]

        assert replies[-2:] == [404, 429]
