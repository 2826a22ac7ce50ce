"""The page behind the link that ends mails about watched tickets, and what its button and mail programs send.

Looking at it changes nothing: what opens links by itself, to look for harm, unsubscribes nobody. It needs no
script, and shows no more of a ticket than its label.
"""

from typing import Any

from chalicelib.api import web_pages
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.unsubscribing import UnsubscribeIn, UnsubscribeQuery
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.tickets import unsubscribing
from chalicelib.tickets.unsubscribing import PATH, Standing

routes = Routes(__name__, tag="Notifications")


@routes.get(
    PATH,
    summary="The page of a mailed link that ends mails about watched tickets",
    answer=str,
    content_type=web_pages.HTML,
    limits=(Limit("unsubscribe-look", 120, 60),),
    also={404: str},
)
def show_unsubscribe_page(call: Call, query: UnsubscribeQuery) -> Answer:
    try:
        standing = unsubscribing.look(call.tx, query.token)
    except NotFound:
        return _refused()
    return _done(standing) if standing.muted else _asked(standing)


@routes.post(
    PATH,
    summary="End mails about a watched ticket, or about all of them, by a mailed link",
    answer=str,
    content_type=web_pages.HTML,
    limits=(Limit("unsubscribe", 300, 60),),
    also={404: str},
    takes_form=True,
    examples={"body": {"List-Unsubscribe": "One-Click"}},
)
def unsubscribe(call: Call, query: UnsubscribeQuery, body: UnsubscribeIn) -> Answer:
    if body.scope is None and body.one_click is None:
        raise ValidationFailed.of("scope", "This field is required.", "FIELD_REQUIRED")
    try:
        standing = unsubscribing.unsubscribe(call.tx, query.token, everything=body.scope == "all")
    except NotFound:
        return _refused()
    return _done(standing)


def _asked(standing: Standing) -> Answer:
    return _page("unsubscribe.html", _language(standing), standing=standing)


def _done(standing: Standing) -> Answer:
    return _page("unsubscribed.html", _language(standing), standing=standing)


def _refused() -> Answer:
    """Whose link is none has no language."""
    said = {code: words["unsubscribe"] for code, words in sorted(web_pages.languages().items())}
    return _page("no_link.html", web_pages.DEFAULT_LANGUAGE, status=404, said=said)


def _language(standing: Standing) -> str:
    known = standing.language in web_pages.languages()
    return standing.language if known else web_pages.DEFAULT_LANGUAGE


def _page(template: str, code: str, **facts: Any) -> Answer:
    return web_pages.page(template, code, assets="assets/", sites=(), **facts)
