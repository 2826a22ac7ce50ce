"""Rule 4: who may do what stands in one matrix. Rooms and doors ask for permissions and compare no roles, and
the document shows the same source."""

import ast
from collections.abc import Iterator
from itertools import pairwise

import pytest

from chalicelib.accounts.permissions import MATRIX, Permission, Role
from chalicelib.api.access import PUBLIC, ROUTES
from local.permissions_page import page
from tests.architecture.source import ROOT, modules, nodes

GROUPS = {"ADMINS", "DISPATCHERS", "EVERYBODY", "STAFF"}
# Here roles become permissions.
SOURCES = {"accounts.permissions", "accounts.actor", "api.access", "api.policy"}
# What another person is, not what the caller may.
ABOUT_PEOPLE = {
    "accounts.api_keys.make": "only an agent's key is limited to teams",
    "accounts.changing.locked": "a workspace keeps one active admin",
    "accounts.oidc_claims.wanted_role": "the claims of a provider say which role somebody has",
    "accounts.oidc_people._follow": "the claims of a provider say which role somebody has",
    "accounts.oidc_people._make": "who has none from the claims is not made",
    "accounts.oidc_people.resolve": "the claims of a provider say which role somebody has",
}


def functions(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every function with its name, and what stands outside of them as "the module"."""
    for node in nodes(module):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield getattr(node, "name", "lambda"), node
    outside = [node for node in module.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    yield "the module", ast.Module(outside, [])


def compares_roles(node: ast.AST) -> bool:
    """Whether `==`, `is`, `in` or `match` anywhere below looks at a role."""
    compared = [each for each in ast.walk(node) if isinstance(each, ast.Compare | ast.MatchValue | ast.Match)]
    return any(_names_a_role(part) for each in compared for part in _sides(each))


def _sides(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Match):
        return [node.subject]
    assert isinstance(node, ast.MatchValue)
    return [node.value]


def _names_a_role(part: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "role")
        or (isinstance(node, ast.Name) and node.id in {"Role", "role", *GROUPS})
        or (isinstance(node, ast.Constant) and node.value in set(Role))
        for node in ast.walk(part)
    )


def mentioned(name: str) -> set[str]:
    """The members of Permission that a module names."""
    return {
        node.attr
        for node in nodes(modules()[name])
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Permission"
    }


def test_roles_are_compared_nowhere_by_hand() -> None:
    found = {
        f"{name}.{function}"
        for name in modules().keys() - SOURCES
        for function, node in functions(modules()[name])
        if compares_roles(node)
    }
    assert found == ABOUT_PEOPLE.keys()


@pytest.mark.parametrize(
    "code",
    [
        "def f(actor): return actor.role is Role.ADMIN",
        "def f(actor): return actor.role in ('admin', 'dispatcher')",
        "def f(role): return role == 'admin'",
        "def f(who): return who in STAFF",
        "def f(x):\n match x:\n  case Role.ADMIN: return 1",
        "def f(actor):\n match actor.role:\n  case _: return 1",
        "f = lambda actor: actor.role == 'agent'",
        "MAY = x.role != 'customer'",
    ],
)
def test_a_comparison_is_found_however_it_is_written(code: str) -> None:
    assert any(compares_roles(node) for _, node in functions(ast.parse(code)))


def test_every_permission_is_asked_for_by_a_route_or_a_verb() -> None:
    used = set().union(*(mentioned(name) for name in modules() if name != "accounts.permissions"))
    assert used == {permission.name for permission in Permission}


def test_a_permission_is_named_after_what_it_opens() -> None:
    for permission in Permission:
        assert permission.name == permission.value.replace(".", "_").upper()
        assert permission.sentence.endswith(".")
    assert [*Permission] == sorted(Permission)


def test_the_matrix_is_that_of_the_permissions() -> None:
    assert {role: {p for p in Permission if role in p.roles} for role in Role} == MATRIX


def test_who_stands_higher_may_all_that_who_stands_lower_may() -> None:
    for higher, lower in pairwise(Role):
        assert MATRIX[higher] > MATRIX[lower]


def test_every_private_route_needs_a_permission_that_somebody_has() -> None:
    assert all(need == PUBLIC or isinstance(need, Permission) for need in ROUTES.values())
    assert all(permission.roles for permission in Permission)


def test_the_document_is_made_from_the_matrix_as_it_is() -> None:
    """Where this fails: `make docs`."""
    assert (ROOT / "docs/permissions.md").read_text("utf-8") == page()


def test_the_document_tells_each_permission_and_each_route() -> None:
    told = page()
    assert all(f"| `{permission}` |" in told for permission in Permission)
    assert all(f"`{method} {path}`" in told for method, path in ROUTES)
