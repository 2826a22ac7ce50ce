"""The shapes of bodies, parameters and answers as JSON Schema, for the OpenAPI document."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from chalicelib.api.endpoint import Endpoint, NoBody, NoQuery
from chalicelib.api.schemas.common import Problem

REF = "#/components/schemas/{model}"


def schemas(served: Iterable[Endpoint]) -> tuple[Mapping[Any, dict[str, Any]], dict[str, Any]]:
    """A schema for each shape in use, and what they refer to. Queries become parameters, not schemas."""
    shapes: list[Any] = [Problem]
    queries: list[type[BaseModel]] = []
    for endpoint in served:
        answers = (endpoint.answer, *endpoint.also.values())
        shapes += [shape for shape in (endpoint.body, *answers) if shape not in (NoBody, None)]
        if endpoint.query is not NoQuery:
            queries.append(endpoint.query)
    made, rest = TypeAdapter.json_schemas(
        [(repr(shape), "validation", TypeAdapter(shape)) for shape in dict.fromkeys([*shapes, *queries])],
        schema_generator=_Schemas,
        ref_template=REF,
    )
    definitions: dict[str, Any] = rest["$defs"]
    refs: dict[Any, dict[str, Any]] = {shape: made[repr(shape), "validation"] for shape in shapes}
    for query in dict.fromkeys(queries):
        refs[query] = definitions.pop(made[repr(query), "validation"]["$ref"].rpartition("/")[2])
    for name, definition in definitions.items():
        # Each Page[...] calls itself Page.
        definition["title"] = name
    return refs, dict(sorted(definitions.items()))


class _Schemas(GenerateJsonSchema):
    """JSON Schema 2020-12, without what only seems to say something."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Titles would repeat the names of the fields."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A field that may be left out is absent then, which null is not: null empties what is there."""
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def normalize_name(self, name: str) -> str:
        """`Page[TicketListed]` is a TicketListedPage."""
        page = re.fullmatch(r"Page\[(\w+)\]", name)
        return f"{page[1]}Page" if page else super().normalize_name(name)
