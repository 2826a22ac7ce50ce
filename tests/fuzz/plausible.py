"""Puts what is there into what was drawn: ids of the world, and values that mean something. Drawn alone, next
to every call would be 404 or refused before anything is done."""

import re
from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation as In

from tests.support import specimens
from tests.support.world import World

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# The share of calls that name what is there, and of fields that get a value which means something.
KNOWN, MEANT = 0.8, 0.4
ENDPOINTS = {(endpoint.method, endpoint.path): endpoint for endpoint in specimens.routes()}
TEXTS = {
    "workspace": ["acme", "globex"],
    "name": ["inbox.js", "mesa.css"],
    "tag": ["canary"],
    "kind": ["closed.requester", "commented.requester"],
    "language": ["en", "es"],
}


def settle(case: Case, world: World, random: Random) -> None:
    """Changes a drawn case; what is wrong about it on purpose stays wrong."""
    wrong = {place for place in In if case.meta and case.meta.is_negative_at(place)}
    ids = (world.globex if random.random() < 0.1 else world.acme).ids
    if case.path_parameters and In.PATH not in wrong and random.random() < KNOWN:
        case.path_parameters = {
            name: _in_path(name, value, ids, random) for name, value in case.path_parameters.items()
        }
    if In.QUERY not in wrong and any(name in specimens.IDS for name in case.query):
        case.query = {name: _id(name, value, ids, random) for name, value in case.query.items()}
    if In.BODY not in wrong and isinstance(case.body, dict):
        case.body = _in_body(case, ids, random)
    if "If-Match" in case.headers and In.HEADER not in wrong and random.random() < KNOWN:
        case.headers = case.headers.__class__(
            {**case.headers, "If-Match": f'"{random.choice((1, 1, 1, 2, 3))}"'}
        )


def _in_path(name: str, value: Any, ids: Any, random: Random) -> Any:
    if name in ids:
        return str(ids[name])
    return random.choice(TEXTS[name]) if name in TEXTS else value


def _in_body(case: Case, ids: Any, random: Random) -> Any:
    body = _with_ids(case.body, ids, random)
    endpoint = ENDPOINTS.get((case.operation.method.upper(), case.operation.path))
    whole = specimens.body(endpoint, ids) if endpoint and random.random() < KNOWN else None
    if not isinstance(whole, dict):
        return body
    return {
        name: whole[name] if name in whole and random.random() < MEANT else value
        for name, value in body.items()
    }


def _with_ids(value: Any, ids: Any, random: Random, name: str = "") -> Any:
    if isinstance(value, dict):
        return {each: _with_ids(inner, ids, random, each) for each, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(inner, ids, random, name) for inner in value]
    return _id(name, value, ids, random)


def _id(name: str, value: Any, ids: Any, random: Random) -> Any:
    """The id that a field of this name holds in the place of any."""
    fits = name in specimens.IDS and isinstance(value, str) and UUID.fullmatch(value)
    return str(ids[specimens.IDS[name]]) if fits and random.random() < KNOWN else value
