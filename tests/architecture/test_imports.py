"""Rules 1 and 6: imports point down, doors stand apart, and rooms know nothing of HTTP."""

import ast

from tests.architecture.source import ROOMS, below, imports, layer, modules, nodes, own_imports

# What each layer may import of the house, beside itself. Between rooms the right may import the left:
# accounts, sla, tickets, and then each of the others.
CORE = frozenset({"models", "core"})
ALLOWED = {
    "nothing": frozenset(),
    "models": frozenset(),
    "core": frozenset({"models"}),
    "accounts": CORE,
    "sla": CORE | {"accounts"},
    "tickets": CORE | {"accounts", "sla"},
    "channels": CORE | {"accounts", "sla", "tickets"},
    # A file of another desk is a way in, and says the same in the same words as a mail.
    "imports": CORE | {"accounts", "sla", "tickets", "channels"},
    "notifications": CORE | {"accounts", "sla", "tickets"},
    "webhooks": CORE | {"accounts", "sla", "tickets"},
    "analytics": CORE | {"accounts", "sla", "tickets"},
    "privacy": CORE | {"accounts", "sla", "tickets", "imports"},
    "door": CORE | {*ROOMS},
    "root": frozenset({"door", "core"}),
}
# Doors that another module of the door layer knows: what it imports of them, and why.
KNOWN_DOORS = {
    ("api.resource", "api.authorizer"): "every private route names its authorizer",
    ("api.openapi", "api.public_status"): "the look-up is documented from its path and limits",
}
WEB = ("chalice", "pydantic", "pydantic_core", "chalicelib.api")


def doors() -> set[str]:
    """The modules that declare something to be called from outside: routes, or Lambdas of their own."""

    def declares(module: ast.Module) -> bool:
        calls = [node.func for node in nodes(module) if isinstance(node, ast.Call)]
        made = {name.id if isinstance(name, ast.Name) else getattr(name, "attr", "") for name in calls}
        return bool(made & {"Routes", "Blueprint"})

    found = {name for name, module in modules().items() if layer(name) == "door" and declares(module)}
    return found - {"api.resource"}  # the wrapper makes the blueprints of all the others


def test_imports_point_down() -> None:
    wrong = {
        (name, other)
        for name, module in modules().items()
        for other in own_imports(module)
        if layer(other) not in ALLOWED[layer(name)] | {layer(name), "nothing"}
    }
    assert wrong == set()


def test_doors_never_import_each_other() -> None:
    known = doors()
    wrong = {
        (name, other)
        for name, module in modules().items()
        if layer(name) == "door"
        for other in own_imports(module) & known - {name}
    }
    assert wrong <= KNOWN_DOORS.keys()


def test_the_doors_known_elsewhere_are_so_still() -> None:
    assert {pair for pair in KNOWN_DOORS if pair[1] not in own_imports(modules()[pair[0]])} == set()


def test_every_module_has_its_layer() -> None:
    assert {name for name in modules() if layer(name) == "nothing"} == {""}


def test_rooms_know_nothing_of_the_web() -> None:
    rooms = [name for name in modules() if below(name, "core", "models", *ROOMS)]
    assert {(name, each) for name in rooms for each in imports(modules()[name]) if below(each, *WEB)} == set()
