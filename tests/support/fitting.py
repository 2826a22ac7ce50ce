"""JSON Schema (2020-12), as far as the API's document uses it, made into functions: jsonschema takes longer
to judge an answer than the app to give it. A keyword that nobody foresaw is a KeyError."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import FormatChecker

Fits = Callable[[Any], bool]

# What says nothing of a value.
TOLD = {"title", "description", "default", "examples", "discriminator"}
OF_OBJECTS = {"properties", "required", "additionalProperties", "propertyNames", "maxProperties"}
TYPES: Mapping[str, Fits] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: type(value) is bool,
    "object": lambda value: type(value) is dict,
    "array": lambda value: type(value) is list,
    "null": lambda value: value is None,
}


def limit(kinds: tuple[type, ...], holds: Callable[[Any, Any], bool]) -> Callable[[Any], Fits]:
    """A keyword that limits values of these kinds, and no others."""
    return lambda wanted: lambda value: type(value) not in kinds or holds(value, wanted)


LIMITS: Mapping[str, Callable[[Any], Fits]] = {
    "minLength": limit((str,), lambda value, least: len(value) >= least),
    "maxLength": limit((str,), lambda value, most: len(value) <= most),
    "minItems": limit((list,), lambda value, least: len(value) >= least),
    "maxItems": limit((list,), lambda value, most: len(value) <= most),
    "minimum": limit((int, float), lambda value, least: value >= least),
    "maximum": limit((int, float), lambda value, most: value <= most),
}


class Fitting:
    """The schemas of one document, asked about values as json.loads gives them."""

    def __init__(self, components: Mapping[str, Any], formats: FormatChecker) -> None:
        self._components = components
        self._formats = formats
        self._named: dict[str, Fits] = {}
        self._keywords: Mapping[str, Callable[[Any], Fits]] = {
            **LIMITS,
            "$ref": self._reference,
            "items": self._items,
            "allOf": self._all_of,
            "anyOf": self._any_of,
            "oneOf": self._one_of,
            "enum": self._enum,
            "const": lambda value: self._enum([value]),
            "format": self._format,
            "pattern": self._pattern,
        }

    def of(self, schema: Any) -> Fits:
        """Whether a value fits."""
        if isinstance(schema, bool):
            return lambda _: schema
        checks = tuple(self._checks(schema))
        if len(checks) == 1:
            return checks[0]
        return lambda value: all(check(value) for check in checks)

    def _checks(self, schema: Mapping[str, Any]) -> Iterator[Fits]:
        """The type first: most values that do not fit one choice of several are of another."""
        if "type" in schema:
            yield TYPES[schema["type"]]
        for name, wanted in schema.items():
            if name not in TOLD and name not in OF_OBJECTS and name != "type":
                yield self._keywords[name](wanted)
        if OF_OBJECTS & schema.keys():
            yield self._object(schema)

    def _object(self, schema: Mapping[str, Any]) -> Fits:
        known = {name: self.of(inner) for name, inner in schema.get("properties", {}).items()}
        others = self.of(schema.get("additionalProperties", True))
        names = self.of(schema.get("propertyNames", True))
        required = tuple(schema.get("required", ()))
        most = schema.get("maxProperties", float("inf"))

        def fits(value: Any) -> bool:
            return type(value) is not dict or (
                len(value) <= most
                and all(name in value for name in required)
                and all(known.get(name, others)(inner) and names(name) for name, inner in value.items())
            )

        return fits

    def _reference(self, reference: str) -> Fits:
        """Made when it is first asked: schemas hold themselves."""

        def fits(value: Any) -> bool:
            if reference not in self._named:
                _, _, kind, name = reference.split("/")
                self._named[reference] = self.of(self._components[kind][name])
            return self._named[reference](value)

        return fits

    def _items(self, schema: Any) -> Fits:
        each = self.of(schema)
        return lambda value: type(value) is not list or all(each(one) for one in value)

    def _all_of(self, schemas: list[Any]) -> Fits:
        choices = [self.of(schema) for schema in schemas]
        return lambda value: all(fits(value) for fits in choices)

    def _any_of(self, schemas: list[Any]) -> Fits:
        choices = [self.of(schema) for schema in schemas]
        return lambda value: any(fits(value) for fits in choices)

    def _one_of(self, schemas: list[Any]) -> Fits:
        choices = [self.of(schema) for schema in schemas]
        return lambda value: sum(fits(value) for fits in choices) == 1

    def _enum(self, values: list[Any]) -> Fits:
        """`true` is not 1, though Python says so."""
        allowed = {(type(value) is bool, value) for value in values}
        return lambda value: not isinstance(value, list | dict) and (type(value) is bool, value) in allowed

    def _format(self, name: str) -> Fits:
        return self._formats.checkers[name][0] if name in self._formats.checkers else lambda _: True

    def _pattern(self, pattern: str) -> Fits:
        search = re.compile(pattern).search
        return lambda value: type(value) is not str or search(value) is not None
