"""The scripts and styles that pages load, under names that change with what is in them."""

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "assets"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Redoc's own logo comes from a CDN, which the page's policy stops, and no option turns it off. A picture that
# does not load is left out by the script itself, so it is given one that asks nobody.
LOGO, NO_PICTURE = "https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,"


@lru_cache(maxsize=1)
def served() -> dict[str, Path]:
    """The files by the names under which they are served."""
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in TYPES)
    return {
        f"{path.stem}-{hashlib.sha256(text(path).encode()).hexdigest()[:12]}{path.suffix}": path
        for path in files
    }


def text(path: Path) -> str:
    """What is served of a file: its bytes as they are kept, but for an address outside."""
    return path.read_text("utf-8").replace(LOGO, NO_PICTURE)


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """The names under which they are served, by their own."""
    return {path.name: name for name, path in served().items()}
