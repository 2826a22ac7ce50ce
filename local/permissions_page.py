"""docs/permissions.md, from the matrix and the route table: `python -m local.permissions_page` prints it."""

from collections.abc import Iterator

from chalicelib.accounts.permissions import MATRIX, Permission, Role
from chalicelib.api.access import ROUTES

INTRODUCTION = """\
# Permissions

Made by `make docs` from `chalicelib/accounts/permissions.py` and `chalicelib/api/access.py`; a test holds it
equal.

A role has the permissions that its column marks, an API key those of its role within its scopes, and
the desk's own automation those of a dispatcher. The authorizer refuses a route to whoever lacks its
permission, and the first statement of every transaction reads the role anew. What depends on the ticket,
the verbs decide: its state, who asked for it, whose it is.
"""


def page() -> str:
    """The whole document, with the newline at its end."""
    return "\n".join([INTRODUCTION, *_table(), "", "## Without an account", "", *_public(), ""])


def _table() -> Iterator[str]:
    yield f"| permission | {' | '.join(Role)} | what it lets them do | routes |"
    yield f"|---|{':-:|' * len(Role)}---|---|"
    for permission in Permission:
        marks = " | ".join("●" if permission in MATRIX[role] else "" for role in Role)
        routes = "<br>".join(_routes(permission)) or "none of its own"
        yield f"| `{permission}` | {marks} | {permission.sentence} | {routes} |"


def _routes(need: str) -> list[str]:
    found = sorted((path, method) for (method, path), needed in ROUTES.items() if needed == need)
    return [f"`{method} {path}`" for path, method in found]


def _public() -> Iterator[str]:
    for route in _routes("public"):
        yield f"- {route}"


if __name__ == "__main__":
    print(page(), end="")
