"""Texts that a desk writes for its mails: Jinja, but so little of it that none can do harm. Pure.

Two walls. `check` reads a text before it is kept and takes nothing but the variables of its kind,
conditions, one loop over a list and a few filters: no call, no attribute that is no variable, no arithmetic,
no assignment and no other template. `fill` then runs what passed in Jinja's immutable sandbox, which forbids
the same once more, on dicts of texts, and stops at a bounded length. HTML is escaped by itself, and what
comes out is cleaned: see own_html.py.

Sources: Jinja 3.1, "Sandbox" and "The Node Tree".
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from jinja2 import Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.runtime import Context, LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from chalicelib.notifications.mail_kinds import FACTS, QUOTED_HTML

Field = Literal["subject", "text", "html"]

# What may come out, in characters. A subject is cut in the end: see writing.py.
LONGEST: Final[Mapping[Field, int]] = {"subject": 200_000, "text": 200_000, "html": 400_000}
# A text of more parts is a program; a deeper one nobody can read.
MOST_NODES = 1_000
DEEPEST = 25
MOST_FILTERS = 3
LOOP = frozenset({"index", "first", "last", "length"})
FACT = frozenset({"name", "value"})

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


class TextFailed(Exception):
    """A text that cannot be kept, or not be filled in: a sentence, and the line where there is one."""

    def __init__(self, message: str, line: int | None = None, field: Field | None = None) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line
        self.field = field


def check(source: str, field: Field, offers: Collection[str]) -> None:
    """Raises TextFailed for what such a text may not have in it. `offers`: the names of its variables."""
    try:
        parsed = _environment(field).parse(source)
        _Reader(field, offers).read(parsed)
    except TemplateSyntaxError as error:
        raise TextFailed(f"This is no template: {_short(error.message)}", error.lineno, field) from None
    except RecursionError:
        raise TextFailed("This is nested too deep.", field=field) from None
    except (ValueError, OverflowError, MemoryError) as error:
        # A number of thousands of digits, for one.
        raise TextFailed(f"This is no template: {_short(error)}", field=field) from None
    except TextFailed as error:
        error.field = field
        raise


def fill(source: str, field: Field, values: Mapping[str, Any]) -> str:
    """The text with its variables filled in. `values`: dicts, lists and texts alone. Raises TextFailed."""
    parts, length = [], 0
    try:
        for part in _compiled(source, field).generate(values):
            length += len(part)
            if length > LONGEST[field]:
                raise TextFailed(f"What comes out is longer than {LONGEST[field]} characters.", field=field)
            parts.append(part)
        text = "".join(parts)
        # A lone half of a pair, which `"\ud800"` spells, could be in no mail.
        text.encode()
    except TextFailed:
        raise
    except UnicodeEncodeError:
        raise TextFailed("A part of a character comes out.", field=field) from None
    except UndefinedError as error:
        raise TextFailed(f"This cannot be filled in: {_short(error)}", field=field) from None
    except Exception as error:
        # Whatever a filter or a comparison makes of odd values: the mail is not to fail of it. What the error
        # says may be a customer's words.
        told = "a filter or a comparison cannot take these values"
        raise TextFailed(f"This cannot be filled in: {told} ({type(error).__name__}).", field=field) from None
    return text


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


def _short(told: object) -> str:
    """In one line, with a full stop."""
    return " ".join(str(told).split())[:200].rstrip(".") + "."


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


def _default(value: Any, fallback: Any = "") -> Any:
    return value or fallback


def _quote(value: Any) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in str(value).splitlines())


def _truncate(value: Any, length: int) -> str:
    text, most = str(value), max(int(length), 1)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# None of them makes more than a few times of what it gets.
FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "capitalize": lambda value: str(value).capitalize(),
    "default": _default,
    "lower": lambda value: str(value).lower(),
    "quote": _quote,
    "title": lambda value: str(value).title(),
    "trim": lambda value: str(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: str(value).upper(),
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's own, without a call, an attribute or an operator, which it would do while it compiles too."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))
    intercepted_unops = frozenset(("+", "-"))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        return isinstance(obj, LoopContext) and attr in LOOP

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002
        return False

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        raise SecurityError("arithmetic")

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:  # noqa: ARG002
        raise SecurityError("arithmetic")


@lru_cache(maxsize=3)
def _environment(field: Field) -> _Sandbox:
    """Without globals and tests, and with our filters alone."""
    environment = _Sandbox(
        autoescape=field == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = dict(FILTERS)
    return environment


@lru_cache(maxsize=128)
def _compiled(source: str, field: Field) -> Template:
    return _environment(field).from_string(source)
