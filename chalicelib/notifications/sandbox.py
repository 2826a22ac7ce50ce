"""Filling in texts that a desk writes for its mails: Jinja's immutable sandbox with next to nothing in it.

Pure, and the second of two walls: what is kept was read by text_rules.py before. It works on dicts of texts,
without calls, attributes or operators, up to a bounded length. HTML is escaped by itself, and what comes out
is cleaned: see own_html.py.

Source: Jinja 3.1, "Sandbox".
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final, Literal

from jinja2 import Template, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

Field = Literal["subject", "text", "html"]

# What may come out, in characters. A subject is cut in the end: see writing.py.
LONGEST: Final[Mapping[Field, int]] = {"subject": 200_000, "text": 200_000, "html": 400_000}
LOOP: Final = frozenset({"index", "first", "last", "length"})
# What filters may read for one text, in characters: what comes out is no bound for what is only compared.
MOST_FILTERED: Final = 2_000_000
_filtered: ContextVar[int] = ContextVar("filtered")


class TextFailed(Exception):
    """A text that cannot be kept, or not be filled in: a sentence, and the line where there is one."""

    def __init__(self, message: str, line: int | None = None, field: Field | None = None) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line
        self.field = field


def fill(source: str, field: Field, values: Mapping[str, Any]) -> str:
    """The text with its variables filled in. `values`: dicts, lists and texts alone. Raises TextFailed."""
    parts, length = [], 0
    begun = _filtered.set(0)
    try:
        for part in _compiled(source, field).generate(values):
            length += len(part)
            if length > LONGEST[field]:
                raise TextFailed(f"What comes out is longer than {LONGEST[field]} characters.", field=field)
            parts.append(part)
        text = "".join(parts)
        # A lone half of a pair, which `"\ud800"` spells, could be in no mail.
        text.encode()
    except TextFailed as error:
        error.field = field
        raise
    except UnicodeEncodeError:
        raise TextFailed("A part of a character comes out.", field=field) from None
    except UndefinedError as error:
        raise TextFailed(f"This cannot be filled in: {short(error)}", field=field) from None
    except Exception as error:
        # Whatever a filter or a comparison makes of odd values: the mail is not to fail of it. What the error
        # says may be a customer's words.
        told = "a filter or a comparison cannot take these values"
        raise TextFailed(f"This cannot be filled in: {told} ({type(error).__name__}).", field=field) from None
    finally:
        _filtered.reset(begun)
    return text


def short(told: object) -> str:
    """In one line, with a full stop."""
    return " ".join(str(told).split())[:200].rstrip(".") + "."


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


def _bounded(work: Callable[..., Any]) -> Callable[..., Any]:
    def filtered(value: Any, *given: Any) -> Any:
        read = _filtered.get(0) + len(str(value))
        if read > MOST_FILTERED:
            raise TextFailed(f"Its filters read more than {MOST_FILTERED} characters.")
        _filtered.set(read)
        return work(value, *given)

    return filtered


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
def environment(field: Field) -> _Sandbox:
    """Without globals and tests, and with our filters alone."""
    made = _Sandbox(
        autoescape=field == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: _bounded(work) for name, work in FILTERS.items()}
    return made


@lru_cache(maxsize=128)
def _compiled(source: str, field: Field) -> Template:
    return environment(field).from_string(source)
