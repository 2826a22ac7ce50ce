"""What holds of every body, whatever its shape: size, media type, what no field may hold, and in which words.
Standard library only: the public look-up loads this."""

from math import isfinite
from typing import Any

MAX_BODY_BYTES = 1_048_576
MAX_DEPTH = 32
INT8 = range(-(2**63), 2**63)

# By pydantic's kind of problem.
SENTENCES = {
    "missing": "This field is required.",
    "union_tag_not_found": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "model_type": "This must be a JSON object.",
    "dict_type": "This must be a JSON object.",
    "list_type": "This must be a list.",
    "string_type": "This must be a text.",
    "uuid_parsing": "This is no UUID.",
    "uuid_type": "This is no UUID.",
}


def is_absent(raw: bytes) -> bool:
    """Whether a body has nothing in it but what is space to JSON (RFC 8259, section 2)."""
    return not raw.strip(b" \t\n\r")


def is_json(content_type: str) -> bool:
    """Whether a Content-Type names JSON: application/json, or a type with the +json suffix (RFC 6839)."""
    media_type = content_type.split(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


def unfit(value: Any, path: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """What no field may hold anywhere: NUL and numbers that PostgreSQL cannot store, nesting past reason.

    Pairs of the field's path and a sentence.
    """
    if isinstance(value, str):
        return [(path, "NUL characters cannot be stored.")] if "\0" in value else []
    if isinstance(value, int | float) and not _is_number_of_ours(value):
        return [(path, "This number is too large.")]
    if depth >= MAX_DEPTH:
        deeper = isinstance(value, dict | list)
        return [(path, f"This is nested deeper than {MAX_DEPTH} levels.")] if deeper else []
    found: list[tuple[str, str]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            name = f"{path}.{key}" if path else key
            if "\0" in key:
                found.append((name.replace("\0", ""), "NUL characters cannot be stored."))
            found += unfit(inner, name, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += unfit(inner, f"{path}.{index}", depth + 1)
    return found


def _is_number_of_ours(value: float) -> bool:
    """Whole numbers fit an int8, others a double."""
    return value in INT8 if isinstance(value, int) else isfinite(value)
