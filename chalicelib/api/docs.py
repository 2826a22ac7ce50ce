"""The API's document and the pages that show it: Swagger UI and Redoc, served from here, without a CDN.

Every address in the pages is relative, so they work under any base path. Scripts and styles stand apart from
the pages, and the policy in their header lets no other in.
"""

import secrets
from typing import Any
from urllib.parse import urlsplit

from chalicelib.api import asset_files
from chalicelib.api.endpoint import Answer
from chalicelib.api.resource import Routes, api_settings
from chalicelib.core.errors import NotFound

routes = Routes(__name__, tag="Documentation")

HTML = "text/html; charset=utf-8"
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="assets/{icon}">
{styles}
</head>
<body>
<div id="{name}" data-document="v1/openapi.json" data-nonce="{nonce}"></div>
<noscript>This page needs JavaScript; the document itself is <a href="v1/openapi.json">here</a>.</noscript>
{scripts}
</body>
</html>
"""


@routes.get(
    "/v1/openapi.json",
    summary="The API as an OpenAPI 3.1 document",
    answer=dict[str, Any],
    needs_database=False,
)
def show_openapi(call: None) -> Answer:  # noqa: ARG001
    # It builds every shape's schema: only who asks for it waits for that.
    from chalicelib.api import openapi as made

    return Answer(made.text(api_settings().public_url), headers={"Cache-Control": "public, max-age=300"})


@routes.get("/docs", summary="The API in Swagger UI", answer=str, content_type=HTML, needs_database=False)
def show_swagger_ui(call: None) -> Answer:  # noqa: ARG001
    return _page(
        "swagger-ui", "Mesa: try the API", ("swagger-ui.css", "docs.css"), ("swagger-ui-bundle.js", "docs.js")
    )


@routes.get("/redoc", summary="The API in Redoc", answer=str, content_type=HTML, needs_database=False)
def show_redoc(call: None) -> Answer:  # noqa: ARG001
    return _page("redoc", "Mesa: the API", ("docs.css",), ("redoc.standalone.js", "docs.js"))


@routes.get(
    "/assets/{name}",
    summary="A script or style of these pages",
    answer=str,
    content_type=", ".join(asset_files.TYPES.values()),
    needs_database=False,
)
def show_asset(call: None, name: str) -> Answer:  # noqa: ARG001
    path = asset_files.served().get(name)
    if path is None:
        raise NotFound("There is no such file.")
    # The name holds the content's digest, so whoever has it need never ask again.
    headers = {
        "Content-Type": asset_files.TYPES[path.suffix],
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Answer(asset_files.text(path), headers=headers)


def _page(name: str, title: str, styles: tuple[str, ...], scripts: tuple[str, ...]) -> Answer:
    nonce = secrets.token_urlsafe(16)
    names = asset_files.names()
    body = PAGE.format(
        title=title,
        name=name,
        nonce=nonce,
        icon=names["icon.svg"],
        styles="\n".join(f'<link rel="stylesheet" href="assets/{names[style]}">' for style in styles),
        scripts="\n".join(f'<script src="assets/{names[script]}"></script>' for script in scripts),
    )
    return Answer(body, headers={"Content-Security-Policy": _policy(nonce), "Referrer-Policy": "no-referrer"})


def _policy(nonce: str) -> str:
    """Content Security Policy Level 3: own scripts and styles only; calls go to the API alone."""
    api = urlsplit(api_settings().public_url)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "worker-src blob:",
            f"connect-src 'self' {api.scheme}://{api.netloc}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
