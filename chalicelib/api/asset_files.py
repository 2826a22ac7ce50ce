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


@lru_cache(maxsize=1)
def served() -> dict[str, Path]:
    """The files by the names under which they are served."""
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in TYPES)
    return {
        f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}": path
        for path in files
    }


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """The names under which they are served, by their own."""
    return {path.name: name for name, path in served().items()}
