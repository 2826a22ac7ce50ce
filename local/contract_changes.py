"""What changed between two OpenAPI documents, as far as callers notice: routes, parameters, bodies, answers
and who may call."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.shape_changes import Change, Schema, Shapes, Way


def changes(old: Schema, new: Schema) -> list[Change]:
    """Those that break a caller first."""
    shapes = Shapes(old, new)
    found = [
        change
        for path, methods in old["paths"].items()
        for method, operation in methods.items()
        for change in _route(
            shapes, f"{method.upper()} {path}", operation, new["paths"].get(path, {}).get(method)
        )
    ]
    return sorted(dict.fromkeys(found), key=lambda change: not change.breaks)


def _route(shapes: Shapes, route: str, old: Schema, new: Schema | None) -> Iterator[Change]:
    if new is None:
        yield Change(True, f"{route} is gone")
        return
    if old["operationId"] != new["operationId"]:
        yield Change(True, f"{route} is now called {new['operationId']}: generated clients name it so")
    yield from _access(route, old, new)
    yield from _parameters(shapes, route, old, new)
    yield from _body(shapes, route, old.get("requestBody"), new.get("requestBody"))
    yield from _answers(shapes, route, old["responses"], new["responses"])


def _access(route: str, old: Schema, new: Schema) -> Iterator[Change]:
    if new["security"] and not old["security"]:
        yield Change(True, f"{route} now needs a token")
        return
    lost = set(old["x-mesa-roles"]) - set(new["x-mesa-roles"]) if old["security"] and new["security"] else ()
    for role in sorted(lost):
        yield Change(True, f"{route} is no longer open to the role {role}")


def _parameters(shapes: Shapes, route: str, old: Schema, new: Schema) -> Iterator[Change]:
    had, has = _listed(shapes, old, 0), _listed(shapes, new, 1)
    for key, parameter in had.items():
        place = f"{route} {key[0]} parameter {key[1]}"
        if key not in has:
            # One that is not known is refused.
            yield Change(True, f"{place} is no longer taken")
            continue
        if has[key].get("required") and not parameter.get("required"):
            yield Change(True, f"{place} must now be sent")
        yield from shapes.compare(parameter["schema"], has[key]["schema"], Way.SENT, place)
    for key in has.keys() - had.keys():
        if has[key].get("required"):
            yield Change(True, f"{route} {key[0]} parameter {key[1]} must now be sent")


def _listed(shapes: Shapes, operation: Schema, which: int) -> dict[tuple[str, str], Schema]:
    """Its parameters by where and what they are."""
    resolved = (shapes.resolved(parameter, which) for parameter in operation.get("parameters", ()))
    return {(parameter["in"], parameter["name"]): parameter for parameter in resolved}


def _body(shapes: Shapes, route: str, old: Schema | None, new: Schema | None) -> Iterator[Change]:
    if new is not None and new.get("required") and not (old and old.get("required")):
        yield Change(True, f"{route} now needs a body")
    if old is None:
        return
    taken: Mapping[str, Any] = new["content"] if new else {}
    for media_type, media in old["content"].items():
        if media_type not in taken:
            yield Change(True, f"{route} no longer takes a body of {media_type}")
        else:
            yield from shapes.compare(media["schema"], taken[media_type]["schema"], Way.SENT, f"{route} body")


def _answers(shapes: Shapes, route: str, old: Schema, new: Schema) -> Iterator[Change]:
    for status, told in old.items():
        if status in new:
            before, after = shapes.resolved(told, 0), shapes.resolved(new[status], 1)
            yield from _answer(shapes, f"{route} {status}", before, after)
        elif int(status) < 400:
            yield Change(True, f"{route} no longer answers {status}")
    for status in sorted(new.keys() - old.keys()):
        yield Change(int(status) < 400, f"{route} may now answer {status}")


def _answer(shapes: Shapes, place: str, old: Schema, new: Schema) -> Iterator[Change]:
    headers = new.get("headers", {})
    for name, header in old.get("headers", {}).items():
        if name not in headers:
            yield Change(True, f"{place} no longer has the header {name}")
            continue
        before, after = shapes.resolved(header, 0), shapes.resolved(headers[name], 1)
        yield from shapes.compare(before["schema"], after["schema"], Way.ANSWERED, f"{place} header {name}")
    had, has = old.get("content", {}), new.get("content", {})
    for media_type in sorted(had.keys() - has.keys()):
        yield Change(True, f"{place} is no longer given as {media_type}")
    for media_type in sorted(has.keys() - had.keys()):
        yield Change(True, f"{place} may now come as {media_type}")
    for media_type in had.keys() & has.keys():
        yield from shapes.compare(
            had[media_type]["schema"], has[media_type]["schema"], Way.ANSWERED, f"{place} body"
        )
