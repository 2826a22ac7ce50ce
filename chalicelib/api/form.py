"""Door: the form for people without an account, as a page of its own or within the pages of other sites.

It asks what the desk asks for, says what is wrong beside each field, keeps what was typed, and is taken once
however often it is sent.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from chalice.app import Request

from chalicelib.accounts import settings
from chalicelib.api import form_fields, form_reading, parsing, web_pages
from chalicelib.api.endpoint import TOKEN, Answer, Call, Limit
from chalicelib.api.form_fields import Desk
from chalicelib.api.public_tickets import LIMITS, open_ticket
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.form import FormQuery, TicketForm
from chalicelib.core.errors import (
    Conflict,
    FieldProblem,
    HelpdeskError,
    KeyReused,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    ValidationFailed,
)
from chalicelib.tickets import categories, custom_fields

routes = Routes(__name__, tag="Public")


class NotTaken(ValidationFailed):
    """A form that is shown again, with what is wrong."""

    def __init__(self, error: HelpdeskError, desk: Desk, given: TicketForm) -> None:
        super().__init__(error.detail, errors=error.errors)
        self.desk = desk
        self.given = given


def refused(error: HelpdeskError, request: Request) -> Answer:
    """What people see in the place of a problem: their form again, or a sentence and what they wrote."""
    if isinstance(error, NotTaken):
        return _form(
            error.desk,
            error.given,
            web_pages.language(request, error.given.lang, error.desk.settings),
            error.errors,
        )
    held = _held(request)
    code = web_pages.language(request, dict(held).get("lang"))
    words = web_pages.languages()[code]["refused"]
    is_other = isinstance(error, KeyReused)
    if is_other:
        held = [(name, secrets.token_urlsafe(16) if name == "token" else text) for name, text in held]
    again = words["again_anew" if is_other else "again"]
    return web_pages.page("refused.html", code, sentence=words[_reason(error)], held=held, again=again)


@routes.get(
    "/v1/public/{workspace}/form",
    summary="The form for people, as a page: alone, or within the sites that the desk names",
    answer=str,
    content_type=web_pages.HTML,
    limits=(Limit("form", 600, 3600),),
    page=refused,
)
def show_form(call: Call, workspace: str, query: FormQuery) -> Answer:  # noqa: ARG001
    desk = _desk(call)
    code = web_pages.language(call.request, query.lang, desk.settings)
    given = TicketForm(type=query.type or "", category=query.category or "", subject=query.subject or "")
    return _form(desk, given, code)


@routes.post(
    "/v1/public/{workspace}/form",
    summary="Open a ticket without an account, by the form",
    answer=str,
    status=201,
    content_type=web_pages.HTML,
    limits=LIMITS,
    page=refused,
    examples={
        "body": {
            "name": "Carol Diaz",
            "email": "carol@example.com",
            "type": "incident",
            "subject": "The printer on floor 2 is out of toner",
            "description": "It blinks and prints nothing since Monday.",
        }
    },
)
def send_form(call: Call, workspace: str, body: TicketForm) -> Answer:  # noqa: ARG001
    desk = _desk(call)
    ticket, problems = form_reading.read(desk, body)
    if ticket is None:
        raise NotTaken(ValidationFailed("The form is not complete.", errors=problems), desk, body)
    try:
        opened = open_ticket(call, ticket)
    except ValidationFailed as error:
        raise NotTaken(error, desk, body) from error
    code = web_pages.language(call.request, body.lang, desk.settings)
    return web_pages.page("sent.html", code, desk.settings, status=201, ticket=opened, email=ticket.email)


def _form(desk: Desk, given: TicketForm, code: str, problems: Sequence[FieldProblem] = ()) -> Answer:
    words = web_pages.languages()[code]
    asked = form_fields.with_errors(form_fields.asked(desk, words, given), problems, words)
    (trap,) = form_fields.with_errors([form_fields.trap(words, given)], problems, words)
    wrong = [field for field in (*asked, trap) if field.error]
    return web_pages.page(
        "form.html",
        code,
        desk.settings,
        asked=asked,
        trap=trap,
        wrong=wrong,
        sentence=words["errors"]["refused"] if problems and not wrong else None,
        # One showing of the form, one ticket: what is sent again after an error is the same showing still.
        token=given.token if TOKEN.fullmatch(given.token) else secrets.token_urlsafe(16),
    )


def _desk(call: Call) -> Desk:
    return Desk(
        settings.get(call.tx, call.actor),
        categories.to_choose(call.tx, call.actor),
        custom_fields.to_fill_in(call.tx, call.actor),
    )


def _held(request: Request) -> list[tuple[str, str]]:
    """What was sent, to be sent again."""
    try:
        given = parsing.parse_form(TicketForm, request, parsing.raw_body(request))
    except HelpdeskError:
        return []
    sent: dict[str, Any] = given.model_dump(exclude_unset=True)
    return [
        (name, text)
        for name, value in sent.items()
        for text in ([value] if isinstance(value, str) else value)
    ]


def _reason(error: HelpdeskError) -> str:
    reasons: tuple[tuple[type[HelpdeskError], str], ...] = (
        (NotFound, "not_found"),
        (RateLimited, "busy"),
        (KeyReused, "used"),
        (Conflict, "running"),
        (PayloadTooLarge, "too_large"),
    )
    return next((reason for kind, reason in reasons if isinstance(error, kind)), "failed")
