"""Refusing a value at a place within it, where a type alone cannot say what is wrong."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Place: TypeAlias = tuple[int | str, ...]


def refuse(value: Any, problems: Iterable[tuple[Place, str]]) -> NoReturn:
    """Raises ValidationError: a sentence for each place within the value, to be called by its validator."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError("value_error", "{told}", {"told": told}), loc=loc, input=value
        )
        for loc, told in problems
    ]
    raise ValidationError.from_exception_data("value", details)
