"""Mail out: headers that nobody can inject into, a stable identity, and what SES makes of it."""

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import mail
from chalicelib.core.mail import Mail, MailRefused, MailRejected, Tracking, compose, domain_of, single_line
from tests.support.for_each import for_each
from tests.support.mailbox import Mailbox, html_of, text_of

UNTRACKED = Tracking("", UUID(int=7))
MAIL = Mail(
    sender="Mesa <desk@mesa.example>",
    sender_name="Acme",
    recipient="carol@customers.example",
    recipient_name="Carol",
    subject="[TKT-2026-00042] No link",
    text="Hello,\nit works.\n",
    html="<p>Hello</p>",
    language="en",
    message_id="<7.ab@mesa.example>",
    references=("<ticket.1@mesa.example>",),
)
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\t"]


def read(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


class TestHeaders:
    def test_names_the_sender_the_recipient_and_the_thread(self) -> None:
        message = read(compose(MAIL))

        assert message["From"] == "Acme <desk@mesa.example>"
        assert message["To"] == "Carol <carol@customers.example>"
        assert message["Subject"] == "[TKT-2026-00042] No link"
        assert message["Message-ID"] == message["X-Mesa-Message-ID"] == "<7.ab@mesa.example>"
        assert message["In-Reply-To"] == message["References"] == "<ticket.1@mesa.example>"
        assert message["Content-Language"] == "en"
        assert message["Date"].datetime.tzinfo is not None

    def test_tells_robots_not_to_answer(self) -> None:
        message = read(compose(MAIL))

        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"

    def test_has_a_text_and_an_html_part(self) -> None:
        message = read(compose(MAIL))

        assert message.get_content_type() == "multipart/alternative"
        assert text_of(message).replace("\r\n", "\n") == "Hello,\nit works.\n"
        assert html_of(message).strip() == "<p>Hello</p>"

    def test_ids_are_never_broken_however_long_the_domain(self) -> None:
        domain = f"{'long.' * 20}example"
        ids = (f"<ticket.1@{domain}>", f"<7.ab@{domain}>")
        raw = compose(replace(MAIL, message_id=ids[1], references=ids))

        assert b"=?" not in raw.split(b"Subject")[0]
        assert read(raw)["References"].split() == list(ids)

    def test_a_first_mail_needs_no_references(self) -> None:
        message = read(compose(replace(MAIL, references=())))

        assert message["References"] is None
        assert message["In-Reply-To"] is None

    def test_more_headers_can_be_given(self) -> None:
        assert read(compose(replace(MAIL, headers={"List-Id": "x\r\nBcc: y"})))["List-Id"] == "x Bcc: y"

    @for_each("line_break", BREAKS, ids=ascii)
    @pytest.mark.parametrize("field", ["sender_name", "recipient_name", "subject"])
    def test_case_36_a_line_break_in_a_name_or_subject_makes_no_header(
        self, field: str, line_break: str
    ) -> None:
        hostile = replace(MAIL, **{field: f"Eve{line_break}Bcc: evil@x.example{line_break}{line_break}<p>hi"})

        message = read(compose(hostile))

        assert message["Bcc"] is None
        assert [str(address) for address in message["To"].addresses] == [message["To"]]
        assert message["To"].addresses[0].addr_spec == "carol@customers.example"
        assert message.get_content_type() == "multipart/alternative"
        assert "hi" not in text_of(message)

    @given(name=st.text(max_size=150), subject=st.text(max_size=200))
    def test_any_name_and_subject_come_through_as_one_line(self, name: str, subject: str) -> None:
        message = read(compose(replace(MAIL, sender_name=name, recipient_name=name, subject=subject)))

        assert message["To"].addresses[0].addr_spec == "carol@customers.example"
        assert message["From"].addresses[0].addr_spec == "desk@mesa.example"
        assert len(message["To"].addresses) == 1
        assert message["Subject"].strip() == single_line(subject)
        assert set(message.keys()) == set(read(compose(MAIL)).keys())


class TestAddresses:
    @for_each(
        "address",
        [
            *("", "carol", "@x.example", "carol@", "a b@x.example", "a@b@x.example", "<>", "(c)@x.example"),
            *("a,b@x.example", "josé@x.example", "carol@bücher.example", "a@x.example\r\nBcc: b@x.example"),
        ],
    )
    def test_what_is_none_is_refused_for_good(self, address: str) -> None:
        with pytest.raises(MailRefused):
            compose(replace(MAIL, recipient=address))

    @pytest.mark.parametrize("sender", ["desk@mesa.example", "Mesa <desk@Mesa.Example>"])
    def test_the_domain_of_our_ids_is_the_senders(self, sender: str) -> None:
        assert domain_of(sender) == "mesa.example"


class TestSend:
    def test_ses_takes_it_for_one_recipient(self, stage: dict[str, str]) -> None:
        mailbox = Mailbox()
        mailbox.empty()

        provider_id = mail.send(MAIL, UNTRACKED)

        assert provider_id
        assert mailbox.recipients == ["carol@customers.example"]
        assert mailbox.mails[0]["Message-ID"] == "<7.ab@mesa.example>"

    def test_what_becomes_of_it_is_told_with_the_workspace(self, stage: dict[str, str]) -> None:
        asked: list[Any] = []
        note = mail._ses().meta.events.register_first
        note("provide-client-params.ses.SendRawEmail", lambda params, **_: asked.append(params))

        mail.send(MAIL, Tracking("mesa-mail", UUID(int=7)))
        mail.send(MAIL, UNTRACKED)
        mail._ses.cache_clear()

        tracked, untracked = asked
        assert tracked["ConfigurationSetName"] == "mesa-mail"
        assert tracked["Tags"] == [{"Name": "workspace", "Value": str(UUID(int=7))}]
        assert not {"ConfigurationSetName", "Tags"} & untracked.keys()

    def test_an_unverified_sender_is_rejected_for_now(self, stage: dict[str, str]) -> None:
        with pytest.raises(MailRejected):
            mail.send(replace(MAIL, sender="desk@elsewhere.example"), UNTRACKED)

    def test_what_else_ses_says_is_told_as_it_is(
        self, stage: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fault = ClientError({"Error": {"Code": "AccountSendingPaused"}}, "SendRawEmail")
        mail._ses().meta.events.register_first(
            "before-call.ses.SendRawEmail", lambda **_: (_ for _ in ()).throw(fault)
        )
        with pytest.raises(ClientError, match="AccountSendingPaused"):
            mail.send(MAIL, UNTRACKED)
        mail._ses.cache_clear()

    def test_an_address_that_ses_refuses_is_refused_for_good(self, stage: dict[str, str]) -> None:
        with pytest.raises(MailRefused):
            mail.send(replace(MAIL, recipient='"a@b"@x.example'), UNTRACKED)
