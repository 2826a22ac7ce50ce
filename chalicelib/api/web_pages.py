"""Pages for people who do not sign in: in which language, in whose colours, and what browsers may do with
them. They work without scripts, alone and within the pages of the sites that a desk names."""

import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Request

from chalicelib.api import asset_files
from chalicelib.api.endpoint import Answer

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "pages"
HTML = "text/html; charset=utf-8"
DEFAULT_LANGUAGE = "en"
# From /v1/public/{workspace}/…, under any base path.
ASSETS = "../../../assets/"
PLAIN_COLOR = "#0d74ce"
# A refusal knows no desk and shows no more than what was sent: within a site's page it must not stay empty.
ANYWHERE = ("*",)
DARK, LIGHT = "#000000", "#ffffff"


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """What there is to say, by language."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}


def language(request: Request, asked: str | None, desk: Mapping[str, Any] | None = None) -> str:
    """The one that was asked for by name, else the one of ours that the browser likes best (RFC 9110
    §12.5.4), else the desk's."""
    for code in (asked, _liked_best(str(request.headers.get("accept-language", "")))):
        if code and code.lower()[:2] in languages():
            return code.lower()[:2]
    return str(desk["language"]) if desk else DEFAULT_LANGUAGE


def page(
    template: str,
    code: str,
    desk: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    assets: str = ASSETS,
    sites: Sequence[str] = ANYWHERE,
    **facts: Any,
) -> Answer:
    """A page of ours; `desk`: the workspace's settings, whose name and looks it has, and whose `form_sites`
    may show it. Without a desk `sites` may."""
    style = _style((desk["branding"]["color"] if desk else None) or PLAIN_COLOR)
    html = (
        _environment()
        .get_template(template)
        .render(
            language=code,
            words=languages()[code],
            desk=desk,
            style=style,
            assets=assets,
            files=asset_files.names(),
            **facts,
        )
    )
    headers = {
        "Content-Language": code,
        "Content-Security-Policy": _policy(style, desk["form_sites"] if desk else sites),
        "Vary": "Accept-Language",
        "X-Robots-Tag": "noindex",
    }
    return Answer(html, status, headers)


def on_brand(color: str) -> str:
    """What can be read on a colour (`#rrggbb`), at a contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3)."""
    against = {text: _contrast(color, text) for text in (LIGHT, DARK)}
    return max(against, key=lambda text: against[text])


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _style(color: str) -> str:
    return f":root{{--brand:{color};--on-brand:{on_brand(color)}}}"


def _policy(style: str, sites: Sequence[str]) -> str:
    """Content Security Policy Level 3: the one style within the page is known by its digest; a brand's
    picture may come from anywhere, by https; all else from here."""
    framed_by = " ".join(sites) or "'none'"
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{digest}'",
            "img-src 'self' https:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framed_by}",
        )
    )


def _liked_best(header: str) -> str | None:
    """The first of ours by weight, of an Accept-Language header field."""
    wanted: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if tag.strip().lower()[:2] in languages() and quality > 0:
            wanted.append((-quality, tag.strip()))
    return min(wanted, key=lambda pair: pair[0])[1] if wanted else None


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Imported for the first page: most requests of the API are for data.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
