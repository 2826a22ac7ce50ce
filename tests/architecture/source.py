"""The source as the rules see it: modules, what they import, what they say."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    *("accounts", "sla", "tickets", "channels", "imports", "notifications", "webhooks", "analytics"),
    "privacy",
)


@cache
def places() -> dict[str, Path]:
    """Where every module of the application is, by its dotted name below chalicelib; `app` is the composition
    root."""
    found = {"app": ROOT / "app.py"}
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        parts = path.relative_to(ROOT / "chalicelib").with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def modules() -> dict[str, ast.Module]:
    """What stands in each of them."""
    return {name: ast.parse(path.read_text("utf-8")) for name, path in places().items()}


@cache
def nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    """All that stands anywhere in a module; many rules look at it."""
    return tuple(ast.walk(module))


@cache
def calls(module: ast.Module) -> tuple[tuple[str, ast.Call], ...]:
    """What a module calls, as it is written there, and the calls."""
    return tuple((ast.unparse(node.func), node) for node in nodes(module) if isinstance(node, ast.Call))


@cache
def imports(module: ast.Module) -> tuple[str, ...]:
    """The dotted names that a module imports, wherever it does so; `from a import b` is `a` and `a.b`."""
    found: list[str] = []
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            assert node.module is not None
            found += (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    return tuple(found)


@cache
def own_imports(module: ast.Module) -> set[str]:
    """The modules of chalicelib that a module imports, by their names below it."""
    wanted = {name.removeprefix("chalicelib.") for name in imports(module) if name.startswith("chalicelib.")}
    return wanted & modules().keys()


def texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """The text literals of a module with their lines: no docstrings, the fixed parts of f-strings too."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in nodes(module)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def below(name: str, *tops: str) -> bool:
    """Whether a module is one of these, or in one of them."""
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def layer(name: str) -> str:
    """Where a module stands: models, core, a room by its name, door, or the root."""
    top = name.partition(".")[0]
    if top in ("models", "core", *ROOMS):
        return top
    if name == "app":
        return "root"
    return "door" if top in ("api", "egress", "points", "queues", "schedules") else "nothing"
