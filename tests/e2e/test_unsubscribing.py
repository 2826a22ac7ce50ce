"""The link of a mail about a watched ticket, through the gateway: looked at, and pressed by mail programs."""

from tests.e2e.conftest import Outbox
from tests.e2e.http import Http, awaited

PASSWORD = "a fine long passphrase"
CHRIS = "chris@watchers.example"


def test_a_watcher_ends_the_mails_at_one_click(http: Http, outbox: Outbox) -> None:
    made = http.post(
        "/v1/auth/register",
        {"workspace_name": "Watch", "admin_email": "ada@watch.example", "admin_password": PASSWORD},
    )
    admin = http.with_token(made.json["access_token"])
    carol, chris = (
        admin.post("/v1/users", {"name": email.title(), "email": email, "role": "customer"}).json["id"]
        for email in ("carol@watchers.example", CHRIS)
    )
    ticket = admin.post(
        "/v1/tickets", {"subject": "No link", "description": "Since today.", "requester_id": carol}
    ).json
    path = f"/v1/tickets/{ticket['id']}"
    assert admin.post(f"{path}/watchers", {"user_id": chris}).status == 201

    assert admin.post(f"{path}/comments", {"body": "Which port is it?"}).status == 201

    def told() -> str | None:
        links = [str(mail["List-Unsubscribe"]) for mail in outbox.to(CHRIS) if mail["List-Unsubscribe"]]
        return links[0][1:-1] if links else None

    link = awaited("the mail", told, seconds=60)
    assert link.startswith(http.base)
    page = http.get(link.removeprefix(http.base))
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ticket["label"] in page.text
    assert [each["id"] for each in admin.get(f"{path}/watchers").json["items"]] == [chris]

    multipart = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    for body, kind in (
        (multipart, "multipart/form-data; boundary=x"),
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    ):
        pressed = http.post(link.removeprefix(http.base), body, Content_Type=kind)
        assert (pressed.status, pressed.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert admin.get(f"{path}/watchers").json["items"] == []
    assert http.get("/unsubscribe?token=changed").status == 404
