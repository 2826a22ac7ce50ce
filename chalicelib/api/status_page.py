"""Door: the page that tells people without an account how far their request is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Request

from chalicelib.accounts import settings
from chalicelib.api import parsing, web_pages
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.form_fields import Field, with_errors
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.form import StatusForm, StatusQuery
from chalicelib.core.errors import (
    FieldProblem,
    HelpdeskError,
    NotFound,
    RateLimited,
    Refusal,
    ValidationFailed,
)
from chalicelib.tickets.looking_up import look_up

routes = Routes(__name__, tag="Public")

LONGEST_LABEL = 40
TIMES = {"created": "created_at", "updated": "updated_at", "resolved": "resolved_at", "closed": "closed_at"}


class NotTold(NotFound):
    """A question that is shown again: there is no such request, or the question is not whole."""

    def __init__(self, desk: Mapping[str, Any], asked: StatusForm, error: HelpdeskError) -> None:
        super().__init__(error.detail, errors=error.errors)
        self.desk = desk
        self.asked = asked


def refused(error: HelpdeskError, request: Request) -> Answer:
    """What people see in the place of a problem: their question again, or a sentence."""
    if isinstance(error, NotTold):
        code = web_pages.language(request, error.asked.lang, error.desk)
        return _page(code, error.desk, error.asked, error.errors, unknown=not error.errors)
    try:
        asked = parsing.parse_form(StatusForm, request, parsing.raw_body(request)).lang
    except HelpdeskError:
        asked = None
    code = web_pages.language(request, asked)
    words = web_pages.languages()[code]["refused"]
    is_busy = isinstance(error, RateLimited)
    reason = "not_found" if isinstance(error, NotFound) else "busy" if is_busy else "failed"
    return web_pages.page("refused.html", code, sentence=words[reason], held=[], again="")


@routes.get(
    "/v1/public/{workspace}/status",
    summary="The page that asks which request, and tells how far it is",
    answer=str,
    content_type=web_pages.HTML,
    limits=(Limit("status-page", 600, 3600),),
    page=refused,
)
def show_status_page(call: Call, workspace: str, query: StatusQuery) -> Answer:  # noqa: ARG001
    desk = settings.get(call.tx, call.actor)
    code = web_pages.language(call.request, query.lang, desk)
    return _page(code, desk, StatusForm(label=(query.label or "")[:LONGEST_LABEL]))


@routes.post(
    "/v1/public/{workspace}/status",
    summary="Ask how far a request is, by the page",
    answer=str,
    content_type=web_pages.HTML,
    # An answer of now, which nobody keeps.
    secret=True,
    limits=(Limit("status-asked", 60, 60),),
    page=refused,
    examples={"body": {"label": "TKT-2026-00042", "email": "carol@example.com"}},
)
def ask_status(call: Call, workspace: str, body: StatusForm) -> Answer:  # noqa: ARG001
    desk = settings.get(call.tx, call.actor)
    if problems := _problems(body):
        error = ValidationFailed("Say which request, and with which email.", errors=problems)
        return Answer(Refusal(NotTold(desk, body, error)))
    told = look_up(call.tx, call.actor, body.label, body.email, call.address, call.settings.rate_limit_factor)
    if isinstance(told, Refusal):
        if isinstance(told.error, NotFound):
            return Answer(Refusal(NotTold(desk, body, told.error)))
        return Answer(told)
    return _page(web_pages.language(call.request, body.lang, desk), desk, StatusForm(), ticket=told)


def _problems(asked: StatusForm) -> list[FieldProblem]:
    found = []
    for name, longest in (("label", LONGEST_LABEL), ("email", 254)):
        text = getattr(asked, name)
        if not text:
            found.append(FieldProblem(name, "FIELD_REQUIRED", "This field is required."))
        elif len(text) > longest or not text.isprintable():
            found.append(FieldProblem(name, "VALIDATION_ERROR", "This is no valid value."))
    return found


def _page(
    code: str,
    desk: Mapping[str, Any],
    asked: StatusForm,
    problems: Sequence[FieldProblem] = (),
    *,
    unknown: bool = False,
    ticket: Mapping[str, Any] | None = None,
) -> Answer:
    words = web_pages.languages()[code]
    labels, hint = words["labels"], words["hints"]["label"]
    fields = with_errors(
        [
            Field("label", "text", labels["label"], hint=hint, texts=(asked.label,), wrong="label"),
            Field(
                *("email", "email", labels["email"]),
                texts=(asked.email,),
                wrong="email",
                autocomplete="email",
            ),
        ],
        problems,
        words,
    )
    return web_pages.page(
        "status.html",
        code,
        desk,
        asked=fields,
        wrong=[field for field in fields if field.error],
        sentence=words["errors"]["unknown_ticket"] if unknown else None,
        ticket=ticket,
        facts=list(_facts(ticket, words, desk["timezone"])) if ticket else [],
    )


def _facts(
    ticket: Mapping[str, Any], words: Mapping[str, Mapping[str, str]], zone: str
) -> list[tuple[str, str]]:
    told = [(words["status"]["status"], words["states"][ticket["status"]])]
    for name, fact in TIMES.items():
        if ticket[fact]:
            at = datetime.fromisoformat(ticket[fact]).astimezone(ZoneInfo(zone))
            told.append((words["status"][name], f"{at:%Y-%m-%d %H:%M}"))
    return told
