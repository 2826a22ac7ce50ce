"""What the pages name is there: other pages and their headings, files, commands, parameters, variables."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from tests.architecture.source import ROOT
from tests.support.for_each import for_each

INDEX = ROOT / "docs/README.md"
PAGES = sorted(
    [ROOT / "README.md", ROOT / "console/README.md", ROOT / "grafana/README.md", *ROOT.glob("docs/*.md")]
)
SOURCES = (
    "chalicelib",
    "local",
    "tests",
    "benchmarks",
    "grafana",
    "migrations",
    "console",
    ".chalice",
    "docs",
)
TEXTS = {".py", ".json", ".sql", ".ts", ".tsx", ".mjs", ".toml", ".ini", ".yml", ".yaml", ".tf", ".sh"}
BUILT = {"node_modules", "__pycache__", "assets"}

FENCE = re.compile(r"^( *)(`{3,})(\w*).*?^\1\2`* *$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[`\s(])make ([a-z][a-z0-9-]*)")
VARIABLE = re.compile(r"\b(?:MESA|AWS)_[A-Z][A-Z0-9_]*\b")
PARAMETER = re.compile(r"(?:[A-Z][a-z0-9]+){2,}")
FILE = re.compile(r"(?!/)[\w./-]*\w\.(?:py|sql|md|json|toml|svg|tsx?|mjs|css|ini|ya?ml|tf)")

# Files that a page tells its reader to make, and those that a command leaves behind.
MADE = {
    "desk.dump.json",
    "manifest.json",
    "signing.json",
    "webhooks.json",
    "receiver.py",
    "tickets.json",
    "map.json",
    "sam.json",
    ".local/stack.json",
    "stack.json",
}
# Written in two capitals, and nobody's parameter.
ELSEWHERE = re.compile(
    r"Alertmanager|Grafana|InfluxDB|Permanent|CloudWatch|EventBridge|CloudFormation|LocalStack|PostgreSQL|"
    r"GuardDuty|OpenMetrics|GitHub|ServiceNow|FreeScout"
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@lru_cache(maxsize=100)
def page(path: Path) -> str:
    return path.read_text("utf-8")


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page(path))


@lru_cache(maxsize=100)
def anchors(path: Path) -> set[str]:
    """Headings as GitHub makes anchors of them: small letters, no punctuation, dashes for spaces."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(prose(path))
    }


def links(path: Path) -> Iterator[str]:
    """Where a page leads within the project."""
    for target in LINK.findall(CODE.sub("", prose(path))):
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


@lru_cache(maxsize=1)
def files() -> frozenset[str]:
    found = [path for top in SOURCES for path in (ROOT / top).rglob("*") if not BUILT & set(path.parts)]
    return frozenset(map(named, [*found, *ROOT.iterdir()]))


@lru_cache(maxsize=1)
def source() -> str:
    """All that programs and templates say."""
    kept = [ROOT / name for name in files() if Path(name).suffix in TEXTS and not name.startswith("docs/")]
    return "\n".join([*(path.read_text("utf-8") for path in kept), (ROOT / "Makefile").read_text("utf-8")])


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", source()))


def is_there(name: str, path: Path) -> bool:
    """A file that a page names: from the top, from the page, or by the end of its path."""
    known = files() | MADE
    name = name.removeprefix("./").removeprefix("../")
    return name in known or any(each.endswith(f"/{name}") for each in known)


@for_each("path", [path for path in PAGES if path.parent == INDEX.parent], ids=named)
def test_the_index_leads_to_each_page(path: Path) -> None:
    """Where this fails: a line for the page in docs/README.md."""
    targets = {(INDEX.parent / target.split("#")[0]).resolve() for target in links(INDEX)}

    assert path == INDEX or path in targets


class TestPage:
    @for_each("path", PAGES, named)
    def test_links_lead_to_pages_and_headings_that_are_there(self, path: Path) -> None:
        missing = []
        for link in links(path):
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                missing.append(link)
        assert missing == []

    @for_each("path", PAGES, named)
    def test_commands_are_in_the_makefile(self, path: Path) -> None:
        targets = set(
            re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        )
        code = "\n".join(
            [
                *(match[0] for match in FENCE.finditer(page(path))),
                *(f"`{c}`" for c in CODE.findall(prose(path))),
            ]
        )
        assert set(COMMAND.findall(code)) - targets == set()

    @for_each("path", PAGES, named)
    def test_variables_are_read_somewhere(self, path: Path) -> None:
        assert set(VARIABLE.findall(page(path))) - words() - {"AWS_REGION"} == set()

    @for_each("path", PAGES, named)
    def test_parameters_and_resources_are_in_the_source(self, path: Path) -> None:
        named = {code for code in CODE.findall(prose(path)) if PARAMETER.fullmatch(code)}
        assert {name for name in named if not ELSEWHERE.fullmatch(name)} - words() == set()

    @for_each("path", PAGES, named)
    def test_files_are_there(self, path: Path) -> None:
        named = {code for code in CODE.findall(prose(path)) if FILE.fullmatch(code)}
        assert sorted(name for name in named if not is_there(name, path)) == []
