"""Which columns of an export were chosen."""

from collections.abc import Iterator, Sequence

from chalicelib.analytics.column_queries import FIELDS, OF_FIELD, OF_RESOURCE
from chalicelib.core.errors import ValidationFailed

# As much as all the rest together, to make and to read: only for who names it.
ONLY_IF_NAMED = frozenset({"sla.targets"})


def chosen(
    resource: str, names: Sequence[str] | None, declared: Sequence[str], *, csv: bool
) -> tuple[str, ...]:
    """The names of the columns, in order, each a single one; all that there are where none is named. An
    object stands for all its parts. `declared`: the keys of the custom fields.

    Raises ValidationFailed for what there is not, and for what is named twice.
    """
    known = {column.name: column for column in OF_RESOURCE[resource]}
    if names is None:
        all_of = (name for name in known if name not in ONLY_IF_NAMED)
        return tuple(one for name in all_of for one in _spread(name, declared, csv=csv))
    found: list[str] = []
    for place, name in enumerate(names):
        parts = [each for each, column in known.items() if name in (each, column.group)]
        if not parts and resource == "tickets" and _is_field(name, declared):
            parts = [name]
        if not parts:
            raise ValidationFailed.of(f"columns.{place}", _unknown(resource, name))
        for part in [one for each in parts for one in _spread(each, declared, csv=csv)]:
            if part in found or (part.startswith(f"{FIELDS}.") and FIELDS in found):
                raise ValidationFailed.of(f"columns.{place}", f"{part} is named twice.")
            found.append(part)
    return tuple(found)


def _spread(name: str, declared: Sequence[str], *, csv: bool) -> Iterator[str]:
    """In CSV each declared field has its column."""
    if name == FIELDS and csv and declared:
        yield from (f"{FIELDS}.{key}" for key in declared)
    else:
        yield name


def _is_field(name: str, declared: Sequence[str]) -> bool:
    found = OF_FIELD.fullmatch(name)
    return found is not None and (not declared or found[1] in declared)


def _unknown(resource: str, name: str) -> str:
    groups = dict.fromkeys(column.group for column in OF_RESOURCE[resource])
    part = next(column.name for column in OF_RESOURCE[resource] if column.part)
    hint = " or custom_fields.<key>" if resource == "tickets" else ""
    return f"There is no column {name!r}: use {', '.join(groups)}{hint}, or a part as in {part}."
