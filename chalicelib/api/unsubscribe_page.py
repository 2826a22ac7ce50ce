"""The page behind the link that ends mails about watched tickets, and what its button and mail programs send.

Looking at it changes nothing: what opens links by itself, to look for harm, unsubscribes nobody. It needs no
script, and shows no more of a ticket than its label.
"""

from collections.abc import Mapping, Sequence
from html import escape

from chalicelib.api import asset_files
from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.unsubscribing import UnsubscribeIn, UnsubscribeQuery
from chalicelib.api.unsubscribe_words import NO_LINK, NO_LINK_TITLE, WORDS
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.tickets import unsubscribing
from chalicelib.tickets.unsubscribing import PATH, Standing

routes = Routes(__name__, tag="Notifications")

PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="assets/{icon}">
<link rel="stylesheet" href="assets/{style}">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
# CSP Level 3.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HTML = "text/html; charset=utf-8"


@routes.get(
    PATH,
    summary="The page of a mailed link that ends mails about watched tickets",
    answer=str,
    content_type=HTML,
    limits=(Limit("unsubscribe-look", 120, 60),),
    also={404: str},
)
def unsubscribe_page(call: Call, query: UnsubscribeQuery) -> Answer:
    try:
        standing = unsubscribing.look(call.tx, query.token)
    except NotFound:
        return _refused()
    return _done(standing) if standing.muted else _asked(standing)


@routes.post(
    PATH,
    summary="End mails about a watched ticket, or about all of them, by a mailed link",
    answer=str,
    content_type=HTML,
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
    language, words = _words(standing)
    shown = [f"<p>{_filled(words['asked'], standing)}</p>", '<form method="post">']
    if standing.watches:
        shown.append(_button("ticket", _filled(words["this"], standing)))
    elif standing.label:
        shown.append(f"<p>{escape(words['ended'])}</p>")
    shown += (_button("all", escape(words["all"])), "</form>")
    return _page(200, language, words["title"], shown)


def _done(standing: Standing) -> Answer:
    language, words = _words(standing)
    told = _filled(words["done_all" if standing.muted else "done"], standing)
    return _page(200, language, words["done_title"], [f"<p>{told}</p>", f"<p>{escape(words['back'])}</p>"])


def _refused() -> Answer:
    told = [f'<p lang="{language}">{escape(text)}</p>' for language, text in NO_LINK.items()]
    return _page(404, "en", NO_LINK_TITLE, told)


def _words(standing: Standing) -> tuple[str, Mapping[str, str]]:
    language = standing.language if standing.language in WORDS else "en"
    return language, WORDS[language]


def _filled(text: str, standing: Standing) -> str:
    return escape(text.format(workspace=standing.workspace, label=standing.label))


def _button(scope: str, text: str) -> str:
    return f'<p><button name="scope" value="{scope}">{text}</button></p>'


def _page(status: int, language: str, title: str, shown: Sequence[str]) -> Answer:
    names = asset_files.names()
    page = PAGE.format(
        language=language,
        title=escape(title),
        icon=names["icon.svg"],
        style=names["rate.css"],
        body="\n".join(shown),
    )
    return Answer(page, status, {"Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex"})
