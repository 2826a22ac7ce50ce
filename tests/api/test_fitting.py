"""Whoever judges the answers of all tests agrees with jsonschema, and is quicker."""

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.contract import FORMATS, contract
from tests.support.fitting import TYPES, Fitting
from tests.support.for_each import for_each

COMPONENTS = contract().document["components"]

ODD = (
    *(None, True, False, 0, 1, 1.0, -1, 1.5, 10**9, "", "x", "42", [], {}, [[]], {"x": 1}),
    *("2026-06-05T15:00:00Z", "2026-06-05T15:00:00", "0197a2b4-8a53-7c1e-9d7f-3b1f2a6c4e5d", "x" * 300),
)
KEYWORDS: tuple[dict[str, Any], ...] = (
    *({"type": name} for name in TYPES),
    {"minLength": 2},
    {"maxLength": 2},
    {"minItems": 1},
    {"maxItems": 0},
    {"minimum": 1},
    {"maximum": 1},
    {"pattern": "2$"},
    {"format": "uuid"},
    {"format": "date-time"},
    {"enum": [1, "x", None]},
    {"const": 1},
    {"const": False},
    {"items": {"type": "array", "maxItems": 0}, "minItems": 1},
    {"required": ["x"]},
    {"properties": {"x": {"type": "string"}}},
    {"properties": {"y": {}}, "additionalProperties": False},
    {"additionalProperties": {"type": "null"}},
    {"propertyNames": {"maxLength": 0}},
    {"maxProperties": 0},
    {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]},
    {"oneOf": [{"type": "number"}, {"minimum": 1}]},
    {"allOf": [{"type": "number"}, {"minimum": 1}]},
)


def made(schema: Any, dice: Random) -> Any:
    """What fits a schema of the document, or nearly."""
    if schema in (True, False, {}) or dice.random() < 0.05:
        return dice.choice(ODD)
    for choices in ("anyOf", "oneOf", "allOf"):
        if choices in schema:
            return made(dice.choice(schema[choices]), dice)
    if "$ref" in schema:
        return made(contract()._resolve(schema), dice)
    if "enum" in schema or "const" in schema:
        return dice.choice(schema.get("enum", [schema.get("const")]))
    if schema["type"] == "object":
        known, needed = schema.get("properties", {}), schema.get("required", ())
        names = [name for name in known if name in needed or dice.random() < 0.5]
        value = {name: made(known[name], dice) for name in names if dice.random() < 0.99}
        odd = ["odd"] if dice.random() < 0.1 else []
        return value | {name: made(schema.get("additionalProperties", True), dice) for name in odd}
    if schema["type"] == "array":
        return [made(schema["items"], dice) for _ in range(dice.choice((0, 1, 1, 2)))]
    kinds = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}
    return dice.choice([odd for odd in ODD if type(odd) is kinds[schema["type"]]])


def judged(schema: dict[str, Any], values: Iterable[Any]) -> Counter[bool]:
    """How many fit, and how many do not, with jsonschema's consent."""
    fits = Fitting(COMPONENTS, FORMATS).of(schema)
    judge = Draft202012Validator({**schema, "components": COMPONENTS}, format_checker=FORMATS)
    told = Counter[bool]()
    for value in values:
        assert fits(value) == judge.is_valid(value), (schema, value)
        told[fits(value)] += 1
    return told


@for_each("schema", KEYWORDS, ids=str)
def test_what_a_keyword_means_is_what_jsonschema_says(schema: dict[str, Any]) -> None:
    told = judged(schema, ODD)

    assert min(told[True], told[False]) > 0


def test_what_fits_a_schema_is_what_jsonschema_says() -> None:
    dice, told = Random(7), Counter[bool]()
    for name in COMPONENTS["schemas"]:
        schema = {"$ref": f"#/components/schemas/{name}"}
        told += judged(schema, [made(schema, dice) for _ in range(6)])

    assert min(told[True], told[False]) > 400, told


def test_a_keyword_that_nobody_foresaw_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="multipleOf"):
        Fitting(COMPONENTS, FORMATS).of({"multipleOf": 2})
