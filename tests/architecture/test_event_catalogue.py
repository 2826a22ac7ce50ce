"""Whatever the code tells of, webhooks know: found where events are written, in Python and in SQL."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from chalicelib.webhooks.catalogue import KINDS, OURS, Audience
from tests.architecture.source import ROOT, modules, nodes

TYPE = re.compile(r"[a-z_]+\.[a-z_]+")
TELLERS = {"tell", "_tell", "record", "record_for_later", "message"}
ACTIONS = (r"draft(?:\.set\(|\.tell\(|,)\s*\"(\w+)\"", r"Entry\(\s*\"(\w+)\"")


def constants(module: ast.Module) -> dict[str, str]:
    """The texts that a module names."""
    return {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def assigned(module: ast.Module) -> dict[str, set[str]]:
    """The texts that a variable of some function may have."""
    found: dict[str, set[str]] = {}
    for node in nodes(module):
        if isinstance(node, ast.Assign):
            texts = {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, set()).update(t for t in texts if isinstance(t, str))
    return found


def told(module: ast.Module) -> Iterator[str]:
    """The types that calls of a module name, as texts or by a name of the module."""
    named, variables = constants(module), assigned(module)
    for node in nodes(module):
        name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
        if isinstance(node, ast.Call) and name in TELLERS:
            for argument in [*node.args[:4], *(k.value for k in node.keywords if k.arg == "type")]:
                for each in ast.walk(argument):
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        yield each.value
                    elif isinstance(each, ast.Name):
                        yield from {named.get(each.id, ""), *variables.get(each.id, ())}


@cache
def emitted() -> set[str]:
    found = {type for module in modules().values() for type in told(module) if TYPE.fullmatch(type)}
    for path in (ROOT / "chalicelib" / "tickets").glob("*.py"):
        text = path.read_text("utf-8")
        found |= {f"ticket.{action}" for pattern in ACTIONS for action in re.findall(pattern, text)}
    for path in (ROOT / "migrations" / "sql").glob("*.sql"):
        text = path.read_text("utf-8")
        if re.search(r"INTO (?:public\.)?events", text):
            found |= set(re.findall(r"'((?:ticket|user|rating|rule|job|webhook)\.[a-z_]+)'", text))
    return found


def test_every_type_that_the_code_emits_is_in_the_catalogue() -> None:
    found = emitted()
    assert {"ticket.created", "ticket.resolved", "user.password_reset_requested", "rule.due"} <= found
    assert found - KINDS.keys() - OURS == set()


def test_what_is_in_the_catalogue_is_told_somewhere() -> None:
    """Or would be a promise that nobody keeps."""
    text = "".join(
        path.read_text("utf-8")
        for folder in ("chalicelib", "migrations/sql")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".sql") and path.name != "catalogue.py"
    )
    unknown = {
        type
        for type in KINDS
        if f"'{type}'" not in text
        and f'"{type}"' not in text
        and f'"{type.split(".")[1]}"' not in text
        and f"'{type.split('.')[1]}'" not in text
    }
    assert unknown <= {"ticket.escalated"}


def test_each_type_says_what_it_means_in_every_language() -> None:
    for type, kind in KINDS.items():
        assert TYPE.fullmatch(type)
        assert kind.sentence.endswith(".")
        assert kind.en
        assert kind.es


def test_types_of_people_keys_and_promises_are_the_staffs() -> None:
    for type, kind in KINDS.items():
        if type.startswith(
            ("user.", "api_key.", "webhook.", "bulk.", "import.", "ticket.sla_", "ticket.time_")
        ):
            assert kind.audience is Audience.STAFF


def test_the_page_lists_every_type_with_its_audience_and_its_meaning() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    for type, kind in KINDS.items():
        assert f"| `{type}` | {kind.audience} | {kind.sentence} |" in page
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", page, re.M)) == set(KINDS)
