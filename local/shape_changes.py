"""What a change of a schema does to callers: whoever sends must find taken what was taken, whoever reads must
find nothing that was not promised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]
Kind = tuple[str, ...]


class Way(StrEnum):
    """Which way values of a shape go."""

    SENT = "sent"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Change:
    """One change that callers may notice; `breaks` where one that keeps to the document can fail."""

    breaks: bool
    text: str


# Limits by whether a higher one takes more values.
LIMITS = {
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), True),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), False),
}
# The second takes every value of the first.
WIDER_TYPES = {("integer", "number")}


class Shapes:
    """The schemas of two documents, compared."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._documents = (old, new)
        self._begun: set[tuple[str, str, Way]] = set()

    def compare(self, old: Schema, new: Schema, way: Way, place: str) -> Iterator[Change]:
        """The changes at a place. A pair of named shapes is told of once, where it is first met."""
        before, after = self._choices(old, 0), self._choices(new, 1)
        for kind, (name, shape) in before.items():
            if kind in after:
                pair = (name, after[kind][0], way)
                if not (all(pair) and pair in self._begun):
                    self._begun.add(pair)
                    yield from self._plain(shape, after[kind][1], way, place)
            elif way is Way.SENT and not any((kind[0], other[0]) in WIDER_TYPES for other in after):
                yield Change(True, f"{place} is no longer taken as {_named(kind)}")
        for kind, (_, shape) in after.items():
            fits = kind in before or any((kind[0], other[0]) in WIDER_TYPES for other in before)
            if not fits and way is Way.ANSWERED:
                yield Change("properties" not in shape, f"{place} may now be {_named(kind)}")

    def resolved(self, schema: Schema, which: int) -> Schema:
        """What a reference names, with what stands beside it."""
        while "$ref" in schema:
            found: Any = self._documents[which]
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            beside = {name: value for name, value in schema.items() if name != "$ref"}
            if "properties" in beside:
                beside["properties"] = {**found.get("properties", {}), **beside["properties"]}
            schema = {**found, **beside}
        return schema

    def _choices(self, schema: Schema, which: int, name: str = "") -> dict[Kind, tuple[str, Schema]]:
        """The shapes that a value may have, each with its name (or none), by what tells them apart: their
        type, and of objects the words that are fixed; those that nothing tells apart by their number."""
        name = schema.get("$ref", name)
        schema = self.resolved(schema, which)
        choices = schema.get("anyOf") or schema.get("oneOf")
        named: list[tuple[str, Schema]]
        if choices is None:
            types = schema.get("type", "anything")
            named = [
                (name, {**schema, "type": each}) for each in ([types] if isinstance(types, str) else types)
            ]
        else:
            named = [each for choice in choices for each in self._choices(choice, which).values()]
        found: dict[Kind, tuple[str, Schema]] = {}
        for own, shape in named:
            inner = sorted(shape.get("properties", {}).items())
            fixed = (f"{field} {each['const']}" for field, each in inner if "const" in each and choices)
            kind = (shape.get("type", "anything"), *fixed)
            same = sum(1 for other in found if other[: len(kind)] == kind)
            found[(*kind, f"number {same + 1}") if same else kind] = (own, shape)
        return found

    def _plain(self, old: Schema, new: Schema, way: Way, place: str) -> Iterator[Change]:
        yield from _values(old, new, way, place)
        yield from _limits(old, new, way, place)
        for name in ("format", "pattern"):
            had, has = old.get(name), new.get(name)
            if had != has and (has if way is Way.SENT else had) is not None:
                yield Change(name == "format" or way is Way.SENT, f"{place} has another {name}: {has}")
        if way is Way.SENT and "default" in old and old["default"] != new.get("default"):
            yield Change(
                False, f"{place} is {new.get('default')} where it is left out, and was {old['default']}"
            )
        if "items" in old and "items" in new:
            yield from self.compare(old["items"], new["items"], way, f"{place}[]")
        yield from self._properties(old, new, way, place)

    def _properties(self, old: Schema, new: Schema, way: Way, place: str) -> Iterator[Change]:
        had, has = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in had:
            if name not in has:
                said = "is no longer taken" if way is Way.SENT else "is no longer there"
                yield Change(True, f"{place}.{name} {said}")
            else:
                yield from self.compare(had[name], has[name], way, f"{place}.{name}")
        for name in sorted(needs - needed if way is Way.SENT else (needed - needs) & has.keys()):
            said = "must now be sent" if way is Way.SENT else "may now be missing"
            yield Change(True, f"{place}.{name} {said}")
        others, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(others, Mapping) and isinstance(now, Mapping):
            yield from self.compare(others, now, way, f"{place}.*")
        elif others is not False and now is False and way is Way.SENT:
            yield Change(True, f"{place} takes no other fields any more")


def _values(old: Schema, new: Schema, way: Way, place: str) -> Iterator[Change]:
    before, after = _allowed(old), _allowed(new)
    if way is Way.SENT and after is not None:
        if before is None:
            yield Change(True, f"{place} now takes only {', '.join(map(repr, after))}")
        for value in before or ():
            if value not in after:
                yield Change(True, f"{place} no longer takes {value!r}")
    if way is Way.ANSWERED and before is not None:
        if after is None:
            yield Change(True, f"{place} may now be anything, and was one of {', '.join(map(repr, before))}")
        for value in after or ():
            if value not in before:
                yield Change(False, f"{place} may now be {value!r}")


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _limits(old: Schema, new: Schema, way: Way, place: str) -> Iterator[Change]:
    """Narrower breaks senders; readers of values beyond the old limits may be surprised."""
    for name, higher_is_wider in LIMITS.items():
        had, has = old.get(name), new.get(name)
        if had == has:
            continue
        narrower = has is not None and (had is None or (has < had) is higher_is_wider)
        if narrower is (way is Way.SENT):
            yield Change(way is Way.SENT, f"{place} has another {name}: {has}, and had {had}")


def _named(kind: Kind) -> str:
    return f"{kind[0]} ({', '.join(kind[1:])})" if kind[1:] else kind[0]
