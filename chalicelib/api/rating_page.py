"""The page behind the link of a mail that asks how the help was.

It is the same for everybody: the token stands behind the address's `#`, which no browser sends and no log
keeps. Its script asks and answers by bodies (ratings.py), and nothing is rated before somebody presses the
button: what opens links by itself, to look for harm, rates nothing.
"""

from functools import lru_cache

from chalicelib.api import asset_files
from chalicelib.api.endpoint import Answer
from chalicelib.api.resource import Routes

routes = Routes(__name__, tag="Ratings")

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>How was our help? · ¿Cómo fue nuestra ayuda?</title>
<link rel="icon" href="assets/{icon}">
<link rel="stylesheet" href="assets/{style}">
</head>
<body>
<main id="rate">
<noscript>
<p>This page needs JavaScript. You can answer the message instead: somebody reads it.</p>
<p lang="es">Esta página necesita JavaScript. También puede responder al mensaje: alguien lo lee.</p>
</noscript>
</main>
<script src="assets/{script}"></script>
</body>
</html>
"""
# CSP Level 3. A brand's picture may come from anywhere, by https; all else from here.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@routes.get(
    "/rate",
    summary="The page of a mailed link that asks how the help was",
    answer=str,
    content_type="text/html; charset=utf-8",
    needs_database=False,
)
def show_rating_page(call: None) -> Answer:  # noqa: ARG001
    return Answer(_page(), headers={"Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex"})


@lru_cache(maxsize=1)
def _page() -> str:
    names = asset_files.names()
    return PAGE.format(icon=names["icon.svg"], style=names["rate.css"], script=names["rate.js"])
