"""Which mails no person wrote."""

import pytest

from chalicelib.channels import automatic, mime
from tests.support.mails import written


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=a@example.com",
        "Auto-Submitted: AUTO-NOTIFIED",
        "X-Autoreply: yes",
        "X-Auto-Reply: on",
        "X-Autorespond: vacation",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Precedence: bulk",
        "Precedence: Junk",
        "Precedence: list",
        "Precedence: auto_reply",
        "X-Precedence: bulk",
        "X-POST-MessageClass: 9; Autoresponder",
        "List-Id: News <news.example.com>",
        "List-Unsubscribe: <mailto:leave@example.com>",
        "X-FC-MachineGenerated: true",
    ],
)
def test_a_machine_is_known_by_its_fields(field: str) -> None:
    mail = mime.parse(written(f"From: a@example.com\n{field}"))
    assert mail.auto_submitted
    assert not mail.is_bounce
    assert str(automatic.reason(mail.headers)).lower() == field.lower()


GROUP = "List-Id: <support.example.com>\nPrecedence: list\nList-Unsubscribe: <mailto:leave@example.com>"
POST = "List-Post: <https://groups.example/post>, <mailto:Support@example.com>"


@pytest.mark.parametrize("to", ["To: support@example.com", "To: a@example.com\nCc: Us <support@example.com>"])
def test_who_writes_to_a_group_that_hands_mail_on_is_a_person(to: str) -> None:
    assert not mime.parse(written(f"From: a@example.com\n{to}\n{GROUP}\n{POST}")).auto_submitted


@pytest.mark.parametrize(
    "head",
    [
        f"To: desk@example.org\n{GROUP}\n{POST}",
        f"To: support@example.com\n{GROUP}",
        f"To: support@example.com\n{GROUP}\n{POST}\nAuto-Submitted: auto-replied",
        f"To: support@example.com\n{GROUP}\n{POST}\nX-Precedence: bulk",
    ],
)
def test_what_a_list_sends_to_its_readers_is_automatic(head: str) -> None:
    assert mime.parse(written(f"From: a@example.com\n{head}")).auto_submitted


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (typed by hand)",
        "X-Autoreply: no",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Auto-Response-Suppress: None",
        "Precedence: first-class",
        "Precedence: normal",
        "X-Mailer: Autoreply 1.0",
        "Subject: Auto-Submitted: auto-replied",
    ],
)
def test_a_person_is_none(field: str) -> None:
    assert not mime.parse(written(f"From: a@example.com\n{field}")).auto_submitted
