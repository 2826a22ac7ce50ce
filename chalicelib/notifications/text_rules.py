"""What a text that a desk writes for its mails may have in it, read before it is kept: the variables of its
kind, conditions, one loop over a list and a few filters. Whatever is not known to do no harm is refused: a
call, an attribute that is no variable, arithmetic, an assignment, another template. Pure.

Source: Jinja 3.1, "The Node Tree".
"""

from collections.abc import Collection
from typing import Final

from jinja2 import TemplateSyntaxError, nodes

from chalicelib.notifications.mail_kinds import FACTS, QUOTED_HTML
from chalicelib.notifications.sandbox import FILTERS, LOOP, Field, TextFailed, environment, short

# A text of more parts is a program; a deeper one nobody can read.
MOST_NODES: Final = 1_000
DEEPEST: Final = 25
MOST_FILTERS: Final = 3
FACT: Final = frozenset({"name", "value"})

_WORDS = {
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% from %}",
    nodes.Macro: "{% macro %}",
    nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.With: "{% with %}",
    nodes.Call: "Calling something",
    nodes.Getitem: "A subscript",
    nodes.Test: "A test with “is”",
    nodes.Concat: "Joining with ~",
    nodes.Dict: "A dictionary",
}
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
_SIGNS = (nodes.Neg, nodes.Pos)


def check(source: str, field: Field, offers: Collection[str]) -> None:
    """Raises TextFailed for what such a text may not have in it. `offers`: the names of its variables."""
    try:
        parsed = environment(field).parse(source)
        _Reader(field, offers).read(parsed)
    except TemplateSyntaxError as error:
        raise TextFailed(f"This is no template: {short(error.message)}", error.lineno, field) from None
    except RecursionError:
        raise TextFailed("This is nested too deep.", field=field) from None
    except (ValueError, OverflowError, MemoryError) as error:
        # A number of thousands of digits, for one.
        raise TextFailed(f"This is no template: {short(error)}", field=field) from None
    except TextFailed as error:
        error.field = field
        raise


class _Reader:
    """Walks a parsed text and refuses whatever is not known to do no harm."""

    def __init__(self, field: Field, offers: Collection[str]) -> None:
        self.field = field
        self.offers = offers
        self.left = MOST_NODES
        self.loops: tuple[str, ...] = ()

    def read(self, node: nodes.Node, depth: int = 0) -> None:
        self.left -= 1
        if self.left < 0:
            raise TextFailed(f"This has more than {MOST_NODES} parts.")
        if depth > DEEPEST:
            raise TextFailed("This is nested too deep.", node.lineno)
        match node:
            case nodes.Name() | nodes.Getattr():
                self._variable(node)
            case nodes.Filter():
                self._filter(node, depth)
            case nodes.For():
                self._loop(node, depth)
            case nodes.CondExpr() if node.expr2 is None:
                raise TextFailed("Say what stands there otherwise: … if … else ''.", node.lineno)
            case nodes.List() | nodes.Tuple():
                if not all(isinstance(item, nodes.Const) for item in node.items):
                    raise TextFailed("A list holds texts and numbers only.", node.lineno)
                self._inside(node, depth)
            case (
                (nodes.Template() | nodes.Output() | nodes.TemplateData() | nodes.Const() | nodes.If())
                | (nodes.CondExpr() | nodes.Compare() | nodes.Operand())
                | (nodes.And() | nodes.Or() | nodes.Not())
            ):
                self._inside(node, depth)
            case _:
                raise TextFailed(f"{_word(node)} is not available here.", node.lineno)

    def _inside(self, node: nodes.Node, depth: int) -> None:
        for child in node.iter_child_nodes():
            self.read(child, depth + 1)

    def _variable(self, node: nodes.Name | nodes.Getattr) -> None:
        name = _dotted(node)
        if name is None or (isinstance(node, nodes.Name) and node.ctx != "load"):
            raise TextFailed("Only variables have parts here.", node.lineno)
        first, _, rest = name.partition(".")
        if self.loops and first == "loop" and rest in LOOP:
            return
        if first in self.loops and rest in FACT:
            return
        if name not in self.offers:
            raise TextFailed(f"There is no “{name[:60]}” here. {self._known()}", node.lineno)
        if name == FACTS:
            raise TextFailed(f"“{FACTS}” is a list: {{% for fact in {FACTS} %}}.", node.lineno)
        if name == QUOTED_HTML and self.field != "html":
            raise TextFailed(f"“{QUOTED_HTML}” is for the HTML body only.", node.lineno)

    def _known(self) -> str:
        return f"There are {', '.join(self.offers)}."

    def _filter(self, node: nodes.Filter, depth: int) -> None:
        if node.name not in FILTERS:
            told = f"There is no filter “{str(node.name)[:60]}”. There are {', '.join(FILTERS)}."
            raise TextFailed(told, node.lineno)
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise TextFailed("Filters take plain values only.", node.lineno)
        chain, below = 1, node.node
        while isinstance(below, nodes.Filter):
            chain, below = chain + 1, below.node
        if chain > MOST_FILTERS:
            raise TextFailed(f"At most {MOST_FILTERS} filters follow each other.", node.lineno)
        if QUOTED_HTML in map(_dotted, node.find_all((nodes.Getattr, nodes.Name))):
            raise TextFailed(f"“{QUOTED_HTML}” takes no filter.", node.lineno)
        self._inside(node, depth)

    def _loop(self, node: nodes.For, depth: int) -> None:
        if self.field == "subject":
            raise TextFailed("A subject has no loops.", node.lineno)
        if self.loops:
            raise TextFailed("One loop may not stand in another.", node.lineno)
        if not (isinstance(node.iter, nodes.Name) and node.iter.name == FACTS and FACTS in self.offers):
            raise TextFailed(f"A loop goes over “{FACTS}” only.", node.lineno)
        target = node.target
        taken = {"loop", *(name.partition(".")[0] for name in self.offers)}
        if not isinstance(target, nodes.Name) or target.name.startswith("_") or target.name in taken:
            raise TextFailed("Name what the loop goes over by one new word.", node.lineno)
        if node.recursive or node.test is not None:
            raise TextFailed("A loop is neither recursive nor filtered here.", node.lineno)
        self.loops = (target.name,)
        for child in node.body:
            self.read(child, depth + 1)
        self.loops = ()
        for child in node.else_:
            self.read(child, depth + 1)


def _word(node: nodes.Node) -> str:
    if isinstance(node, _ARITHMETIC + _SIGNS):
        return "Arithmetic"
    return _WORDS.get(type(node), "This")


def _dotted(node: nodes.Node) -> str | None:
    """`ticket.label` of its node; None where it is no chain of names."""
    parts = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    return ".".join([node.name, *reversed(parts)]) if isinstance(node, nodes.Name) else None
