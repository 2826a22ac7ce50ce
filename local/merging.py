"""Puts the files of `.chalice/resources` together: one a capability, with all it brings to the template."""

import json
from pathlib import Path
from typing import Any

from local.errors import StackError

FOLDER = ".chalice/resources"


def merged(folder: Path) -> dict[str, Any]:
    """One template of all files, in the order of their names. StackError where two give the same name."""
    template: dict[str, Any] = {}
    given_by: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*.json")):
        for section, entries in _read(file).items():
            for name, entry in entries.items():
                first = given_by.setdefault((section, name), file.name)
                if first != file.name:
                    raise StackError(f"{first} and {file.name} in {FOLDER} both have {name} in {section}.")
                template.setdefault(section, {})[name] = entry
    return template


def _read(file: Path) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise StackError(f"{file.name} in {FOLDER} has {', '.join(twice)} twice.")
        return dict(pairs)

    try:
        read: dict[str, Any] = json.loads(file.read_text("utf-8"), object_pairs_hook=once)
    except ValueError as error:
        raise StackError(f"{file.name} in {FOLDER} is no JSON: {error}.") from None
    return read
