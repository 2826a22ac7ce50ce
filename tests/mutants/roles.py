"""Mutants of who may do what: each route's need, each permission's roles, each question that a room asks."""

import ast
from collections.abc import Iterator
from pathlib import Path

from chalicelib.accounts.permissions import ADMINS, DISPATCHERS, EVERYBODY, STAFF, Permission
from chalicelib.api.access import PUBLIC, ROUTES
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
WIDER = {
    ADMINS: ("ADMINS", "DISPATCHERS"),
    DISPATCHERS: ("DISPATCHERS", "STAFF"),
    STAFF: ("STAFF", "EVERYBODY"),
}
TABLE = (
    "tests/api/test_policy.py::test_the_public_routes_are_these",
    "tests/api/test_policy.py::test_what_is_for_admins_alone",
    "tests/api/test_policy.py::test_case_18_customers_reach_no_staff_verb",
    "tests/architecture/test_permissions.py::test_the_document_is_made_from_the_matrix_as_it_is",
)
ROOMS = ("tests/api/test_matrix_rooms.py",)
# Where a question is not the first line of a verb, the tests of that verb.
ASKED_IN = {
    "chalicelib/accounts/adding.py": "tests/api/test_matrix_rooms.py tests/api/test_api_keys.py",
    "chalicelib/accounts/auditing.py": "tests/accounts/test_audit_log.py",
    "chalicelib/accounts/changing.py": "tests/api/test_matrix_rooms.py tests/api/test_api_keys.py",
    "chalicelib/accounts/jobs.py": "tests/privacy/test_exporting.py tests/privacy/test_jobs.py",
    "chalicelib/accounts/profile.py": "tests/api/test_auth_me.py",
    "chalicelib/accounts/users.py": "tests/api/test_totp_enrolment.py tests/api/test_users.py",
    "chalicelib/api/comments.py": "tests/tickets/test_between_colleagues.py",
    "chalicelib/api/schemas/tickets.py": "tests/tickets/test_rights_of_agents.py tests/tickets/test_between_colleagues.py",
    "chalicelib/api/tickets.py": "tests/tickets/test_between_colleagues.py",
    "chalicelib/notifications/claiming.py": "tests/notifications/test_told.py",
    "chalicelib/notifications/recipients.py": "tests/notifications/test_recipients.py",
    "chalicelib/tickets/assigning.py": "tests/tickets/test_rights_of_agents.py tests/tickets/test_verbs.py",
    "chalicelib/tickets/attaching.py": "tests/api/test_attachments.py",
    "chalicelib/tickets/attachment_queries.py": "tests/api/test_attachments.py",
    "chalicelib/tickets/categories.py": "tests/api/test_categories.py tests/api/test_matrix_rooms.py",
    "chalicelib/tickets/commenting.py": "tests/tickets/test_commenting.py tests/sla/test_ticket_promises.py",
    "chalicelib/tickets/comment_queries.py": "tests/tickets/test_revising.py tests/tickets/test_commenting.py",
    "chalicelib/tickets/conversation.py": "tests/tickets/test_commenting.py tests/tickets/test_between_colleagues.py tests/tickets/test_revising.py tests/tickets/test_merging.py",
    "chalicelib/tickets/link_queries.py": "tests/tickets/test_linking.py",
    "chalicelib/tickets/creating.py": "tests/tickets/test_creating.py tests/tickets/test_custom_fields.py tests/api/test_matrix_rooms.py",
    "chalicelib/tickets/deleting.py": "tests/api/test_matrix_rooms.py",
    "chalicelib/tickets/mentioning.py": "tests/tickets/test_mentioning.py",
    "chalicelib/tickets/reopening.py": "tests/tickets/test_rights_of_agents.py tests/tickets/test_late_verbs.py tests/tickets/test_verbs.py",
    "chalicelib/tickets/revising.py": "tests/tickets/test_revising.py",
    "chalicelib/tickets/saved_views.py": "tests/tickets/test_views.py tests/api/test_matrix_rooms.py",
    "chalicelib/tickets/saving_views.py": "tests/tickets/test_views.py",
    "chalicelib/tickets/updating.py": "tests/tickets/test_updating.py tests/tickets/test_custom_fields.py",
    "chalicelib/tickets/visibility.py": "tests/tickets/test_hidden_tickets.py tests/tickets/test_listing.py",
    "chalicelib/tickets/watcher_queries.py": "tests/tickets/test_watching.py",
    "chalicelib/tickets/watching.py": "tests/tickets/test_watching.py tests/api/test_matrix_rooms.py",
}
SOURCES = ("accounts", "api/*.py", "api/schemas", "notifications", "privacy", "tickets")


def mutants() -> Iterator[Mutant]:
    """All of them, from the source as it is."""
    yield from _needs()
    yield from _grants()
    yield from _questions()
    yield _gate()


def _needs() -> Iterator[Mutant]:
    """Each private route open to whoever has an account; each of those open to strangers."""
    for (method, path), need in ROUTES.items():
        if need != PUBLIC:
            row = f'("{method}", "{path}"): '
            weaker = "PUBLIC" if need.roles == EVERYBODY else "Permission.ACCOUNT_USE"
            yield Mutant(
                "route", f"{method} {path} → {weaker.removeprefix('Permission.').lower()}",
                "chalicelib/api/access.py", f"{row}Permission.{need.name},", f"{row}{weaker},", TABLE,
            )  # fmt: skip


def _grants() -> Iterator[Mutant]:
    """Each permission given to the next role below."""
    path = "chalicelib/accounts/permissions.py"
    text = (ROOT / path).read_text("utf-8")
    for permission in Permission:
        if permission.roles != EVERYBODY:
            has, gets = WIDER[permission.roles]
            start = text.index(f"    {permission.name} = ")
            end = text.index(f"{has},", start) + len(has)
            row = text[start:end]
            yield Mutant(
                "permission", f"{permission} → {gets.lower()}", path, row, row.removesuffix(has) + gets, TABLE
            )


def _questions() -> Iterator[Mutant]:
    """Each `require` of a permission taken out, each `may` answered with yes."""
    for file in _files():
        path = str(file.relative_to(ROOT))
        text = file.read_text("utf-8")
        calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
        asking = sorted(filter(_asks, calls), key=lambda call: (call.lineno, call.col_offset))
        words = [ast.get_source_segment(text, call) or "" for call in asking]
        for number, call in enumerate(asking):
            asked = words[number]
            yield _without(path, call, asked, words[:number].count(asked) + 1, text.count(asked))


def _files() -> Iterator[Path]:
    for source in SOURCES:
        place = ROOT / "chalicelib" / source
        yield from sorted(place.glob("*.py") if place.is_dir() else place.parent.glob(place.name))


def _asks(call: ast.Call) -> bool:
    """Whether it asks for a permission that somebody lacks."""
    names = ("require", "may", "require_requester_unless")
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in names
        and bool(call.args)
        and ast.unparse(call.args[0]).startswith("Permission.")
        and Permission[ast.unparse(call.args[0]).removeprefix("Permission.")].roles != EVERYBODY
    )


def _without(path: str, call: ast.Call, asked: str, nth: int, of: int) -> Mutant:
    assert isinstance(call.func, ast.Attribute)
    name = f"{path.removeprefix('chalicelib/')}:{call.lineno} {ast.unparse(call.args[0]).removeprefix('Permission.')}"
    new = "True" if call.func.attr == "may" else "None"
    return Mutant("question", name, path, asked, new, tests_of(path), nth, of)


def tests_of(path: str) -> tuple[str, ...]:
    """The tests that ask what this file asks."""
    if path in ASKED_IN:
        return tuple(ASKED_IN[path].split())
    if path.startswith("chalicelib/tickets/"):
        beside = f"tests/tickets/test_{Path(path).name}"
        own = (beside,) if (ROOT / beside).exists() else ()
        verbs = (
            "tests/tickets/test_verbs.py",
            "tests/tickets/test_late_verbs.py",
            "tests/tickets/test_updating.py",
        )
        return (*own, *(each for each in verbs if each not in own), *ROOMS)
    return ROOMS


def _gate() -> Mutant:
    return Mutant(
        "question", "resource.py: the gate of every route", "chalicelib/api/resource.py",
        'actor.require(needed, f"', 'str(f"',
        ("tests/api/test_matrix.py",),
    )  # fmt: skip
