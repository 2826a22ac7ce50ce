"""Rule 10: a file over 200 lines or a function over 40 must be worth it; here is which are, and why."""

import ast

from tests.architecture.source import ROOT, modules, nodes

MAX_FILE, MAX_FUNCTION = 200, 40

LONG_FILES = {
    "chalicelib/accounts/mail_queries.py": "all the SQL of mailed tokens, statement by statement",
    "chalicelib/accounts/queries.py": "all the SQL of people and access, statement by statement",
    "chalicelib/analytics/column_queries.py": "every column that can be taken out, a table to be read down",
    "chalicelib/analytics/export_jobs.py": "the life of a file, from its first page to its end, in one go",
    "chalicelib/analytics/export_queries.py": "one statement for all that can be taken out, and its parts",
    "chalicelib/api/access.py": "the one table of routes, a line each",
    "chalicelib/api/resource.py": "the one wrapper around every view, to be read top to bottom",
    "chalicelib/api/schemas/tickets.py": "every shape of a ticket in one place, many small classes",
    "chalicelib/channels/queries.py": "all the SQL of mail that comes in, statement by statement",
    "chalicelib/core/db.py": "the life of a transaction, to be read in one go",
    "chalicelib/core/events.py": "the outbox from the change to the queue, to be read in one go",
    "chalicelib/core/jobs.py": "the life of a job from the asking to its end, half of it statements",
    "chalicelib/core/settings.py": "one small reader a setting, one class a kind of Lambda",
    "chalicelib/core/storage.py": "what is done to objects of S3, one small function each",
    "chalicelib/core/tokens.py": "signing and the strict check of tokens belong side by side",
    "chalicelib/imports/fitting.py": "what each kind of fact is made to fit, one small function each",
    "chalicelib/imports/json_records.py": "one reader of JSON's rows, half of it what it holds of the file",
    "chalicelib/imports/queries.py": "all the SQL of imports, statement by statement",
    "chalicelib/imports/taking.py": "from a batch of rows to its tickets, to be read in one go",
    "chalicelib/models/accounts.py": "workspaces and their people, a good part of it their indexes",
    "chalicelib/models/sla.py": "promises and their steps, a good part of it their indexes",
    "chalicelib/models/words.py": "the closed sets of values, a few lines each",
    "chalicelib/models/tickets.py": "a ticket and all that hangs on it, table by table",
    "chalicelib/notifications/claiming.py": "from an event to its mails, to be read in one go",
    "chalicelib/notifications/queries.py": "all the SQL of mails, those of tickets and those of accounts",
    "chalicelib/notifications/recipients.py": "who hears of what: one table, with the rules for all of it",
    "chalicelib/privacy/export_queries.py": "one statement a file of the export, a table to be read down",
    "chalicelib/privacy/queries.py": "all the SQL of erasing, statement by statement",
    "chalicelib/queues.py": "the consumer of each queue, and the one way in which all take their batches",
    "chalicelib/schedules.py": "every scheduled Lambda, a few lines each",
    "chalicelib/sla/hours.py": "the public face of business time, half of it documentation with examples",
    "chalicelib/sla/promises.py": "what becomes of one promise, up to its withdrawal and back",
    "chalicelib/sla/queries.py": "all that verbs load and keep of promises, half of it statements",
    "chalicelib/sla/timetable.py": "the arithmetic of one calendar's days, of no use in halves",
    "chalicelib/tickets/attachment_queries.py": "all the SQL of files, statement by statement",
    "chalicelib/tickets/conversation.py": "all the reads of what was said and done, most of it statements",
    "chalicelib/tickets/listing.py": "lists: conditions, orders, reasons, and what is composed of them",
    "chalicelib/tickets/rule_conditions.py": "what each operator means, one small function each",
    "chalicelib/tickets/rule_fields.py": "what each field can be asked: one table, and how it is read",
    "chalicelib/webhooks/delivery_queries.py": "the life of a delivery, most of it statements",
    "chalicelib/tickets/draft.py": "a ticket while it is changed: all that every verb asks of it",
    "chalicelib/tickets/queries.py": "all the SQL that verbs load and write with",
}
LONG_FUNCTIONS = {
    "api.resource._route": "one keyword a property of a route; nothing but their passing on",
    "api.resource._serve": "the life of a request, to be read top to bottom",
    "imports.taking._row": "one line a column of a ticket",
    "notifications.writing.given": "one line a variable that a text may name",
    "tickets.creating.create": "one insert with twenty columns",
    "tickets.queries.change": "one statement that writes change, timeline and events together",
}


def path_of(name: str) -> str:
    path = "app.py" if name == "app" else f"chalicelib/{name.replace('.', '/')}.py"
    return path if (ROOT / path).exists() else f"{path.removesuffix('.py')}/__init__.py"


def lines(path: str) -> int:
    return len((ROOT / path).read_text("utf-8").splitlines())


def functions(name: str) -> dict[str, int]:
    """The length of each function of a module, from its first decorator to its last line."""
    return {
        f"{name}.{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in nodes(modules()[name])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_a_file_is_short_or_worth_its_length() -> None:
    assert {path for path in map(path_of, modules()) if lines(path) > MAX_FILE} == LONG_FILES.keys()


def test_a_function_is_short_or_worth_its_length() -> None:
    lengths = {function: length for name in modules() for function, length in functions(name).items()}
    assert {name for name, length in lengths.items() if length > MAX_FUNCTION} == LONG_FUNCTIONS.keys()
