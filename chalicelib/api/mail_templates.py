"""Door: what mails say, in a desk's own words. The room is loaded when it is first asked for, with all that
writes mails."""

from typing import Any

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import sent
from chalicelib.api.schemas.mail_templates import (
    MailPreview,
    MailTemplateIn,
    MailTemplateList,
    MailTemplateOut,
    MailTemplatePreviewIn,
)

routes = Routes(__name__, tag="Mail templates")
EXAMPLE = {
    "body": {
        "subject": "[{{ ticket.label }}] {{ ticket.subject|truncate(80) }}",
        "text": "Dear {{ recipient.first_name|default('customer') }},\n\n{{ actor.name }} answered:\n\n"
        "{{ quoted.text|quote }}\n\nYour friends at {{ workspace.name }}",
        "html": "<p>Dear {{ recipient.first_name|default('customer') }},</p>\n<p>{{ actor.name }} answered:"
        "</p>\n<blockquote>{{ quoted.html }}</blockquote>\n<p>Your friends at {{ workspace.name }}</p>",
    }
}


@routes.get("/v1/mail-templates", summary="List the kinds of mail", answer=MailTemplateList)
def list_mail_templates(call: Call) -> Answer:
    from chalicelib.notifications import mail_templates

    return Answer(mail_templates.listing(call.tx, call.actor))


@routes.get(
    "/v1/mail-templates/{kind}/{language}",
    summary="What mails of a kind say in a language",
    answer=MailTemplateOut,
)
def get_mail_template(call: Call, kind: str, language: str) -> Answer:
    from chalicelib.notifications import mail_templates

    return _versioned(mail_templates.get(call.tx, call.actor, kind, language))


@routes.put(
    "/v1/mail-templates/{kind}/{language}",
    summary="Write an own text in place of the default one",
    answer=MailTemplateOut,
    examples=EXAMPLE,
)
def put_mail_template(call: Call, kind: str, language: str, body: MailTemplateIn) -> Answer:
    from chalicelib.notifications import mail_templates

    return _versioned(mail_templates.put(call.tx, call.actor, kind, language, dict(body), call.if_match))


@routes.delete("/v1/mail-templates/{kind}/{language}", summary="Return to the default text")
def delete_mail_template(call: Call, kind: str, language: str) -> Answer:
    from chalicelib.notifications import mail_templates

    mail_templates.delete(call.tx, call.actor, kind, language, call.if_match)
    return Answer(None)


@routes.post(
    "/v1/mail-templates/{kind}/{language}/preview",
    summary="Show a mail as it would go out, and send nothing",
    answer=MailPreview,
    examples=EXAMPLE,
)
def preview_mail_template(call: Call, kind: str, language: str, body: MailTemplatePreviewIn) -> Answer:
    from chalicelib.notifications import mail_templates

    words = {name: text for name, text in sent(body).items() if name != "ticket_id"}
    mail = mail_templates.preview(
        call.tx, call.actor, kind, language, words, body.ticket_id, call.settings.public_url
    )
    return Answer({"subject": mail.subject, "text": mail.text, "html": mail.html})


def _versioned(template: dict[str, Any]) -> Answer:
    return Answer(template, headers={"ETag": f'"{template["version"]}"'})
