"""The console's pages: one document for all of them, and the scripts and styles it loads.

They come from console/ by `make console` and talk to the public API like any other client. Whatever page
is asked for, its script draws it; the names of the files tell their content, so browsers keep them for ever.
"""

from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib.api import asset_files
from chalicelib.api.endpoint import Answer, Unread
from chalicelib.api.resource import Routes, api_settings
from chalicelib.core import presigning
from chalicelib.core.errors import HelpdeskError, NotFound

routes = Routes(__name__, tag="Console")

FOLDER = Path(__file__).parent / "console"
HTML = "text/html; charset=utf-8"
START = "home"


def missing(error: HelpdeskError, request: Request) -> Answer:  # noqa: ARG001
    """What people see in the place of a problem: the console, which says that there is no such page."""
    return _document()


@routes.get("/app", summary="The way to the console", answer=None, status=302, needs_database=False)
def show_console(call: None) -> Answer:  # noqa: ARG001
    return Answer(None, headers={"Location": f"{api_settings().public_url.rstrip('/')}/app/{START}"})


@routes.get(
    "/app/{name}",
    summary="A page of the console, or a script or style of it",
    answer=str,
    content_type=", ".join((HTML, *asset_files.TYPES.values())),
    needs_database=False,
    page=missing,
)
def show_console_page(call: None, name: str, query: Unread) -> Answer:  # noqa: ARG001
    if name in _pages():
        return _document()
    if name not in _files():
        raise NotFound("There is no such page.")
    headers = {
        "Content-Type": asset_files.TYPES[Path(name).suffix],
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return Answer(_text(name), headers=headers)


def _document() -> Answer:
    headers = {"Content-Type": HTML, "Content-Security-Policy": _policy(), "X-Robots-Tag": "noindex"}
    return Answer(_text("index.html"), headers={**headers, "Cache-Control": "no-cache"})


@lru_cache(maxsize=1)
def _pages() -> frozenset[str]:
    return frozenset(_text("pages.txt").split())


@lru_cache(maxsize=1)
def _files() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.suffix in asset_files.TYPES)


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _policy() -> str:
    """Content Security Policy Level 3, Trusted Types: own scripts and styles alone, none of them within the
    page, and no text ever becomes markup or code. Calls go to the API and to where files lie; a brand's
    picture may come from anywhere, by https."""
    settings = api_settings()
    api = urlsplit(settings.public_url)
    buckets = (settings.attachments_bucket, settings.export_bucket)
    files = " ".join(dict.fromkeys(presigning.origin(bucket) for bucket in buckets))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' https: data: blob:",
            f"connect-src 'self' {api.scheme}://{api.netloc} {files}",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
