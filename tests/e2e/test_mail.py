"""A ticket by mail: in by SMTP, answered through SES, and answered back."""

import smtplib
from email.message import EmailMessage
from typing import Any

from local.stack import MAIL_DOMAIN, Stack
from tests.e2e.conftest import Outbox
from tests.e2e.http import Http, awaited

PASSWORD = "a fine long passphrase"
CAROL = "carol@people.example"


def send(stack: Stack, sender: str, recipient: str, subject: str, text: str, **headers: str) -> None:
    """As any mail program does."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    message.add_attachment(b"\x89PNG picture", maintype="image", subtype="png", filename="rack.png")
    with smtplib.SMTP("127.0.0.1", stack.smtp.port, timeout=30) as smtp:
        smtp.send_message(message)


def test_a_mail_becomes_a_ticket_and_its_answers_comments(http: Http, stack: Stack, outbox: Outbox) -> None:
    made = http.post(
        "/v1/auth/register",
        {"workspace_name": "Post", "admin_email": "ada@post.example", "admin_password": PASSWORD},
    )
    admin = http.with_token(made.json["access_token"])
    desk = f"{made.json['workspace']['slug']}@{MAIL_DOMAIN}"

    send(stack, f"Carol Diaz <{CAROL}>", desk, "The switch is dark", "Since this morning.")

    def opened() -> dict[str, Any] | None:
        items = admin.get("/v1/tickets").json["items"]
        return items[0] if items else None

    ticket = awaited("the ticket", opened, seconds=60)
    assert (ticket["subject"], ticket["source"], ticket["requester"]["email"]) == (
        "The switch is dark",
        "email",
        CAROL,
    )
    path = f"/v1/tickets/{ticket['id']}"

    def attached() -> list[Any]:
        return [each["file_name"] for each in admin.get(f"{path}/attachments").json["items"]]

    assert awaited("its picture", attached, seconds=60) == ["rack.png"]
    (acknowledgement,) = awaited("the acknowledgement", lambda: outbox.to(CAROL), seconds=60)

    assert admin.post(f"{path}/comments", {"body": "Which port is it?"}).status == 201
    answer = awaited("the answer", lambda: outbox.to(CAROL)[1:], seconds=60)[0]
    assert answer["In-Reply-To"] == acknowledgement["In-Reply-To"]
    assert answer["References"].split()[0] == acknowledgement["References"].split()[0]
    assert (answer["Auto-Submitted"], answer["Reply-To"].addresses[0].addr_spec) == ("auto-generated", desk)

    seen = answer["Message-ID"]
    send(
        stack,
        CAROL,
        answer["Reply-To"].addresses[0].addr_spec,
        f"Re: {answer['Subject']}",
        "The third one.\n\nOn Sat, 21 Nov 2026 at 10:00, Post wrote:\n> Which port is it?\n",
        In_Reply_To=seen,
        References=f"{answer['References']} {seen}",
    )

    def commented() -> list[Any]:
        return list(admin.get(path).json["comments"][1:])

    (comment,) = awaited("the comment", commented, seconds=60)
    assert (comment["body"], comment["source"], comment["author"]["email"]) == (
        "The third one.",
        "email",
        CAROL,
    )
    assert len(admin.get("/v1/tickets").json["items"]) == 1
