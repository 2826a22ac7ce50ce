"""A ticket by mail: in by SMTP, answered through SES, and answered back."""

import json
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from local.files import PROJECT
from local.stack import MAIL_DOMAIN, Stack
from tests.e2e.conftest import Outbox
from tests.e2e.http import Http, awaited

PASSWORD = "a fine long passphrase"
CAROL = "carol@people.example"
FEEDBACK = PROJECT / "tests" / "notifications" / "feedback"


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


def test_who_calls_a_mail_spam_gets_no_more(http: Http, stack: Stack, outbox: Outbox) -> None:
    """What SES would publish of it, recorded, and published in its place."""
    made = http.post(
        "/v1/auth/register",
        {"workspace_name": "Spam", "admin_email": "ada@spam.example", "admin_password": PASSWORD},
    )
    workspace = made.json["workspace"]
    admin = http.with_token(made.json["access_token"])
    send(stack, "chris@people.example", f"{workspace['slug']}@{MAIL_DOMAIN}", "No link", "Since Monday.")
    (acknowledgement,) = awaited("the acknowledgement", lambda: outbox.to("chris@people.example"), seconds=60)
    (ticket,) = admin.get("/v1/tickets").json["items"]
    text = (
        (FEEDBACK / "complaint.json").read_text().replace("carol@customers.example", "chris@people.example")
    )
    told = json.loads(text)
    told["mail"]["messageId"] = str(acknowledgement["Message-ID"]).strip("<>")
    told["mail"]["tags"]["workspace"] = [workspace["id"]]
    told["mail"]["headers"] = []
    told["complaint"]["timestamp"] = datetime.now(UTC).isoformat()

    topic = stack.outputs["MailFeedbackTopicArn"]
    stack.cloud.client("sns").publish(TopicArn=topic, Message=json.dumps(told))

    def problem() -> Any:
        return admin.get(f"/v1/users/{ticket['requester']['id']}").json["email_problem"]

    assert awaited("the complaint", problem, seconds=60)["reason"] == "complained"
    (note,) = admin.get(f"/v1/tickets/{ticket['id']}").json["comments"]
    assert (note["visibility"], "spam" in note["body"]) == ("internal", True)
