"""Mails about accounts: what they say and to whom, and tokens that are issued as they go out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.one_time_tokens import Issued
from chalicelib.core import mail as core_mail
from chalicelib.notifications.account_mails import TWO_STEP
from chalicelib.notifications.account_words import PAGES, Letter, write
from chalicelib.notifications.facts import Brand
from chalicelib.notifications.rendering import languages
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.post import token_of

INVITED = "user.invited"
RESET = "user.password_reset_requested"
VERIFY = "user.email_verification_requested"
KINDS = (
    *PAGES,
    "sign_up_repeated",
    "password_changed",
    *(each.removeprefix("user.") for each in TWO_STEP),
)

Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def tell(database: Database) -> Tell:
    """Writes an event about a user down, and gives the message of it."""

    def record(type: str, who: Person, **more: Any) -> dict[str, Any]:
        row = database.rows(
            "INSERT INTO events (workspace_id, type, internal, payload) VALUES (:w, :t, true, '{}') "
            "RETURNING id, created_at",
            w=who.workspace_id,
            t=type,
        )[0]
        user = {"id": str(who.id), "name": who.name, "email": who.email, "role": who.role, "status": "active"}
        actor = {"type": "user", "id": None, "name": "Ada"}
        return {
            "id": row["id"],
            "type": type,
            "workspace_id": str(who.workspace_id),
            "ticket_id": None,
            "sequence": None,
            "internal": True,
            "created_at": row["created_at"].isoformat(),
            "payload": {"user": user, "actor": actor, **more},
        }

    return record


@pytest.fixture
def ana_is_invited(database: Database, cast: Cast) -> None:
    database.run("UPDATE users SET status = 'invited', password_hash = NULL WHERE id = :u", u=cast.ana.id)


def leases_end(database: Database) -> None:
    database.run("UPDATE notifications SET claimed_at = now() - interval '61 seconds'")


def tokens(database: Database) -> list[dict[str, Any]]:
    return database.rows("SELECT * FROM one_time_tokens ORDER BY event_id")


class TestTokens:
    def test_one_is_issued_for_the_mail_and_only_its_digest_kept(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)

        assert deliver(told) == []

        (row,) = tokens(database)
        (mail,) = mailbox.mails
        assert (row["purpose"], row["event_id"], row["user_id"]) == (
            "password_reset",
            told["id"],
            cast.ana.id,
        )
        assert database.value("SELECT sha256(CAST(:t AS bytea)) AS d", t=token_of(mail)) == row["digest"]

    def test_a_second_delivery_sends_and_issues_nothing(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)
        deliver(told)
        before = tokens(database)

        leases_end(database)
        assert deliver(told, told) == []

        assert len(mailbox.mails) == 1
        assert tokens(database) == before

    def test_one_that_was_not_sent_is_let_go_where_there_is_nothing_left_to_tell(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        """Killed between claiming and sending; before the event comes again, Ana is deactivated."""
        told = tell(RESET, cast.ana)
        deliver(told)
        mailbox.empty()
        database.run("UPDATE notifications SET status = 'claimed', sent_at = NULL, claimed_at = now()")
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.ana.id)

        assert deliver(told) == [0]
        leases_end(database)
        assert deliver(told) == []

        assert database.value("SELECT status FROM notifications") == "superseded"
        assert mailbox.mails == []

    def test_a_mail_that_must_be_sent_again_keeps_its_id_and_ends_its_first_token(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        """Killed between sending and writing it down: nobody knows whether the first arrived."""
        told = tell(RESET, cast.ana)
        deliver(told)
        database.run("UPDATE notifications SET status = 'claimed', sent_at = NULL")
        leases_end(database)

        deliver(told)

        first, second = mailbox.mails
        (row,) = tokens(database)
        assert first["Message-ID"] == second["Message-ID"]
        assert token_of(first) != token_of(second)
        assert database.value("SELECT sha256(CAST(:t AS bytea)) AS d", t=token_of(second)) == row["digest"]

    def test_while_another_delivery_may_be_sending_it_comes_again(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)
        deliver(told)
        database.run("UPDATE notifications SET status = 'claimed'")
        before = tokens(database)

        assert deliver(told) == [0]
        assert tokens(database) == before

    def test_a_used_token_is_not_issued_anew(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)
        deliver(told)
        database.run("UPDATE one_time_tokens SET used_at = now()")
        database.run("UPDATE notifications SET status = 'claimed'")
        leases_end(database)

        assert deliver(told) == []

        assert len(mailbox.mails) == 1
        assert database.value("SELECT status FROM notifications") == "superseded"

    def test_an_older_event_that_comes_late_does_not_end_the_newer_token(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        older, newer = tell(RESET, cast.ana), tell(RESET, cast.ana)

        assert deliver(newer, older) == []

        (row,) = tokens(database)
        assert (row["event_id"], row["revoked_at"]) == (newer["id"], None)
        assert len(mailbox.mails) == 1

    def test_a_newer_event_ends_the_older_token_of_its_purpose_alone(
        self, cast: Cast, database: Database, tell: Tell, mailbox: Mailbox
    ) -> None:
        deliver(tell(VERIFY, cast.ana), tell(RESET, cast.ana), tell(RESET, cast.ana), tell(RESET, cast.ben))

        assert [row["revoked_at"] is not None for row in tokens(database)] == [False, True, False, False]

    def test_it_lives_from_when_it_was_asked_for(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        """An old message, out of the dead-letter queue, opens nothing."""
        late = {**tell(RESET, cast.ana), "created_at": (datetime.now(UTC) - timedelta(hours=2)).isoformat()}

        assert deliver(late) == []

        assert mailbox.mails == []
        assert tokens(database) == []

    def test_a_provider_that_fails_leaves_no_good_token_behind_but_the_last(
        self,
        cast: Cast,
        database: Database,
        mailbox: Mailbox,
        tell: Tell,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told = tell(RESET, cast.ana)
        with monkeypatch.context() as broken:
            broken.setattr(core_mail, "send", lambda *_: 1 / 0)
            assert deliver(told) == [0]
        leases_end(database)

        assert deliver(told) == []

        (row,) = tokens(database)
        digest = database.value("SELECT sha256(CAST(:t AS bytea)) AS d", t=token_of(mailbox.mails[0]))
        assert row["digest"] == digest


class TestWhoHears:
    def test_an_invitation_is_for_the_invited(
        self, cast: Cast, ana_is_invited: None, mailbox: Mailbox, tell: Tell
    ) -> None:
        deliver(tell(INVITED, cast.ana), tell(INVITED, cast.ben))

        assert mailbox.recipients == [cast.ana.email]

    @pytest.mark.parametrize(
        ("type", "change"),
        [
            (RESET, "status = 'deactivated'"),
            (RESET, "deleted_at = now()"),
            (RESET, "status = 'contact'"),
            (VERIFY, "email_verified_at = now()"),
            (VERIFY, "status = 'contact'"),
            ("user.sign_up_repeated", "status = 'deactivated'"),
            ("user.password_changed", "status = 'deactivated'"),
        ],
    )
    def test_what_makes_no_sense_any_more_is_not_told(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell, type: str, change: str
    ) -> None:
        told = tell(type, cast.ana)
        database.run(f"UPDATE users SET {change} WHERE id = :u", u=cast.ana.id)

        assert deliver(told) == []

        assert mailbox.mails == []
        assert tokens(database) == []

    def test_goes_to_the_address_of_today(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)
        database.run("UPDATE users SET email = 'ana2@acme.example' WHERE id = :u", u=cast.ana.id)

        deliver(told)

        assert mailbox.recipients == ["ana2@acme.example"]

    def test_nobody_of_another_workspace(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)

        for workspace in (cast.globex, UUID(int=0)):
            assert deliver({**told, "workspace_id": str(workspace)}) == []
        assert mailbox.mails == []

    @pytest.mark.parametrize("payload", [{}, {"user": {}}, {"user": {"id": "x"}, "actor": {"name": ""}}])
    def test_a_payload_that_is_no_users_is_poison(
        self, cast: Cast, mailbox: Mailbox, tell: Tell, payload: dict[str, Any]
    ) -> None:
        assert deliver({**tell(RESET, cast.ana), "payload": payload}) == [0]

    def test_other_news_of_users_is_nobodys_mail(self, cast: Cast, mailbox: Mailbox, tell: Tell) -> None:
        assert deliver(tell("user.updated", cast.ana), tell("user.created", cast.ana)) == []
        assert mailbox.mails == []


class TestBrand:
    def test_the_workspaces_looks_are_on_its_mails(
        self, database: Database, cast: Cast, mailbox: Mailbox, tell: Tell
    ) -> None:
        database.run(
            "UPDATE workspaces SET brand_color = '#112233', brand_footer = 'Calle 7' WHERE slug = 'acme'"
        )

        deliver(tell(RESET, cast.ana))

        (mail,) = mailbox.mails
        assert "border-top:4px solid #112233" in html_of(mail)
        assert "Calle 7" in text_of(mail)

    @pytest.mark.parametrize(
        ("kind", "shown"),
        [
            ("invited", ("#112233", "logo.png", "Calle 7")),
            ("signed_up", ("#112233",)),
            ("registered", ()),
        ],
    )
    def test_who_is_not_known_yet_gets_no_advertising(self, kind: str, shown: tuple[str, ...]) -> None:
        brand = Brand("#112233", "https://cdn.acme.example/logo.png", "Calle 7")

        words = write(TestWords().letter(kind, brand=brand), "https://desk.acme.example/api")

        found = tuple(part for part in ("#112233", "logo.png", "Calle 7") if part in words.html)
        assert found == shown


class TestWords:
    def letter(self, kind: str, language: str = "en", **changes: Any) -> Letter:
        workspace = Workspace(uuid4(), "acme", "Acme", "America/Bogota", language, "teams", 7)
        issued = Issued("T" * 43, datetime(2026, 6, 5, 20, 0, tzinfo=UTC)) if kind in PAGES else None
        facts = {"name": "Dana", "email": "dana@x.example", "actor": "Ada", **changes}
        return Letter(kind, workspace, issued=issued, **facts)

    @pytest.mark.parametrize("language", ["en", "es"])
    @for_each("kind", KINDS)
    def test_every_mail_can_be_written(self, kind: str, language: str) -> None:
        words = write(self.letter(kind, language), "https://desk.acme.example/api")

        assert words.language == language
        assert f'<html lang="{language}">' in words.html
        for text in (words.subject, words.text, words.html):
            assert not re.search(r"[{}]|None|\bnull\b", text)
        if kind in PAGES:
            link = f"https://desk.acme.example/api{PAGES[kind][0]}#token={'T' * 43}"
            assert link in words.text.splitlines()
            assert f'href="{link}"' in words.html
            assert "T" * 43 in words.text.splitlines()
            assert "2026-06-05 15:00 (America/Bogota)" in words.text

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_there_are_words_for_every_kind(self, language: str) -> None:
        words = languages()[language]

        for section in ("account_subjects", "account_leads", "account_otherwise"):
            assert set(words[section]) == set(KINDS)
        assert set(words["account_links"]) == set(PAGES)

    def test_names_are_text_in_the_html(self) -> None:
        letter = self.letter("invited", actor="<script>alert(1)</script>", name="<b>Dana</b>")

        html = write(letter, "https://desk.acme.example/api").html

        assert "<script>" not in html
        assert "<b>" not in html

    @pytest.mark.parametrize("kind", ["registered", "signed_up"])
    def test_what_a_stranger_can_have_sent_to_anybody_repeats_no_name(self, kind: str) -> None:
        words = write(self.letter(kind, name="Buy now", actor="Buy now"), "https://x.example")

        assert "Buy now" not in words.subject + words.text + words.html

    def test_speaks_the_workspaces_language_from_the_workspace(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es'")

        deliver(tell(RESET, cast.ana))

        (mail,) = mailbox.mails
        assert mail["Subject"] == "Elija una contraseña nueva para Acme"
        assert (mail["From"], mail["Content-Language"]) == ("Acme <desk@mesa.example>", "es")
        assert "Hola, Ana:" in text_of(mail)

    def test_is_marked_as_automatic_and_hangs_on_no_thread(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        told = tell(RESET, cast.ana)
        deliver(told)

        (mail,) = mailbox.mails
        assert mail["Message-ID"] == f"<{told['id']}.{cast.ana.id.hex}@mesa.example>"
        assert (mail["Auto-Submitted"], mail["References"]) == ("auto-generated", None)
        (row,) = database.rows("SELECT kind, ticket_id, status FROM notifications")
        assert row == {"kind": RESET, "ticket_id": None, "status": "sent"}

    def test_case_36_names_from_the_database_make_no_headers(
        self, cast: Cast, database: Database, mailbox: Mailbox, tell: Tell
    ) -> None:
        database.run("UPDATE workspaces SET name = E'Acme\\r\\nBcc: evil@x.example'")
        database.run("UPDATE users SET name = E'<b>Ana</b>\\r\\nBcc: evil@x.example'")

        deliver(tell(RESET, cast.ana))

        (mail,) = mailbox.mails
        assert mail["Bcc"] is None
        assert mailbox.recipients == [cast.ana.email]
        assert "<b>" not in html_of(mail)
